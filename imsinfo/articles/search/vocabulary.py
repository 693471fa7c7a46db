"""The words of all pages as they are written: what a word may be the start of, or have meant."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from imsinfo.articles.search.words import STOP_WORDS

SHORTEST_CORRECTED = 3
LENGTHS_APART = 2
# How much a long word must have in common with one that begins as it does, and any other pair:
# who mistypes a word seldom mistypes how it begins, and short words are soon alike.
LEAST_ALIKE = 0.75
LEAST_ALIKE_OF_OTHERS = 0.85
LONG = 5
# As many as share most pairs of letters are looked at closely.
CANDIDATES = 40
MOST_COMPLETIONS = 8


class Vocabulary:
    """Words with the number of pages that each stands on.

    counts: by word, in small letters and without accents.
    """

    def __init__(self, counts: Mapping[str, int]):
        telling = (word for word in counts if word.isalpha() and word not in STOP_WORDS)
        self._counts = {word: counts[word] for word in telling}
        self._words: Sequence[str] = sorted(self._counts)
        pairs: defaultdict[str, list[int]] = defaultdict(list)
        for number, word in enumerate(self._words):
            for pair in _pairs(word):
                pairs[pair].append(number)
        self._with_pair = dict(pairs)

    def completions(self, beginning: str) -> list[str]:
        """Return the commonest words that begin so, at most 8."""
        start = bisect_left(self._words, beginning)
        end = bisect_left(self._words, f"{beginning}\U0010ffff", lo=start)
        return sorted(self._words[start:end], key=self._rarity)[:MOST_COMPLETIONS]

    def correction(self, word: str) -> str:
        """Return the word that is most like a word that is not known; "" if none is."""
        if len(word) < SHORTEST_CORRECTED or not word.isalpha():
            return ""
        matcher = SequenceMatcher(b=word, autojunk=False)
        best, most_alike = "", 0.0
        # They come in the order in which they are preferred.
        for candidate in self._candidates(word):
            matcher.set_seq1(candidate)
            alike = matcher.ratio()
            if alike > most_alike and _may_be_meant(candidate, word, alike):
                best, most_alike = candidate, alike
        return best

    def _candidates(self, word: str) -> Iterable[str]:
        """The words that share most pairs of letters with a word; of those the commonest first."""
        shared = Counter(
            number for pair in _pairs(word) for number in self._with_pair.get(pair, ())
        )
        near = [
            (-count, self._rarity(self._words[number]))
            for number, count in shared.items()
            if abs(len(self._words[number]) - len(word)) <= LENGTHS_APART
        ]
        nearest = sorted(near)[:CANDIDATES]
        return [name for _, (_, name) in sorted(nearest, key=lambda each: each[1])]

    def _rarity(self, word: str) -> tuple[int, str]:
        return -self._counts[word], word


def _may_be_meant(candidate: str, word: str, alike: float) -> bool:
    if candidate[0] == word[0]:
        if sorted(candidate) == sorted(word):
            # Letters have changed places.
            return True
        if len(word) >= LONG:
            return alike >= LEAST_ALIKE
    return alike >= LEAST_ALIKE_OF_OTHERS


def _pairs(word: str) -> set[str]:
    """Neighbouring letters, with the first and the last one marked."""
    return {f"{first}{second}" for first, second in pairwise(f"^{word}$")}
