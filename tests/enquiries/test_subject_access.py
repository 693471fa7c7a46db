import json
from datetime import UTC, datetime

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from imsinfo.enquiries.choices import ErasurePath
from imsinfo.enquiries.erasure import erase
from imsinfo.enquiries.lookup import hashes_of
from imsinfo.enquiries.models import LookupHash, OutgoingMail
from imsinfo.enquiries.outbox import mails_owed
from imsinfo.enquiries.subject_access import as_json, held_on, json_text
from imsinfo.staff import audit
from imsinfo.staff.audit import Reader, readers
from imsinfo.staff.choices import AuditAction
from imsinfo.staff.models import AuditEvent
from tests.accounts import in_role

pytestmark = [pytest.mark.django_db, pytest.mark.db]
NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
LOOK_UP = "/admin/enquiries/enquiry/subject/"


@pytest.fixture
def known(make_enquiry):
    """An enquiry that can be found."""
    enquiry = make_enquiry(email="zora@example.org", message="It hurts", consent_text="I agree.")
    LookupHash.objects.bulk_create(hashes_of(enquiry))
    OutgoingMail.objects.bulk_create(mails_owed(enquiry))
    return enquiry


def page(enquiry):
    return f"/admin/enquiries/enquiry/{enquiry.pk}/access/"


def file(enquiry):
    return f"/admin/enquiries/enquiry/{enquiry.pk}/access.json"


def told(enquiry):
    """All that is held, as a machine reads it."""
    return json.loads("".join(json_text(as_json(held_on(enquiry, NOW)))))


@pytest.mark.parametrize(
    "typed", ["604 555-0177", "+1 (604) 555 0177", "ZORA@example.org", "quillfeather zora"]
)
def test_an_enquiry_is_found_by_what_its_sender_says(admin_client, known, typed):
    assertContains(admin_client.post(LOOK_UP, {"q": typed}), f"Show what we hold under {known}")


def test_an_enquiry_is_found_by_its_reference(admin_client, known):
    typed = known.reference.replace("-", " ").lower()
    assertContains(admin_client.post(LOOK_UP, {"q": typed}), f"Show what we hold under {known}")


def test_a_look_up_is_in_the_audit_without_what_was_typed(admin_client, admin_user, known):
    admin_client.post(LOOK_UP, {"q": "Quillfeather"})
    event = AuditEvent.objects.get(action=AuditAction.SEARCHED)
    assert (event.user, event.detail) == (admin_user, "for access, name: 1 found")


def test_results_name_nobody(admin_client, known):
    response = admin_client.post(LOOK_UP, {"q": known.reference})
    assertContains(response, "<span>ZQ</span>", html=True)
    assertNotContains(response, "Quillfeather")


def test_nothing_found_says_what_to_answer(admin_client, known):
    assertContains(admin_client.post(LOOK_UP, {"q": "Ottoline"}), "we keep nothing on this person")


def test_a_look_up_without_words_is_told(admin_client, db):
    assertContains(admin_client.post(LOOK_UP, {}), "Enter what you look for.", status_code=422)


def test_what_was_erased_is_told_by_its_reference(admin_client, known):
    erase(known.pk, ErasurePath.REQUEST, None, "", NOW)
    response = admin_client.post(LOOK_UP, {"q": known.reference})
    assertContains(response, "was erased on 1 March 2027")


def test_nothing_that_is_kept_is_left_out(known):
    known.notes.create(author=in_role("Manager"), text="Zora called", written_at=NOW)
    known.contacts.create(author=in_role("Triage"), way="phone", outcome="no-answer", at=NOW)
    held = told(known)
    answers = {each["question"]: each["answer"] for each in held["answers"]}
    assert answers["Who is this enquiry for?"] == "The one who asks"
    assert {"Zora Quillfeather", "It hurts", "604 555 0177", "zora@example.org"} <= {
        *answers.values()
    }
    assert held["consent"] == {"version": "2026-11", "text": "I agree."}
    assert [each["what"] for each in held["contacts"]] == ["Phone call: No answer"]
    assert [each["what"] for each in held["notes"]] == ["Zora called"]
    assert [each["what"] for each in held["mails"]] == ["Notice to staff: not sent yet"]


@pytest.mark.parametrize(
    ("changes", "day"),
    [
        ({}, "1 February 2028"),
        ({"closed_at": NOW, "advice": "none"}, "30 May 2027"),
        # Until somebody writes the line for the patient record.
        ({"closed_at": NOW}, "1 February 2028"),
    ],
)
def test_the_day_that_is_told_is_the_one_on_which_it_goes(make_enquiry, changes, day):
    state = {"state": "closed", "closed_reason": "withdrew"} if changes else {}
    received = datetime(2027, 2, 1, 18, 0, tzinfo=UTC)
    enquiry = make_enquiry(received_at=received, consent_text="I agree.", **state, **changes)
    assert told(enquiry)["noted"]["Erased at the latest on"] == day


def test_staff_are_told_by_name_and_role(known):
    author = in_role("Manager")
    known.notes.create(author=author, text="Zora called")
    assert told(known)["notes"][0]["by"] == f"{author.get_username()} (Manager)"


def test_history_and_readers_are_told(known):
    manager = in_role("Manager")
    audit.record(AuditAction.RECEIVED, reference=known.reference, at=NOW)
    audit.record(AuditAction.READ, manager, reference=known.reference, at=NOW)
    held = told(known)
    assert [each["what"] for each in held["history"]] == ["Received", "Read"]
    assert held["history"][0]["by"] == "the site itself"
    assert [each["what"] for each in held["looks"]] == ["Read"]


def test_readers_are_those_who_saw_what_it_holds(known, admin_user):
    actions = [AuditAction.READ, AuditAction.MOVED, AuditAction.PRINTED]
    for action in actions:
        audit.record(action, admin_user, reference=known.reference, at=NOW)
    audit.record(AuditAction.READ, admin_user, reference="OTHER", at=NOW)
    assert readers(known.reference) == [
        Reader(admin_user, NOW, AuditAction.PRINTED),
        Reader(admin_user, NOW, AuditAction.READ),
    ]


def test_values_that_no_key_opens_say_so(known, settings):
    settings.FIELD_KEYS = ("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY=",)
    known.refresh_from_db()
    answers = {each["answer"] for each in told(known)["answers"]}
    assert "[cannot be read with the site's current keys]" in answers


def test_deceiving_signs_are_escaped_in_the_file_and_come_back_whole(make_enquiry):
    name = "Zoë \u202e=1+1 " + "x" * 10_000
    enquiry = make_enquiry(name=name)
    text = "".join(json_text(as_json(held_on(enquiry, NOW))))
    assert ("Zoë" in text, "\u202e" in text) == (True, False)
    assert name in {each["answer"] for each in json.loads(text)["answers"]}


def test_page_shows_everything_and_is_in_the_audit(admin_client, admin_user, known):
    response = admin_client.get(page(known))
    for shown in ("Zora Quillfeather", "It hurts", "I agree.", "Not kept"):
        assertContains(response, shown)
    event = AuditEvent.objects.get(action=AuditAction.DISCLOSED)
    assert (event.user, event.reference) == (admin_user, known.reference)
    assert event.detail == "page"


def test_page_leads_to_other_enquiries_of_the_same_contact(admin_client, known, make_enquiry):
    other = make_enquiry()
    LookupHash.objects.bulk_create(hashes_of(other))
    assertContains(admin_client.get(page(known)), f'<a href="{page(other)}">{other}</a>', html=True)


def test_page_escapes_what_was_typed(admin_client, make_enquiry):
    enquiry = make_enquiry(name="<b>Zora</b>")
    assertContains(admin_client.get(page(enquiry)), "&lt;b&gt;Zora&lt;/b&gt;")


def test_file_holds_the_same_and_is_kept_nowhere(admin_client, known):
    response = admin_client.post(file(known))
    assert json.loads(b"".join(response.streaming_content))["reference"] == known.reference
    assert response["Content-Disposition"] == f'attachment; filename="enquiry-{known}.json"'
    assert response["Cache-Control"] == "no-store, private"
    assert AuditEvent.objects.get(action=AuditAction.DISCLOSED).detail == "json"


def test_file_is_not_given_by_an_address_alone(admin_client, known):
    assert admin_client.get(file(known)).status_code == 405


@pytest.mark.parametrize("role", ["Reader", "Triage", "Clinician", "Editor"])
def test_only_a_manager_answers_requests_for_access(staff_client, known, role):
    client = staff_client(role)
    answers = (
        client.post(LOOK_UP, {"q": "Zora"}),
        client.get(page(known)),
        client.post(file(known)),
    )
    assert [each.status_code for each in answers] == [403, 403, 403]


@pytest.mark.parametrize("pk", ["0", "99999", "9" * 40])
def test_an_enquiry_that_is_not_there_is_not_found(admin_client, db, pk):
    assert admin_client.get(f"/admin/enquiries/enquiry/{pk}/access/").status_code == 404
