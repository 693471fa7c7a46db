"""What the overview tells of retention: that nobody applies it, and what stays open too long."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from imsinfo.enquiries.models import Enquiry
from imsinfo.staff.choices import AuditAction
from imsinfo.staff.models import AuditEvent

# It is to run every day.
LONGEST_PAUSE = timedelta(days=3)


def open_too_long(now: datetime, most_named: int = 100) -> str:
    """Return a warning of enquiries that are open for more than WARN_OPEN_DAYS, "" without any.

    What is on hold is not erased, so nothing is lost of it.
    """
    days = settings.WARN_OPEN_DAYS
    late = Enquiry.objects.open().filter(on_hold=False, received_at__lt=now - timedelta(days=days))
    references = list(late.values_list("reference", flat=True)[: most_named + 1])
    if not references:
        return ""
    count = len(references) if len(references) <= most_named else late.count()
    named = ", ".join(references[:most_named])
    return (
        f"Open for more than {days} days: {count} ({named}{' …' if count > most_named else ''}). "
        f"{settings.KEEP_AT_MOST_DAYS} days after it came at the latest, each is erased, answered "
        "or not."
    )


def not_applied(now: datetime) -> str:
    """Return a warning where retention has not run lately although there is what it looks at."""
    oldest = now - LONGEST_PAUSE
    runs = AuditEvent.objects.filter(action=AuditAction.RETENTION)
    if runs.filter(at__gte=oldest).exists():
        return ""
    if not Enquiry.objects.filter(received_at__lt=oldest).exists() and not runs.exists():
        return ""
    return (
        f"Nobody applies retention: it has not run for {LONGEST_PAUSE.days} days, so enquiries may "
        "stay longer than enquirers were told. Tell whoever runs the site: manage.py "
        'apply_retention must run every day, see "Retention" in the README.'
    )


def open_too_long_warning() -> str:
    """For the overview; see open_too_long."""
    return open_too_long(timezone.now(), most_named=5)


def not_applied_warning() -> str:
    """For the overview; see not_applied."""
    return not_applied(timezone.now())
