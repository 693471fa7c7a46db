"""The days on which a clinic works, and until when it has promised to reply."""

import datetime
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
    hours = (hours for site in clinic.sites for hours in site.hours)
    return any(day.weekday() in weekdays(each.days) for each in hours)
