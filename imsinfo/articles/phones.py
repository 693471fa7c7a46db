"""Phone numbers that are typed into a text: a typed one is wrong in the next country, and nobody
finds it when it changes.
"""

import re
from collections.abc import Iterator

from imsinfo.problems import Problem

# As people set digits apart; a full stop only where a word of calling stands before.
_APART = "[ \u00a0()\u2013-]{0,2}"
_APART_OR_STOP = "[ \u00a0().\u2013-]{0,2}"
# Digits after a word of calling, or nine and more of them that are no part of an address.
PHONE = re.compile(
    rf"\b(?:call|phone|ring|dial)(?: us)?(?: on)? (\+?\d(?:{_APART_OR_STOP}\d){{2,}})"
    rf"|(?<![\w/.@=-])\+?\d(?:{_APART}\d){{8,}}(?![\w/])"
    r"|\]\((tel:[^)]*)\)",
    re.IGNORECASE,
)
EMPHASIS = re.compile(r"\*+|(?<!\w)_+|_+(?!\w)")
REPAIR = "write {clinic.phone}, {clinic.emergency_number} or another field of the clinic"


def typed_phones(text: str) -> Iterator[str]:
    """Yield each phone number that a text holds, as it stands there but for its emphasis."""
    for found in PHONE.finditer(EMPHASIS.sub("", text)):
        yield found[1] or found[2] or found[0]


def phone_problem(file: str, line: int, number: str) -> Problem:
    """Return what an editor is told of such a number."""
    what = "a phone number that is typed into the text"
    return Problem(file, line, what, number[:60], "{clinic.NAME}", REPAIR, "error")
