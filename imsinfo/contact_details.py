"""The forms in which an editor writes a phone number, an address, a time or days of the week."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

_NAMES_OF_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY = f"({'|'.join(_NAMES_OF_DAYS)})"
_DAYS = f"{_DAY}( to {_DAY})?"
_EMAIL = r"[^@\s<>\"(),:;\[\]\\]+@([A-Za-z0-9-]+\.)+[A-Za-z0-9-]+"
# No user name, which could make an address look like another's; no space; a port is allowed.
_LINK = r"https://([A-Za-z0-9-]+\.)+[A-Za-z0-9-]+(:[0-9]{1,5})?([/?#][!-~]*)?"


def _written_as(pattern: str, expected: str) -> AfterValidator:
    """Refuse text that is not wholly of this form; expected: what is right, for an editor."""
    whole = re.compile(pattern)

    def check(text: str) -> str:
        if not whole.fullmatch(text):
            raise wrong_form(expected)
        return text

    return AfterValidator(check)


def wrong_form(expected: str) -> PydanticCustomError:
    """The fault of a value that is text but not as expected; clinic.yaml names line and value."""
    return PydanticCustomError("wrong_form", "{expected}", {"expected": expected})


Line = Annotated[str, Field(min_length=1, max_length=200)]
Phone = Annotated[
    str,
    Field(max_length=40),
    # Three digits: the shortest helplines. Words would end as wrong digits in the tel: address.
    _written_as(
        r" *\+?(?=(?:[^0-9]*[0-9]){3})[0-9 ().-]+",
        'the digits of a phone number in quotes, without words, such as "604 555 0123"',
    ),
    _written_as(r"(?:[^0-9]*[0-9]){3,15}[^0-9]*", "one phone number, of 15 digits at most"),
    # Its digits would be dialled with the 0, and reach nobody.
    _written_as(
        r"(?! *(?:\+|00)[^(]*\(0\)).*",
        'the number as it is dialled from abroad, without "(0)", such as "+44 20 7946 0000"',
    ),
]
Email = Annotated[Line, _written_as(_EMAIL, "an email address such as reception@clinic.example")]
Link = Annotated[
    str,
    Field(max_length=500),
    _written_as(_LINK, "an address that begins with https://, such as https://clinic.example/"),
]
EmailOrLink = Annotated[
    str,
    Field(max_length=500),
    _written_as(f"{_EMAIL}|{_LINK}", "an email address, or an address that begins with https://"),
]
Clock = Annotated[
    str, _written_as(r"([01][0-9]|2[0-3]):[0-5][0-9]", 'a time in quotes such as "08:00"')
]
Weekdays = Annotated[
    Line,
    _written_as(
        f"{_DAYS}((, | and ){_DAYS})*",
        'days such as "Friday", "Monday to Thursday" or "Monday, Wednesday and Friday"',
    ),
]


def phone_href(phone: str) -> str:
    """Return the tel: address of a number written for people: digits and a leading + only."""
    return "tel:" + re.sub(r"(?!^\+)\D", "", phone.strip())


def weekdays(days: str) -> frozenset[int]:
    """Return the days that a text of the form Weekdays names, 0 for Monday to 6 for Sunday.

    "Saturday to Monday" goes over the end of the week.
    """
    found: set[int] = set()
    for first, _, last in re.findall(_DAYS, days):
        start, end = (_NAMES_OF_DAYS.index(name) for name in (first, last or first))
        found |= {(start + step) % 7 for step in range((end - start) % 7 + 1)}
    return frozenset(found)
