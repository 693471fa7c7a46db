"""What would lose enquiries or their answers: the wrong keys, and mail to made-up addresses.

A start with the wrong keys is refused: it would show staff nothing and mix two sets of keys.
"""

from email.utils import parseaddr

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning
from django.db import Error as DatabaseFault

from imsinfo.clinic import get_clinic
from imsinfo.enquiries.backups.keys import fingerprint
from imsinfo.enquiries.keys import newest_token, oldest_token, opens
from imsinfo.enquiries.letters import desk
from imsinfo.problems import ContentError

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


@register(Tags.security, deploy=True)
def check_mail_addresses(app_configs=None, **kwargs) -> list[CheckMessage]:
    """Find addresses left over from the shipped example: no mail to them reaches anybody.

    Names that end in .example belong to nobody (RFC 2606). A clinic.yaml that cannot be read is
    told by the commands that read the content.
    """
    try:
        clinic = get_clinic()
    except ContentError:
        return []
    addresses = [parseaddr(each)[1] for each in (*desk(clinic), clinic.privacy_contact)]
    made_up = sorted({each for each in addresses if each.endswith(".example")})
    if not made_up:
        return []
    return [
        CheckWarning(
            f"No mail to {' or '.join(made_up)} reaches anybody: the address is made up.",
            hint="Write the clinic's own into clinic.yaml (email, privacy_contact), and into "
            "STAFF_EMAILS if it is set.",
            id="enquiries.W002",
        )
    ]
