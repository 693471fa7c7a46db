import pytest
from cryptography.fernet import Fernet

from imsinfo.enquiries.choices import LookupKind
from imsinfo.enquiries.lookup import (
    address_of,
    digest,
    digits_of,
    found_by,
    hashes_of,
    same_contact,
    words_of,
)
from imsinfo.enquiries.models import LookupHash


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Zora Quillfeather", {"zora", "quillfeather"}),
        ("  ZOË   O'Hara-Lind ", {"zoe", "ohara", "lind"}),
        ("Zoë O’Hara", {"zoe", "ohara"}),
        ("Straße", {"strasse"}),
        ("李 小龙", {"李", "小龙"}),
        ("", set()),
        ("---", set()),
    ],
)
def test_words_of_a_name_are_compared_without_accents_and_case(name, words):
    assert words_of(name) == words


@pytest.mark.parametrize(
    "written",
    [
        *("+44 7700 900123", "07700 900123", "(0) 7700-900.123", "٠٧٧٠٠٩٠٠١٢٣"),
        *("07700 900123 ext 12", "07700 900123 x12", "07700 900123 #4", "ext 07700 900123"),
    ],
)
def test_digits_of_a_phone_number_are_the_same_however_it_is_written(written):
    assert digits_of(written) == "00900123"


@pytest.mark.parametrize(
    ("at_home", "from_abroad"),
    [
        ("604 555 0177", "+1 604 555 0177"),
        ("01 234 5678", "+353 1 234 5678"),
        ("09 123 4567", "+64 9 123 4567"),
        ("021 123 456", "+64 21 123 456"),
        ("02 9876 5432", "+61 2 9876 5432"),
        ("0161 496 0123", "+44 161 496 0123"),
    ],
)
def test_a_number_is_the_same_with_the_code_of_its_country(at_home, from_abroad):
    assert digits_of(at_home) == digits_of(from_abroad)


def test_a_short_number_is_compared_whole():
    assert digits_of("555 0123") == "5550123"


def test_address_of_ignores_case_and_spaces():
    assert address_of(" Zora@Example.ORG ") == "zora@example.org"


def test_digest_depends_on_the_kind_and_the_key():
    first, second = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    made = {digest(kind, "123", key) for kind in LookupKind for key in (first, second)}
    assert (len(made), {len(each) for each in made}) == (2 * len(LookupKind), {32})


@pytest.fixture
def hashed(make_enquiry):
    """Return a function that stores an enquiry with its hashes."""

    def make(**changes):
        enquiry = make_enquiry(**changes)
        LookupHash.objects.bulk_create(hashes_of(enquiry))
        return enquiry

    return make


@pytest.mark.django_db
def test_found_by_every_word_of_either_name(hashed):
    hashed(name="Zora Other")
    enquiry = hashed(name="Zora Quillfeather", their_first_name="Ottoline")
    for words in (["quillfeather"], ["zora", "quillfeather"], ["ottoline"]):
        assert list(found_by(LookupKind.NAME, words)) == [enquiry]
    assert found_by(LookupKind.NAME, ["zora", "nobody"]).count() == 0


@pytest.mark.django_db
def test_found_by_nothing_finds_nothing(hashed):
    hashed()
    assert found_by(LookupKind.NAME, []).count() == 0


@pytest.mark.django_db
def test_same_contact_finds_other_enquiries_with_phone_or_email(hashed):
    first = hashed(phone="604 555 0177", email="zora@example.org")
    by_phone = hashed(name="Other", phone="+1 (604) 555-0177")
    by_email = hashed(name="Third", phone="", email="ZORA@example.org")
    hashed(phone="604 555 0100")
    assert set(same_contact(first)) == {by_phone, by_email}


@pytest.mark.django_db
def test_the_same_name_alone_is_no_duplicate(hashed):
    first = hashed(phone="604 555 0177")
    hashed(phone="604 555 0100")
    assert same_contact(first).count() == 0


@pytest.mark.django_db
def test_what_no_key_reads_is_left_out(hashed, settings):
    enquiry = hashed()
    settings.FIELD_KEYS = (Fernet.generate_key().decode(),)
    enquiry.refresh_from_db()
    assert (hashes_of(enquiry), same_contact(enquiry).count()) == ([], 0)
