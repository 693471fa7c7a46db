"""What an enquirer is told when an enquiry cannot be stored right now: the text is always kept."""

import threading
from itertools import count

import pytest
import time_machine
from django.db import OperationalError
from pytest_django.asserts import assertContains, assertNotContains

from imsinfo import throttle
from imsinfo.enquiries import gate, views
from imsinfo.enquiries.models import Enquiry
from imsinfo.models import Throttle

pytestmark = [pytest.mark.django_db, pytest.mark.db]
SEND = "/enquiry/send/"
ONE = throttle.Limit("enquiries", "192.0.2.1", 1, 60)
NOT_SENT = "Your enquiry has not been sent"


@pytest.fixture
def submission(submission):
    """Build what one of many people sends: no two have all the same answers."""
    numbers = count()
    return lambda **changes: submission(**{"help_needed": f"Help {next(numbers)}"} | changes)


@pytest.fixture
def two_in_ten_minutes(settings):
    settings.ENQUIRIES_IN_TEN_MINUTES = 2


@pytest.fixture
def failing(monkeypatch):
    """Return a function that lets storing fail with a fault."""

    def fail_with(fault):
        def fail(*args):
            raise fault

        monkeypatch.setattr(views, "store", fail)

    return fail_with


def assert_text_is_kept(response, status):
    assertContains(response, NOT_SENT, status_code=status)
    assertContains(response, 'name="message" value="Precious"', status_code=status)
    for way_out in ('href="tel:6045550123"', 'href="tel:811"', 'href="tel:911"'):
        assertContains(response, way_out, status_code=status)
    assert response["Cache-Control"] == "private, no-cache"


def test_too_many_of_one_client_are_told_to_wait_with_their_text(
    client, submission, two_in_ten_minutes
):
    for _ in range(2):
        assert client.post(SEND, submission()).status_code == 303
    response = client.post(SEND, submission(message="Precious"))
    assert_text_is_kept(response, 429)
    assertContains(response, "send them again in 10 minutes", status_code=429)
    assert 590 < int(response["Retry-After"]) <= 600
    assert Enquiry.objects.count() == 2


def test_what_was_refused_can_be_sent_when_the_time_is_over(
    client, submission, two_in_ten_minutes, parsed
):
    with time_machine.travel("2026-11-21T10:00:00Z", tick=False):
        for _ in range(2):
            client.post(SEND, submission())
        page = client.post(SEND, submission(message="Precious"))
    with time_machine.travel("2026-11-21T10:10:00Z", tick=False):
        assert client.post(SEND, dict(parsed(page).hidden)).status_code == 303
    assert Enquiry.objects.latest("pk").message == "Precious"


def test_thirty_in_a_day_are_enough(client, submission, settings):
    settings.ENQUIRIES_IN_TEN_MINUTES, settings.ENQUIRIES_IN_A_DAY = 100, 3
    answers = [client.post(SEND, submission()) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [303, 303, 303, 429]
    assertContains(answers[-1], "send them again in about 24 hours", status_code=429)


def test_sending_the_same_again_is_no_further_enquiry(client, submission, two_in_ten_minutes):
    data = submission()
    statuses = {client.post(SEND, data).status_code for _ in range(5)}
    assert (statuses, Throttle.objects.values_list("count", flat=True)[0]) == ({303}, 1)


def test_an_answer_that_must_be_mended_does_not_count(client, submission, two_in_ten_minutes):
    for _ in range(5):
        client.post(SEND, submission(consent=None))
    assert Throttle.objects.count() == 0


def test_clients_are_told_apart_by_the_address_that_our_proxy_wrote(
    client, submission, two_in_ten_minutes, settings
):
    settings.TRUSTED_PROXIES = 1
    claims = ("203.0.113.1", "203.0.113.2", "203.0.113.3")
    same = [f"{claim}, 198.51.100.1" for claim in claims]
    statuses = [
        client.post(SEND, submission(), headers={"X-Forwarded-For": each}).status_code
        for each in (*same, "198.51.100.2")
    ]
    assert statuses == [303, 303, 429, 303]


def test_a_client_without_address_is_not_held_back(client, submission, two_in_ten_minutes):
    statuses = {client.post(SEND, submission(), REMOTE_ADDR="").status_code for _ in range(3)}
    assert statuses == {303}


def test_the_form_stays_open_where_the_counting_fails(client, submission, monkeypatch):
    def fail(*args):
        raise throttle.ThrottleFault

    monkeypatch.setattr(throttle, "count", fail)
    assert client.post(SEND, submission()).status_code == 303


def test_a_database_that_fails_is_told_with_the_text(client, submission, failing):
    failing(OperationalError("gone"))
    response = client.post(SEND, submission(message="Precious"))
    assert_text_is_kept(response, 503)
    assertContains(response, "in a few minutes", status_code=503)
    assert response["Retry-After"] == "120"


def test_a_form_that_finds_no_place_is_told_with_the_text(client, submission, monkeypatch):
    monkeypatch.setattr(gate, "_places", threading.BoundedSemaphore(1))
    monkeypatch.setattr(gate, "LONGEST_QUEUE", 0.01)
    with gate.turn():
        response = client.post(SEND, submission(message="Precious"))
    assert_text_is_kept(response, 503)
    assert client.post(SEND, submission()).status_code == 303


@pytest.mark.parametrize("fault", [OperationalError(), throttle.TooMany(ONE, 60)])
def test_what_was_not_sent_can_be_sent_from_the_page(
    client, submission, parsed, failing, monkeypatch, fault
):
    failing(fault)
    page = client.post(SEND, submission(message="Precious"))
    monkeypatch.undo()
    assert client.post(SEND, dict(parsed(page).hidden)).status_code == 303
    assert Enquiry.objects.get().message == "Precious"


def test_a_robot_is_stored_thanked_and_shown_as_a_suspect(client, submission):
    assert client.post(SEND, submission(subject="Cheap pills")).status_code == 303
    enquiry = Enquiry.objects.get()
    assert (enquiry.suspected_spam, enquiry.spam_reasons) == (True, "trap unchecked")


def test_who_passed_the_check_page_is_no_robot(client, answers, parsed):
    with time_machine.travel("2026-11-21T10:00:00Z", tick=False):
        page = client.post("/enquiry/check/", answers())
    with time_machine.travel("2026-11-21T10:00:20Z", tick=False):
        client.post(SEND, dict(parsed(page).hidden))
    enquiry = Enquiry.objects.get()
    assert (enquiry.suspected_spam, enquiry.spam_reasons) == (False, "")


def test_no_person_sees_the_trap(client):
    page = client.get("/enquiry/questions/")
    assertContains(page, '<div class="trap">', count=1)
    assertContains(page, 'name="subject" type="text" value="" tabindex="-1" autocomplete="off"')
    assertNotContains(client.get("/enquiry/on-paper/"), "Leave this field empty")
