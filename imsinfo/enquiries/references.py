"""References: what an enquirer is told, writes down and reads out on the phone."""

import secrets
from datetime import UTC, datetime
from typing import NamedTuple

from django.core.signing import BadSignature, Signer

# No letter or digit that can be taken for another, and no vowel, so that no word appears.
ALPHABET = "CDFGHJKMNPQRTWXY34679"
GROUPS = (3, 3, 4)


def new_reference() -> str:
    """Return a random reference such as K7M-4QX-9TWC: ten signs of 21, almost 44 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(size)) for size in GROUPS)


class Sent(NamedTuple):
    """What the signature of a sent enquiry vouches for. at: when; None in old signatures."""

    reference: str
    at: datetime | None


def sign(reference: str, at: datetime) -> str:
    """Return what the address of the last page holds: reference and time, signed."""
    return _signer().sign(f"{reference}:{int(at.timestamp())}")


def unsign(signed: str) -> Sent | None:
    """Return what this site signed, else None. Nothing is looked up."""
    try:
        reference, _, seconds = _signer().unsign(signed).partition(":")
    except BadSignature:
        return None
    return Sent(reference, datetime.fromtimestamp(int(seconds), UTC) if seconds else None)


def _signer() -> Signer:
    # Made anew, because a Signer keeps the keys of the moment it was made.
    return Signer(salt="imsinfo.enquiries.sent")
