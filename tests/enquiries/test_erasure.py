from datetime import UTC, datetime

import pytest
from django.db import DatabaseError
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from imsinfo.enquiries import erasure
from imsinfo.enquiries.choices import ErasurePath
from imsinfo.enquiries.erasure import NotErased, ask, confirm, erase
from imsinfo.enquiries.lookup import hashes_of
from imsinfo.enquiries.models import Enquiry, LookupHash, OutgoingMail, Tombstone
from imsinfo.enquiries.outbox import mails_owed
from imsinfo.staff.choices import AuditAction
from imsinfo.staff.models import AuditEvent
from tests.accounts import in_role, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.db]
NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
LIST = "/admin/enquiries/enquiry/"
REASON = "Asked for it by phone on 3 March"


@pytest.fixture
def full_enquiry(make_enquiry, admin_user):
    """An enquiry with something in every table that hangs on it."""
    enquiry = make_enquiry(email="zora@example.org", message="It hurts")
    LookupHash.objects.bulk_create(hashes_of(enquiry))
    OutgoingMail.objects.bulk_create(mails_owed(enquiry))
    enquiry.notes.create(author=admin_user, text="Zora called")
    enquiry.contacts.create(author=admin_user, way="phone", outcome="reached")
    return enquiry


def url(enquiry):
    return f"{LIST}{enquiry.pk}/erase/"


def on_request(enquiry, user=None):
    return erase(enquiry.pk, ErasurePath.REQUEST, user, REASON, NOW)


def rows():
    """How many rows there are of an enquiry, and of what hangs on it."""
    hanging = [relation.related_model for relation in Enquiry._meta.related_objects]
    return {model.__name__: model.objects.count() for model in {Enquiry, *hanging}}


def test_everything_that_hangs_on_an_enquiry_goes_with_it(full_enquiry, admin_user):
    asked = ask(full_enquiry.pk, admin_user, REASON, NOW)
    assert 0 not in rows().values()
    confirm(full_enquiry.pk, asked.pk, in_role("Manager"), NOW)
    assert set(rows().values()) == {0}


def test_what_is_left_says_why_and_by_whom(full_enquiry, admin_user):
    left = on_request(full_enquiry, admin_user)
    assert left == Tombstone.objects.get()
    assert (left.reference, left.path, left.erased_at) == (full_enquiry.reference, "request", NOW)
    assert (left.erased_by, left.reason) == (admin_user, REASON)


def test_an_erasure_is_in_the_audit_without_its_reason(full_enquiry, admin_user):
    on_request(full_enquiry, admin_user)
    event = AuditEvent.objects.get()
    assert (event.action, event.user, event.at) == (AuditAction.ERASED, admin_user, NOW)
    assert (event.reference, event.detail) == (full_enquiry.reference, "request")


def test_an_enquiry_on_hold_is_not_erased(make_enquiry):
    held = make_enquiry(on_hold=True)
    with pytest.raises(NotErased, match="is on hold, because a complaint or an incident"):
        on_request(held)
    assert Enquiry.objects.get() == held


def test_an_enquiry_is_erased_once(make_enquiry):
    enquiry = make_enquiry()
    on_request(enquiry)
    with pytest.raises(NotErased, match="It may have been erased already"):
        on_request(enquiry)
    assert Tombstone.objects.count() == AuditEvent.objects.count() == 1


def test_a_fault_in_the_midst_leaves_everything_as_it_was(full_enquiry, monkeypatch):
    def fails(*args, **kwargs):
        raise DatabaseError

    before = rows()
    monkeypatch.setattr(erasure.audit, "record", fails)
    with pytest.raises(DatabaseError):
        on_request(full_enquiry)
    assert (rows(), Tombstone.objects.count()) == (before, 0)


def test_an_enquiry_that_no_key_opens_can_be_erased(full_enquiry, settings, caplog):
    settings.FIELD_KEYS = ("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY=",)
    on_request(full_enquiry)
    assert (Enquiry.objects.count(), caplog.messages) == (0, [])


def test_page_tells_what_goes_and_what_stays(admin_client, full_enquiry):
    response = admin_client.get(url(full_enquiry))
    assertContains(response, f"<h1>Erase enquiry {full_enquiry}</h1>", html=True)
    assertContains(response, "<li>1 note and 1 logged contact</li>", html=True)
    assertContains(response, "Copies in backups, for at most 30 days")
    assertNotContains(response, "Zora")


def test_page_erases_with_a_reason_and_a_tick(admin_client, admin_user, full_enquiry):
    response = admin_client.post(url(full_enquiry), {"reason": REASON, "sure": "on"})
    erased = f"/admin/enquiries/enquiry/erased/{full_enquiry}/"
    assertRedirects(response, erased)
    assertContains(
        admin_client.get(erased), f"<h1>Enquiry {full_enquiry} is erased</h1>", html=True
    )
    assertContains(admin_client.get(erased), REASON)
    assert Tombstone.objects.get().erased_by == admin_user


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"sure": "on"}, "Write why it is erased, without naming anybody."),
        ({"reason": REASON}, "Tick the box to erase it."),
        ({"reason": "a\u202eb", "sure": "on"}, "a sign that cannot be seen"),
    ],
)
def test_page_erases_nothing_without_a_reason_and_a_tick(admin_client, full_enquiry, given, told):
    response = admin_client.post(url(full_enquiry), given)
    assertContains(response, told, status_code=422)
    assert Enquiry.objects.get() == full_enquiry


def test_page_of_an_enquiry_on_hold_offers_no_erasure(admin_client, make_enquiry):
    response = admin_client.get(url(make_enquiry(on_hold=True)))
    assertContains(response, "it cannot be erased. End the hold first")
    assertNotContains(response, 'name="sure"')


def test_page_tells_of_a_hold_that_came_meanwhile(admin_client, make_enquiry):
    held = make_enquiry(on_hold=True)
    response = admin_client.post(url(held), {"reason": REASON, "sure": "on"})
    assertContains(response, "is on hold", status_code=409)
    assert Enquiry.objects.get() == held


def test_what_was_erased_has_no_page_to_erase_it(admin_client, make_enquiry):
    enquiry = make_enquiry()
    on_request(enquiry)
    given = {"reason": REASON, "sure": "on"}
    assert admin_client.get(url(enquiry)).status_code == 404
    assert admin_client.post(url(enquiry), given).status_code == 404


@pytest.mark.parametrize("role", ["Reader", "Triage", "Clinician", "Editor"])
def test_only_a_manager_erases(staff_client, make_enquiry, role):
    enquiry = make_enquiry()
    client = staff_client(role)
    assert client.post(url(enquiry), {"reason": REASON, "sure": "on"}).status_code == 403
    assert Enquiry.objects.get() == enquiry


def test_a_manager_reads_the_tombstones(staff_client, make_enquiry):
    left, client = on_request(make_enquiry()), staff_client("Manager")
    assertContains(client.get("/admin/enquiries/tombstone/"), left.reference)
    assertContains(client.get(f"/admin/enquiries/tombstone/{left.pk}/change/"), REASON)


@pytest.mark.parametrize("path", ["add/", "{}/change/", "{}/delete/"])
def test_nobody_adds_changes_or_deletes_a_tombstone(admin_client, make_enquiry, path):
    left = on_request(make_enquiry())
    page = "/admin/enquiries/tombstone/" + path.format(left.pk)
    assert admin_client.post(page, {"reason": "Other", "post": "yes"}).status_code == 403
    assert Tombstone.objects.get().reason == REASON


def test_overview_warns_of_what_is_open_too_long(admin_client, make_enquiry):
    late = make_enquiry(received_at=datetime(2020, 1, 1, tzinfo=UTC))
    response = admin_client.get("/admin/")
    assertContains(response, f"Open for more than 180 days: 1 ({late}).")
    assertContains(response, "Nobody applies retention")


def test_erase_pressed_twice_shows_twice_what_is_left(admin_client, make_enquiry, parsed):
    enquiry = make_enquiry()
    form = dict(parsed(admin_client.get(url(enquiry))).hidden)
    sent = form | {"reason": REASON, "sure": "on"}
    first, second = (admin_client.post(url(enquiry), sent) for _ in range(2))
    assert first["Location"] == second["Location"] == f"{LIST}erased/{enquiry.reference}/"


@pytest.mark.parametrize("reference", ["", "../../x", "K7M-4QX-9TWC"])
def test_what_was_never_there_is_not_found(admin_client, db, reference):
    response = admin_client.post(f"{LIST}9/erase/", {"reference": reference}, follow=True)
    assert response.status_code == 404


def test_an_editor_is_told_no_reference(client, make_enquiry):
    late = make_enquiry(received_at=datetime(2020, 1, 1, tzinfo=UTC))
    assertNotContains(sign_in(client, in_role("Editor")).get("/admin/"), late.reference)
    assertContains(sign_in(client, in_role("Reader")).get("/admin/"), late.reference)
