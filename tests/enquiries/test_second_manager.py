"""An erasure on request that one manager asks for and another one confirms."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from imsinfo.enquiries.erasure import NotErased, ask, confirm, decline
from imsinfo.enquiries.models import Enquiry, ErasureRequest, Tombstone
from imsinfo.staff.choices import AuditAction
from imsinfo.staff.models import AuditEvent
from tests.accounts import in_role

pytestmark = [pytest.mark.django_db, pytest.mark.db]
NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
REASON = "Asked for it by phone on 3 March"
GIVEN = {"reason": REASON, "sure": "on"}
SECOND_NEEDED = "a second manager must confirm."


@pytest.fixture(autouse=True)
def needs_second(settings):
    settings.ERASE_NEEDS_SECOND = True


@pytest.fixture
def first():
    return in_role("Manager")


@pytest.fixture
def asked(make_enquiry, first):
    """The request of the first manager for the one enquiry that there is."""
    return ask(make_enquiry().pk, first, REASON, NOW)


def url(enquiry):
    return f"/admin/enquiries/enquiry/{enquiry.pk}/erase/"


def events(*actions):
    """What the audit holds of these actions, as action, user, reference and detail."""
    found = AuditEvent.objects.filter(action__in=actions).select_related("user")
    return [(each.action, each.user, each.reference, each.detail) for each in found]


def send(client, asked, decision):
    return client.post(url(asked.enquiry), {"asked": asked.pk, "decision": decision})


def test_page_asks_in_place_of_erasing(staff_client, make_enquiry):
    client, enquiry = staff_client("Manager"), make_enquiry()
    assertContains(client.get(url(enquiry)), "Another manager must confirm it")
    assertRedirects(client.post(url(enquiry), GIVEN), url(enquiry))
    asked = ErasureRequest.objects.get()
    assert (asked.enquiry, asked.asked_by, asked.reason) == (enquiry, client.user, REASON)


def test_what_is_asked_for_is_in_the_audit_without_its_reason(asked, first):
    expected = (AuditAction.ERASURE_ASKED, first, asked.enquiry.reference, "")
    assert events(AuditAction.ERASURE_ASKED, AuditAction.ERASED) == [expected]


def test_the_reason_is_stored_encrypted(asked):
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason FROM enquiries_erasurerequest")
        [(stored,)] = cursor.fetchall()
    assert stored
    assert REASON not in stored


def test_a_second_manager_sees_who_asked_and_why(staff_client, asked, first):
    page = staff_client("Manager").get(url(asked.enquiry))
    assertContains(page, REASON)
    assertContains(page, f"<dt>Asked by</dt><dd>{first.username}, Mon 1 Mar 2027, 1 a.m.</dd>")
    assertContains(page, 'type="radio"', count=2)
    assertNotContains(page, 'name="sure"')


def test_a_second_manager_confirms(staff_client, asked, first):
    client, reference = staff_client("Manager"), asked.enquiry.reference
    erased = f"/admin/enquiries/enquiry/erased/{reference}/"
    assertRedirects(send(client, asked, "erase"), erased)
    left = Tombstone.objects.get()
    assert (left.reference, left.reason, left.erased_by) == (reference, REASON, client.user)
    assert not Enquiry.objects.exists()
    detail = f"request, asked for by account {first.pk}"
    assert events(AuditAction.ERASED) == [(AuditAction.ERASED, client.user, reference, detail)]


def test_a_second_manager_declines(staff_client, asked, first):
    client = staff_client("Manager")
    page = client.post(url(asked.enquiry), {"asked": asked.pk, "decision": "keep"}, follow=True)
    assertContains(page, f"{asked.enquiry} stays.")
    assert not ErasureRequest.objects.exists()
    detail = f"asked for by account {first.pk}"
    expected = (AuditAction.ERASURE_DECLINED, client.user, asked.enquiry.reference, detail)
    assert events(AuditAction.ERASURE_DECLINED, AuditAction.ERASED) == [expected]


def test_nobody_confirms_what_they_asked_for(staff_client, make_enquiry):
    client, enquiry = staff_client("Manager"), make_enquiry()
    asked = ask(enquiry.pk, client.user, REASON, NOW)
    page = client.get(url(enquiry))
    assertNotContains(page, 'type="radio"')
    assertContains(page, "You asked for this yourself")
    response = send(client, asked, "erase")
    assertContains(response, "another manager must confirm it", status_code=409)
    assert Enquiry.objects.get() == enquiry


def test_who_asked_takes_it_back(staff_client, make_enquiry):
    client, enquiry = staff_client("Manager"), make_enquiry()
    asked = ask(enquiry.pk, client.user, REASON, NOW)
    assertContains(client.get(url(enquiry)), f"Take it back: keep {enquiry}")
    send(client, asked, "keep")
    assert not ErasureRequest.objects.exists()
    assert Enquiry.objects.get() == enquiry


@pytest.mark.parametrize(
    ("given", "told"),
    [({}, "Choose whether it is erased or kept."), ({"decision": "both"}, "both is not one of")],
)
def test_nothing_happens_without_a_decision(admin_client, asked, given, told):
    response = admin_client.post(url(asked.enquiry), {"asked": asked.pk} | given)
    assertContains(response, told, status_code=422)
    assert ErasureRequest.objects.get() == asked


def test_a_hold_refuses_the_confirmation(admin_client, asked):
    Enquiry.objects.update(on_hold=True)
    page = admin_client.get(url(asked.enquiry))
    assertContains(page, f"Decline: keep {asked.enquiry}")
    assertNotContains(page, 'type="radio"')
    assertContains(send(admin_client, asked, "erase"), "is on hold", status_code=409)
    assert Enquiry.objects.get() == asked.enquiry


def test_nobody_asks_for_what_is_on_hold(make_enquiry, first):
    held = make_enquiry(on_hold=True)
    with pytest.raises(NotErased, match="is on hold"):
        ask(held.pk, first, REASON, NOW)
    assert not ErasureRequest.objects.exists()


def test_an_erasure_is_asked_for_once(admin_client, asked):
    response = admin_client.post(url(asked.enquiry), GIVEN | {"reason": "Other"})
    assertContains(response, "Somebody has asked already", status_code=409)
    assertContains(response, REASON, status_code=409)
    assert ErasureRequest.objects.get().reason == REASON


def test_a_decision_counts_for_the_request_that_was_seen(admin_client, asked, first):
    decline(asked.enquiry_id, asked.pk, first, NOW)
    again = ask(asked.enquiry_id, first, "Another reason", NOW)
    response = send(admin_client, asked, "erase")
    assertContains(response, "declined or taken back meanwhile", status_code=409)
    assert ErasureRequest.objects.get() == again


def test_what_was_asked_is_decided_although_one_manager_would_do_now(admin_client, asked, settings):
    settings.ERASE_NEEDS_SECOND = False
    response = admin_client.post(url(asked.enquiry), GIVEN)
    assertContains(response, "Somebody has asked already", status_code=409)
    assert send(admin_client, asked, "erase").status_code == 302
    assert not Enquiry.objects.exists()


def test_an_unreadable_reason_erases_nothing(asked, admin_user, settings):
    settings.FIELD_KEYS = ("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY=",)
    with pytest.raises(NotErased, match="The reason cannot be read"):
        confirm(asked.enquiry_id, asked.pk, admin_user, NOW)
    assert Enquiry.objects.count() == 1


def test_page_of_the_enquiry_says_that_somebody_has_asked(admin_client, asked, make_enquiry):
    page = f"/admin/enquiries/enquiry/{asked.enquiry_id}/change/"
    assertContains(admin_client.get(page), SECOND_NEEDED)
    other = f"/admin/enquiries/enquiry/{make_enquiry().pk}/change/"
    assertNotContains(admin_client.get(other), SECOND_NEEDED)


def test_overview_says_that_somebody_has_asked(admin_client, asked):
    told = f"A manager has asked to erase {asked.enquiry}. Another manager must decide."
    assertContains(admin_client.get("/admin/"), told)
    asked.delete()
    assertNotContains(admin_client.get("/admin/"), "Another manager must decide.")


@pytest.mark.parametrize("role", ["Reader", "Triage", "Clinician", "Editor"])
def test_overview_names_no_reference_to_who_cannot_decide(staff_client, asked, role):
    assertNotContains(staff_client(role).get("/admin/"), str(asked.enquiry))


def test_who_asks_what_is_held_is_told_of_the_request(admin_client, asked):
    page = admin_client.get(f"/admin/enquiries/enquiry/{asked.enquiry_id}/access/")
    assertContains(page, REASON)


@pytest.mark.parametrize("role", ["Reader", "Triage", "Clinician", "Editor"])
def test_only_a_manager_decides(staff_client, asked, role):
    for decision in ("erase", "keep"):
        assert send(staff_client(role), asked, decision).status_code == 403
    assert ErasureRequest.objects.get() == asked
