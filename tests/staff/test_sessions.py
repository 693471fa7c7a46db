"""How long a session lasts, what ends it, and what becomes of what was typed."""

import time

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from imsinfo.staff import devices, sessions
from tests.accounts import PASSWORD, code_of, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.db]
LIST, CODES = "/admin/auth/user/", "/admin/second-factor/codes/"
ENDED = f"/admin/login/?next={LIST}&ended=yes"
NOW = 1_800_000_000
TEXT = "Phoned at nine.\n<b>No answer</b> & no machine."
NEW_PASSWORD = {
    "old_password": PASSWORD,
    "new_password1": "a-longer-staple-now",
    "new_password2": "a-longer-staple-now",
}


@pytest.fixture
def staff(client, ada, phone):
    ada.is_superuser = True
    ada.save()
    return sign_in(client, ada)


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(time.time())
    return time_machine


def elsewhere(user):
    """The same account, signed in in another browser."""
    return sign_in(Client(), user)


@pytest.mark.parametrize(
    ("started", "seen", "over"),
    [
        (NOW, NOW, False),
        (NOW - 8 * 3600, NOW, False),
        (NOW - 8 * 3600 - 1, NOW, True),
        (NOW - 3600, NOW - 30 * 60, False),
        (NOW - 3600, NOW - 30 * 60 - 1, True),
        # A clock that was a day ahead, and one that is a second off.
        (NOW + 86_400, NOW + 86_400, True),
        (NOW + 1, NOW + 1, False),
    ],
)
def test_a_session_is_over_after_half_an_hour_idle_or_eight_hours(started, seen, over):
    assert sessions.is_over({"started_at": started, "seen_at": seen}, NOW) is over


def test_a_session_of_unknown_age_is_over():
    assert sessions.is_over({}, NOW)


def test_half_an_hour_idle_ends_the_session(staff, clock):
    assert staff.get(LIST).status_code == 200
    clock.shift(30 * 60 + 61)
    assert staff.get(LIST)["Location"] == ENDED
    assert staff.get("/admin/")["Location"] == "/admin/login/?next=/admin/"


def test_work_keeps_a_session_and_eight_hours_end_it(staff, clock):
    for _ in range(24):
        clock.shift(20 * 60 - 1)
        assert staff.get(LIST).status_code == 200
    clock.shift(5 * 60)
    assert staff.get(LIST)["Location"] == ENDED


def test_the_page_for_the_password_says_that_the_session_ended(staff, clock):
    clock.shift(31 * 60)
    assertContains(staff.get(LIST, follow=True), "Your session has ended")
    assertNotContains(Client().get("/admin/login/"), "session has ended")


def test_who_is_seen_is_written_once_a_minute(staff, clock, monkeypatch):
    saved = []
    save = sessions.SessionBase.__subclasses__()[0].save
    monkeypatch.setattr(
        "django.contrib.sessions.backends.db.SessionStore.save",
        lambda self, **options: (saved.append(1), save(self, **options)),
    )
    for _ in range(10):
        clock.shift(15)
        staff.get(LIST)
    assert len(saved) == 2


def test_the_password_revives_no_session_that_was_verified(staff, clock):
    clock.shift(31 * 60)
    staff.post("/admin/login/", {"username": "ada", "password": PASSWORD})
    assert staff.get(LIST)["Location"].startswith("/admin/second-factor/")


def test_an_ended_session_sees_no_drafts(staff, clock):
    assert staff.get("/style-guide/").status_code == 200
    clock.shift(31 * 60)
    assert staff.get("/style-guide/").status_code == 404


def test_text_that_was_sent_too_late_is_given_back(staff, clock):
    clock.shift(31 * 60)
    answer = staff.post(LIST, {"notes-0-text": TEXT, "state": "new"}, HTTP_REFERER=LIST)
    assertContains(answer, "Phoned at nine.\n&lt;b&gt;No answer&lt;/b&gt; &amp;", status_code=403)
    assertContains(answer, "What you sent was not saved", status_code=403)
    assertContains(answer, ">Notes text</label>", status_code=403)
    assert Session.objects.count() == 0


def test_text_is_given_back_where_the_cookie_is_gone(ada):
    answer = Client().post(LIST, {"text": TEXT})
    assertContains(answer, "Phoned at nine.", status_code=403)


def test_a_password_that_was_sent_too_late_is_not_given_back(staff, clock):
    clock.shift(31 * 60)
    given = {"old_password": "correct horse battery staple", "text": TEXT}
    answer = staff.post("/admin/password_change/", given)
    assertNotContains(answer, "staple", status_code=403)


def test_text_from_elsewhere_is_not_shown(ada):
    answer = Client(enforce_csrf_checks=True).post(LIST, {"text": TEXT})
    assertNotContains(answer, "Phoned", status_code=403)


def test_text_of_a_page_from_before_the_last_sign_in_is_given_back(ada):
    client = sign_in(Client(enforce_csrf_checks=True), ada)
    page = f"http://testserver{LIST}"
    answer = client.post(
        LIST, {"text": TEXT}, headers={"origin": "http://testserver", "referer": page}
    )
    assertContains(answer, "Phoned at nine.", status_code=403)
    assertContains(
        answer, f'<a class="button" href="{LIST}">Open the page anew</a>', status_code=403
    )
    assert answer["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize("origin", ["http://elsewhere.test", "null"])
def test_a_page_from_elsewhere_is_shown_nothing_of_what_it_sent(ada, origin):
    client = sign_in(Client(enforce_csrf_checks=True), ada)
    answer = client.post(LIST, {"text": TEXT}, headers={"origin": origin})
    assertNotContains(answer, "Phoned", status_code=403)


def test_a_form_without_text_that_was_sent_too_late_leads_to_the_password(staff, clock):
    clock.shift(31 * 60)
    page = f"http://testserver{LIST}"
    answer = staff.post(f"{LIST}1/delete/", {"post": "yes"}, headers={"referer": page})
    assert answer["Location"] == ENDED


def test_another_password_ends_every_other_session(staff, ada):
    other = elsewhere(ada)
    assert staff.post("/admin/password_change/", NEW_PASSWORD).status_code == 302
    assert (staff.get(LIST).status_code, other.get(LIST)["Location"]) == (200, ENDED)


@pytest.mark.parametrize("change", [{}, {"phone": "Set up"}], ids=["codes", "phone"])
def test_another_factor_ends_every_other_session(staff, ada, phone, change):
    other, by_password = elsewhere(ada), Client()
    by_password.force_login(ada)
    staff.post(CODES, {"code": code_of(phone), **change})
    if change:
        staff.get("/admin/second-factor/set-up/")
        new = devices.pending_phone(ada, staff.session["pending_device"])
        staff.post("/admin/second-factor/set-up/", {"code": code_of(new)})
    assert staff.get(LIST).status_code == 200
    assert other.get(LIST)["Location"] == by_password.get(LIST)["Location"] == ENDED


def test_sessions_of_others_go_on(staff, ada, phone, django_user_model):
    bo = elsewhere(django_user_model.objects.create_superuser("bo"))
    staff.post(CODES, {"code": code_of(phone)})
    assert bo.get(LIST).status_code == 200


def test_a_phone_that_is_taken_away_ends_the_session_itself(staff, phone):
    phone.delete()
    assert staff.get(LIST)["Location"] == ENDED
    assert Session.objects.count() == 0


def test_logging_in_puts_no_cookie_on_public_pages(staff):
    assert staff.get("/").cookies == {}
