"""Whether FIELD_KEYS work, and whether they are those that the enquiries were stored with."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from imsinfo.enquiries.models import Enquiry
from imsinfo.enquiries.rotation import encrypted_fields

PROBE = b"A value that was stored can be read again."
AT_EACH_END = 100


def keys_fault() -> str:
    """Return why enquiries can be neither stored safely nor read; "" where all is well.

    Where the operator has said that older keys are lost for good, new enquiries alone count.
    """
    try:
        cipher = _cipher(settings.FIELD_KEYS)
        works = cipher.decrypt(cipher.encrypt(PROBE)) == PROBE
    except (ValueError, InvalidToken):
        works = False
    if not works:
        return "FIELD_KEYS do not encrypt"
    if not settings.OLD_KEYS_LOST and not opens(newest_token(), settings.FIELD_KEYS):
        return "the newest enquiry cannot be read with FIELD_KEYS"
    return ""


def newest_token(using: str = "default") -> str:
    """Return what is stored for the name in the newest enquiry, as it is; "" without any."""
    return _tokens(using).order_by("received_at", "pk").last() or ""


def oldest_token(using: str = "default") -> str:
    """The same of the oldest enquiry: it tells of a key that was taken away too early."""
    return _tokens(using).order_by("received_at", "pk").first() or ""


@functools.lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def opens(token: str, keys: tuple[str, ...]) -> bool:
    """Whether one of the keys opens a stored value; "" needs none.

    Not by the model, which would log each value that it cannot read.
    """
    try:
        return not token or bool(_cipher(keys).decrypt(token))
    except InvalidToken:
        return False


@dataclass
class Stored:
    """What keys do with the values that are stored: how many were read, how many are not under
    the first key, and how many none opens."""

    read: int = 0
    older: int = 0
    unreadable: int = 0


def stored_state() -> Stored:
    """Try the keys on what is stored: on all of it while there are several keys, so that a
    rotation that has not ended shows; else on the oldest and newest values of each kind."""
    found = Stored()
    for model, name in encrypted_fields():
        stored = model._default_manager.annotate(token=Cast(name, TextField()))
        for token in _some(stored.exclude(token="").order_by("pk").values_list("pk", "token")):
            found.read += 1
            if not opens(token, settings.FIELD_KEYS[:1]):
                is_older = opens(token, settings.FIELD_KEYS)
                found.older += is_older
                found.unreadable += not is_older
    return found


def _some(rows: QuerySet) -> Iterable[str]:
    if len(settings.FIELD_KEYS) > 1:
        return (token for _, token in rows.iterator())
    at_both_ends = dict(rows[:AT_EACH_END]) | dict(rows.reverse()[:AT_EACH_END])
    return at_both_ends.values()


def _tokens(using: str):
    stored = Enquiry.objects.using(using).annotate(token=Cast("name", TextField()))
    return stored.values_list("token", flat=True)
