import pytest
from cryptography.fernet import Fernet

from imsinfo.enquiries.keys import Stored, keys_fault, newest_token, oldest_token, stored_state
from imsinfo.enquiries.models import Enquiry

pytestmark = [pytest.mark.django_db, pytest.mark.db]
TYPED = 2  # encrypted values of each enquiry that is made here: a name and a phone number


def new_key():
    return Fernet.generate_key().decode()


def test_a_site_without_enquiries_may_have_any_keys():
    assert (keys_fault(), newest_token(), oldest_token()) == ("", "", "")


def test_keys_that_read_the_newest_enquiry_are_right(make_enquiry):
    make_enquiry()
    assert keys_fault() == ""


def test_keys_that_read_nothing_are_a_fault(make_enquiry, settings):
    make_enquiry()
    settings.FIELD_KEYS = (new_key(),)
    assert keys_fault() == "the newest enquiry cannot be read with FIELD_KEYS"


def test_keys_that_are_lost_for_good_keep_no_new_enquiry_out(make_enquiry, settings):
    make_enquiry()
    settings.FIELD_KEYS, settings.OLD_KEYS_LOST = (new_key(),), True
    assert keys_fault() == ""


@pytest.mark.parametrize("keys", [(), ("short",)])
def test_what_is_no_key_encrypts_nothing(settings, keys):
    settings.FIELD_KEYS, settings.OLD_KEYS_LOST = keys, True
    assert keys_fault() == "FIELD_KEYS do not encrypt"


def test_asking_logs_nothing(make_enquiry, settings, caplog):
    make_enquiry()
    settings.FIELD_KEYS = (new_key(),)
    assert (bool(keys_fault()), stored_state().unreadable, caplog.messages) == (True, TYPED, [])


def test_values_under_the_first_key_are_read(make_enquiry):
    make_enquiry()
    assert stored_state() == Stored(read=TYPED)


def test_values_under_an_older_key_are_counted(make_enquiry, settings):
    make_enquiry()
    settings.FIELD_KEYS = (new_key(), *settings.FIELD_KEYS)
    make_enquiry()
    assert stored_state() == Stored(read=2 * TYPED, older=TYPED)


def test_values_that_no_key_opens_are_counted(make_enquiry, settings):
    make_enquiry()
    settings.FIELD_KEYS = (new_key(), new_key())
    make_enquiry()
    assert stored_state() == Stored(read=2 * TYPED, unreadable=TYPED)


def test_newest_and_oldest_are_told_by_when_they_came(make_enquiry, settings):
    first, second = make_enquiry(name="Ada"), make_enquiry(name="Ben")
    Enquiry.objects.filter(pk=second.pk).update(received_at=first.received_at.replace(year=2001))
    tokens = (newest_token(), oldest_token())
    cipher = Fernet(settings.FIELD_KEYS[0])
    assert [cipher.decrypt(token) for token in tokens] == [b"Ada", b"Ben"]
