"""No text breaks a page, comes back as more than text, or is stored as what nobody can read."""

import re
import unicodedata
from html.parser import HTMLParser
from urllib.parse import quote, urlencode
from uuid import uuid4

import pytest
from django.apps import apps
from django.db.models import CharField, TextField

from imsinfo.enquiries.models import Enquiry
from imsinfo.enquiries.typed_text import is_overloaded, normalised
from imsinfo.models import Throttle
from imsinfo.staff.models import AuditEvent
from tests.accounts import PASSWORD, in_role
from tests.enquiries import conftest as enquiry_fixtures
from tests.enquiries.conftest import FOR_SOMEONE, VALID
from tests.extent import some
from tests.outside.naughty import BY_CLASS, NAUGHTY, PARTS, RECKONED, rows, texts

pytestmark = [pytest.mark.django_db, pytest.mark.db]
OWN_ADDRESSES = ("/", "#", "?", "../", "tel:", "mailto:", "http")
FORM = "application/x-www-form-urlencoded"
QUEUE = "/admin/enquiries/enquiry/"
HIDDEN_SIGNS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
TEXTS = ("name", "message", "their_first_name", "link", "help_needed")
CONTACT = ("phone", "email")
CARRIED = ("submission_id", "corrects", "consent_version", "check_stamp", "subject")
CHOSEN = (
    "adult",
    "area",
    "duration",
    "impact",
    "seen",
    "caution",
    "reply_by",
    "place",
    "best_time",
)
SIGNS = ("who", "emergency", "today", "doctor_first", "none")
CALL = VALID | FOR_SOMEONE | {"channel": "call"}
# Of each form of the public: its address, answers that are good, and the fields to type into.
PUBLIC = {
    "signs": ("/enquiry/", {}, (*SIGNS, "unknown")),
    "answers": ("/enquiry/check/", VALID | FOR_SOMEONE, (*TEXTS, *CONTACT, *CARRIED, *CHOSEN)),
    "texts": ("/enquiry/check/", VALID | FOR_SOMEONE, TEXTS),
    "send": ("/enquiry/send/", VALID | FOR_SOMEONE, (*TEXTS, *CONTACT)),
    "carried": ("/enquiry/send/", VALID, CARRIED),
}
# Of each form of staff; <pk> is an enquiry of its own for each time that the form is sent.
STAFF = {
    "answers": (f"{QUEUE}add/check/", CALL, (*TEXTS, *CONTACT, *CHOSEN, "channel")),
    "look up": (f"{QUEUE}find/", {}, ("q",)),
    "note": (f"{QUEUE}<pk>/step/note/", {"version": "0"}, ("text",)),
    "odd steps": (f"{QUEUE}<pk>/step/close/", {}, ("version", "reason", "to", "day", "answer")),
    "erase": (f"{QUEUE}<pk>/erase/", {"sure": "on"}, ("reason",)),
    "audit": (
        "/admin/staff/auditevent/export/",
        {},
        ("action", "user", "first_day", "last_day", "reference"),
    ),
    "code": ("/admin/second-factor/codes/", {}, ("code",)),
    "absence": ("/admin/staff/absence/add/", {}, ("user", "deputy", "first_day", "last_day")),
    "signs": (f"{QUEUE}add/", {"channel": "call", "who": "me"}, SIGNS),
    "store": (f"{QUEUE}add/store/", CALL, (*TEXTS, "corrects", "consent_version")),
    "export": (f"{QUEUE}export/", {}, ("first_day", "last_day", "states", "areas", "reason")),
    "reason of an export": (f"{QUEUE}export/", {}, ("reason",)),
    "contact": (f"{QUEUE}<pk>/step/contact/", {"version": "0"}, ("way", "outcome", "text")),
    "close": (
        f"{QUEUE}<pk>/step/close/",
        {"version": "0", "reason": "spam"},
        ("advice", "advice_copied_on", "text"),
    ),
    "day": (f"{QUEUE}<pk>/step/book/", {"version": "0"}, ("day",)),
    "hold": (f"{QUEUE}<pk>/step/hold/", {"version": "0"}, ("text",)),
    "erase, second": (f"{QUEUE}<pk>/erase/", {}, ("asked", "decision")),
    "hand over": (f"{QUEUE}reassign/", {}, ("giver", "receiver", "first_day", "last_day")),
    "account": ("/admin/auth/user/add/", {}, ("username", "password1", "password2")),
    "group": ("/admin/auth/group/add/", {}, ("name", "permissions")),
    "password": (
        "/admin/password_change/",
        {},
        ("old_password", "new_password1", "new_password2"),
    ),
    "actions": (QUEUE, {}, ("action", "select_across", "index", "_selected_action")),
}
# What an address may hold: its path, and the names in its query.
ADDRESSES = {
    "/search/": ("q",),
    "/enquiry/sent/": ("r",),
    "/aftercare": ("next",),
}
STAFF_ADDRESSES = {
    "/admin/login/": ("next", "ended"),
    "/admin/second-factor/": ("next",),
    QUEUE: (
        "tab",
        "state__exact",
        "owner",
        "due",
        "flag",
        "area__exact",
        "age",
        "p",
        "o",
        "e",
        "all",
    ),
    f"{QUEUE}?": ("q", "_facets", "_popup", "_to_field", "name__contains", "pk__in"),
    "/admin/enquiries/tombstone/": ("q", "p", "o", "path__exact", "reference"),
    "/admin/auth/user/": (
        "q",
        "is_staff__exact",
        "groups__id__exact",
        "p",
        "o",
        "password__startswith",
    ),
    "/admin/auth/user/add/": ("_popup", "_to_field", "username", "groups", "_changelist_filters"),
    "/admin/staff/auditevent/": ("action", "user", "first_day", "last_day", "reference", "page"),
    "/admin/staff/absence/": ("q", "p", "o", "user", "user__password"),
    "/admin/pages/": ("q", "p"),
}
PATHS = (
    "/{}/",
    "/conditions/{}/",
    "/references/{}/",
    "/static/{}",
    "/.well-known/{}",
    "/style-guide/{}/",
)
STAFF_PATHS = (
    *("/admin/{}/", QUEUE + "{}/change/", QUEUE + "{}/step/note/", QUEUE + "erased/{}/"),
    *("/admin/auth/user/{}/change/", "/admin/auth/user/{}/password/", "/admin/r/{}/1/"),
    *("/admin/staff/absence/{}/delete/", "/admin/enquiries/tombstone/{}/history/"),
)


class Elements(HTMLParser):
    """What somebody has typed into the markup of a page: elements, attributes, odd addresses."""

    def __init__(self, html: str):
        super().__init__()
        self.typed: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        names = [tag, *(name for name, _ in attrs)]
        led = [value or "" for name, value in attrs if name in {"href", "src", "action"}]
        self.typed += [name for name in names if "zq" in name or name.startswith("on")]
        self.typed += [to for to in led if not to.startswith(OWN_ADDRESSES)]


def place_of(name: str) -> int:
    """Which part of the texts a form or an address sees where it does not see all."""
    return [*PUBLIC, *STAFF, *ADDRESSES, *STAFF_ADDRESSES, *PATHS, *STAFF_PATHS].index(name)


def encoded(answers: dict[str, str]) -> bytes:
    """Return answers as a browser sends them; a lone surrogate as its bytes."""
    return urlencode({key: _bytes(value) for key, value in answers.items()}).encode()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def faults(status: int, headers: dict[str, str], body: bytes) -> list[str]:
    """Return what no answer may be; headers by lower-case names."""
    found = [] if 200 <= status < 500 else [f"status {status}"]
    if any(sign in value for value in headers.values() for sign in "\r\n\x00"):
        found.append("a header of more than one line")
    if RECKONED.encode() in body:
        found.append("something was reckoned")
    if headers.get("content-type", "").startswith("text/html"):
        found += Elements(body.decode()).typed
    location = headers.get("location", "/")
    return found if re.match(r"/(?![/\\])", location) else [*found, f"led to {location}"]


def stored_faults() -> dict[str, set[str]]:
    """Return the texts in any table that nobody could read, by the column."""
    found: dict[str, set[str]] = {}
    for model in apps.get_models():
        for field in model._meta.fields:
            if isinstance(field, (CharField, TextField)) and model._meta.managed:
                texts = model._default_manager.values_list(field.attname, flat=True)
                bad = {text for text in texts if isinstance(text, str) and unreadable(text)}
                found |= {str(field): bad} if bad else {}
    return found


def unreadable(text: str) -> bool:
    return bool(HIDDEN_SIGNS.search(text)) or unicodedata.normalize("NFC", text) != text


make_enquiry = enquiry_fixtures.make_enquiry


@pytest.fixture(autouse=True)
def no_limits(settings):
    settings.ENQUIRIES_IN_TEN_MINUTES = settings.ENQUIRIES_IN_A_DAY = 1_000_000


@pytest.fixture
def visit(wsgi):
    """Return a function that asks the whole site, as a stranger, and returns what is wrong."""

    def visit(method, address, body=b"", **environ):
        answer = wsgi(method, address, body, **environ)
        cookies = ["a cookie"] if "set-cookie" in answer.headers else []
        return cookies + faults(answer.status, answer.headers, answer.body)

    return visit


@pytest.fixture
def work(admin_client):
    """Return a function that asks as somebody who may do everything, and returns what is wrong."""

    def work(method, address, body=b"", client=admin_client):
        response = client.generic(method, address, body, content_type=FORM)
        text = b"".join(response.streaming_content) if response.streaming else response.content
        return faults(
            response.status_code, {key.lower(): value for key, value in response.items()}, text
        )

    return work


def test_the_texts_are_many_and_all_different():
    assert (len(NAUGHTY) >= 150, len(set(NAUGHTY))) == (True, len(NAUGHTY))
    assert len(BY_CLASS) >= 25


@pytest.mark.parametrize("fields", [("a",), ("a", "b"), tuple("abcdefg")])
def test_every_text_stands_in_a_field_and_thoroughly_in_each(fields):
    quick = [row for part in range(PARTS) for row in rows(fields, part, thorough=False)]
    assert {text for row in quick for text in row.values()} == set(NAUGHTY)
    for field in fields:
        assert {row[field] for row in rows(fields, thorough=True)} == set(NAUGHTY)


@pytest.mark.parametrize("form", PUBLIC)
def test_a_form_of_the_public_takes_any_text(visit, form):
    address, good, fields = PUBLIC[form]
    for row in rows(fields, place_of(form)):
        sent = good | {"submission_id": str(uuid4())} | row
        assert (row, visit("POST", address, encoded(sent), CONTENT_TYPE=FORM)) == (row, [])
    assert stored_faults() == {}


def test_what_is_stored_is_what_was_typed_and_nothing_hidden(visit):
    stored = 0
    for text in texts():
        answers = VALID | {"submission_id": str(uuid4()), "message": text, "help_needed": "x"}
        sent = encoded(answers | {"name": f"Zora {uuid4()}"})
        assert visit("POST", "/enquiry/send/", sent, CONTENT_TYPE=FORM) == []
        found = Enquiry.objects.filter(submission_id=answers["submission_id"]).first()
        read = normalised(_bytes(text).decode("utf-8", "replace")).strip()
        refused = HIDDEN_SIGNS.search(read) or is_overloaded(read) or len(read) > 500
        assert bool(found) != bool(refused)
        assert not found or found.message == read
        stored += bool(found)
    assert stored > len(texts()) / 2


@pytest.mark.parametrize("path", ADDRESSES)
def test_an_address_takes_any_query(visit, path):
    for row in rows(ADDRESSES[path], place_of(path)):
        address = f"{path}?{encoded(row).decode()}"
        assert (row, visit("GET", address)) == (row, [])


@pytest.mark.parametrize("path", PATHS)
def test_any_path_is_answered(visit, path):
    for text in texts(place_of(path)):
        address = path.format(quote(_bytes(text), safe="")[:3900])
        assert (text, visit("GET", address)) == (text, [])


@pytest.mark.parametrize("form", some([*STAFF], 8))
def test_a_form_of_staff_takes_any_text(work, make_enquiry, form):
    address, good, fields = STAFF[form]
    for row in rows(fields, place_of(form)):
        Throttle.objects.all().delete()
        place = address.replace("<pk>", str(make_enquiry().pk)) if "<pk>" in address else address
        sent = {"submission_id": str(uuid4())} | good | row
        assert (row, work("POST", place, encoded(sent))) == (row, [])
    assert stored_faults() == {}


@pytest.mark.parametrize("text", ["CDF-GHJ-KMNP Zora", "Zora CDF-GHJ-KMNP", "CDF-GHJ-KMNP\nZora"])
def test_no_words_beside_a_reference_go_into_the_audit(work, text):
    assert work("GET", f"/admin/staff/auditevent/?{encoded({'reference': text}).decode()}") == []
    assert AuditEvent.objects.exclude(reference="").count() == 0


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_at_the_end_of_the_calendar_breaks_nothing(work, make_enquiry, day):
    days = {"first_day": day, "last_day": day}
    step, sent = f"{QUEUE}{make_enquiry().pk}/step/book/", encoded({"version": "0", "day": day})
    assert work("POST", step, sent) == []
    assert work("POST", f"{QUEUE}export/", encoded({"reason": "report"} | days)) == []
    assert work("POST", "/admin/staff/auditevent/export/", encoded(days)) == []
    assert work("GET", f"/admin/staff/auditevent/?{encoded(days).decode()}") == []


@pytest.mark.parametrize("path", STAFF_ADDRESSES)
def test_an_address_of_staff_takes_any_query(work, make_enquiry, path):
    make_enquiry()
    for row in rows(STAFF_ADDRESSES[path], place_of(path)):
        address = f"{path.removesuffix('?')}?{encoded(row).decode()[:3900]}"
        assert (row, work("GET", address)) == (row, [])


@pytest.mark.parametrize("path", STAFF_PATHS)
def test_any_path_of_staff_is_answered(work, path):
    for text in texts(place_of(path)):
        address = path.format(quote(_bytes(text), safe="")[:3900])
        assert (text, work("GET", address)) == (text, [])


@pytest.mark.parametrize("fields", [("username",), ("username", "password", "next")])
def test_the_sign_in_takes_any_text(work, client, fields):
    for row in rows(fields):
        Throttle.objects.all().delete()
        sent = encoded({"username": "ada", "password": "x"} | row)
        assert (row, work("POST", "/admin/login/", sent, client)) == (row, [])
    assert stored_faults() == {}


@pytest.mark.parametrize("path", ["/admin/second-factor/", "/admin/second-factor/password/"])
def test_the_second_factor_takes_any_text(work, client, path):
    user = in_role("Reader")
    client.login(username=user.username, password=PASSWORD)
    for row in rows(("code", "new_password1", "new_password2", "next")):
        Throttle.objects.all().delete()
        assert (row, work("POST", path, encoded(row), client)) == (row, [])
