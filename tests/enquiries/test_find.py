"""Looking an enquiry up by what a caller says: fast, by POST, and on record without the words."""

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from imsinfo.enquiries.lookup import found_by, hashes_of, kind_of
from imsinfo.enquiries.models import LookupHash
from imsinfo.staff.models import AuditEvent
from imsinfo.staff.roles import READER

pytestmark = [pytest.mark.django_db, pytest.mark.db]
FIND = "/admin/enquiries/enquiry/find/"


@pytest.fixture
def known(make_enquiry):
    """Store an enquiry with what it is found by."""

    def make(**changes):
        enquiry = make_enquiry(**changes)
        LookupHash.objects.bulk_create(hashes_of(enquiry))
        return enquiry

    return make


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("K7M-4QX-9TWC", "reference"),
        ("k7m4qx9twc", "reference"),
        ("K7M 4QX 9TWC", "reference"),
        ("K7M‑4QX–9TWC", "reference"),
        ("604 555 0177", "phone"),
        ("+1 (604) 555-0177", "phone"),
        ("7346973469", "phone"),
        ("zora@example.org", "email"),
        ("Zora Quillfeather", "name"),
        ("O’Hara", "name"),
        ("123", "name"),
    ],
)
def test_what_was_typed_is_told_apart(typed, kind):
    assert kind_of(typed)[0] == kind


@pytest.mark.parametrize(
    "typed",
    [
        *("Zora Quillfeather", "quillfeather", "ZORA", "604 555 0177", "+1 604-555-0177"),
        *("zora@example.org", " Zora@Example.ORG "),
    ],
)
def test_an_enquiry_is_found_by_what_its_sender_says(admin_client, known, typed):
    enquiry = known(email="zora@example.org")
    known(name="Ada Other", phone="604 555 0200", email="ada@example.org")
    page = admin_client.post(FIND, {"q": typed})
    assertContains(page, enquiry.reference)
    assertContains(page, "1 found by")


def test_an_enquiry_is_found_by_its_reference_however_it_is_typed(admin_client, known):
    enquiry = known()
    typed = enquiry.reference.replace("-", " ").lower()
    assertContains(admin_client.post(FIND, {"q": typed}), enquiry.reference)


def test_what_is_found_is_told_as_the_queue_tells_it(admin_client, known):
    known(caution="yes")
    page = admin_client.post(FIND, {"q": "Quillfeather"})
    assertContains(page, "<bdi>ZQ</bdi>", html=True)
    assertContains(page, "Caution: yes")
    assertContains(page, "Awaiting clinician")


def test_nothing_found_says_how_it_was_looked_for(admin_client, known):
    known()
    page = admin_client.post(FIND, {"q": "Nobody"})
    assertContains(page, "Nothing found by name")
    assertContains(page, "A name is found by whole words")


def test_an_empty_box_is_told(admin_client):
    assertContains(
        admin_client.post(FIND, {"q": "  "}), "Enter what you look for.", status_code=422
    )


def test_words_that_hold_no_letter_find_nothing(known):
    known()
    assert list(found_by(*kind_of("!!"))) == []


def test_a_look_up_never_stands_in_an_address_or_the_audit(admin_client, known):
    known()
    page = admin_client.post(FIND, {"q": "Quillfeather"})
    assertNotContains(page, "?q=")
    assert [event.detail for event in AuditEvent.objects.filter(action="searched")] == [
        "name: 1 found"
    ]


def test_a_query_in_the_address_is_not_looked_for(admin_client, known):
    enquiry = known()
    assertNotContains(admin_client.get(f"{FIND}?q=Quillfeather"), enquiry.reference)


def test_as_many_words_as_the_box_takes_are_looked_for(admin_client, known):
    words = " ".join(f"{number:x}" for number in range(70))
    enquiry = known(name=words)
    assertContains(admin_client.post(FIND, {"q": words}), enquiry.reference)
    assertNotContains(admin_client.post(FIND, {"q": f"{words} zz"}), enquiry.reference)


def test_many_hits_are_cut_and_that_is_told(admin_client, known):
    for _ in range(51):
        known()
    assertContains(admin_client.post(FIND, {"q": "Zora"}), "50 newest of more found by name")


def test_a_look_up_asks_the_database_few_questions(
    staff_client, known, django_assert_max_num_queries
):
    client = staff_client(READER.name)
    for _ in range(20):
        known()
    with django_assert_max_num_queries(12):
        client.post(FIND, {"q": "Zora Quillfeather"})
