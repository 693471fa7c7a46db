import pytest
from cryptography.fernet import Fernet

from imsinfo.enquiries.backups.keys import fingerprint
from imsinfo.enquiries.checks import check_field_keys, check_mail_addresses

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


@pytest.mark.thorough
def test_a_database_without_tables_is_no_matter_of_keys(run_manage):
    done = run_manage("check", "--database", "default")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture
def change_mail(settings, write_content, clinic_text):
    """Return a function that puts other addresses in force: of the clinic, and of the setting."""

    def change_mail(address, *staff):
        write_content("clinic.yaml", clinic_text.replace("clinic.example", address))
        settings.STAFF_EMAILS = list(staff)
        return check_mail_addresses()

    return change_mail


def test_addresses_that_belong_to_somebody_are_right(change_mail):
    assert change_mail("clinic.test", "Desk <desk@clinic.test>") == []


def test_addresses_left_over_from_the_example_are_told(change_mail):
    [warning] = change_mail("clinic.example")
    assert warning.id == "enquiries.W002"
    assert "privacy@clinic.example or reception@clinic.example" in warning.msg


def test_made_up_address_of_the_setting_is_told_in_place_of_the_clinics(change_mail):
    [warning] = change_mail("clinic.test", "Desk <desk@a.example>")
    assert warning.msg.startswith("No mail to desk@a.example reaches anybody")


def test_addresses_of_a_broken_clinic_are_no_matter_of_this_check(write_content):
    write_content("clinic.yaml", "name: [")
    assert check_mail_addresses() == []
