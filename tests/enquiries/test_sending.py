from uuid import uuid4

import pytest
import time_machine
from pytest_django.asserts import assertContains, assertNotContains

from imsinfo.enquiries.models import Enquiry
from imsinfo.red_flags import get_red_flags

pytestmark = [pytest.mark.django_db, pytest.mark.db]


def hidden_fields(parsed, response):
    return dict(parsed(response).hidden)


def test_check_shows_every_answer_and_stores_nothing(client, answers):
    response = client.post("/enquiry/check/", answers(message="Line one\nLine two"))
    for text in ("Neck", "More than a year", "Zora Quillfeather", "604 555 0177", "Line one<br>"):
        assertContains(response, text)
    assert Enquiry.objects.count() == 0


def test_what_the_check_page_carries_can_be_sent(client, answers, parsed):
    page = client.post("/enquiry/check/", answers(message="Line one\r\nLine two"))
    response = client.post("/enquiry/send/", hidden_fields(parsed, page))
    enquiry = Enquiry.objects.get()
    assert response["Location"].startswith(f"/enquiry/sent/?r={enquiry.reference}")
    assert (enquiry.name, enquiry.message) == ("Zora Quillfeather", "Line one\nLine two")


def test_every_ticked_sign_is_carried(client, answers, parsed):
    signs = [line.key for line in get_red_flags().lines("doctor-first")[:2]]
    page = client.post("/enquiry/check/", answers(doctor_first="True", doctor_first_signs=signs))
    carried = [value for name, value in parsed(page).hidden if name == "doctor_first_signs"]
    assert carried == signs


def test_what_is_carried_cannot_become_markup(client, answers, parsed):
    typed = "\"><script>alert(1)</script> & 'quoted'"
    page = client.post("/enquiry/check/", answers(message=typed))
    assert hidden_fields(parsed, page)["message"] == typed
    assertNotContains(page, "<script")


def test_change_shows_the_questions_with_every_answer_kept(client, answers, parsed):
    page = client.post("/enquiry/check/", answers(message="Kept"))
    fields = hidden_fields(parsed, page)
    response = client.post("/enquiry/check/", fields | {"change": "area"})
    assertContains(response, "Kept</textarea>")
    assertContains(response, f'value="{fields["submission_id"]}"')
    assertNotContains(response, "error-summary")


def test_sent_shows_the_reference(client, submission):
    response = client.post("/enquiry/send/", submission())
    assert response.status_code == 303
    assertContains(client.get(response["Location"]), Enquiry.objects.get().reference)


@pytest.mark.parametrize(
    "query", ["", "?r=", "?r=K7M-4QX-9TWC", "?r=K7M-4QX-9TWC:forged", "?r=%00"]
)
def test_sent_without_a_valid_signature_is_a_kind_page(client, query):
    response = client.get(f"/enquiry/sent/{query}")
    assertContains(response, "This address does not show a reference")
    assertNotContains(response, "9TWC")


def test_sending_three_times_is_one_enquiry_and_one_reference(client, submission):
    data = submission()
    answers = {client.post("/enquiry/send/", data)["Location"] for _ in range(3)}
    assert (len(answers), Enquiry.objects.count()) == (1, 1)


def test_the_same_id_with_other_answers_is_offered_as_a_correction(client, submission, parsed):
    data = submission()
    client.post("/enquiry/send/", data)
    response = client.post("/enquiry/send/", data | {"message": "Now the arm too"})
    assertContains(response, "We already have your enquiry", status_code=409)
    assertContains(response, "Now the arm too", status_code=409)
    client.post("/enquiry/send/", hidden_fields(parsed, response))
    first, second = Enquiry.objects.order_by("pk")
    assert (second.corrects, second.message, first.message) == (first, "Now the arm too", "")


def test_the_same_correction_is_stored_once(client, submission, parsed):
    data = submission()
    client.post("/enquiry/send/", data)
    for _ in range(2):
        page = client.post("/enquiry/send/", data | {"message": "Now the arm too"})
        client.post("/enquiry/send/", hidden_fields(parsed, page))
    assert Enquiry.objects.count() == 2


def test_the_hidden_id_opens_nothing(client, submission):
    data = submission()
    client.post("/enquiry/send/", data)
    stranger = data | {"name": "Somebody Else", "phone": "604 555 0100"}
    response = client.post("/enquiry/send/", stranger)
    for stored in (Enquiry.objects.get().reference, "Quillfeather", "0177"):
        assertNotContains(response, stored, status_code=409)


def test_a_send_without_an_id_is_checked_again(client, answers):
    assertContains(client.post("/enquiry/send/", answers()), "Check your answers")
    assert Enquiry.objects.count() == 0


def test_a_tampered_send_is_validated_again(client, submission):
    response = client.post("/enquiry/send/", submission(area="moon", consent=None))
    assertContains(response, "Tick the box if you agree, or phone us instead")
    assert Enquiry.objects.count() == 0


def test_a_doctor_first_enquiry_is_flagged(client, submission):
    client.post("/enquiry/send/", submission(doctor_first="True"))
    assert Enquiry.objects.get().doctor_first is True


def test_an_enquiry_for_someone_keeps_both_people_apart(client, answers_for_someone):
    client.post("/enquiry/send/", answers_for_someone(submission_id=str(uuid4())))
    enquiry = Enquiry.objects.get()
    assert (enquiry.someone_else, enquiry.their_first_name, enquiry.name, enquiry.link) == (
        True,
        "Ottoline",
        "Zora Quillfeather",
        "daughter",
    )


def test_a_recent_pain_is_advised_and_may_go_on(client, answers):
    response = client.post("/enquiry/check/", answers(duration="under-6-weeks"))
    assertContains(response, "Pain of less than six weeks")
    assertContains(response, "Send your enquiry")


@pytest.mark.parametrize("path", ["/enquiry/check/", "/enquiry/send/"])
def test_a_bookmarked_step_leads_to_the_start(client, path):
    assert client.get(path)["Location"] == "/enquiry/"


def test_the_form_sets_no_cookie(client, submission):
    for response in (
        client.get("/enquiry/"),
        client.get("/enquiry/questions/"),
        client.post("/enquiry/check/", submission()),
        client.post("/enquiry/send/", submission()),
    ):
        assert not response.cookies


@pytest.mark.parametrize(
    ("method", "path", "header"),
    [
        ("get", "/enquiry/", "public, max-age=60"),
        ("get", "/enquiry/questions/", "public, max-age=60"),
        ("get", "/enquiry/emergency/", "public, max-age=60"),
        ("get", "/enquiry/sent/", "no-store, private"),
        ("get", "/enquiry/doctor-first/", "public, max-age=60"),
        ("post", "/enquiry/", "private, no-cache"),
        ("post", "/enquiry/check/", "private, no-cache"),
        ("post", "/enquiry/send/", "private, no-cache"),
    ],
)
def test_each_step_says_how_long_it_may_be_kept(client, method, path, header):
    found = getattr(client, method)(path)["Cache-Control"]
    assert set(found.split(", ")) == set(header.split(", "))


def test_bad_bodies_get_a_clear_answer(client):
    for body, kind in (
        (b"name=%ff%fe%00", "application/x-www-form-urlencoded"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"nonsense", "multipart/form-data"),
        (b"&".join(b"f%d=1" % n for n in range(200)), "application/x-www-form-urlencoded"),
        (b"name=x", "application/x-www-form-urlencoded; charset=utf-16"),
        (b"name=x", "application/x-www-form-urlencoded; charset=nonsense"),
        (b"{}", "application/json"),
    ):
        response = client.generic("POST", "/enquiry/send/", body, kind)
        assert response.status_code in {200, 400, 413}, (kind, response.status_code)


def test_the_answer_to_a_send_is_kept_nowhere_public(client, submission):
    response = client.post("/enquiry/send/", submission())
    assert response["Cache-Control"] == "private, no-cache"


def test_the_words_agreed_to_are_stored_as_they_were(client, submission, settings):
    client.post("/enquiry/send/", submission())
    settings.KEEP_CLOSED_DAYS = 3000
    assert "90 days after the enquiry is closed" in Enquiry.objects.get().consent_text


@pytest.mark.parametrize("step", ["questions/", "sent/", "emergency/", "doctor-first/"])
@pytest.mark.parametrize("method", ["POST", "PUT", "TRACE"])
def test_a_step_that_is_only_read_says_what_it_allows(client, step, method):
    response = client.generic(method, f"/enquiry/{step}")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


def test_search_engines_are_sent_to_the_safety_questions(client):
    assert client.get("/enquiry/questions/")["X-Robots-Tag"] == "noindex"
    assert "X-Robots-Tag" not in client.get("/enquiry/")


def test_what_would_rather_be_said_by_phone_is_asked_for(client, answers):
    by_phone = client.post("/enquiry/check/", answers(caution="by-phone"))
    assertContains(by_phone, "You would rather say by phone")
    assertNotContains(client.post("/enquiry/check/", answers()), "You would rather say by phone")


@time_machine.travel("2026-11-20T18:00:00Z")
def test_the_day_of_the_reply_is_promised_before_and_after_sending(client, submission):
    promise = "will reply by the end of Tuesday 24 November 2026"
    assertContains(client.post("/enquiry/check/", submission()), promise)
    sent = client.post("/enquiry/send/", submission())["Location"]
    with time_machine.travel("2026-12-01T18:00:00Z"):
        assertContains(client.get(sent), promise)


@time_machine.travel("2026-11-20T18:00:00Z")
def test_the_day_on_which_a_clinician_looks_is_told_for_a_doctor_first_sign(client, answers):
    told = "looks at your enquiry by the end of Monday 23 November 2026"
    assertContains(client.post("/enquiry/check/", answers(doctor_first="True")), told)
    assertNotContains(client.post("/enquiry/check/", answers()), "looks at your enquiry")


def test_a_changed_correction_says_that_it_is_one(client, submission, parsed):
    data = submission()
    client.post("/enquiry/send/", data)
    offered = client.post("/enquiry/send/", data | {"message": "Now the arm too"})
    again = client.post("/enquiry/check/", hidden_fields(parsed, offered))
    assertContains(again, "This is a correction to your earlier enquiry.")
