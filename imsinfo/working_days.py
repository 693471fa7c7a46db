"""The days on which a clinic works, and until when it has promised to reply."""

import datetime
from functools import cache
from itertools import islice
from zoneinfo import ZoneInfo

from imsinfo.clinic import Clinic
from imsinfo.contact_details import weekdays

# Two closed years in clinic.yaml would be a mistake; then the days are counted as they come.
LONGEST_SEARCH = 800  # days


def reply_day(clinic: Clinic, received: datetime.datetime) -> datetime.date:
    """Return the last day on which the clinic replies in time to what came in at received."""
    return working_days_after(clinic, received, clinic.reply_working_days)


def next_working_day(clinic: Clinic, received: datetime.datetime) -> datetime.date:
    """Return the day by whose end a clinician has looked at what a doctor should see first."""
    return working_days_after(clinic, received, 1)


def working_days_after(clinic: Clinic, received: datetime.datetime, count: int) -> datetime.date:
    """Return the working day that is count working days after the day of receipt.

    A working day is one on which a site has opening hours and that is no holiday; the day of
    receipt, in the clinic's own time zone, never counts. received: an aware time; count: 1 or more.
    """
    today = received.astimezone(ZoneInfo(clinic.time_zone)).date()
    days = (today + datetime.timedelta(days=ahead) for ahead in range(1, LONGEST_SEARCH))
    working = (day for day in days if is_working_day(clinic, day))
    return next(islice(working, count - 1, None), today + datetime.timedelta(days=count))


def is_working_day(clinic: Clinic, day: datetime.date) -> bool:
    """Whether a site opens on that day."""
    if any(first <= day <= last for first, last in (each.days for each in clinic.holidays)):
        return False
    return day.weekday() in _open_weekdays(clinic)


def working_days_between(clinic: Clinic, first: datetime.date, last: datetime.date) -> int:
    """Return how many working days come after first, up to last and with it.

    The other way round of working_days_after; 0 where last is no later than first.
    """
    days = (last - first).days
    if days <= 0:
        return 0
    opens = _open_weekdays(clinic)
    weeks, rest = divmod(days, 7)
    in_rest = sum((first.weekday() + step) % 7 in opens for step in range(1, rest + 1))
    # Each day once, though it may be a holiday of two names.
    closed = {
        day
        for begins, ends in (each.days for each in clinic.holidays)
        for day in _days(max(begins, first + datetime.timedelta(days=1)), min(ends, last))
        if day.weekday() in opens
    }
    return weeks * len(opens) + in_rest - len(closed)


def _days(first: datetime.date, last: datetime.date) -> list[datetime.date]:
    count = (last - first).days + 1
    return [first + datetime.timedelta(days=step) for step in range(count)]


def _open_weekdays(clinic: Clinic) -> frozenset[int]:
    hours = (hours for site in clinic.sites for hours in site.hours)
    return frozenset(day for each in hours for day in _weekdays(each.days))


# Asked of the same few texts for thousands of days.
_weekdays = cache(weekdays)
