from datetime import UTC, datetime

import pytest
from django.db import IntegrityError

from imsinfo.enquiries.models import Note

pytestmark = [pytest.mark.django_db, pytest.mark.db]
NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


def test_str_is_the_reference(make_enquiry):
    enquiry = make_enquiry()
    assert str(enquiry) == enquiry.reference


def test_str_of_a_note_names_nobody(make_enquiry, django_user_model):
    author = django_user_model.objects.create_user("ada")
    note = Note.objects.create(enquiry=make_enquiry(), author=author, text="Zora called")
    assert str(note) == f"Note on {note.enquiry.reference}"


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "closed"},
        {"state": "closed", "closed_reason": "spam"},
        {"state": "closed", "closed_at": NOW},
        {"state": "new", "closed_reason": "spam"},
        {"state": "new", "closed_at": NOW},
    ],
)
def test_a_state_that_must_not_exist_is_refused(make_enquiry, changes):
    with pytest.raises(IntegrityError):
        make_enquiry(**changes)
