"""Enquiries as rows for a table elsewhere: what was asked for, and no more than that."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from imsinfo.enquiries.models import Enquiry, ExportReason
from imsinfo.staff import audit
from imsinfo.staff.choices import AuditAction

# So many are decrypted at once; no cursor stays open while a slow reader takes them.
ROWS_AT_ONCE = 200
YES = "yes"


# The columns by their headings. Attributes of an enquiry, get_…_display included.
ALWAYS = {
    "Reference": "reference",
    "Received": "received_at",
    "How it came": "get_channel_display",
    "State": "get_state_display",
    "Since": "state_since",
    "Owner": "owner",
    "Due": "due_on",
    "First contact": "first_contact_at",
    "Booked for": "booked_for",
    "Closed": "closed_at",
    "Closed because": "get_closed_reason_display",
    "Record line": "get_advice_display",
    "On hold": "on_hold",
    "For someone else": "someone_else",
    "Main pain": "get_area_display",
    "How long": "get_duration_display",
    "Stops them": "get_impact_display",
    "Seen": "get_seen_display",
    "Doctor first": "doctor_first",
    "Caution": "get_caution_display",
    "Answer of the clinician": "get_clinician_answer_display",
    "Place": "get_place_display",
    "May be spam": "suspected_spam",
}
CONTACT = {
    "Name": "name",
    "Link": "link",
    "Their first name": "their_first_name",
    "Whom to contact": "get_contact_whom_display",
    "Reply by": "get_reply_by_display",
    "Phone": "phone",
    "Email": "email",
    "May leave a message": "get_may_leave_message_display",
    "Best time": "get_best_time_display",
}
TEXTS = {"Message": "message", "Help needed": "help_needed", "Notes": "notes"}
# What is encrypted and in no column that was asked for is not decrypted either.
ENCRYPTED = ("name", "link", "their_first_name", "phone", "email", "message", "help_needed")


@dataclass(frozen=True)
class Asked:
    """What an export is to hold. The days are the clinic's own, both included; blank is all."""

    first_day: date | None = None
    last_day: date | None = None
    states: Sequence[str] = ()
    areas: Sequence[str] = ()
    contact: bool = False
    texts: bool = False

    @property
    def columns(self) -> dict[str, str]:
        return ALWAYS | (CONTACT if self.contact else {}) | (TEXTS if self.texts else {})

    @property
    def keys(self) -> str:
        """Everything by its keys, for the audit; "" where nothing was chosen."""
        parts = [
            "contact details" if self.contact else "",
            "texts" if self.texts else "",
            f"from {self.first_day}" if self.first_day else "",
            f"to {self.last_day}" if self.last_day else "",
            "+".join(self.states),
            "+".join(self.areas),
        ]
        return ", ".join(part for part in parts if part)


def chosen(asked: Asked, zone: ZoneInfo) -> list[int]:
    """Return the primary keys of what was asked for, the oldest first. zone: the clinic's."""
    rows = Enquiry.objects.order_by("received_at", "pk")
    if asked.first_day:
        rows = rows.filter(received_at__gte=_begin(asked.first_day, zone))
    if asked.last_day:
        rows = rows.filter(received_at__lt=_begin(asked.last_day + timedelta(days=1), zone))
    if asked.states:
        rows = rows.filter(state__in=asked.states)
    if asked.areas:
        rows = rows.filter(area__in=asked.areas)
    return list(rows.values_list("pk", flat=True))


def table(asked: Asked, keys: Sequence[int], zone: ZoneInfo) -> Iterator[list[str]]:
    """Yield the cells of each enquiry under asked.columns; one that is erased since is left out."""
    for start in range(0, len(keys), ROWS_AT_ONCE):
        for enquiry in _read(asked, keys[start : start + ROWS_AT_ONCE]):
            yield [_in_words(enquiry, name, zone) for name in asked.columns.values()]


@transaction.atomic
def write_down(asked: Asked, count: int, reason: str, user: User) -> None:
    """Record that so many rows leave, and why: before the first of them does.

    reason: as typed; it is kept encrypted beside the event, and is no part of the audit.
    """
    rows = f"{count} row{'' if count == 1 else 's'}"
    detail = f"{rows}: {asked.keys}" if asked.keys else rows
    event = audit.record(AuditAction.EXPORTED, user, detail=detail)
    ExportReason.objects.create(event=event, text=reason)


def latest(most: int) -> QuerySet[ExportReason]:
    """Return the latest exports with their reasons, the newest first, and no more than most."""
    reasons = ExportReason.objects.select_related("event__user")
    return reasons.order_by("-event__at", "-pk")[:most]


def _read(asked: Asked, keys: Sequence[int]) -> QuerySet[Enquiry]:
    unasked = [name for name in ENCRYPTED if name not in asked.columns.values()]
    rows = Enquiry.objects.filter(pk__in=keys).select_related("owner")
    rows = rows.defer("consent_text", *unasked).order_by("received_at", "pk")
    return rows.prefetch_related("notes") if asked.texts else rows


def _in_words(enquiry: Enquiry, name: str, zone: ZoneInfo) -> str:
    if name == "notes":
        notes = enquiry.notes.all()
        return "\n\n".join(f"{_moment(each.written_at, zone)}: {each.text}" for each in notes)
    value = getattr(enquiry, name)
    if callable(value):
        return str(value())
    if isinstance(value, datetime):
        return _moment(value, zone)
    if isinstance(value, bool):
        return YES if value else ""
    return "" if value is None else str(value)


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def _begin(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
