import pytest
from cryptography.fernet import Fernet

from imsinfo.enquiries.backups.keys import fingerprint
from imsinfo.enquiries.checks import check_field_keys

pytestmark = [pytest.mark.django_db, pytest.mark.db]


def test_keys_that_read_the_newest_enquiry_are_right(make_enquiry):
    make_enquiry()
    assert check_field_keys(databases=["default"]) == []


def test_a_site_without_enquiries_starts_with_any_keys():
    assert check_field_keys(databases=["default"]) == []


def test_keys_that_cannot_read_the_newest_enquiry_are_refused(make_enquiry, settings):
    make_enquiry()
    settings.FIELD_KEYS = (Fernet.generate_key().decode(),)
    [error] = check_field_keys(databases=["default"])
    assert error.id == "enquiries.E001"
    assert fingerprint(settings.FIELD_KEYS[0]) in error.msg


def test_keys_that_cannot_read_the_oldest_enquiry_are_told(make_enquiry, settings):
    make_enquiry()
    settings.FIELD_KEYS = (Fernet.generate_key().decode(),)
    make_enquiry()
    [warning] = check_field_keys(databases=["default"])
    assert warning.id == "enquiries.W001"


def test_keys_that_are_lost_for_good_stop_no_start(make_enquiry, settings):
    make_enquiry()
    settings.FIELD_KEYS, settings.OLD_KEYS_LOST = (Fernet.generate_key().decode(),), True
    assert check_field_keys(databases=["default"]) == []


def test_a_database_without_tables_is_no_matter_of_keys(run_manage):
    done = run_manage("check", "--database", "default")
    assert (done.returncode, done.stderr) == (0, "")
