"""The words of all pages as they are written: what a word may be the start of, or have meant."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import chain, pairwise, product

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
        # By length and pair of letters: the numbers of the words.
        pairs: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
        for number, word in enumerate(self._words):
            for pair in _pairs(word):
                pairs[len(word), pair].append(number)
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
        best, nearest = "", 0.0
        # They come in the order in which they are preferred.
        for candidate in self._candidates(word):
            at_most = most_alike(candidate, word)
            if at_most <= nearest or not _may_be_meant(candidate, word, at_most):
                continue
            matcher.set_seq1(candidate)
            alike = matcher.ratio()
            if alike > nearest and _may_be_meant(candidate, word, alike):
                best, nearest = candidate, alike
        return best

    def _candidates(self, word: str) -> Iterable[str]:
        """The words that share most pairs of letters with a word; of those the commonest first."""
        lengths = range(len(word) - LENGTHS_APART, len(word) + LENGTHS_APART + 1)
        lists = (self._with_pair.get(key, ()) for key in product(lengths, _pairs(word)))
        shared = Counter(chain.from_iterable(lists))
        # Words that share fewer pairs than the last of the nearest need not be put in order.
        least = sorted(shared.values())[-CANDIDATES:][:1]
        near = [
            (-count, self._rarity(self._words[number]))
            for number, count in shared.items()
            if count >= least[0]
        ]
        nearest = sorted(near)[:CANDIDATES]
        return [name for _, (_, name) in sorted(nearest, key=lambda each: each[1])]

    def _rarity(self, word: str) -> tuple[int, str]:
        return -self._counts[word], word


def most_alike(candidate: str, word: str) -> float:
    """Return how alike two words are if all letters that they share stand in the same order.

    It is quick to tell, and no less than SequenceMatcher's ratio.
    """
    shared = sum(min(candidate.count(letter), word.count(letter)) for letter in set(word))
    return 2.0 * shared / (len(candidate) + len(word))


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
