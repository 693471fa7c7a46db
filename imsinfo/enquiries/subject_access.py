"""Everything that is held on the person behind an enquiry, for whoever asks for it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.contrib.auth.models import User
from django.utils import timezone

from imsinfo.csv_cells import HARMFUL
from imsinfo.enquiries.answers import Answer, for_staff
from imsinfo.enquiries.models import Enquiry, ErasureRequest
from imsinfo.enquiries.retention import kept_until, rules_in_force
from imsinfo.enquiries.spam import WORDS as SPAM_WORDS
from imsinfo.enquiries.step_words import in_words
from imsinfo.staff.audit import readers
from imsinfo.staff.models import AuditEvent

NOT_KEPT = (
    "The network address and the device from which the enquiry was sent.",
    "What stood in the form before “Send your enquiry” was pressed, and enquiries that ended at "
    "a warning sign.",
    "The words of mails about the enquiry: they name nobody, and hold no answer.",
    "Any list, search or export of this page: nothing of it is stored but that it was opened.",
)
SCRAMBLED = (
    "Beside the enquiry lie its names, phone number and email address in a scrambled form, by "
    "which staff find it. They tell nobody anything without the site’s key."
)
THE_SITE = "the site itself"


class Entry(NamedTuple):
    """Something that happened. what: our own words and keys, or a note; by: name and roles."""

    at: datetime
    what: str
    by: str


class Fact(NamedTuple):
    """Something that staff or the site wrote down about the enquiry."""

    name: str
    value: str


@dataclass(frozen=True)
class Held:
    """All of it, in words. Times are in UTC unless they are shown in another zone."""

    enquiry: Enquiry
    made_at: datetime
    facts: list[Fact]
    answers: list[Answer]
    contacts: list[Entry]
    notes: list[Entry]
    history: list[Entry]
    looks: list[Entry]
    mails: list[Entry]
    scrambled: str = SCRAMBLED
    not_kept: tuple[str, ...] = NOT_KEPT


def held_on(enquiry: Enquiry, now: datetime) -> Held:
    """Return what is held, read anew from the database."""
    names = _Names()
    events = AuditEvent.objects.filter(reference=enquiry.reference).order_by("at", "pk")
    return Held(
        enquiry=enquiry,
        made_at=now,
        facts=list(_facts(enquiry, names, now)),
        answers=[_for_whom(enquiry), *for_staff(enquiry)],
        contacts=[
            Entry(
                each.at,
                f"{each.get_way_display()}: {each.get_outcome_display()}",
                names[each.author_id],
            )
            for each in enquiry.contacts.all()
        ],
        notes=[
            Entry(each.written_at, each.text, names[each.author_id]) for each in enquiry.notes.all()
        ],
        history=[Entry(each.at, _told(each), names[each.user_id]) for each in events],
        looks=[
            Entry(look.at, str(look.action.label), names[look.user.pk if look.user else None])
            for look in readers(enquiry.reference)
        ],
        mails=list(_mails(enquiry)),
    )


def as_json(held: Held) -> dict[str, object]:
    """Return the same for a machine; times in ISO 8601 with their zone."""
    enquiry = held.enquiry
    return {
        "reference": enquiry.reference,
        "made_at": held.made_at.isoformat(),
        "received_at": enquiry.received_at.isoformat(),
        "answers": [{"question": each.question, "answer": each.value} for each in held.answers],
        "consent": {"version": enquiry.consent_version, "text": enquiry.consent_text},
        "noted": {fact.name: fact.value for fact in held.facts},
        **{
            name: [_entry(each) for each in getattr(held, name)]
            for name in ("contacts", "notes", "history", "looks", "mails")
        },
        "scrambled": held.scrambled,
        "not_kept": list(held.not_kept),
    }


def json_text(value: object) -> Iterator[str]:
    """Yield JSON that people can read: letters as they are, signs that could deceive escaped."""
    for piece in json.JSONEncoder(ensure_ascii=False, indent=2).iterencode(value):
        yield HARMFUL.sub(lambda sign: f"\\u{ord(sign[0]):04x}", piece)


def _entry(entry: Entry) -> dict[str, str]:
    return {"at": entry.at.isoformat(), "what": entry.what, "by": entry.by}


def _for_whom(enquiry: Enquiry) -> Answer:
    who = "Someone else" if enquiry.someone_else else "The one who asks"
    return Answer("who", "Who is this enquiry for?", who)


def _facts(enquiry: Enquiry, names: "_Names", now: datetime) -> Iterator[Fact]:
    yield Fact("How it came", enquiry.get_channel_display())
    if enquiry.entered_by_id:
        yield Fact("Written down by", names[enquiry.entered_by_id])
    yield Fact("State", enquiry.get_state_display())
    if enquiry.owner_id:
        yield Fact("In whose hands", names[enquiry.owner_id])
    for name, value in _dated(enquiry):
        yield Fact(name, value)
    for asked in ErasureRequest.objects.filter(enquiry=enquiry):
        by = names[asked.asked_by_id]
        yield Fact("Erasure asked for", f"{_day(asked.asked_at)}, {by}: {asked.reason}")
    if enquiry.suspected_spam:
        reasons = "; ".join(SPAM_WORDS.get(each, each) for each in enquiry.spam_reasons.split())
        yield Fact("Looks like spam, because", reasons)
    if enquiry.on_hold:
        yield Fact("Hold", "It is kept because a complaint or an incident is being looked into.")
    else:
        yield Fact("Erased at the latest on", _day(kept_until(enquiry, rules_in_force(), now)))


def _dated(enquiry: Enquiry) -> Iterator[tuple[str, str]]:
    """What has been written down in the course of the work, left out where it is blank."""
    found = {
        "First contact": enquiry.first_contact_at,
        "Next step due": enquiry.due_on,
        "Answer of the clinician": enquiry.get_clinician_answer_display(),
        "Booked for": enquiry.booked_for,
        "Closed": enquiry.closed_at,
        "Closed because": enquiry.get_closed_reason_display(),
        "Line for the patient record": enquiry.get_advice_display(),
        "Copied to the patient record": enquiry.advice_copied_on,
        "Corrects the enquiry": enquiry.corrects and enquiry.corrects.reference,
    }
    for name, value in found.items():
        if value:
            yield name, value if isinstance(value, str) else _day(value)


def _day(moment: date) -> str:
    """The day in the words of the site; of a moment, the clinic's own."""
    day = timezone.localtime(moment) if isinstance(moment, datetime) else moment
    return f"{day:%-d %B %Y}"


def _told(event: AuditEvent) -> str:
    detail = f" ({in_words(event.detail)})" if event.detail else ""
    return f"{event.get_action_display()}{detail}"


def _mails(enquiry: Enquiry) -> Iterator[Entry]:
    for mail in enquiry.mails.order_by("owed_since", "pk"):
        at = mail.sent_at or mail.given_up_at or mail.owed_since
        state = "sent" if mail.sent_at else "given up" if mail.given_up_at else "not sent yet"
        yield Entry(at, f"{mail.get_kind_display()}: {state}", THE_SITE)


class _Names(dict[int | None, str]):
    """The name and the roles of accounts by their ids, each looked up once."""

    def __missing__(self, pk: int | None) -> str:
        self[pk] = named(User.objects.get(pk=pk)) if pk is not None else THE_SITE
        return self[pk]


def named(user: User) -> str:
    """Return the name of an account with its roles: "Ada Khan (Manager)"."""
    roles = ", ".join(user.groups.order_by("name").values_list("name", flat=True))
    name = user.get_full_name() or user.get_username()
    return f"{name} ({roles})" if roles else name
