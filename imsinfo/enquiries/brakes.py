"""When retention deletes nothing, because a fault is likelier than so much time gone by."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Max

from imsinfo.enquiries.retention import Plan
from imsinfo.staff.choices import AuditAction
from imsinfo.staff.models import AuditEvent

# More than both at once is held back.
MOST_ROWS = 20
MOST_PERCENT = 20
# The clock may differ so much between two machines.
BACKWARDS = timedelta(hours=1)
# It runs every day; a machine that was off for longer is told apart from a wrong clock by people.
FORWARDS = timedelta(days=40)
ALSO_MANY, CLOCK_IS_RIGHT = "--also-many", "--clock-is-right"


def braked(plan: Plan, now: datetime, options: set[str]) -> Iterator[str]:
    """Yield why nothing may be deleted now, each with what to check and the option that goes on.

    options: those that were given.
    """
    if ALSO_MANY not in options and (told := too_many(len(plan.due), plan.total)):
        yield told
    if CLOCK_IS_RIGHT not in options and (told := clock_jump(now)):
        yield told


def too_many(due: int, total: int) -> str:
    """Return what to say of so many at once, "" where they may go."""
    if due <= MOST_ROWS or 100 * due <= MOST_PERCENT * total:
        return ""
    return (
        f"{due} of {total} enquiries would be erased at once; more than {MOST_ROWS} and more than "
        f"{MOST_PERCENT} % are held back. Look with --dry-run whether their time is over, and at "
        "KEEP_CLOSED_DAYS, KEEP_SPAM_DAYS, KEEP_AT_MOST_DAYS and the clock of this machine. If "
        f"all is as it must be, run this once with {ALSO_MANY}."
    )


def clock_jump(now: datetime) -> str:
    """Return what to say of a clock that seems to be wrong, "" where it is as expected.

    Measured by the last run and by what has been written into the audit since: whatever stands
    before that run was vouched for by it. So no old fault holds retention up for ever.
    """
    runs = AuditEvent.objects.filter(action=AuditAction.RETENTION).only("at")
    last = runs.order_by("-pk").first()
    since = AuditEvent.objects.filter(pk__gte=last.pk if last else 0)
    newest = since.aggregate(newest=Max("at"))["newest"]
    if newest is not None and now < newest - BACKWARDS:
        return (
            f"The clock of this machine says {now:%Y-%m-%d %H:%M} UTC, but something was recorded "
            f"at {newest:%Y-%m-%d %H:%M} UTC, which is later. Set the clock right. {_if_right()}"
        )
    if last is not None and now > last.at + FORWARDS:
        return (
            f"The clock of this machine says {now:%Y-%m-%d %H:%M} UTC, {(now - last.at).days} days "
            f"after the last run; more than {FORWARDS.days} are held back. Check the clock and "
            f"whether this runs every day. {_if_right()}"
        )
    return ""


def _if_right() -> str:
    return f"If it is right, run this once with {CLOCK_IS_RIGHT}."
