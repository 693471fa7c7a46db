"""The day that it is at the clinic."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from imsinfo.clinic import get_clinic
from imsinfo.problems import ContentError


def clinics_date() -> date:
    """Return today's date in the clinic's time zone; in UTC where clinic.yaml is broken."""
    try:
        zone = ZoneInfo(get_clinic().time_zone)
    except ContentError:
        return datetime.now(UTC).date()
    return datetime.now(zone).date()
