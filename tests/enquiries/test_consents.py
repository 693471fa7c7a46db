import pytest

from imsinfo.enquiries.consents import CONSENTS, CURRENT_CONSENT, SHOWN_ONLINE, SHOWN_TO_STAFF
from imsinfo.enquiries.models import Enquiry

WORDS = (
    "I agree that {clinic} keeps these answers and uses them to reply. Only its staff read them. "
    "They are deleted {closed_days} days after the enquiry is closed, and after {open_days} days "
    "at the latest."
)
# What has been shown once, letter by letter. A new version is added; no line is ever changed.
SHOWN = {
    "2026-11": WORDS,
    "2026-11-call": f"I read this out to them on the phone, and they agreed: “{WORDS}”",
    "2026-11-visit": f"I read this out to them face to face, and they agreed: “{WORDS}”",
    "2026-11-letter": (
        f"They ticked this on the paper form, or agreed to it in their letter: “{WORDS}”"
    ),
}


def test_what_has_been_shown_is_never_changed():
    assert {version: CONSENTS.get(version) for version in SHOWN} == SHOWN


def test_every_version_is_kept_here_too():
    assert CONSENTS.keys() == SHOWN.keys()


def test_no_version_is_shown_to_both_enquirers_and_staff():
    versions = [*SHOWN_ONLINE, *(each for shown in SHOWN_TO_STAFF.values() for each in shown)]
    assert sorted(versions) == sorted(CONSENTS)
    assert SHOWN_ONLINE[-1] == CURRENT_CONSENT


def test_every_version_fits_into_its_column():
    most = Enquiry._meta.get_field("consent_version").max_length
    assert max(map(len, CONSENTS)) <= most


@pytest.mark.django_db
@pytest.mark.db
def test_the_public_form_stores_no_consent_of_staff(client, submission):
    client.post("/enquiry/send/", submission(consent_version="2026-11-call"))
    assert Enquiry.objects.get().consent_version == CURRENT_CONSENT
