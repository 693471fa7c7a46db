"""The digest for staff: what waits, as counts, and on which days they are told of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Q

from imsinfo.clinic import Clinic
from imsinfo.enquiries import queue
from imsinfo.enquiries.choices import MailKind
from imsinfo.enquiries.models import Enquiry, OutgoingMail
from imsinfo.enquiries.outbox import LATE_MAIL
from imsinfo.working_days import is_working_day, working_days_between

# A little late is so many working days at most.
LITTLE = 2
# Any number, as long as nothing else locks by it.
LOCK = 7_364_210


@dataclass(frozen=True)
class Waiting:
    """How many enquiries, or mails about them, wait for something; one may count several times."""

    late: int = 0
    little_late: int = 0
    due_today: int = 0
    for_clinician: int = 0
    without_owner: int = 0
    open_too_long: int = 0
    late_mails: int = 0
    given_up_mails: int = 0
    on_hold: int = 0

    @property
    def is_something(self) -> bool:
        """Whether anything is to be done. A hold is not: it ends when a complaint does."""
        return any(count for name, count in vars(self).items() if name != "on_hold")


def waiting(clinic: Clinic, now: datetime) -> Waiting:
    """Return what waits at a moment."""
    today = _day(clinic, now)
    oldest = now - timedelta(days=settings.WARN_OPEN_DAYS)
    counts = Enquiry.objects.aggregate(
        due_today=_number(queue.OPEN & Q(due_on=today)),
        for_clinician=_number(queue.FOR_CLINICIAN),
        without_owner=_number(queue.OPEN & Q(owner=None) & ~queue.FOR_CLINICIAN),
        open_too_long=_number(queue.OPEN & Q(received_at__lt=oldest)),
        on_hold=_number(Q(on_hold=True)),
    )
    late = _lateness(clinic, today)
    # The digest itself is on its way while it is written.
    mails = OutgoingMail.objects.exclude(kind=MailKind.DIGEST)
    return Waiting(
        late=sum(late.values()) - late[True],
        little_late=late[True],
        late_mails=mails.waiting().filter(owed_since__lte=now - LATE_MAIL).count(),
        given_up_mails=mails.given_up().count(),
        **counts,
    )


def _number(condition: Q) -> Count:
    return Count("pk", filter=condition)


def _lateness(clinic: Clinic, today: date) -> dict[bool, int]:
    """Return how many are late: by LITTLE at most (True), and by more (False)."""
    found = {True: 0, False: 0}
    late = Enquiry.objects.filter(queue.late(today)).order_by().values_list("due_on")
    for due_on, count in late.annotate(Count("pk")):
        found[working_days_between(clinic, due_on, today) <= LITTLE] += count
    return found


def in_words(counts: Waiting) -> list[str]:
    """Return a line for each number that is not 0, what is most urgent first."""
    lines = (
        (f"Late by more than {LITTLE} working days", counts.late),
        (f"Late by 1 to {LITTLE} working days", counts.little_late),
        ("Due today", counts.due_today),
        ("For a clinician", counts.for_clinician),
        ("For the front desk to take", counts.without_owner),
        (f"Open for more than {settings.WARN_OPEN_DAYS} days", counts.open_too_long),
        ("Mails that have not gone out for an hour", counts.late_mails),
        ("Mails that were given up", counts.given_up_mails),
        ("On hold", counts.on_hold),
    )
    return [f"{words}: {count}" for words, count in lines if count]


def in_short(counts: Waiting) -> str:
    """Return the same for the subject of a mail, such as "3 late, 1 for a clinician"."""
    parts = (
        ("late", counts.late + counts.little_late),
        ("due today", counts.due_today),
        ("for a clinician", counts.for_clinician),
        ("without an owner", counts.without_owner),
        ("open for very long", counts.open_too_long),
        ("unsent by mail", counts.late_mails + counts.given_up_mails),
    )
    return ", ".join(f"{count} {words}" for words, count in parts if count) or "nothing waiting"


def owe_digest(clinic: Clinic, now: datetime) -> OutgoingMail | None:
    """Store the digest of the clinic's day; None where it is there already or nothing is to tell.

    It is owed when something waits; where nothing does, once a week, so that silence never means
    that all is well.
    """
    today = _day(clinic, now)
    with transaction.atomic(durable=True):
        _one_at_a_time()
        if _was_owed(clinic, today, today):
            return None
        if not waiting(clinic, now).is_something and not _weekly_is_owed(clinic, today):
            return None
        return OutgoingMail.objects.create(kind=MailKind.DIGEST, owed_since=now, next_try_at=now)


def _one_at_a_time() -> None:
    """Wait for another who does the same, until the transaction ends; SQLite has one writer."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _was_owed(clinic: Clinic, first: date, last: date) -> bool:
    begins, ends = _midnight(clinic, first), _midnight(clinic, last + timedelta(days=1))
    digests = OutgoingMail.objects.filter(kind=MailKind.DIGEST)
    return digests.filter(owed_since__gte=begins, owed_since__lt=ends).exists()


def _weekly_is_owed(clinic: Clinic, today: date) -> bool:
    """Whether staff have heard nothing since the first working day of the week, which has come.

    So a timer that missed that day makes up for it on the next.
    """
    first = next((day for day in _week_until(today) if is_working_day(clinic, day)), None)
    return first is not None and not _was_owed(clinic, first, today)


def _week_until(day: date) -> Iterator[date]:
    """Yield the days from Monday to day."""
    return (day - timedelta(days=back) for back in range(day.weekday(), -1, -1))


def _day(clinic: Clinic, now: datetime) -> date:
    return now.astimezone(ZoneInfo(clinic.time_zone)).date()


def _midnight(clinic: Clinic, day: date) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(clinic.time_zone))
