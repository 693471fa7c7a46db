from uuid import uuid4

import pytest

from imsinfo.clinic import get_clinic
from imsinfo.enquiries.models import Enquiry
from imsinfo.enquiries.workflow import opened
from tests.answers import ANSWERS
from tests.conftest import ROOT

VALID = ANSWERS | {"consent_version": "2026-11"}
FOR_SOMEONE = {
    "someone_else": "True",
    "their_first_name": "Ottoline",
    "link": "daughter",
    "they_agree": "yes",
    "contact_whom": "asker",
}


@pytest.fixture
def answers():
    """Build what a browser sends from the questions page; None leaves an answer out."""

    def build(**changes):
        merged = VALID | changes
        return {name: value for name, value in merged.items() if value is not None}

    return build


@pytest.fixture
def answers_for_someone(answers):
    return lambda **changes: answers(**FOR_SOMEONE | changes)


@pytest.fixture
def submission(answers):
    """Build what a browser sends from the check page, with a fresh id."""
    return lambda **changes: answers(**{"submission_id": str(uuid4())} | changes)


@pytest.fixture
def make_enquiry(db):
    """Store an enquiry with the given differences, where it begins unless a state is given."""

    def make(**changes):
        kept = {
            "submission_id": uuid4(),
            "area": "neck",
            "duration": "over-a-year",
            "caution": "no",
            "name": "Zora Quillfeather",
            "reply_by": "phone",
            "phone": "604 555 0177",
            "consent_version": "2026-11",
        }
        enquiry = Enquiry(**kept | changes)
        if "state" not in changes:
            opened(enquiry, get_clinic())
        enquiry.save()
        return enquiry

    return make


@pytest.fixture
def change_clinic(write_content):
    """Lay a clinic.yaml over the shipped one, with one text replaced by another."""

    def change(old, new):
        text = (ROOT / "content" / "clinic.yaml").read_text("utf-8")
        assert old in text
        write_content("clinic.yaml", text.replace(old, new))

    return change
