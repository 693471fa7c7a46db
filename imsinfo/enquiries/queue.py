"""The queue: in which order enquiries are answered, and what of them a list may tell."""

from collections.abc import Collection
from datetime import date

from django.db.models import Case, Count, Q, QuerySet, When

from imsinfo.clinic import Clinic
from imsinfo.enquiries.choices import STILL_OPEN, Caution, State
from imsinfo.enquiries.encryption import Unreadable
from imsinfo.enquiries.models import Enquiry
from imsinfo.working_days import working_days_between

OPEN = ~Q(state=State.CLOSED)
FLAGGED = Q(doctor_first=True) | ~Q(caution=Caution.NO)
# As Enquiry.awaits_clinician has it.
UNANSWERED = Q(clinician_answer__in=STILL_OPEN) | FLAGGED & Q(clinician_answer="")
FOR_CLINICIAN = OPEN & (Q(state=State.AWAITING_CLINICIAN) | UNANSWERED)
# A list shows none of these, so a page of it does not decrypt them either.
NOT_LISTED = (
    *("message", "link", "their_first_name", "help_needed", "consent_text", "doctor_first_signs"),
)


def late(today: date) -> Q:
    return OPEN & Q(due_on__lt=today)


def in_order(today: date) -> tuple[Case, str, str]:
    """Return the order of the queue: what a clinician must see, what is late, the oldest."""
    rank = Case(
        When(FOR_CLINICIAN, then=0), When(late(today), then=1), When(OPEN, then=2), default=3
    )
    return rank, "received_at", "pk"


def tabs(today: date, owners: Collection[int]) -> dict[str, tuple[str, Q]]:
    """Return the tabs of the queue by key: the words on each, and what it holds.

    owners: whose work the reader does today.
    """
    desk = Q(state__in=(State.NEW, State.IN_REVIEW, State.AWAITING_PATIENT, State.BOOKED))
    held = Q(on_hold=True)
    return {
        "open": ("All open", OPEN),
        "desk": ("Front desk", desk),
        "clinician": ("Clinician", FOR_CLINICIAN),
        "manager": ("Manager", late(today) | OPEN & Q(owner=None) | held),
        "mine": ("Mine", OPEN & Q(owner__in=owners)),
        "closed": ("Closed", Q(state=State.CLOSED)),
        "all": ("All", Q()),
    }


# What a tab holds, where its name does not say so.
HINTS = {
    "desk": "What the front desk takes on: new, in review, awaiting the patient, booked.",
    "clinician": "What waits for a clinician’s answer, whoever has it.",
    "mine": "Yours, and today also what belongs to those for whom you stand in.",
    "manager": "What is late, belongs to nobody, or is on hold.",
}


def counted(tabs: dict[str, tuple[str, Q]]) -> dict[str, int]:
    """Return how many enquiries each tab holds, in one query."""
    return Enquiry.objects.aggregate(
        **{key: Count("pk", filter=held or None) for key, (_, held) in tabs.items()}
    )


def listed(enquiries: QuerySet[Enquiry]) -> QuerySet[Enquiry]:
    """Return what a list of enquiries reads of each of them, and nothing else."""
    return enquiries.defer(*NOT_LISTED).select_related("owner")


def initials(name: str) -> str:
    """Return the first letters of the first and the last word of a name: "Zoë de Groot" → "ZG".

    Of whatever else a name may hold nothing is shown.
    """
    if isinstance(name, Unreadable):
        return "?"
    letters = [next((sign for sign in word if sign.isalpha()), "") for word in name.split()]
    found = [letter for letter in letters if letter]
    return "".join(found[:1] + found[1:][-1:]).upper() or "?"


def last_digits(phone: str) -> str:
    """Return the last three digits of a phone number, "" where there is none."""
    if isinstance(phone, Unreadable):
        return ""
    return "".join(sign for sign in phone if sign.isdecimal())[-3:]


def lateness(due_on: date | None, today: date, clinic: Clinic) -> tuple[str, str]:
    """Return how late the next step is: a key (late, today, in-time, none) and the words."""
    if due_on is None:
        return "none", ""
    if due_on < today:
        days = max(1, working_days_between(clinic, due_on, today))
        return "late", f"Late by {days} working {'day' if days == 1 else 'days'}"
    if due_on == today:
        return "today", "Due today"
    return "in-time", f"Due {due_on:%a %-d %b}"


def age(received: date, today: date, clinic: Clinic) -> str:
    """Return how long ago a day was, in working days; a day to come counts as today."""
    if received >= today:
        return "Today"
    days = working_days_between(clinic, received, today)
    if days == 0:
        return "Since the last working day"
    return f"{days} working {'day' if days == 1 else 'days'} ago"
