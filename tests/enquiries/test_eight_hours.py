"""Nothing expires: each page of the form is sent eight hours, and thirty days, after it came."""

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest

from imsinfo.enquiries.models import Enquiry

pytestmark = [pytest.mark.django_db, pytest.mark.db]

OPENED = datetime(2026, 11, 21, 9, tzinfo=UTC)
FORM = "application/x-www-form-urlencoded"
SAFE = {"who": "me", "none": "on"}
TYPED = "It began in spring.\nIt wakes me at night."


class Fields(HTMLParser):
    """What a browser sends from the page of a step, as it was shown: sent."""

    def __init__(self, page):
        super().__init__()
        self.sent, self.textarea = {}, None
        self.feed(page.body.decode())

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        is_box = found.get("type") in {"radio", "checkbox"}
        if tag == "input" and (not is_box or "checked" in found):
            value = found.get("value", "on" if is_box else "")
            self.sent.setdefault(found["name"], []).append(value)
        elif tag == "textarea":
            self.textarea = found["name"]

    def handle_data(self, text):
        if self.textarea:
            # HTML drops the line end that follows the tag.
            self.sent[self.textarea] = [text.removeprefix("\n")]

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.textarea = None


@pytest.fixture(params=[timedelta(hours=8), timedelta(days=30)], ids=["eight-hours", "thirty-days"])
def wait(request, time_machine):
    """Return a function that lets the time pass."""
    time_machine.move_to(OPENED)
    return lambda: time_machine.shift(request.param)


@pytest.fixture
def submit(wsgi):
    """Return a function that sends what a page holds, with changes, to the address of a step."""

    def submit(page, step, **changes):
        body = urlencode(Fields(page).sent | changes, doseq=True).encode()
        return wsgi("POST", f"/enquiry/{step}", body, CONTENT_TYPE=FORM)

    return submit


@pytest.fixture
def questions(wsgi):
    """The questions, as they were shown when the form was opened."""
    return lambda: wsgi("GET", "/enquiry/questions/")


@pytest.fixture
def check_page(submit, questions, answers):
    return lambda: submit(questions(), "check/", **answers(message=TYPED))


def test_the_safety_questions_do_not_expire(wsgi, wait, submit):
    page = wsgi("GET", "/enquiry/")
    wait()
    assert submit(page, "", **SAFE).headers["location"] == "/enquiry/questions/"


def test_the_questions_do_not_expire(wait, submit, questions, answers):
    page = questions()
    wait()
    checked = submit(page, "check/", **answers(message=TYPED))
    assert Fields(checked).sent["message"] == [TYPED]


def test_what_was_wrong_can_be_corrected_later(wait, submit, questions, answers):
    page = submit(questions(), "check/", **answers(message=TYPED, phone=""))
    wait()
    checked = submit(page, "check/", phone="604 555 0177")
    submit(checked, "send/")
    assert (Enquiry.objects.get().message, Enquiry.objects.get().phone) == (TYPED, "604 555 0177")


def test_the_check_page_does_not_expire(wait, submit, check_page):
    page = check_page()
    wait()
    assert submit(page, "send/").status == 303
    assert Enquiry.objects.get().message == TYPED


def test_a_change_from_the_check_page_can_be_made_later(wait, submit, check_page):
    page = check_page()
    wait()
    asked = submit(page, "check/", change="area")
    wait()
    checked = submit(asked, "check/", area="shoulder")
    submit(checked, "send/")
    assert (Enquiry.objects.get().area, Enquiry.objects.get().message) == ("shoulder", TYPED)


def test_the_same_page_sent_again_later_is_the_same_enquiry(wait, submit, check_page):
    page = check_page()
    first = submit(page, "send/")
    wait()
    assert submit(page, "send/").headers["location"] == first.headers["location"]
    assert Enquiry.objects.count() == 1


def test_a_correction_can_be_sent_later(wait, submit, check_page):
    page = check_page()
    submit(page, "send/")
    wait()
    asked = submit(page, "send/", message="Now the arm too")
    assert asked.status == 409
    wait()
    submit(asked, "send/")
    first, second = Enquiry.objects.order_by("pk")
    assert (second.corrects, second.message, first.message) == (first, "Now the arm too", TYPED)


def test_the_last_page_keeps_its_reference(wsgi, wait, submit, check_page):
    address = submit(check_page(), "send/").headers["location"]
    wait()
    assert Enquiry.objects.get().reference.encode() in wsgi("GET", address).body


def test_a_wait_between_any_two_steps_is_one_enquiry(wsgi, wait, submit, answers):
    page = wsgi("GET", "/enquiry/")
    wait()
    page = wsgi("GET", submit(page, "", **SAFE).headers["location"])
    wait()
    page = submit(page, "check/", **answers(message=TYPED))
    wait()
    address = submit(page, "send/").headers["location"]
    wait()
    stored = Enquiry.objects.get()
    assert stored.reference.encode() in wsgi("GET", address).body
    assert (stored.message, stored.spam_reasons) == (TYPED, "")
