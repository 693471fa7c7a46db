"""Taking a step: all of it or nothing, one after the other, and on record."""

from datetime import date, timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from imsinfo.enquiries import moves
from imsinfo.enquiries.models import ContactAttempt, Enquiry, Note
from imsinfo.enquiries.queue import FOR_CLINICIAN
from imsinfo.enquiries.workflow import STEPS, Given
from imsinfo.staff.models import Absence, AuditEvent
from imsinfo.staff.roles import CLINICIAN, MANAGER, READER, TRIAGE
from imsinfo.today import clinics_date

pytestmark = [pytest.mark.django_db, pytest.mark.db]
LIST = "/admin/enquiries/enquiry/"


def step_url(enquiry, key):
    return f"{LIST}{enquiry.pk}/step/{key}/"


def post(client, enquiry, key, **data):
    return client.post(step_url(enquiry, key), {"version": enquiry.version} | data)


def test_a_step_is_taken_and_leads_back_to_the_enquiry(staff_client, make_enquiry):
    client, enquiry = staff_client(TRIAGE.name), make_enquiry()
    response = client.post(step_url(enquiry, "claim"), {"version": 0}, follow=True)
    assert response.redirect_chain == [(f"{LIST}{enquiry.pk}/change/", 302)]
    assertContains(response, f"{enquiry.reference}: “Take it” is done.")
    assert Enquiry.objects.get().owner == client.user


def test_a_step_is_on_record_without_a_word_of_what_was_typed(staff_client, make_enquiry):
    client, enquiry = staff_client(TRIAGE.name), make_enquiry()
    post(client, enquiry, "contact", way="phone", outcome="reached", text="Zora said it hurts")
    event = AuditEvent.objects.get(action="contacted")
    assert (event.user, event.reference, event.detail) == (
        client.user,
        enquiry.reference,
        f"contact: new → in-review; account {client.user.pk}",
    )


def go_through(make_enquiry, steps, **given):
    """Take one step after the other; returns the enquiry and the status of each answer."""
    enquiry, statuses = make_enquiry(**given), []
    for client, key, data in steps:
        enquiry.refresh_from_db()
        statuses.append(post(client, enquiry, key, **data).status_code)
    enquiry.refresh_from_db()
    return enquiry, statuses


@pytest.mark.parametrize("answer", [None, "phone"])
def test_a_question_to_a_clinician_outlives_closing_and_opening_again(
    staff_client, make_enquiry, answer
):
    desk, clinician = staff_client(TRIAGE.name), staff_client(CLINICIAN.name)
    steps = [
        (desk, "ask-clinician", {"text": "Takes blood thinners"}),
        *([(clinician, "answer", {"answer": answer})] if answer else []),
        (desk, "close", {"reason": "withdrew", "advice": "none"}),
        (desk, "reopen", {"text": "Called again"}),
    ]
    enquiry, _ = go_through(make_enquiry, steps)
    assert enquiry.state == "awaiting-clinician"
    assert Enquiry.objects.filter(FOR_CLINICIAN).count() == 1
    response = post(desk, enquiry, "close", reason="advised", advice="none")
    assertContains(response, "A clinician must answer what was asked", status_code=422)
    assert post(desk, enquiry, "book", day="2099-01-05").status_code == 422
    post(clinician, enquiry, "answer", answer="book")
    enquiry.refresh_from_db()
    assert post(desk, enquiry, "book", day="2099-01-05").status_code == 302


@pytest.mark.parametrize(("reason", "status"), [("", 422), ("duplicate", 422), ("spam", 302)])
def test_nothing_is_booked_before_its_correction_is_answered(
    staff_client, make_enquiry, reason, status
):
    client, enquiry = staff_client(TRIAGE.name), make_enquiry()
    closed = {"state": "closed", "closed_reason": reason, "closed_at": timezone.now()}
    correction = make_enquiry(caution="yes", corrects=enquiry, **(closed if reason else {}))
    response = post(client, enquiry, "book", day="2099-01-05")
    assert response.status_code == status
    if status == 422:
        assertContains(response, f"The correction {correction} waits", status_code=422)
        assertContains(response, "Caution: yes", status_code=422)
        Enquiry.objects.filter(pk=correction.pk).update(clinician_answer="book")
        assert post(client, enquiry, "book", day="2099-01-05").status_code == 302


def test_every_decision_stays_on_record(staff_client, make_enquiry):
    desk, clinician = staff_client(TRIAGE.name), staff_client(CLINICIAN.name)
    steps = [
        (clinician, "answer", {"answer": "doctor"}),
        (desk, "ask-clinician", {}),
        (clinician, "answer", {"answer": "book"}),
        (desk, "book", {"day": "2099-01-05"}),
        (desk, "book", {"day": "2099-02-05"}),
        (
            desk,
            "close",
            {"reason": "withdrew", "advice": "copied", "advice_copied_on": "2026-11-20"},
        ),
        (desk, "reopen", {"text": "Called again"}),
        (desk, "assign", {"to": clinician.user.pk}),
    ]
    enquiry, statuses = go_through(make_enquiry, steps, caution="yes")
    assert statuses == [302] * len(steps)
    told = moves.changes_since(enquiry, 0)
    assert [each.detail for each in reversed(told)] == [
        "answer: awaiting-clinician → in-review; doctor",
        "ask-clinician: in-review → awaiting-clinician",
        "answer: awaiting-clinician → in-review; book",
        "book: in-review → booked; 2099-01-05",
        "book: booked; 2099-02-05",
        "close: booked → closed; withdrew; copied; 2026-11-20",
        "reopen: closed → in-review",
        f"assign: in-review; account {clinician.user.pk}",
    ]


def test_a_contact_is_logged_with_its_note(staff_client, make_enquiry):
    client, enquiry = staff_client(TRIAGE.name), make_enquiry()
    post(client, enquiry, "contact", way="email", outcome="left-word", text="Two times offered")
    attempt, note = ContactAttempt.objects.get(), Note.objects.get()
    assert (attempt.author, attempt.way, attempt.outcome) == (client.user, "email", "left-word")
    assert (note.author, note.text) == (client.user, "Two times offered")


def test_a_note_moves_nothing(staff_client, make_enquiry):
    client, enquiry = staff_client(TRIAGE.name), make_enquiry()
    due_on = enquiry.due_on
    post(client, enquiry, "note", text="Phoned, no answer")
    stored = Enquiry.objects.get()
    assert (stored.state, stored.owner, stored.due_on, stored.version) == ("new", None, due_on, 1)


@pytest.mark.parametrize("text", ["x" * 4001, "a\u202eb", "", "  "])
def test_a_note_is_checked_like_an_answer(staff_client, make_enquiry, text):
    response = post(staff_client(TRIAGE.name), make_enquiry(), "note", text=text)
    assert (response.status_code, Note.objects.count()) == (422, 0)


def test_what_was_refused_comes_back_with_all_that_was_typed(staff_client, make_enquiry):
    enquiry = make_enquiry()
    response = post(
        staff_client(TRIAGE.name), enquiry, "close", reason="withdrew", text="As <b>typed</b>"
    )
    assertContains(response, "Say whether any clinical advice was given", status_code=422)
    assertContains(response, "As &lt;b&gt;typed&lt;/b&gt;", status_code=422)
    assertContains(response, '<option value="withdrew" selected>', status_code=422)
    assert "Nothing was saved." in response.content.decode().split('<div class="first-look">')[0]
    assert Enquiry.objects.get().state == "new"


def test_the_second_of_two_people_is_told_who_did_what(staff_client, make_enquiry):
    first, second, enquiry = staff_client(TRIAGE.name), staff_client(MANAGER.name), make_enquiry()
    post(first, enquiry, "claim")
    response = post(second, enquiry, "close", reason="spam", text="Kept")
    name = first.user.get_username()
    assertContains(response, f"({name}: owner changed)", status_code=409)
    assertContains(response, "Kept", status_code=409)
    assert (Enquiry.objects.get().state, Note.objects.count()) == ("in-review", 0)


def test_who_has_read_what_happened_may_send_again(staff_client, make_enquiry, parsed):
    first, second, enquiry = staff_client(TRIAGE.name), staff_client(MANAGER.name), make_enquiry()
    post(first, enquiry, "claim")
    again = dict(parsed(post(second, enquiry, "close", reason="spam")).hidden)
    enquiry.version = again["version"]
    post(second, enquiry, "close", reason="spam")
    assert Enquiry.objects.get().state == "closed"


def test_a_form_that_is_not_whole_hides_nothing_that_happened(staff_client, make_enquiry, parsed):
    first, second, enquiry = staff_client(TRIAGE.name), staff_client(MANAGER.name), make_enquiry()
    post(first, enquiry, "claim")
    response = post(second, enquiry, "close")
    assert (response.status_code, ("version", "0") in parsed(response).hidden) == (422, True)
    assert post(second, enquiry, "close", reason="spam").status_code == 409


@pytest.mark.parametrize("key", sorted(key for key, step in STEPS.items() if step.is_added))
def test_what_is_only_added_stands_in_nobodys_way(staff_client, make_enquiry, key):
    client, enquiry = staff_client(TRIAGE.name), make_enquiry()
    post(client, enquiry, "claim")
    response = post(client, enquiry, key, text="Mine", way="phone", outcome="reached")
    assert (response.status_code, Note.objects.get().text) == (302, "Mine")


CLOSED_TWICE = [
    {"reason": "duplicate", "advice": "copied", "advice_copied_on": "2026-11-20", "text": "Same"},
    {"reason": "withdrew", "advice": "none", "advice_copied_on": "2026-11-20"},
]


@pytest.mark.parametrize("data", CLOSED_TWICE, ids=lambda data: data["reason"])
def test_what_a_closing_leaves_out_makes_it_no_other_one(staff_client, make_enquiry, data):
    client, enquiry = staff_client(TRIAGE.name), make_enquiry()
    assert [post(client, enquiry, "close", **data).status_code for _ in range(2)] == [302, 302]
    assert Enquiry.objects.get().version == 1


TWICE = {
    "claim": {},
    "note": {"text": "Mine"},
    "contact": {"way": "phone", "outcome": "no-answer", "text": "Rang for a minute"},
    "book": {"day": "2099-01-05"},
    "close": {"reason": "withdrew", "advice": "none", "text": "Wrote so"},
    "hold": {"text": "A complaint"},
}


@pytest.mark.parametrize("key", TWICE)
def test_what_is_sent_twice_is_taken_once(staff_client, make_enquiry, key):
    client, enquiry = staff_client(MANAGER.name), make_enquiry()
    first = post(client, enquiry, key, **TWICE[key])
    kept = Enquiry.objects.values().get()
    again = post(client, enquiry, key, **TWICE[key])
    assert (first.status_code, again.status_code, again.url) == (302, 302, first.url)
    assert (Note.objects.count(), ContactAttempt.objects.count()) == (
        int("text" in TWICE[key]),
        int("way" in TWICE[key]),
    )
    assert Enquiry.objects.values().get() == kept


OTHERWISE = {
    "note": {"text": "Something else"},
    "contact": {"way": "phone", "outcome": "reached", "text": "Rang for a minute"},
}


@pytest.mark.parametrize("key", OTHERWISE)
def test_other_words_from_the_same_page_are_kept_too(staff_client, make_enquiry, key):
    client, enquiry = staff_client(TRIAGE.name), make_enquiry()
    post(client, enquiry, key, **TWICE[key])
    post(client, enquiry, key, **OTHERWISE[key])
    assert (Enquiry.objects.get().version, Note.objects.count()) == (2, 2)


def test_the_same_words_of_two_people_are_two_notes(staff_client, make_enquiry):
    enquiry = make_enquiry()
    for client in (staff_client(TRIAGE.name), staff_client(MANAGER.name)):
        post(client, enquiry, "note", text="Mine")
    assert Note.objects.count() == 2


def test_a_second_call_from_an_old_page_is_a_second_call(staff_client, make_enquiry):
    client, enquiry = staff_client(TRIAGE.name), make_enquiry()
    post(client, enquiry, "contact", **TWICE["contact"])
    for stored in (AuditEvent, ContactAttempt):
        stored.objects.update(at=timezone.now() - timedelta(minutes=6))
    post(client, enquiry, "contact", **TWICE["contact"])
    assert ContactAttempt.objects.count() == 2


def test_a_second_call_from_the_new_page_is_a_second_call(staff_client, make_enquiry):
    client, enquiry = staff_client(TRIAGE.name), make_enquiry()
    for enquiry.version in (0, 1):
        post(client, enquiry, "contact", **TWICE["contact"])
    assert ContactAttempt.objects.count() == 2


def test_whoever_sends_another_day_from_an_old_page_is_told_what_they_did(
    staff_client, make_enquiry
):
    client, enquiry = staff_client(TRIAGE.name), make_enquiry()
    post(client, enquiry, "book", **TWICE["book"])
    response = post(client, enquiry, "book", day="2099-01-06")
    assertContains(response, "You have worked on this enquiry since", status_code=409)
    assert Enquiry.objects.get().booked_for == date(2099, 1, 5)


def test_a_step_on_what_is_gone_is_told(staff_client, make_enquiry):
    client, enquiry = staff_client(TRIAGE.name), make_enquiry()
    Enquiry.objects.all().delete()
    response = client.post(step_url(enquiry, "claim"), {"version": 0}, follow=True)
    assertContains(response, "has been erased meanwhile. Nothing was saved.")


@pytest.mark.parametrize("key", sorted(STEPS))
def test_a_reader_takes_no_step(staff_client, make_enquiry, key):
    enquiry = make_enquiry()
    response = post(staff_client(READER.name), enquiry, key, text="x")
    assert response.status_code == 403
    assert Enquiry.objects.get().version == 0


def test_a_step_is_taken_by_post_alone(staff_client, make_enquiry):
    enquiry = make_enquiry()
    response = staff_client(TRIAGE.name).get(step_url(enquiry, "claim"))
    assert (response.status_code, response["Location"]) == (302, f"{LIST}{enquiry.pk}/change/")
    assert Enquiry.objects.get().version == 0


def test_an_unknown_step_is_not_found(staff_client, make_enquiry):
    assert post(staff_client(TRIAGE.name), make_enquiry(), "vanish").status_code == 404


@pytest.mark.parametrize("version", ["", "-1", "x", "9" * 30])
def test_a_tampered_version_changes_nothing(staff_client, make_enquiry, version):
    enquiry = make_enquiry()
    response = staff_client(TRIAGE.name).post(step_url(enquiry, "claim"), {"version": version})
    assert response.status_code in {409, 422}
    assert Enquiry.objects.get().version == 0


def test_a_clinicians_answer_is_kept_with_a_note(staff_client, make_enquiry):
    client, enquiry = staff_client(CLINICIAN.name), make_enquiry(caution="yes")
    post(client, enquiry, "answer", answer="book", text="Stable on tablets")
    stored = Enquiry.objects.get()
    assert (stored.state, stored.clinician_answer) == ("in-review", "book")
    assert Note.objects.get().text == "Stable on tablets"


def test_what_is_given_to_somebody_who_is_away_goes_to_their_deputy(staff_client, make_enquiry):
    client, away, deputy = (staff_client(TRIAGE.name) for _ in range(3))
    today = clinics_date()
    Absence.objects.create(
        user=away.user, deputy=deputy.user, first_day=today, last_day=today + timedelta(days=7)
    )
    post(client, make_enquiry(), "assign", to=away.user.pk)
    assert Enquiry.objects.get().owner == deputy.user


def test_who_gave_it_to_somebody_away_is_told_and_sees_it_once(staff_client, make_enquiry):
    client, away, deputy = (staff_client(TRIAGE.name) for _ in range(3))
    today, enquiry = clinics_date(), make_enquiry()
    Absence.objects.create(user=away.user, deputy=deputy.user, first_day=today, last_day=today)
    for _ in range(2):
        response = client.post(
            step_url(enquiry, "assign"), {"version": 0, "to": away.user.pk}, follow=True
        )
        assertContains(response, "is done. Whom you chose is away: the deputy has it.")
    assert Enquiry.objects.get().version == 1


def test_what_the_deputy_has_already_is_not_given_to_them(staff_client, make_enquiry):
    client, away = staff_client(TRIAGE.name), staff_client(TRIAGE.name)
    today, enquiry = clinics_date(), make_enquiry(owner=client.user, state="in-review")
    Absence.objects.create(user=away.user, deputy=client.user, first_day=today, last_day=today)
    response = post(client, enquiry, "assign", to=away.user.pk)
    assertContains(response, "who stands in for them, has it already", status_code=422)


def test_a_deputy_finds_what_those_who_are_away_have(staff_client, make_enquiry):
    client, away = staff_client(TRIAGE.name), staff_client(TRIAGE.name)
    today, enquiry = clinics_date(), make_enquiry(owner=away.user, state="in-review")
    assertNotContains(client.get(f"{LIST}?tab=mine"), enquiry.reference)
    Absence.objects.create(user=away.user, deputy=client.user, first_day=today, last_day=today)
    assertContains(client.get(f"{LIST}?tab=mine"), enquiry.reference)
    page = client.get(f"{LIST}{enquiry.pk}/change/")
    assertContains(page, f"Away until {today:%-d %B %Y}: {client.user} stands in.")


def test_nothing_is_given_to_a_deputy_who_may_not_work_on_it(staff_client, make_enquiry):
    client, away, deputy = (staff_client(role.name) for role in (TRIAGE, TRIAGE, READER))
    today = clinics_date()
    Absence.objects.create(
        user=away.user, deputy=deputy.user, first_day=today, last_day=today + timedelta(days=7)
    )
    response = post(client, make_enquiry(), "assign", to=away.user.pk)
    assertContains(response, "may not work on enquiries. Choose", status_code=422)
    assert (Enquiry.objects.get().owner, Enquiry.objects.get().version) == (None, 0)


@pytest.fixture
def full_disk(monkeypatch):
    """Return a function that lets the database refuse from now on to write down what is done."""

    def refuse(*args, **kwargs):
        raise OperationalError("database or disk is full")

    return lambda: monkeypatch.setattr(moves.audit, "record", refuse)


def test_a_note_that_the_database_does_not_take_is_given_back(
    staff_client, make_enquiry, full_disk, caplog
):
    client, enquiry = staff_client(TRIAGE.name), make_enquiry()
    page = f"http://testserver{LIST}{enquiry.pk}/change/"
    given = {"version": 0, "text": "Phoned at nine."}
    full_disk()
    response = client.post(step_url(enquiry, "note"), given, headers={"referer": page})
    assertContains(response, "Phoned at nine.", status_code=503)
    assertContains(response, "the site cannot store anything just now", status_code=503)
    assertContains(response, f'href="{LIST}{enquiry.pk}/change/"', status_code=503)
    assert (response["Retry-After"], Note.objects.count()) == ("30", 0)
    assert "Phoned" not in caplog.text


def test_what_holds_no_text_fails_as_every_page_does(staff_client, make_enquiry, full_disk):
    client, enquiry = staff_client(TRIAGE.name), make_enquiry()
    client.raise_request_exception = False
    full_disk()
    response = post(client, enquiry, "claim")
    assertNotContains(response, "What you sent was not saved", status_code=503)


def test_nothing_is_left_of_a_step_that_fails_in_the_middle(make_enquiry, admin_user, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("the power went")

    monkeypatch.setattr(moves.audit, "record", fail)
    enquiry = make_enquiry()
    with pytest.raises(RuntimeError):
        moves.take("close", enquiry.pk, admin_user, Given(reason="spam", text="Kept"), 0)
    assert (Enquiry.objects.get().state, Note.objects.count()) == ("new", 0)


def test_every_step_is_one_version_and_one_event(make_enquiry, admin_user):
    enquiry = make_enquiry()
    for key in ("claim", "note", "hold", "release"):
        moves.take(key, enquiry.pk, admin_user, Given(text="Why"), None)
    stored = Enquiry.objects.get()
    assert stored.version == len(moves.changes_since(stored, 0)) == 4


def test_an_answer_is_never_written_back(make_enquiry, admin_user):
    enquiry = make_enquiry()
    before = Enquiry.objects.values_list("name", "message", "consent_text").get()
    moves.take("claim", enquiry.pk, admin_user, Given(), 0)
    assert set(moves.CHANGED).isdisjoint({"name", "message", "consent_text", "phone", "email"})
    assert Enquiry.objects.values_list("name", "message", "consent_text").get() == before
