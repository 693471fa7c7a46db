"""The second factor: codes that a phone shows, and recovery codes on paper. Plain values alone."""

import re
import secrets
from base64 import b32encode, urlsafe_b64encode
from typing import NamedTuple
from urllib.parse import quote, urlencode

from django.utils.crypto import salted_hmac

PHONE_DIGITS, RECOVERY_DIGITS = 6, 12
RECOVERY_CODES = 10
# What people put between the groups of a code.
BETWEEN = re.compile(r"[\s\u00a0\-\u2010-\u2015]")


class Code(NamedTuple):
    """A code as typed, bare of spaces and hyphens. Its length tells which kind it is."""

    digits: str

    @property
    def is_recovery(self) -> bool:
        return len(self.digits) == RECOVERY_DIGITS


def read_code(typed: str) -> Code | None:
    """Return what was typed as a code; None where it has the form of neither kind."""
    digits = BETWEEN.sub("", typed)
    if re.fullmatch(rf"[0-9]{{{PHONE_DIGITS}}}|[0-9]{{{RECOVERY_DIGITS}}}", digits):
        return Code(digits)
    return None


def new_recovery_code() -> str:
    """Return twelve random digits: a phone's keyboard for codes has nothing else."""
    return f"{secrets.randbelow(10**RECOVERY_DIGITS):0{RECOVERY_DIGITS}}"


def in_groups(text: str) -> str:
    """Return a code or a secret in groups of four, as people read and type it."""
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def recovery_token(user_id: int, digits: str, key: str) -> str:
    """Return what is stored of a recovery code: 16 characters that nobody can turn back.

    Without the key of the site nobody can try codes against it either.
    """
    keyed = salted_hmac(
        "imsinfo.staff.recovery_code", f"{user_id}|{digits}", secret=key, algorithm="sha256"
    )
    # 12 bytes are 16 characters, all that the field of django-otp takes.
    return urlsafe_b64encode(keyed.digest()[:12]).decode()


def secret_to_type(key: bytes) -> str:
    """Return the secret of a phone in Base32, as apps ask for it."""
    return b32encode(key).decode()


def enrolment_address(key: bytes, account: str, issuer: str) -> str:
    """Return the otpauth address that a phone's app reads from the QR code.

    issuer: whose account it is, which the app shows beside the code.
    """
    issuer = issuer.replace(":", "")
    asked = {
        "secret": secret_to_type(key),
        "issuer": issuer,
        "algorithm": "SHA1",
        "digits": PHONE_DIGITS,
        "period": 30,
    }
    return f"otpauth://totp/{quote(f'{issuer}:{account}')}?{urlencode(asked, quote_via=quote)}"
