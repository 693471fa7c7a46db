from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError

from imsinfo.enquiries.lookup import hashes_of
from imsinfo.enquiries.models import Enquiry, LookupHash, Note, OutgoingMail
from imsinfo.enquiries.outbox import mails_owed
from imsinfo.models import Throttle

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


def test_set_state_notes_the_moment_of_closing_once(make_enquiry):
    enquiry = make_enquiry()
    enquiry.set_state("closed", "spam", NOW)
    enquiry.set_state("closed", "test", NOW + timedelta(days=1))
    assert (enquiry.closed_reason, enquiry.closed_at) == ("test", NOW)


def test_reopening_forgets_the_moment_of_closing(make_enquiry):
    enquiry = make_enquiry()
    enquiry.set_state("closed", "spam", NOW)
    enquiry.set_state("in-review", "", NOW)
    enquiry.save()
    assert Enquiry.objects.get().closed_at is None


@pytest.mark.parametrize(("days", "count"), [(89, 0), (90, 1), (91, 1)])
def test_closed_enquiries_expire_after_ninety_days(make_enquiry, days, count):
    closed = {"state": "closed", "closed_reason": "spam", "closed_at": NOW - timedelta(days=days)}
    make_enquiry(received_at=NOW - timedelta(days=100), **closed)
    assert Enquiry.objects.expired(NOW).count() == count


@pytest.mark.parametrize(("days", "count"), [(364, 0), (365, 1)])
def test_open_enquiries_expire_after_a_year(make_enquiry, days, count):
    make_enquiry(received_at=NOW - timedelta(days=days))
    assert Enquiry.objects.expired(NOW).count() == count


def test_apply_retention_deletes_what_has_expired_with_its_notes(
    make_enquiry, django_user_model, capsys
):
    old = make_enquiry(received_at=datetime(2020, 1, 1, tzinfo=UTC))
    kept = make_enquiry()
    author = django_user_model.objects.create_user("ada")
    Note.objects.create(enquiry=old, author=author, text="Zora called")
    call_command("apply_retention")
    assert list(Enquiry.objects.all()) == [kept]
    assert Note.objects.count() == 0
    assert capsys.readouterr().out == "1 enquiry deleted.\n"


def test_apply_retention_deletes_mails_and_hashes_of_what_has_expired(make_enquiry):
    old = make_enquiry(received_at=datetime(2020, 1, 1, tzinfo=UTC))
    LookupHash.objects.bulk_create(hashes_of(old))
    OutgoingMail.objects.bulk_create(mails_owed(old))
    call_command("apply_retention")
    assert LookupHash.objects.count() == OutgoingMail.objects.count() == 0


def test_apply_retention_deletes_counts_that_have_ended(db):
    Throttle.objects.create(key="ended", ends_at=1, count=1)
    call_command("apply_retention")
    assert Throttle.objects.count() == 0
