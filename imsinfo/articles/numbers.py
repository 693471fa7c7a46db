"""The numbers of a text that need a source: percentages, shares and multiples."""

import re
from typing import NamedTuple

from imsinfo.articles.prose import masked

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
    r"(?:\d++(?>(?:,\d{3})*)(?>(?:\.\d++)?)"
    rf"|(?:an?\s(?=hundred|thousand|million))?{_WORD}(?>(?:(?:\s|-|\sand\s){_WORD}){{0,4}}))"
)
_START = r"(?<![\w.,])"
SHARE = re.compile(
    rf"{_START}(?P<part>{_COUNT}|none)\s++(?P<link>in|of|out\s++of|per)"
    rf"(?>(?:\s++(?:the|every|about|all|some))?)\s++(?P<whole>{_COUNT})(?![^\W_])",
    re.IGNORECASE,
)
# The end of every share, which few texts hold, and which is found sooner than a whole one.
END_OF_SHARE = re.compile(
    rf"\s(?:in|of|per)\s++(?>(?:(?:the|every|about|all|some)\s++)?)(?:\d|an?\s|{_WORDS})",
    re.IGNORECASE,
)
OTHER_NUMBERS = re.compile(
    rf"{_START}{_COUNT}(?:\s*+%|\s*+per\s?cent\b|\s++times\b)"
    rf"|{_START}(?<!is )(?<!are )(?:\d++|{_WORDS})[\s-]?fold\b"
    r"|\btwice\s++as\b",
    re.IGNORECASE,
)
# One of these stands in each of the other numbers, in small letters.
OF_OTHER_NUMBERS = ("%", "cent", "mes", "fold", "tw")
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
    found = []
    if END_OF_SHARE.search(words):
        found += [found for found in SHARE.finditer(words) if _is_share(found, words)]
    small = words.casefold()
    if any(part in small for part in OF_OTHER_NUMBERS):
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
