import pytest
from cryptography.fernet import Fernet
from django.contrib.admin.models import LogEntry
from pytest_django.asserts import assertContains, assertNotContains

from imsinfo.enquiries.models import Enquiry

pytestmark = [pytest.mark.django_db, pytest.mark.db]
LIST = "/admin/enquiries/enquiry/"


def change_url(enquiry):
    return f"{LIST}{enquiry.pk}/change/"


def changed(**changes):
    formset = {"notes-TOTAL_FORMS": "1", "notes-INITIAL_FORMS": "0", "notes-0-text": ""}
    return formset | {"state": "new", "closed_reason": ""} | changes


def test_list_shows_the_reference_and_no_personal_data(admin_client, make_enquiry):
    enquiry = make_enquiry(email="zora@example.org", message="Secretive")
    response = admin_client.get(LIST)
    assertContains(response, enquiry.reference)
    for personal in ("Zora", "Quillfeather", "0177", "zora@", "Secretive"):
        assertNotContains(response, personal)


def test_list_has_no_search_that_could_put_a_name_into_the_address(admin_client, make_enquiry):
    make_enquiry()
    assertNotContains(admin_client.get(LIST), 'name="q"')


def test_list_puts_doctor_first_enquiries_on_top(admin_client, make_enquiry):
    plain, flagged = make_enquiry(), make_enquiry(doctor_first=True)
    page = admin_client.get(LIST).content.decode()
    assert page.index(flagged.reference) < page.index(plain.reference)


def test_enquiry_shows_the_answers_and_the_warning(admin_client, make_enquiry):
    enquiry = make_enquiry(message="Zwölf <b>Jahre</b>", caution="unsure")
    response = admin_client.get(change_url(enquiry))
    assertContains(response, "Zora Quillfeather")
    assertContains(response, "Zwölf &lt;b&gt;Jahre&lt;/b&gt;")
    assertContains(response, "repeat the full screening before any needle")
    assertContains(response, "Caution: not sure")


def test_answers_cannot_be_changed(admin_client, make_enquiry):
    enquiry = make_enquiry()
    admin_client.post(change_url(enquiry), changed(name="Other", area="hand", caution="yes"))
    stored = Enquiry.objects.get()
    assert (stored.name, stored.area, stored.caution) == ("Zora Quillfeather", "neck", "no")


def test_staff_close_an_enquiry_with_a_reason(admin_client, make_enquiry):
    enquiry = make_enquiry()
    admin_client.post(change_url(enquiry), changed(state="closed", closed_reason="withdrew"))
    stored = Enquiry.objects.get()
    assert (stored.state, stored.closed_reason, bool(stored.closed_at)) == (
        "closed",
        "withdrew",
        True,
    )


def test_closing_without_a_reason_is_explained(admin_client, make_enquiry):
    response = admin_client.post(change_url(make_enquiry()), changed(state="closed"))
    assertContains(response, "A closed enquiry has a reason; an open one has none")
    assert Enquiry.objects.get().state == "new"


def test_a_note_is_added_with_its_author(admin_client, admin_user, make_enquiry):
    enquiry = make_enquiry()
    admin_client.post(change_url(enquiry), changed(**{"notes-0-text": "Phoned, no answer"}))
    note = enquiry.notes.get()
    assert (note.text, note.author) == ("Phoned, no answer", admin_user)


def test_a_note_cannot_be_changed_or_removed(admin_client, admin_user, make_enquiry):
    enquiry = make_enquiry()
    note = enquiry.notes.create(author=admin_user, text="As written")
    existing = {"notes-INITIAL_FORMS": "1", "notes-0-id": note.pk, "notes-0-text": "Other"}
    admin_client.post(change_url(enquiry), changed(**existing, **{"notes-0-DELETE": "on"}))
    assert [kept.text for kept in enquiry.notes.all()] == ["As written"]


def test_the_log_of_the_admin_holds_no_personal_data(admin_client, make_enquiry):
    enquiry = make_enquiry()
    data = changed(state="in-review", **{"notes-0-text": "Zora phoned"})
    admin_client.post(change_url(enquiry), data)
    entry = LogEntry.objects.get()
    assert entry.object_repr == enquiry.reference
    assert "Zora" not in entry.change_message


@pytest.mark.parametrize("path", ["add/", "1/delete/"])
def test_enquiries_are_neither_added_nor_deleted_by_hand(admin_client, make_enquiry, path):
    make_enquiry(pk=1)
    assert admin_client.get(f"{LIST}{path}").status_code == 403


@pytest.mark.parametrize("odd", ["%00", "x", "9" * 40, "1'--", "%E2%80%AE"])
def test_odd_addresses_are_not_found(admin_client, odd):
    response = admin_client.get(f"{LIST}{odd}/change/", follow=True)
    assert (response.status_code, response.redirect_chain[-1][0]) == (200, "/admin/")


def test_strangers_are_sent_to_sign_in(client, make_enquiry):
    response = client.get(change_url(make_enquiry()))
    assert response["Location"].startswith("/admin/login/")


def test_staff_see_the_clinics_own_time(admin_client, make_enquiry):
    make_enquiry(received_at="2026-07-21T02:30:00Z")
    assertContains(admin_client.get("/admin/enquiries/enquiry/"), "20 Jul 2026, 7:30 p.m.")


def test_a_state_is_saved_although_the_answers_cannot_be_read(admin_client, make_enquiry, settings):
    enquiry = make_enquiry()
    settings.FIELD_KEYS = (Fernet.generate_key().decode(),)
    admin_client.post(change_url(enquiry), changed(state="in-review"))
    assert Enquiry.objects.get().state == "in-review"


@pytest.mark.parametrize(
    "query",
    [
        "state__exact=%00",
        "name__contains=Z",
        "phone=1",
        "received_at__year=99999",
        "state__regex=(",
    ],
)
def test_the_list_can_be_asked_for_nothing_but_its_filters(admin_client, make_enquiry, query):
    make_enquiry()
    assert admin_client.get(f"{LIST}?{query}").status_code == 400


@pytest.mark.parametrize("text", ["x" * 4001, "a\u202eb"])
def test_a_note_is_checked_like_an_answer(admin_client, make_enquiry, text):
    enquiry = make_enquiry()
    response = admin_client.post(change_url(enquiry), changed(**{"notes-0-text": text}))
    assert (response.status_code, enquiry.notes.count()) == (200, 0)


def test_staff_get_no_cookie_but_those_of_their_session(admin_client, make_enquiry):
    admin_client.post(change_url(make_enquiry()), changed(state="in-review"))
    assert set(admin_client.cookies) <= {"staff", "csrf"}
