"""What a text claims: phrases that it does not deny, and numbers that need a source."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from imsinfo.articles.prose import masked

# One word of a text; emphasis and invisible signs inside a word do not part it.
NOISE = "*\u00ad\u200b-\u200d\u2060\ufeff"
TOKEN = re.compile(rf"%|\d+(?:[.,]\d+)*|[^\W\d_](?:[{NOISE}]*['’ʼ]?[^\W\d_])*")
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

    def spans(self, tokens: list[Token]) -> Iterator[Span]:
        """Yield every place where a phrase stands, without a break inside it."""
        for first, token in enumerate(tokens):
            likely = self.whole.get(token.word, ()), self.begun.get(token.word[:2], ())
            for phrase, entry in chain(*likely):
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
        between = clean[end : found.start()]
        after = "." if BREAK.search(between) else "," if "," in between else ""
        word = re.sub("[’ʼ]", "'", re.sub(f"[{NOISE}]", "", found[0]).lower())
        tokens.append(Token(word, found.start(), found.end(), after))
        end = found.end()
    return tokens


def claimed(tokens: list[Token], phrases: Phrases, exceptions: Phrases) -> list[Span]:
    """Return where a text claims one of the phrases, in order; of two that overlap, the longer.

    Left out is what stands inside an exception of the same entry, and what its sentence denies:
    by a word such as "no" among the four in front of it, or by "No …" or "Nobody …" at the
    beginning of what is said. "or" and other claims are not counted among the four ("no cure,
    miracle or guarantee"); "but", a colon and a full stop end a denial.
    """
    fine = {
        (span.entry, n)
        for span in exceptions.spans(tokens)
        for n in range(span.first, span.last + 1)
    }
    spans = [
        span
        for span in _longest(phrases.spans(tokens))
        if not all((span.entry, n) in fine for n in range(span.first, span.last + 1))
    ]
    denied = _denied(tokens, spans)
    return [span for span in spans if span.first not in denied]


def _stands_at(phrase: tuple[str, ...], tokens: list[Token], first: int) -> bool:
    found = tokens[first : first + len(phrase)]
    return (
        len(found) == len(phrase)
        and all(token.after != "." for token in found[1:])
        and all(
            token.word.startswith(word[:-1]) if word.endswith("*") else token.word == word
            for word, token in zip(phrase, found, strict=True)
        )
    )


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


BELOW_TEN = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen")
UNITS = {word: n for n, word in enumerate((*BELOW_TEN, *TEENS, "eighteen", "nineteen"), start=1)}
TENS = {
    word: 10 * n
    for n, word in enumerate(
        ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), start=2
    )
}
LARGE = {"hundred": 100, "thousand": 1000, "million": 1_000_000}

_WORDS = "|".join((*UNITS, *TENS, *LARGE))
_WORD = rf"(?:{_WORDS})(?![^\W_])"
_COUNT = (
    r"(?:\d++(?:,\d{3})*+(?:\.\d++)?+"
    rf"|(?:an?\s(?=hundred|thousand|million))?{_WORD}(?:(?:\s|-|\sand\s){_WORD}){{0,4}}+)"
)
_START = r"(?<![\w.,])"
SHARE = re.compile(
    rf"{_START}(?P<part>{_COUNT}|none)\s++(?P<link>in|of|out\s++of|per)"
    rf"(?:\s++(?:the|every|about|all|some))?+\s++(?P<whole>{_COUNT})(?![^\W_])",
    re.IGNORECASE,
)
OTHER_NUMBERS = re.compile(
    rf"{_START}{_COUNT}(?:\s*+%|\s*+per\s?cent\b|\s++times\b)"
    rf"|{_START}(?<!is )(?<!are )(?:\d++|{_WORDS})[\s-]?fold\b"
    r"|\btwice\s++as\b",
    re.IGNORECASE,
)
YEAR = re.compile(r"(?:19|20)\d\d")
# What is counted behind a number that could be a year: "1 in 2000 people".
COUNTED = re.compile(
    r"\s++(?:people|patients|treatments|adults|women|men|children|cases|visits|sessions|needles)\b"
)
# "2 in 6 weeks" tells how often, and "page 1 of 3" where.
SPAN_OF_TIME = re.compile(r"[\s-]++(?:second|minute|hour|day|week|month|year)s?\b")
PLACE = re.compile(r"\b(?:page|part|step|question|section|figure|table)\s++$", re.IGNORECASE)


class Number(NamedTuple):
    """A number that needs something behind it: where it begins in its text, and its words."""

    at: int
    found: str


def numbers_in(text: str) -> list[Number]:
    """Return the percentages, shares ("n in N", "n of N") and multiples ("n times") of a text.

    Digits and words count alike. Years, dates, spans of time and choices ("one of three kinds")
    are none of these. Citations, addresses and braces are passed over.
    """
    words = masked(text).replace("*", " ")
    found = [found for found in SHARE.finditer(words) if _is_share(found, words)]
    found += OTHER_NUMBERS.finditer(words)
    return sorted(Number(each.start(), " ".join(each[0].split())) for each in found)


def _is_share(found: re.Match[str], words: str) -> bool:
    part, whole = value_of(found["part"]), value_of(found["whole"])
    if part > whole or whole == 1 or YEAR.fullmatch(found["part"]):
        return False
    if YEAR.fullmatch(found["whole"]):
        return COUNTED.match(words, found.end()) is not None
    before = words[max(found.start() - 20, 0) : found.start()]
    if SPAN_OF_TIME.match(words, found.end()) or PLACE.search(before):
        return False
    is_choice = found["part"].lower() == "one" and found["link"].lower() == "of"
    return not (is_choice and whole < 10)


def value_of(count: str) -> float:
    """Return a number written in digits or in English words: "7,629", "two hundred and five"."""
    if count[0].isdigit():
        # Digits without end are no number that can be compared with another.
        return float(count.replace(",", "")[:300])
    total = current = 0
    for word in re.split(r"[\s-]+", count.lower()):
        if word == "hundred":
            current = max(current, 1) * LARGE[word]
        elif word in LARGE:
            total, current = total + max(current, 1) * LARGE[word], 0
        else:
            current += UNITS.get(word, 0) + TENS.get(word, 0)
    return total + current
