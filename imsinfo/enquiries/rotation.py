"""Bringing everything under the newest of FIELD_KEYS, row by row, while enquiries go on arriving.

Each value is replaced only if it is still the one that was read, so nothing that is written
meanwhile is lost; what is under the newest key already is left alone, so that a rotation that
was killed goes on where it was.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Cast

from imsinfo.enquiries.encryption import EncryptedTextField, Unreadable
from imsinfo.enquiries.lookup import hashes_of
from imsinfo.enquiries.models import KEPT, Enquiry, LookupHash

ROWS_AT_ONCE = 100


@dataclass
class Rotated:
    """values: how many were brought under the newest key, by "Model.field"; hashes: of how many
    enquiries; unreadable: "Model.field" of the values that no key opens, with their number."""

    values: Counter[str] = field(default_factory=Counter)
    hashes: int = 0
    unreadable: Counter[str] = field(default_factory=Counter)


def rotate() -> Rotated:
    """Bring every encrypted value and every lookup hash under the newest key."""
    done = Rotated()
    for model, name in encrypted_fields():
        _rotate_field(model, name, done)
    for pk in _each_pk(Enquiry):
        done.hashes += _rehash(pk)
    return done


def encrypted_fields() -> Iterator[tuple[type[models.Model], str]]:
    """Yield every model of the enquiries with each of its encrypted fields."""
    for model in apps.get_app_config("enquiries").get_models():
        for each in model._meta.fields:
            if isinstance(each, EncryptedTextField):
                yield model, each.name


def _rotate_field(model: type[models.Model], name: str, done: Rotated) -> None:
    newest = Fernet(settings.FIELD_KEYS[0])
    place = f"{model.__name__}.{name}"
    stored = model._default_manager.annotate(stored=Cast(name, models.TextField()))
    for pk in _each_pk(model):
        row = stored.filter(pk=pk).values_list("stored", name).first()
        if row is None or not row[0] or _opens(newest, row[0]):
            continue
        token, plain = row
        if isinstance(plain, Unreadable):
            done.unreadable[place] += 1
        else:
            done.values[place] += stored.filter(pk=pk, stored=token).update(**{name: plain})


def _opens(key: Fernet, token: str) -> bool:
    try:
        key.decrypt(token)
    except InvalidToken:
        return False
    return True


def _rehash(pk: int) -> int:
    """Replace the hashes of one enquiry if they are not those of the newest key; return 0 or 1."""
    with transaction.atomic():
        enquiry = Enquiry.objects.select_for_update().filter(pk=pk).first()
        if enquiry is None or any(isinstance(getattr(enquiry, name), Unreadable) for name in KEPT):
            return 0
        wanted = hashes_of(enquiry)
        if {each.digest for each in wanted} == set(enquiry.hashes.values_list("digest", flat=True)):
            return 0
        enquiry.hashes.all().delete()
        LookupHash.objects.bulk_create(wanted)
    return 1


def _each_pk(model: type[models.Model]) -> Iterator[int]:
    """Yield every primary key in order, those that are added meanwhile included."""
    last = 0
    while True:
        rows = model._default_manager.filter(pk__gt=last).order_by("pk")
        found = list(rows.values_list("pk", flat=True)[:ROWS_AT_ONCE])
        if not found:
            return
        yield from found
        last = found[-1]
