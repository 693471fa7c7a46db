import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError
from django.db import connection

from imsinfo.enquiries.encryption import UNREADABLE
from imsinfo.enquiries.models import Enquiry

pytestmark = [pytest.mark.django_db, pytest.mark.db]
PERSONAL = ["message", "name", "link", "their_first_name", "phone", "email", "help_needed"]


def raw(column):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM enquiries_enquiry")  # noqa: S608 -- our own names
        return cursor.fetchone()[0]


@pytest.mark.parametrize("column", PERSONAL)
def test_personal_text_is_not_readable_in_the_database(make_enquiry, column):
    make_enquiry(**{column: "Zora Quillfeather"})
    assert raw(column).startswith("gAAAA")
    assert Enquiry.objects.values_list(column, flat=True).get() == "Zora Quillfeather"


def test_blank_stays_blank(make_enquiry):
    make_enquiry(message="")
    assert raw("message") == ""


def test_an_older_key_still_reads(make_enquiry, settings):
    make_enquiry(name="Zora")
    settings.FIELD_KEYS = (Fernet.generate_key().decode(), *settings.FIELD_KEYS)
    assert Enquiry.objects.get().name == "Zora"


def test_a_wrong_key_shows_a_marker_instead_of_failing(make_enquiry, settings):
    make_enquiry(name="Zora")
    settings.FIELD_KEYS = (Fernet.generate_key().decode(),)
    assert Enquiry.objects.get().name == UNREADABLE


def test_an_unreadable_value_is_never_written_over(make_enquiry, settings):
    make_enquiry(name="Zora")
    settings.FIELD_KEYS = (Fernet.generate_key().decode(),)
    with pytest.raises(ValueError, match="must not be overwritten"):
        Enquiry.objects.get().save()


def test_a_damaged_value_shows_the_marker(make_enquiry):
    enquiry = make_enquiry()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE enquiries_enquiry SET name = %s", ["schadhaft – ü"])
    assert Enquiry.objects.get(pk=enquiry.pk).name == UNREADABLE


def test_filtering_by_an_encrypted_field_is_refused(make_enquiry):
    make_enquiry(name="Zora")
    with pytest.raises(FieldError):
        Enquiry.objects.filter(name="Zora").exists()
