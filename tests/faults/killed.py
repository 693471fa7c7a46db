"""Three works that are killed in their midst, and what must hold after each kill.

To be imported once Django is set up for the site that they are done on.
"""

import secrets
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models.functions import Cast
from django.utils import timezone

from imsinfo.enquiries.choices import ErasurePath
from imsinfo.enquiries.lookup import hashes_of
from imsinfo.enquiries.models import (
    ContactAttempt,
    Enquiry,
    LookupHash,
    Note,
    OutgoingMail,
    Tombstone,
)
from imsinfo.enquiries.outbox import mails_owed
from imsinfo.enquiries.rotation import encrypted_fields
from imsinfo.staff.choices import AuditAction
from imsinfo.staff.models import AuditEvent

HANGING = (Note, ContactAttempt, LookupHash, OutgoingMail)
STAYING = 20
ERASE_EACH = """
from django.contrib.auth.models import User
from django.utils import timezone
from imsinfo.enquiries.choices import ErasurePath
from imsinfo.enquiries.erasure import erase
from imsinfo.enquiries.models import Enquiry
for pk in Enquiry.objects.filter(state="closed").values_list("pk", flat=True):
    erase(pk, ErasurePath.REQUEST, User.objects.get(), "asked for it", timezone.now())
"""


class Retention:
    """Enquiries whose time is over, and some whose time is not."""

    name, path = "retention", ErasurePath.RETENTION
    arguments = ("apply_retention", "--also-many")

    def __init__(self, count: int):
        self.count = count

    def prepare(self) -> None:
        for model in (Enquiry, Tombstone, AuditEvent):
            model.objects.all().delete()
        old = timezone.now() - timedelta(days=100)
        closed = {"state": "closed", "closed_reason": "withdrew", "advice": "none"}
        due = make_enquiries(self.count, closed_at=old, received_at=old, **closed)
        self.due = {each.reference for each in due}
        self.staying = {each.reference for each in make_enquiries(STAYING)}

    def environment(self) -> dict[str, str]:
        return {}

    def done_so_far(self) -> int:
        return Tombstone.objects.count()

    def halves(self) -> Iterator[str]:
        """Yield what is neither as before nor as after."""
        there = set(Enquiry.objects.values_list("reference", flat=True))
        buried = set(Tombstone.objects.values_list("reference", flat=True))
        erased = list(
            AuditEvent.objects.filter(action=AuditAction.ERASED).values_list("reference", flat=True)
        )
        yield from (f"{each}: row and tombstone" for each in there & buried)
        yield from (f"{each}: neither row nor tombstone" for each in self.due - there - buried)
        yield from (f"{each}: its time is not over" for each in self.staying - there)
        if sorted(erased) != sorted(buried):
            yield f"{len(erased)} erasures in the audit, {len(buried)} tombstones"
        yield from orphans_and_gaps()

    def unfinished(self) -> Iterator[str]:
        """Yield what a run that ended has not done."""
        left = Enquiry.objects.filter(reference__in=self.due).count()
        wrong = Tombstone.objects.exclude(path=self.path).count()
        if left or wrong:
            yield f"{left} still there, {wrong} tombstones of another path"


class Erasure(Retention):
    """The same on request, one after the other."""

    name, path = "erasure", ErasurePath.REQUEST
    arguments = ("shell", "--no-imports", "-c", ERASE_EACH)


class Rotation:
    """Enquiries and notes under a key, and a newer one before it."""

    name = "rotation"
    arguments = ("rotate_keys",)

    def __init__(self, count: int):
        self.count = count

    def prepare(self) -> None:
        for model in (Enquiry, Tombstone, AuditEvent):
            model.objects.all().delete()
        settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
        make_enquiries(self.count)
        make_tombstones(10)
        self.before = readable()
        settings.FIELD_KEYS = (Fernet.generate_key().decode(), *settings.FIELD_KEYS)

    def environment(self) -> dict[str, str]:
        return {"FIELD_KEYS": ",".join(settings.FIELD_KEYS)}

    def done_so_far(self) -> int:
        """How many values the newest key opens."""
        return sum(opens(token) for _, token in tokens())

    def halves(self) -> Iterator[str]:
        if readable() != self.before:
            yield "a value has been lost or changed"
        yield from orphans_and_gaps()
        for enquiry in Enquiry.objects.prefetch_related("hashes"):
            stored = {each.digest for each in enquiry.hashes.all()}
            if stored not in (digests_of(enquiry, 0), digests_of(enquiry, 1)):
                yield f"{enquiry}: hashes of neither key"

    def unfinished(self) -> Iterator[str]:
        left = [place for place, token in tokens() if not opens(token)]
        if left:
            yield f"{len(left)} values are not under the new key, such as a {left[0]}"
        for enquiry in Enquiry.objects.prefetch_related("hashes"):
            if {each.digest for each in enquiry.hashes.all()} != digests_of(enquiry, 0):
                yield f"{enquiry}: hashes not of the new key"


def make_enquiries(count: int, **changes) -> list[Enquiry]:
    """Store so many, each with something in every table that hangs on it."""
    author, _ = User.objects.get_or_create(username="reception")
    made = [_new_enquiry(**changes) for _ in range(count)]
    with transaction.atomic():
        Enquiry.objects.bulk_create(made)
        Note.objects.bulk_create(Note(enquiry=e, author=author, text="Phoned") for e in made)
        ContactAttempt.objects.bulk_create(
            ContactAttempt(enquiry=e, author=author, way="phone", outcome="reached") for e in made
        )
        LookupHash.objects.bulk_create(each for e in made for each in hashes_of(e))
        OutgoingMail.objects.bulk_create(each for e in made for each in mails_owed(e))
    return made


def _new_enquiry(**changes) -> Enquiry:
    given = {
        "submission_id": uuid4(),
        "area": "neck",
        "duration": "over-a-year",
        "caution": "no",
        "name": f"Zora {secrets.token_hex(4)}",
        "message": "It hurts",
        "reply_by": "phone",
        "phone": f"604{secrets.randbelow(10**7):07}",
        "consent_version": "2026-11",
    }
    return Enquiry(**given | changes)


def make_tombstones(count: int) -> None:
    at = timezone.now()
    Tombstone.objects.bulk_create(
        Tombstone(
            reference=secrets.token_hex(6),
            received_at=at,
            channel="online",
            path=ErasurePath.REQUEST,
            reason=f"asked {number}",
        )
        for number in range(count)
    )


def orphans_and_gaps() -> Iterator[str]:
    """Yield what hangs on no enquiry, and the tables in which an enquiry has nothing."""
    there = Enquiry.objects.values("pk")
    for model in HANGING:
        rows = model.objects.order_by()
        if orphans := rows.exclude(enquiry__in=there).count():
            yield f"{orphans} orphans: {model.__name__}"
        gaps = Enquiry.objects.exclude(pk__in=rows.values("enquiry")).count()
        if gaps:
            yield f"{gaps} enquiries without any {model.__name__}"


def tokens() -> Iterator[tuple[str, str]]:
    """Yield every encrypted value as it is stored, with its place."""
    for model, name in encrypted_fields():
        stored = model._default_manager.annotate(stored=Cast(name, models.TextField()))
        place = f"{model.__name__}.{name}"
        yield from ((place, each) for each in stored.values_list("stored", flat=True) if each)


def readable() -> dict[tuple[str, int], str]:
    """Return every encrypted value in clear, by its field and row."""
    return {
        (f"{model.__name__}.{name}", pk): value
        for model, name in encrypted_fields()
        for pk, value in model._default_manager.values_list("pk", name)
    }


def opens(token: str) -> bool:
    try:
        Fernet(settings.FIELD_KEYS[0]).decrypt(token)
    except InvalidToken:
        return False
    return True


def digests_of(enquiry: Enquiry, number: int) -> set[str]:
    """Return the hashes of an enquiry under the key of this number."""
    keys = settings.FIELD_KEYS
    settings.FIELD_KEYS = keys[number:]
    try:
        return {each.digest for each in hashes_of(enquiry)}
    finally:
        settings.FIELD_KEYS = keys
