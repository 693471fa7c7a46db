import csv
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from imsinfo.enquiries.references import new_reference
from imsinfo.staff import audit, audit_search, audit_views
from imsinfo.staff.audit_search import Asked, found, page_of, rows_of
from imsinfo.staff.choices import AuditAction
from imsinfo.staff.models import Absence, AuditEvent
from tests.accounts import in_role

pytestmark = [pytest.mark.django_db, pytest.mark.db]
AUDIT = "/admin/staff/auditevent/"
EXPORT = f"{AUDIT}export/"
ABSENCE = "/admin/staff/absence/"
NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


def make_events(count, **changes):
    events = [
        AuditEvent(at=NOW + timedelta(minutes=each), **{"action": "read"} | changes)
        for each in range(count)
    ]
    return AuditEvent.objects.bulk_create(events)


def shown(response):
    return response.context["events"]


def in_file(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline="")))


def test_newest_events_stand_on_top_with_their_time_in_utc(admin_client):
    audit.record(AuditAction.READ, reference="K7M-4QX-9TWC", detail="older", at=NOW)
    audit.record(AuditAction.MOVED, detail="new → in-review", at=NOW + timedelta(hours=1))
    response = admin_client.get(AUDIT)
    page = response.content.decode()
    assert page.index("new → in-review") < page.index("older")
    assertContains(response, "2027-03-01 09:00:00")
    assertContains(response, "K7M-4QX-9TWC")


def test_each_look_at_the_audit_is_in_it(admin_client, admin_user):
    admin_client.get(AUDIT, {"action": "read", "user": admin_user.pk, "page": "2"})
    event = AuditEvent.objects.get(action=AuditAction.AUDIT_READ)
    assert event.user == admin_user
    assert event.detail == f"page 2, read, user {admin_user.pk}"


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"action": "read"}, 2),
        ({"user": "none"}, 2),
        ({"first_day": "2027-03-02"}, 1),
        ({"last_day": "2027-03-01"}, 2),
        ({"reference": " k7m-4qx-9twc"}, 1),
        ({"reference": "K7M-4QX-9TWC", "action": "moved"}, 0),
    ],
)
def test_events_are_narrowed(admin_client, admin_user, asked, count):
    day = datetime(2027, 3, 1, tzinfo=UTC)
    audit.record(AuditAction.READ, reference="K7M-4QX-9TWC", at=day)
    audit.record(AuditAction.READ, admin_user, at=day + timedelta(hours=23, minutes=59))
    audit.record(AuditAction.MOVED, at=day + timedelta(days=1))
    until = {"last_day": "2027-12-31"} if "last_day" not in asked else {}
    # Whatever signing in has written is of today.
    events = shown(admin_client.get(AUDIT, {"first_day": "2027-01-01"} | until | asked))
    assert len(events) == count


def test_events_of_one_account_are_shown(admin_client, admin_user):
    reader = in_role("Reader")
    audit.record(AuditAction.READ, reader)
    audit.record(AuditAction.READ, admin_user)
    assert [each.user for each in shown(admin_client.get(AUDIT, {"user": reader.pk}))] == [reader]


@pytest.mark.parametrize(
    "query",
    [
        {"action": "eaten"},
        {"user": "0"},
        {"first_day": "soon"},
        {"reference": "ZORA-QUILL"},
        {"reference": "ABC-DEF-GHIJ"},
    ],
)
def test_what_cannot_be_asked_for_is_told_and_not_recorded(admin_client, query):
    response = admin_client.get(AUDIT, query)
    assert (response.status_code, shown(response)) == (422, [])
    assert not AuditEvent.objects.filter(action=AuditAction.AUDIT_READ).exists()


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 40, "٣"])
def test_an_odd_page_is_the_first_one_or_empty(admin_client, page):
    assert admin_client.get(AUDIT, {"page": page}).status_code == 200


def test_every_reference_can_be_asked_for(admin_client):
    for _ in range(20):
        response = admin_client.get(AUDIT, {"reference": new_reference()})
        assert response.status_code == 200


def test_pages_lead_to_older_and_newer_events(admin_client, monkeypatch):
    monkeypatch.setattr(audit_views, "EVENTS_ON_A_PAGE", 2)
    make_events(5)
    query = {"action": "read"}
    first, second, last = (admin_client.get(AUDIT, query | {"page": n}) for n in (1, 2, 3))
    assert [len(shown(each)) for each in (first, second, last)] == [2, 2, 1]
    assertContains(first, '<a class="list-filters__clear" href="?action=read&amp;page=2">Older</a>')
    assertNotContains(first, "Newer")
    assertContains(second, "Newer")
    assertNotContains(last, "Older")


def test_a_page_costs_the_same_however_many_events_there_are(
    admin_client, admin_user, django_assert_max_num_queries
):
    make_events(300, user=admin_user)
    with django_assert_max_num_queries(12):
        admin_client.get(AUDIT)


def test_a_page_reads_no_more_events_than_it_shows(django_assert_num_queries):
    make_events(120)
    with django_assert_num_queries(2):
        events, has_older = page_of(found(Asked()), 2, 50)
    assert (events[0].at, has_older) == (NOW + timedelta(minutes=69), True)


@pytest.mark.parametrize(
    "path", ["add/", "1/change/", "1/delete/", "1/history/", "1/", "autocomplete/"]
)
def test_there_is_no_page_to_change_an_event(admin_client, path):
    make_events(1)
    assert admin_client.get(f"{AUDIT}{path}").status_code == 404
    assert admin_client.post(f"{AUDIT}{path}", {"post": "yes"}).status_code == 404


def test_no_action_of_the_list_deletes_an_event(admin_client):
    [event] = make_events(1)
    data = {"action": "delete_selected", "_selected_action": event.pk, "post": "yes"}
    assert admin_client.post(AUDIT, data).status_code == 405
    assert AuditEvent.objects.filter(pk=event.pk).exists()


def test_export_holds_every_event_that_was_asked_for(admin_client, admin_user, monkeypatch):
    monkeypatch.setattr(audit_search, "ROWS_AT_ONCE", 2)
    make_events(5, reference="K7M-4QX-9TWC", detail="=1+1")
    header, *rows, end = in_file(admin_client.post(EXPORT, {"action": "read"}))
    assert header == ["When (UTC)", "What", "Enquiry", "Detail", "Who"]
    times = [f"2027-03-01 09:0{minute}:00" for minute in (4, 3, 2, 1, 0)]
    assert rows == [[at, "Read", "K7M-4QX-9TWC", "'=1+1", "nobody signed in"] for at in times]
    assert end == ["End of export: 5 rows"]


def test_export_is_in_the_audit_before_its_first_byte(admin_client, admin_user):
    make_events(3)
    admin_client.post(EXPORT, {"action": "read"})
    event = AuditEvent.objects.get(action=AuditAction.AUDIT_EXPORTED)
    assert (event.user, event.detail) == (admin_user, "3 events, read")


def test_export_is_not_given_by_an_address(admin_client):
    assert admin_client.get(EXPORT).status_code == 405


def test_export_of_what_cannot_be_asked_for_is_told(admin_client):
    response = admin_client.post(EXPORT, {"first_day": "soon"})
    assertContains(response, "Enter a day such as 2026-11-21.", status_code=422)


def test_rows_come_once_while_events_are_added(monkeypatch):
    monkeypatch.setattr(audit_search, "ROWS_AT_ONCE", 2)
    make_events(3)
    rows = rows_of(found(Asked()))
    first = next(rows)
    make_events(3, detail="added")
    assert [each[3] for each in (first, *rows)] == ["", "", ""]


@pytest.mark.parametrize("role", ["Reader", "Triage", "Clinician", "Editor"])
def test_only_a_manager_sees_the_audit(staff_client, role):
    client = staff_client(role)
    answers = (client.get(AUDIT), client.post(EXPORT), client.get(ABSENCE))
    assert [each.status_code for each in answers] == [403, 403, 403]


def test_a_manager_sees_the_audit_and_exports_it(staff_client):
    client = staff_client("Manager")
    assertContains(client.get(AUDIT), "Export all of these as CSV")
    assert client.post(EXPORT).status_code == 200


def days(user, deputy):
    return {
        "user": user.pk,
        "deputy": deputy.pk,
        "first_day": "2027-03-01",
        "last_day": "2027-03-05",
    }


def test_a_manager_adds_changes_and_deletes_an_absence_and_each_is_recorded(staff_client):
    away, deputy, client = in_role("Triage"), in_role("Triage"), staff_client("Manager")
    client.post(f"{ABSENCE}add/", days(away, deputy))
    absence = Absence.objects.get()
    client.post(f"{ABSENCE}{absence.pk}/change/", days(away, deputy) | {"last_day": "2027-03-04"})
    client.post(f"{ABSENCE}{absence.pk}/delete/", {"post": "yes"})
    events = AuditEvent.objects.filter(action=AuditAction.ABSENCE, user=client.user)
    about = f"user {away.pk}, deputy {deputy.pk}, 2027-03-01 to"
    assert [event.detail for event in events.order_by("pk")] == [
        f"added: {about} 2027-03-05",
        f"changed: {about} 2027-03-04",
        f"deleted: {about} 2027-03-04",
    ]
    assert not Absence.objects.exists()


def test_only_staff_who_are_here_are_away_or_stand_in(staff_client, django_user_model):
    here, gone = in_role("Triage"), in_role("Triage")
    django_user_model.objects.filter(pk=gone.pk).update(is_active=False)
    reader = django_user_model.objects.create_user("reader")
    page = staff_client("Manager").get(f"{ABSENCE}add/")
    for field in ("user", "deputy"):
        offered = page.context["adminform"].form.fields[field].queryset
        assert here in offered
        assert not {gone, reader} & set(offered)


def test_an_absence_that_ends_before_it_begins_is_told(staff_client):
    away, deputy, client = in_role("Triage"), in_role("Triage"), staff_client("Manager")
    wrong = days(away, deputy) | {"last_day": "2027-02-01"}
    response = client.post(f"{ABSENCE}add/", wrong)
    assertContains(response, "The last day comes before the first one.")


def test_audit_export_asks_for_what_the_page_shows_under_no_id_twice(admin_client, parsed):
    audit.record(AuditAction.READ)
    page = parsed(admin_client.get("/admin/staff/auditevent/?action=read"))
    ids = page.with_attribute("id")
    assert len(ids) == len(set(ids))
    assert ("action", "read") in page.hidden
