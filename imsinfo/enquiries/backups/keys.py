"""What FIELD_KEYS are to a backup: each has a fingerprint to be known by, and a key made of it."""

import base64
import hashlib
import hmac
from collections.abc import Iterable

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FINGERPRINT_LENGTH = 16
KEY_LENGTH = 32  # bytes, for AES-256


def fingerprint(field_key: str) -> str:
    """Return by what a key is known, 16 hexadecimal digits, from which nobody can learn it."""
    digest = hmac.digest(_raw(field_key), b"imsinfo.enquiries.backups.fingerprint", hashlib.sha256)
    return digest.hex()[:FINGERPRINT_LENGTH]


def by_fingerprint(field_keys: Iterable[str]) -> dict[str, str]:
    """Return the keys by their fingerprints, in their order."""
    return {fingerprint(key): key for key in field_keys}


def sealing_key(field_key: str, salt: bytes) -> bytes:
    """Return the key that seals one backup alone. salt: what no two backups share."""
    return HKDF(SHA256(), KEY_LENGTH, salt, b"imsinfo.enquiries.backups 1").derive(_raw(field_key))


def _raw(field_key: str) -> bytes:
    return base64.urlsafe_b64decode(field_key)
