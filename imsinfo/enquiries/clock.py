"""Whether the clock of this machine can be right, by what has been stored."""

from datetime import datetime

from django.db.models import Max

from imsinfo.enquiries.brakes import BACKWARDS
from imsinfo.staff.models import AuditEvent


def clock_fault(now: datetime) -> str:
    """Return what is wrong with a clock that is behind the newest row, "" where nothing is.

    Every enquiry and every deed of staff is in the audit with its time.
    """
    newest = AuditEvent.objects.aggregate(newest=Max("at"))["newest"]
    if newest is None or now >= newest - BACKWARDS:
        return ""
    return (
        f"the clock says {now:%Y-%m-%d %H:%M} UTC, but something was stored at "
        f"{newest:%Y-%m-%d %H:%M} UTC: it is wrong now, or was then"
    )
