"""What a text claims: phrases that it does not deny."""

import functools
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import compress, count
from typing import NamedTuple

from imsinfo.articles.prose import masked

# One word of a text; emphasis and invisible signs inside a word do not part it.
NOISE = "*\u00ad\u200b-\u200d\u2060\ufeff"
LETTERS = r"[^\W\d_]++"
TOKEN = re.compile(rf"%|\d+(?:[.,]\d+)*|{LETTERS}(?:[{NOISE}]*['’ʼ]?{LETTERS})*")
# What stands between two words and parts what is said there.
BREAK = re.compile(r"[.!?…;:|]|\s[–—]\s|\n\s*\n")
# In a phrase, a word with * at its end stands for every word that begins so.
PHRASE_WORD = re.compile(r"%|\d+|[a-z]+(?:'[a-z]+)*|[a-z]{2,}\*")

# What stands behind "whether" is left open and not claimed.
DENIALS = frozenset(
    ("no", "not", "never", "none", "nobody", "nothing", "neither", "nor", "cannot", "without")
) | {"whether"}
# "No treatment that we know of works for everyone": these deny the rest of what they begin.
DENIES_ALL = frozenset(("no", "never", "none", "nobody", "nothing", "neither"))
# "not only", "no doubt", "no more": these deny nothing.
NO_DENIAL_BEFORE = frozenset(
    ("only", "just", "merely", "doubt", "wonder", "question", "more", "longer", "matter")
)
# A claim is denied by a word as near as this in front of it.
REACH = 4

Numbered = tuple[tuple[str, ...], int]


class Token(NamedTuple):
    """A word of a text, in small letters.

    start and end: where it stands; after: "." behind a break, "," behind a comma, else "".
    """

    word: str
    start: int
    end: int
    after: str


class Span(NamedTuple):
    """The tokens that a phrase takes, from the first to the last. entry: of the phrase."""

    first: int
    last: int
    entry: int


@dataclass(frozen=True)
class Phrases:
    """Phrases by how they begin, so that a text is read once however many there are.

    whole: by their first word; begun: those whose first word has a *, by its first two letters.
    """

    whole: Mapping[str, list[Numbered]]
    begun: Mapping[str, list[Numbered]]

    def may_stand_in(self, text: str) -> bool:
        """Whether two words of the text begin a phrase: few texts hold such, and need more."""
        words = TOKEN.findall(masked(text))
        likely = compress(count(), map(self._begins, words))
        return any(self._goes_on(*map(_as_looked_for, words[n : n + 2])) for n in likely)

    @cached_property
    def _begins(self) -> Callable[[str], bool]:
        @functools.lru_cache(maxsize=4096)
        def begins(word: str) -> bool:
            return bool(self._begun_by(_as_looked_for(word)))

        return begins

    def _goes_on(self, first: str, second: str = "") -> bool:
        begun = (phrase for phrase, _ in self._begun_by(first))
        return any(len(phrase) == 1 or _is_word(phrase[1], second) for phrase in begun)

    def _begun_by(self, word: str) -> list[Numbered]:
        likely = [*self.whole.get(word, ()), *self.begun.get(word[:2], ())]
        return [each for each in likely if _is_word(each[0][0], word)]

    def spans(self, tokens: list[Token]) -> Iterator[Span]:
        """Yield every place where a phrase stands, without a break inside it."""
        for first, token in enumerate(tokens):
            for phrase, entry in self._begun_by(token.word):
                if _stands_at(phrase, tokens, first):
                    yield Span(first, first + len(phrase) - 1, entry)


def indexed(phrases: Iterable[tuple[str, int]]) -> Phrases:
    """Return phrases for searching. phrases: each with the number of its entry."""
    whole, begun = defaultdict(list), defaultdict(list)
    for phrase, entry in phrases:
        words = tuple(phrase.replace("-", " ").split())
        if words[0].endswith("*"):
            begun[words[0][:2]].append((words, entry))
        else:
            whole[words[0]].append((words, entry))
    return Phrases(whole, begun)


def is_phrase(words: str) -> bool:
    """Whether words can be searched for: small letters and digits, * only at a word's end."""
    parts = words.replace("-", " ").split()
    return bool(parts) and all(PHRASE_WORD.fullmatch(part) for part in parts)


def tokens_of(text: str) -> list[Token]:
    """Return the words of a text, Markdown or not; hyphens part words as spaces do."""
    clean, tokens, end = masked(text), [], 0
    for found in TOKEN.finditer(clean):
        start = found.start()
        after = _parted_by(clean[end:start])
        end = found.end()
        tokens.append(Token(_as_looked_for(found[0]), start, end, after))
    return tokens


# The same few words and signs make up most of a text.
@functools.lru_cache(maxsize=4096)
def _as_looked_for(word: str) -> str:
    return re.sub("[’ʼ]", "'", re.sub(f"[{NOISE}]", "", word).lower())


@functools.lru_cache(maxsize=256)
def _parted_by(between: str) -> str:
    return "." if BREAK.search(between) else "," if "," in between else ""


def claimed(tokens: list[Token], phrases: Phrases, exceptions: Phrases) -> list[Span]:
    """Return where a text claims one of the phrases, in order; of two that overlap, the longer.

    Left out is what stands inside an exception of the same entry, and what its sentence denies:
    by a word such as "no" among the four in front of it, or by "No …" or "Nobody …" at the
    beginning of what is said. "or" and other claims are not counted among the four ("no cure,
    miracle or guarantee"); "but", a colon and a full stop end a denial.
    """
    found = _longest(phrases.spans(tokens))
    if not found:
        return []
    fine = {
        (span.entry, n)
        for span in exceptions.spans(tokens)
        for n in range(span.first, span.last + 1)
    }
    spans = [
        span
        for span in found
        if not all((span.entry, n) in fine for n in range(span.first, span.last + 1))
    ]
    denied = _denied(tokens, spans)
    return [span for span in spans if span.first not in denied]


def _stands_at(phrase: tuple[str, ...], tokens: list[Token], first: int) -> bool:
    """Whether the words of a phrase stand there behind its first, and no break among them."""
    found = tokens[first + 1 : first + len(phrase)]
    return len(found) == len(phrase) - 1 and all(
        token.after != "." and _is_word(word, token.word)
        for word, token in zip(phrase[1:], found, strict=True)
    )


def _is_word(looked_for: str, word: str) -> bool:
    return word.startswith(looked_for[:-1]) if looked_for[-1] == "*" else word == looked_for


def _longest(spans: Iterator[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in sorted(spans, key=lambda each: (each.first, -each.last)):
        if not kept or span.first > kept[-1].last:
            kept.append(span)
    return kept


def _denied(tokens: list[Token], spans: list[Span]) -> set[int]:
    """The first tokens of the spans that what stands in front of them denies."""
    ends = {span.first: span.last for span in spans}
    denied: set[int] = set()
    inside, words_since, all_denied = -1, REACH, False
    for n, token in enumerate(tokens):
        if token.after == "." or token.word == "but":
            words_since = REACH
        # A denial of everything ends at the next comma.
        all_denied = all_denied and not token.after and token.word != "but"
        if n in ends:
            inside = ends[n]
            denied |= {n} if words_since < REACH or all_denied else set()
        if n <= inside or token.word == "or":
            continue
        if _denies(tokens, n):
            begins = n == 0 or token.after == "."
            words_since, all_denied = 0, all_denied or (begins and token.word in DENIES_ALL)
        else:
            words_since += 1
    return denied


def _denies(tokens: list[Token], n: int) -> bool:
    following = tokens[n + 1].word if n + 1 < len(tokens) else ""
    is_denial = tokens[n].word in DENIALS or tokens[n].word.endswith("n't")
    return is_denial and following not in NO_DENIAL_BEFORE
