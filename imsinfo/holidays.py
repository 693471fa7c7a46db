"""The days on which a clinic is closed: as clinic.yaml names them, and those that come next."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from imsinfo.strict_yaml import Strict

# Readers plan a visit a few weeks ahead; later days would hide the next one.
TOLD_AHEAD = datetime.timedelta(days=60)
LONGEST = datetime.timedelta(days=366)
EITHER = "either 'date' alone, or 'from' and 'to'"


class Holiday(Strict):
    """One day (date), or several with the first and the last of them (from, to)."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    date: datetime.date | None = None
    first: Annotated[datetime.date | None, Field(alias="from")] = None
    last: Annotated[datetime.date | None, Field(alias="to")] = None

    @model_validator(mode="after")
    def _is_one_day_or_several(self) -> "Holiday":
        fault = self._fault()
        if fault:
            raise ValidationError.from_exception_data("Holiday", [fault])
        return self

    def _fault(self) -> InitErrorDetails | None:
        if self.date:
            given = {"from": self.first, "to": self.last}
            doubled = next((name for name, value in given.items() if value), "")
            return _wrong(doubled, given[doubled], EITHER) if doubled else None
        if not self.first or not self.last:
            absent = "from" if self.last else "to" if self.first else "date"
            return InitErrorDetails(type="missing", loc=(absent,), input=None)
        if not datetime.timedelta() <= self.last - self.first <= LONGEST:
            return _wrong("to", self.last, "a day after 'from', at most a year later")
        return None

    @property
    def days(self) -> tuple[datetime.date, datetime.date]:
        """The first and the last day; the same day twice where it is one."""
        first, last = self.date or self.first, self.date or self.last
        if first is None or last is None:
            raise ValueError("a holiday without days passes no check")
        return first, last


def _wrong(field: str, found: object, expected: str) -> InitErrorDetails:
    return InitErrorDetails(
        type=PydanticCustomError("holiday", "{expected}", {"expected": expected}),
        loc=(field,),
        input=found,
    )


@dataclass(frozen=True, order=True)
class ClosedDays:
    """Days of one holiday, the first and the last included."""

    first: datetime.date
    last: datetime.date
    name: str

    @property
    def dates(self) -> str:
        """In words: 25 December 2026; 1 to 14 August 2026; 30 December 2026 to 2 January 2027."""
        if self.first == self.last:
            return _in_words(self.last)
        same_year = self.first.year == self.last.year
        same_month = same_year and self.first.month == self.last.month
        shown = f"%B{'' if same_year else ' %Y'}"
        start = str(self.first.day) if same_month else f"{self.first.day} {self.first:{shown}}"
        return f"{start} to {_in_words(self.last)}"

    def __str__(self) -> str:
        return f"{self.dates}, {self.name}"


def _in_words(day: datetime.date) -> str:
    return f"{day.day} {day:%B %Y}"


def closed_days(holidays: Iterable[Holiday], today: datetime.date) -> tuple[ClosedDays, ...]:
    """Return the holidays that are not over and begin within 60 days of today, soonest first."""
    closed = (ClosedDays(*holiday.days, holiday.name) for holiday in holidays)
    return tuple(
        sorted(days for days in closed if days.last >= today and days.first <= today + TOLD_AHEAD)
    )
