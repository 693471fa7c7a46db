"""References: what an enquirer is told, writes down and reads out on the phone."""

import secrets

from django.core.signing import BadSignature, Signer

# No letter or digit that can be taken for another, and no vowel, so that no word appears.
ALPHABET = "CDFGHJKMNPQRTWXY34679"
GROUPS = (3, 3, 4)


def new_reference() -> str:
    """Return a random reference such as K7M-4QX-9TWC: ten signs of 21, almost 44 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(size)) for size in GROUPS)


def sign(reference: str) -> str:
    return _signer().sign(reference)


def unsign(signed: str) -> str | None:
    """Return the reference if this site signed it, else None. Nothing is looked up."""
    try:
        return _signer().unsign(signed)
    except BadSignature:
        return None


def _signer() -> Signer:
    # Made anew, because a Signer keeps the keys of the moment it was made.
    return Signer(salt="imsinfo.enquiries.sent")
