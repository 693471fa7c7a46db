import csv
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection
from pytest_django.asserts import assertContains, assertNotContains

from imsinfo.enquiries import export, export_views
from imsinfo.enquiries.export import (
    ALWAYS,
    CONTACT,
    ENCRYPTED,
    TEXTS,
    Asked,
    chosen,
    table,
    write_down,
)
from imsinfo.enquiries.models import Enquiry, ExportReason
from imsinfo.enquiries.rotation import encrypted_fields
from imsinfo.staff.choices import AuditAction
from imsinfo.staff.models import AuditEvent

pytestmark = [pytest.mark.django_db, pytest.mark.db]
EXPORT = "/admin/enquiries/enquiry/export/"
REASON = "Waiting times, for the board"
VANCOUVER = ZoneInfo("America/Vancouver")


def exported(client, **asked):
    response = client.post(EXPORT, {"reason": REASON} | asked)
    return b"".join(response.streaming_content).decode("utf-8-sig")


def cells(text):
    """The rows of a file as dicts by its header, without its last line."""
    header, *rows = csv.reader(StringIO(text, newline=""))
    return [dict(zip(header, row, strict=True)) for row in rows[:-1]]


def test_a_file_holds_no_person_unless_asked_for(admin_client, make_enquiry):
    enquiry = make_enquiry(message="It hurts", help_needed="Interpreter", email="z@example.org")
    text = exported(admin_client)
    [row] = cells(text)
    assert (row["Reference"], row["Main pain"], row["State"]) == (enquiry.reference, "Neck", "New")
    for personal in ("Zora", "0177", "z@", "hurts", "Interpreter"):
        assert personal not in text


def test_names_and_contact_details_come_when_ticked(admin_client, make_enquiry):
    make_enquiry(message="It hurts")
    text = exported(admin_client, contact="on")
    assert cells(text)[0]["Name"] == "Zora Quillfeather"
    assert "hurts" not in text


def test_free_texts_come_when_ticked(admin_client, admin_user, make_enquiry):
    at = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
    enquiry = make_enquiry(message="It hurts", help_needed="Interpreter")
    enquiry.notes.create(author=admin_user, text="Zora called", written_at=at)
    text = exported(admin_client, texts="on")
    [row] = cells(text)
    assert (row["Message"], row["Help needed"]) == ("It hurts", "Interpreter")
    assert row["Notes"] == "2026-11-21 10:00: Zora called"
    assert "Quillfeather" not in text


def test_every_encrypted_answer_is_held_back_by_default():
    fields = {name for model, name in encrypted_fields() if model is Enquiry}
    assert set(ENCRYPTED) == fields
    assert not fields & set(ALWAYS.values())
    assert fields <= {*CONTACT.values(), *TEXTS.values()}


def test_what_was_not_asked_for_is_not_decrypted(make_enquiry, settings, caplog):
    enquiry = make_enquiry()
    settings.FIELD_KEYS = ("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY=",)
    list(table(Asked(), [enquiry.pk], VANCOUVER))
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, [1, 2, 3]),
        ({"first_day": date(2026, 3, 2)}, [2, 3]),
        ({"last_day": date(2026, 3, 1)}, [1]),
        ({"first_day": date(2026, 3, 2), "last_day": date(2026, 3, 2)}, [2]),
        ({"states": ["in-review"]}, [3]),
        ({"areas": ["neck", "hand"]}, [1, 2]),
    ],
)
def test_only_what_was_asked_for_is_chosen(make_enquiry, asked, found):
    # In Vancouver the first came on 1 March and the second on the day after.
    day = datetime(2026, 3, 2, 8, tzinfo=UTC)
    moments = [day - timedelta(minutes=1), day, day + timedelta(days=3)]
    given = [{"area": "neck"}, {"area": "hand"}, {"area": "hip", "state": "in-review"}]
    made = [make_enquiry(received_at=at, **each) for at, each in zip(moments, given, strict=True)]
    assert chosen(Asked(**asked), VANCOUVER) == [made[number - 1].pk for number in found]


def test_more_rows_than_are_read_at_once_come_once_and_in_order(make_enquiry, monkeypatch):
    monkeypatch.setattr(export, "ROWS_AT_ONCE", 2)
    made = [make_enquiry() for _ in range(5)]
    keys = chosen(Asked(), VANCOUVER)
    rows = table(Asked(), keys, VANCOUVER)
    assert [row[0] for row in rows] == [each.reference for each in made]


def test_a_row_costs_no_query_of_its_own(make_enquiry, admin_user, django_assert_num_queries):
    made = [make_enquiry(owner=admin_user) for _ in range(5)]
    with django_assert_num_queries(2):
        asked = Asked(contact=True, texts=True)
        list(table(asked, [each.pk for each in made], VANCOUVER))


def test_the_last_line_tells_a_whole_file(admin_client, make_enquiry):
    make_enquiry()
    assert exported(admin_client).endswith('"End of export: 1 row"\r\n')


def test_what_is_erased_meanwhile_is_left_out(make_enquiry):
    gone = make_enquiry()
    keys = chosen(Asked(), VANCOUVER)
    gone.delete()
    assert list(table(Asked(), keys, VANCOUVER)) == []


def test_formulas_are_made_texts(admin_client, make_enquiry):
    make_enquiry(name="=HYPERLINK(1)", phone="+1 604 555 0177", message="a\x00\u202eb")
    [row] = cells(exported(admin_client, contact="on", texts="on"))
    assert (row["Name"], row["Phone"]) == ("'=HYPERLINK(1)", "'+1 604 555 0177")
    assert row["Message"] == "a\ufffd\ufffdb"


def test_an_export_is_in_the_audit_before_its_first_byte(admin_client, admin_user, make_enquiry):
    make_enquiry()
    asked = {"first_day": "2026-01-01", "states": ["new"], "contact": "on"}
    response = admin_client.post(EXPORT, {"reason": REASON} | asked)
    event = AuditEvent.objects.get(action=AuditAction.EXPORTED)
    assert event.user == admin_user
    assert event.detail == "1 row: contact details, from 2026-01-01, new"
    assert ExportReason.objects.get(event=event).text == REASON
    assert response.streaming


def test_a_file_is_for_nobodys_cache(admin_client, db, monkeypatch):
    monkeypatch.setattr(export_views.timezone, "localdate", lambda: date(2026, 11, 21))
    response = admin_client.post(EXPORT, {"reason": REASON})
    assert response["Cache-Control"] == "no-store, private"
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="enquiries-2026-11-21.csv"'


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"reason": " "}, "Write what the export is for, without naming anybody."),
        ({"reason": "a\u202eb"}, "a sign that cannot be seen"),
        ({"reason": "a" * 201}, "200 characters at most. It has 201"),
        ({"first_day": "soon"}, "Enter a day such as 2026-11-21."),
        ({"first_day": "2026-02-02", "last_day": "2026-02-01"}, "comes before 2026-02-02"),
        ({"states": ["gone"]}, "gone is not one of the available choices"),
    ],
)
def test_what_cannot_be_exported_is_told_and_nothing_leaves(admin_client, db, asked, told):
    response = admin_client.post(EXPORT, {"reason": REASON} | asked)
    assertContains(response, told, status_code=422)
    assert not AuditEvent.objects.filter(action=AuditAction.EXPORTED).exists()
    assert not ExportReason.objects.exists()


def test_a_reason_that_cannot_be_kept_keeps_the_audit_clean(admin_user, monkeypatch):
    def fails(**kwargs):
        raise DatabaseError

    monkeypatch.setattr(ExportReason.objects, "create", fails)
    with pytest.raises(DatabaseError):
        write_down(Asked(), 3, REASON, admin_user)
    assert not AuditEvent.objects.exists()


def test_a_reason_is_stored_encrypted_and_stands_nowhere_else(admin_client, db, caplog):
    text = exported(admin_client)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM enquiries_exportreason")
        [(stored,)] = cursor.fetchall()
    details = str(list(AuditEvent.objects.values_list("reference", "detail")))
    for place in (stored, details, caplog.text, text):
        assert REASON not in place


def test_page_lists_the_latest_ten_exports(staff_client):
    client = staff_client("Manager")
    for number in range(11):
        write_down(Asked(contact=True), number, f"Reason {number}.", client.user)
    page = client.get(EXPORT)
    assertContains(page, '<td data-label="What for">Reason 10.</td>', html=True)
    assertContains(page, '<td data-label="Rows">10 rows: contact details</td>', html=True)
    assertContains(page, f'<td data-label="Who">{client.user.username}</td>', count=10, html=True)
    assertNotContains(page, "Reason 0.")


def test_page_tells_that_nothing_has_been_exported(admin_client, db):
    assertContains(admin_client.get(EXPORT), "Nothing has been exported yet.")


def test_page_offers_neither_names_nor_texts_ticked(admin_client, db):
    page = admin_client.get(EXPORT)
    for name in ("contact", "texts"):
        tick = f'<input type="checkbox" name="{name}" id="id_{name}">'
        assertContains(page, tick, html=True)


@pytest.mark.parametrize("role", ["Reader", "Triage", "Clinician", "Editor"])
def test_only_a_manager_exports(staff_client, role):
    client = staff_client(role)
    assert client.get(EXPORT).status_code == 403
    assert client.post(EXPORT, {"reason": REASON}).status_code == 403
