"""The running site, as an outsider finds it: its headers by the Observatory, and hostile bytes.

In one module, so that one site is started for all of it.
"""

import os
import re
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from imsinfo.operating.workers import WORKERS
from imsinfo.web.headers import ALWAYS
from tests.enquiries.marked_visit import ANSWERS, MADE_TO_BE_REFUSED, MADE_TO_FAIL
from tests.faults.processes import wait_until_all_serve, workers_of
from tests.outside.client import HOST, Answer, ask, raw, send_form, statuses
from tests.outside.malformed import bodies
from tests.outside.observatory import Seen, points_of, score
from tests.outside.odd_requests import HTTP_2, requests, smuggled

LEAST = 130
ELSEWHERE = "https://elsewhere.example"
PUBLIC = ("/", "/aftercare/", "/search/?q=neck", "/robots.txt", "/feed.xml", "/sitemap.xml")
FORM = ("/enquiry/", "/enquiry/questions/", "/enquiry/sent/?r=x", "/enquiry/on-paper/")
DOORS = ("/admin/", "/admin/login/", "/admin/password_reset/")
STATIC = ("/static/css/site.css", "/static/admin/css/base.css", "/favicon.ico")
REDIRECTED = ("/aftercare", "/enquiry/send/")
STAFF = ("/admin/", "/admin/enquiries/enquiry/", "/admin/second-factor/codes/")
ADDRESSES = (*PUBLIC, *FORM, *DOORS, *STATIC, *REDIRECTED)
LINE = b"POST /enquiry/send/ HTTP/1.1\r\nHost: %b\r\nX-Forwarded-Proto: https\r\n" % HOST.encode()


def seen_of(answer: Answer, by_http: Answer, across: Answer, cookies=()) -> Seen:
    body = answer.body.decode("utf-8", "replace")
    told = (by_http.status, by_http.headers.get("location", ""))
    return Seen(HOST, answer.headers, body, (*answer.cookies, *cookies), told, across.headers)


def scan(ask_for, path, cookies=()) -> tuple[Answer, Seen]:
    answer = ask_for("GET", path)
    by_http = ask_for("GET", path, **{"X-Forwarded-Proto": "http"})
    asked = {"Origin": ELSEWHERE, "Access-Control-Request-Method": "GET"}
    across = ask_for("OPTIONS", path, **asked)
    return answer, seen_of(answer, by_http, across, cookies)


def enquire(site, *, headers=(), **changes):
    """Send an enquiry from a network of its own."""
    address = f"2001:db8:{uuid4().hex[:4]}:{uuid4().hex[:4]}::1"
    given = {"X-Forwarded-For": address} | dict(headers)
    new = {"submission_id": str(uuid4()), "message": f"This is {uuid4()}"}
    answers = ANSWERS | new | changes
    return send_form(site, "/enquiry/send/", answers, **given)


def too_many(site):
    one = {"X-Forwarded-For": "2001:db8::7"}
    return [enquire(site, headers=one, area=area) for area in ("hand", "hip")][-1]


def cut_short(site):
    head, _, body = raw(site, LINE + b"Content-Length: 9\r\n\r\nname=", hang_up=True).partition(
        b"\r\n\r\n"
    )
    status, *lines = head.decode().split("\r\n")
    pairs = tuple(
        (name.lower(), value) for name, _, value in (each.partition(": ") for each in lines)
    )
    return Answer(int(status.split()[1]), pairs, body)


ERRORS = {
    400: lambda site: ask(site, "GET", "/%00"),
    403: lambda site: enquire(site, headers={"Origin": ELSEWHERE}),
    404: lambda site: ask(site, "GET", "/no-such-page/"),
    405: lambda site: ask(site, "DELETE", "/"),
    408: cut_short,
    409: lambda site: [enquire(site, submission_id=KNOWN, area=area) for area in ("hand", "hip")][
        -1
    ],
    411: lambda site: ask(site, "POST", "/enquiry/send/", **{"Transfer-Encoding": "chunked"}),
    413: lambda site: ask(site, "POST", "/enquiry/send/", b"x" * 300_000),
    429: too_many,
    500: lambda site: enquire(site, message=MADE_TO_FAIL),
    503: lambda site: enquire(site, **MADE_TO_BE_REFUSED),
}
KNOWN = str(uuid4())


@pytest.mark.parametrize("path", ADDRESSES)
def test_page_has_a_high_score_and_no_fault(site, path):
    _, seen = scan(partial(ask, site), path)
    assert (score(seen) >= LEAST, min(points_of(seen).values())) == (True, 0)


@pytest.mark.parametrize("path", STAFF)
def test_page_of_staff_has_a_high_score_and_no_fault(staff, path):
    answer, seen = scan(staff.ask, path, staff.set_cookies)
    assert (answer.status, points_of(seen)["cookies"]) == (200, 5)
    assert (score(seen) >= LEAST, min(points_of(seen).values())) == (True, 0)


@pytest.mark.parametrize("status", ERRORS)
def test_error_has_a_high_score_and_no_fault(site, status):
    answer = ERRORS[status](site)
    by_http = Answer(301, (("location", f"https://{HOST}/"),), b"")
    seen = seen_of(answer, by_http, answer)
    assert answer.status == status
    assert (score(seen) >= LEAST, min(points_of(seen).values())) == (True, 0)


@pytest.mark.parametrize("path", ["/", "/enquiry/", "/admin/", "/static/css/site.css"])
def test_address_asked_for_by_http_leads_to_https_without_a_cookie(site, path):
    answer = ask(site, "GET", path, **{"X-Forwarded-Proto": "http"})
    assert (answer.status, answer.headers["location"]) == (301, f"https://{HOST}{path}")
    assert answer.cookies == ()


BODIES, REQUESTS = list(bodies()), list(requests())
# What is no HTTP at all the server itself refuses, with an empty page.
OF_THE_SERVER = {400, 431}
REFLECTED = re.compile(rb"<zq-typed|\bzq=1|evil\.test", re.IGNORECASE)


def head_and_body(received: bytes) -> tuple[bytes, bytes]:
    head, _, body = received.partition(b"\r\n\r\n")
    return head.lower(), body


def faults(received: bytes):
    """Yield what no answer may be, whatever was sent."""
    found = statuses(received)
    head, body = head_and_body(received)
    if len(found) != 1 or not 200 <= found[0] < 500:
        yield f"answered {found}"
    if REFLECTED.search(head) or b"<zq-typed" in body.lower():
        yield "what was sent"
    missing = [name for name, _ in ALWAYS if f"{name}: ".encode().lower() not in head]
    if missing and not (OF_THE_SERVER.issuperset(found) and not body):
        yield f"without {missing}"


@pytest.fixture
def quiet(site):
    """Hold that the log tells of no fault of ours; what was refused may be told."""
    before = site.log.stat().st_size
    yield
    with site.log.open("rb") as log:
        log.seek(before)
        told = [line for line in log.read().decode().splitlines() if " ERROR " in line]
    assert [line for line in told if "imsinfo.mail" not in line] == []


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("body", BODIES, ids=[body.name for body in BODIES])
def test_a_malformed_body_is_answered_calmly(site, body):
    assert list(faults(raw(site, body.request, hang_up=body.cut))) == []


def test_there_are_as_many_malformed_bodies_as_promised():
    assert (len(BODIES) >= 150, len({body.request for body in BODIES})) == (True, len(BODIES))


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("request_sent", [sent for _, sent in REQUESTS], ids=dict(REQUESTS))
def test_an_odd_request_is_answered_calmly(site, request_sent):
    assert list(faults(raw(site, request_sent))) == []


def test_http_2_is_not_spoken(site):
    """One connection could hold as many threads as it opens streams."""
    assert raw(site, HTTP_2) == b""


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("request_sent", dict(smuggled()).values(), ids=dict(smuggled()))
def test_a_request_inside_another_is_not_answered(site, request_sent):
    received = raw(site, request_sent)
    assert len(statuses(received)) == 1
    assert head_and_body(received)[1] != b"ok\n"


def memory_of(site) -> int:
    """The most memory that each process of the site has ever had, together, in MB."""
    told = [Path(f"/proc/{pid}/status").read_text() for pid in site.children()]
    found = [re.search(r"VmHWM:\s+(\d+) kB", each) for each in told]
    return sum(int(each[1]) for each in found if each) // 1024


@pytest.mark.parametrize("name", [body.name for body in BODIES if "bomb" in body.name])
def test_what_unpacks_to_much_takes_no_memory(site, name):
    before = memory_of(site)
    for body in [body for body in BODIES if body.name == name] * 5:
        raw(site, body.request)
    # Each unpacks to 200 MB.
    assert memory_of(site) - before < 100


def test_site_goes_on_answering(site):
    assert (ask(site, "GET", "/").status, ask(site, "GET", "/readyz").status) == (200, 200)


def cores_of_threads(pid):
    threads = Path(f"/proc/{pid}/task").iterdir()
    return {frozenset(os.sched_getaffinity(int(thread.name))) for thread in threads}


def test_each_worker_keeps_its_threads_on_a_core_of_its_own(site):
    wait_until_all_serve(site)
    every = os.sched_getaffinity(0)
    kept = [cores_of_threads(worker.pid) for worker in workers_of(site)]
    # Each has a thread besides that looks for new content, on all of them.
    own = [{frozenset({core}), frozenset(every)} for core in sorted(every)]
    expected = own if len(every) == WORKERS else [{frozenset(every)}] * WORKERS
    assert sorted(kept, key=lambda cores: min(map(sorted, cores))) == expected
