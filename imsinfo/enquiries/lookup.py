"""Finding an enquiry by a name, phone number, email address or all its answers, though encrypted.

Beside each enquiry lie keyed hashes (HMAC-SHA256, cut to 128 bits) of what staff look for. Their
key is derived from FIELD_KEYS, so that the database alone tells nobody anything.
"""

import hashlib
import hmac
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise

from django.conf import settings

from imsinfo.enquiries.choices import LookupKind
from imsinfo.enquiries.encryption import Unreadable
from imsinfo.enquiries.models import KEPT, Enquiry, LookupHash
from imsinfo.enquiries.references import ALPHABET, GROUPS

# Country code and leading zero fall away: +44 7700 900123 is 07700 900123. The shortest numbers
# without them have eight digits, as in Dublin (+353 1 234 5678) and Auckland (+64 9 123 4567).
DIGITS_COMPARED = 8
DIGEST_LENGTH = 32
# Fewer digits are no phone number; a reference is looked for as it stands, not by a hash.
LEAST_DIGITS = 7
EXTENSION = re.compile(r"ext|x|#|;", re.IGNORECASE)
REFERENCE = "reference"


def words_of(name: str) -> set[str]:
    """Return the words of a name without accents, in small letters: "Zoë O'Hara" → zoe, ohara."""
    plain = unicodedata.normalize("NFKD", name.replace("’", "").replace("'", ""))
    bare = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return set(re.findall(r"[^\W_]+", bare.casefold()))


def digits_of(phone: str) -> str:
    """Return the last eight digits of a phone number, however it is written, less its extension."""
    main = _digits(EXTENSION.split(phone, maxsplit=1)[0])
    digits = main if len(main) >= LEAST_DIGITS else _digits(phone)
    return digits[-DIGITS_COMPARED:]


def _digits(text: str) -> str:
    return "".join(str(unicodedata.digit(sign)) for sign in text if sign.isdigit())


def address_of(email: str) -> str:
    return email.strip().casefold()


def answers_of(enquiry: Enquiry) -> str:
    """Return all answers as one text, the same for the same answers."""
    return json.dumps({name: getattr(enquiry, name) for name in KEPT}, sort_keys=True)


def digest(kind: str, value: str, field_key: str) -> str:
    """Return the keyed hash of a normalised value; each kind has hashes of its own."""
    key = hmac.digest(field_key.encode(), b"imsinfo.enquiries.lookup", hashlib.sha256)
    return hmac.digest(key, f"{kind}:{value}".encode(), hashlib.sha256).hex()[:DIGEST_LENGTH]


def digests(kind: str, value: str) -> list[str]:
    """Return what a value may be stored as: its hash under each key in force."""
    return [digest(kind, value, key) for key in settings.FIELD_KEYS]


def values_of(enquiry: Enquiry) -> Iterator[tuple[str, str]]:
    """Yield (kind, normalised value) for all that an enquiry can be found by.

    What the keys in force cannot read is left out.
    """
    for name in (enquiry.name, enquiry.their_first_name):
        if not isinstance(name, Unreadable):
            yield from ((LookupKind.NAME, word) for word in sorted(words_of(name)))
    if enquiry.phone and not isinstance(enquiry.phone, Unreadable):
        yield LookupKind.PHONE, digits_of(enquiry.phone)
    if enquiry.email and not isinstance(enquiry.email, Unreadable):
        yield LookupKind.EMAIL, address_of(enquiry.email)
    if not any(isinstance(getattr(enquiry, name), Unreadable) for name in KEPT):
        yield LookupKind.ANSWERS, answers_of(enquiry)


def hashes_of(enquiry: Enquiry) -> list[LookupHash]:
    """Return the hashes to store with an enquiry, under the newest key."""
    newest = settings.FIELD_KEYS[0]
    found = {digest(kind, value, newest): kind for kind, value in values_of(enquiry)}
    return [LookupHash(enquiry=enquiry, kind=kind, digest=each) for each, kind in found.items()]


def kind_of(typed: str) -> tuple[str, list[str]]:
    """Return by what somebody is looked for, and the normalised values to look for.

    What has an @ is an address; what is built like a reference is one, written as it may be; seven
    digits and more, and no letter, are a phone number; anything else is a name.
    """
    bare = re.sub(r"[\s\-‐‑–]", "", typed).upper()
    if "@" in typed:
        return LookupKind.EMAIL, [address_of(typed)]
    if len(bare) == sum(GROUPS) and set(bare) <= set(ALPHABET) and not bare.isdigit():
        cuts = [0, GROUPS[0], GROUPS[0] + GROUPS[1], sum(GROUPS)]
        return REFERENCE, ["-".join(bare[a:b] for a, b in pairwise(cuts))]
    digits = digits_of(typed)
    if len(digits) >= LEAST_DIGITS and not any(sign.isalpha() for sign in typed):
        return LookupKind.PHONE, [digits]
    return LookupKind.NAME, sorted(words_of(typed))


def found_by(kind: str, values: Sequence[str]):
    """Return the enquiries that hold every one of these normalised values of one kind."""
    if kind == REFERENCE:
        return Enquiry.objects.filter(reference__in=values)
    enquiries = Enquiry.objects.all()
    for value in values:
        # Not by joins: SQLite takes 64 tables in one, and a name may be typed with more words.
        hashes = LookupHash.objects.filter(digest__in=digests(kind, value))
        enquiries = enquiries.filter(pk__in=hashes.values("enquiry"))
    return enquiries if values else enquiries.none()


def same_contact(enquiry: Enquiry):
    """Return the other enquiries with this phone number or email address: possible duplicates."""
    contact = (LookupKind.PHONE, LookupKind.EMAIL)
    found = [digests(kind, value) for kind, value in values_of(enquiry) if kind in contact]
    others = Enquiry.objects.filter(hashes__digest__in=chain(*found)).exclude(pk=enquiry.pk)
    return others.distinct().order_by("-received_at")
