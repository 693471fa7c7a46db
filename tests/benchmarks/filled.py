"""Fill a site with many enquiries, and sign a manager in: run in the site's own environment."""

import random
from datetime import timedelta
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from imsinfo.clinic import get_clinic
from imsinfo.enquiries.choices import Area, State
from imsinfo.enquiries.lookup import hashes_of
from imsinfo.enquiries.models import Enquiry, LookupHash
from imsinfo.enquiries.workflow import due_day, opened
from tests.accounts import in_role, sign_in

AT_ONCE = 1000
FIRST = ("Zora", "Ada", "Ottoline", "Bram", "Inka", "Mirko", "Tove", "Yusuf")
LAST = ("Quill", "Feather", "Vane", "Marsh", "Thorn", "Wren")
STATES = (State.NEW, State.IN_REVIEW, State.AWAITING_PATIENT, State.BOOKED, State.CLOSED)


def fill(count: int) -> None:
    """Store so many enquiries of the last months, in every state, with what they are found by."""
    chance, now = random.Random(count), timezone.now()  # noqa: S311 -- the same ones each time
    for start in range(0, count, AT_ONCE):
        made = [_one(start + number, chance, now) for number in range(AT_ONCE)]
        Enquiry.objects.bulk_create(made)
        LookupHash.objects.bulk_create([each for enquiry in made for each in hashes_of(enquiry)])


def _one(number, chance, now) -> Enquiry:
    received = now - timedelta(minutes=chance.randrange(180 * 24 * 60))
    enquiry = Enquiry(
        submission_id=uuid4(),
        received_at=received,
        area=chance.choice(Area.values),
        duration="over-a-year",
        caution=chance.choice(("no", "no", "no", "yes", "unsure")),
        doctor_first=not number % 40,
        name=f"{chance.choice(FIRST)} {chance.choice(LAST)}{number % 5000}",
        reply_by="phone",
        phone=f"604 55{number:05}",
        email=f"person{number}@example.org",
        message="It has hurt since a fall. " * 10,
        consent_version="2026-11",
    )
    opened(enquiry, get_clinic())
    _moved(enquiry, chance)
    return enquiry


def _moved(enquiry, chance) -> None:
    if chance.random() < 0.2:
        return
    enquiry.state = chance.choice(STATES)
    enquiry.clinician_answer = "book" if enquiry.is_flagged else ""
    enquiry.first_contact_at = enquiry.received_at + timedelta(hours=chance.randrange(1, 120))
    if enquiry.state == State.BOOKED:
        enquiry.booked_for = enquiry.received_at.date() + timedelta(days=14)
    if enquiry.state == State.CLOSED:
        enquiry.closed_reason, enquiry.advice = "withdrew", "none"
        enquiry.closed_at = enquiry.first_contact_at
    enquiry.due_on = due_day(enquiry, get_clinic(), enquiry.first_contact_at)


def manager_session() -> str:
    """Return the key of the session of a manager who has just signed in."""
    return sign_in(Client(), in_role("Manager")).session.session_key
