"""A start with the wrong keys is refused: it would show staff nothing and mix two sets of keys."""

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning
from django.db import Error as DatabaseFault

from imsinfo.enquiries.backups.keys import fingerprint
from imsinfo.enquiries.keys import newest_token, oldest_token, opens

LOST = (
    "Are those keys gone for good? Then set OLD_KEYS_LOST=true: what was stored with them stays "
    "unreadable, and new enquiries are stored under the keys at hand."
)


@register(Tags.database)
def check_field_keys(databases=None, **kwargs) -> list[CheckMessage]:
    """Read the newest enquiry and the oldest; before the first migration there is none."""
    if not databases or settings.OLD_KEYS_LOST:
        return []
    try:
        newest, oldest = newest_token(databases[0]), oldest_token(databases[0])
    except DatabaseFault:
        return []
    if not opens(newest, settings.FIELD_KEYS):
        return [_wrong_keys()]
    return [] if opens(oldest, settings.FIELD_KEYS) else [_key_taken_away()]


def _wrong_keys() -> CheckMessage:
    at_hand = ", ".join(fingerprint(key) for key in settings.FIELD_KEYS)
    return Error(
        f"The newest enquiry cannot be read with the site's keys; their fingerprints: {at_hand}.",
        hint=(
            "Give back the keys it was stored with: FIELD_KEYS, or the folder keys in VAR_DIR. "
            f"Each backup tells the fingerprints of those it needs. {LOST}"
        ),
        id="enquiries.E001",
    )


def _key_taken_away() -> CheckMessage:
    return CheckWarning(
        "The oldest enquiry cannot be read with the site's keys: one was taken away too early.",
        hint="Add it after the others in FIELD_KEYS, then run manage.py rotate_keys.",
        id="enquiries.W001",
    )
