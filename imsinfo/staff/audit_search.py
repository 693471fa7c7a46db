"""Reading the audit: which events were asked for, and each of them in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q, QuerySet

from imsinfo.staff.models import AuditEvent

# So many are read at once for a file; no cursor stays open while a slow reader takes them.
ROWS_AT_ONCE = 1000
HEADER = ("When (UTC)", "What", "Enquiry", "Detail", "Who")
NOBODY = "nobody signed in"


@dataclass(frozen=True)
class Asked:
    """Which events. Blank is all; the days are of UTC, both included; user: a primary key."""

    action: str = ""
    user: str = ""
    first_day: date | None = None
    last_day: date | None = None
    reference: str = ""

    @property
    def keys(self) -> str:
        """Everything but the reference by its keys, for the audit."""
        parts = [
            self.action,
            f"user {self.user}" if self.user else "",
            f"from {self.first_day}" if self.first_day else "",
            f"to {self.last_day}" if self.last_day else "",
        ]
        return ", ".join(part for part in parts if part)


def found(asked: Asked) -> QuerySet[AuditEvent]:
    """Return the events that were asked for, in no order of their own."""
    wanted = Q()
    if asked.action:
        wanted &= Q(action=asked.action)
    if asked.user:
        wanted &= Q(user=int(asked.user)) if asked.user.isdecimal() else Q(user=None)
    if asked.first_day:
        wanted &= Q(at__gte=_begin(asked.first_day))
    if asked.last_day:
        wanted &= Q(at__lt=_begin(asked.last_day + timedelta(days=1)))
    if asked.reference:
        wanted &= Q(reference=asked.reference)
    return AuditEvent.objects.filter(wanted).select_related("user").order_by()


def page_of(events: QuerySet[AuditEvent], number: int, size: int) -> tuple[list[AuditEvent], bool]:
    """Return a page, the newest on top, and whether older ones follow. number: from 1.

    Nothing is counted, and of the events before the page only keys are read.
    """
    start = (number - 1) * size
    newest = events.order_by("-at", "-pk")
    keys = list(newest.select_related(None).values_list("pk", flat=True)[start : start + size + 1])
    return list(newest.filter(pk__in=keys[:size])), len(keys) > size


def rows_of(events: QuerySet[AuditEvent]) -> Iterator[list[str]]:
    """Yield each event as the cells of HEADER, the latest written first."""
    last = None
    while rows := list(_before(events, last).order_by("-pk")[:ROWS_AT_ONCE]):
        yield from map(_cells, rows)
        last = rows[-1].pk


def _before(events: QuerySet[AuditEvent], last: int | None) -> QuerySet[AuditEvent]:
    return events if last is None else events.filter(pk__lt=last)


def _cells(event: AuditEvent) -> list[str]:
    return [
        f"{event.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        event.get_action_display(),
        event.reference,
        event.detail,
        event.user.get_username() if event.user else NOBODY,
    ]


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
