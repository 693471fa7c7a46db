import json
import logging
import re

import pytest

from imsinfo.operating import logs, request_log
from imsinfo.operating.proxies import ProxyWatch
from imsinfo.operating.request_ids import end_request
from imsinfo.operating.request_log import RequestLog, route_of

MARK = "qxvorlath"
ID = "0f" * 16


@pytest.fixture(autouse=True)
def _outside_any_request():
    yield
    end_request()


@pytest.fixture
def log(caplog):
    """Return a function that gives the lines of a form that were logged so far."""
    caplog.set_level(logging.INFO)
    forms = {"text": logs.LineFormatter(), "json": logs.JsonFormatter()}
    lines = {form: [] for form in forms}

    class Keeper(logging.Handler):
        def emit(self, record):
            for form, formatter in forms.items():
                lines[form].append(formatter.format(record))

    keeper = Keeper()
    logging.getLogger().addHandler(keeper)
    yield lambda form="text": lines[form]
    logging.getLogger().removeHandler(keeper)


@pytest.fixture
def ask(call_wsgi, tmp_path):
    """Return a function that asks a site which answers with a status: (status, path, **environ)."""

    def asked(status, path="/search/", trusted=0, **changes):
        def application(environ, start_response):
            start_response(status, [])
            logging.getLogger("imsinfo.test").info("At work")
            return []

        watched = ProxyWatch(tmp_path / "proxies", trusted, https=False)
        site = RequestLog(application, watched, {"/readyz"})
        return call_wsgi(site, changes.pop("method", "GET"), path, **changes)

    return asked


def of_requests(lines):
    return [line for line in lines if " imsinfo.requests " in line]


@pytest.mark.parametrize(
    ("status", "level"),
    [("400 Bad Request", "INFO"), ("404 Not Found", "INFO"), ("503 Service Unavailable", "ERROR")],
)
def test_a_request_that_is_refused_or_fails_is_told(ask, log, status, level):
    ask(status)
    [line] = of_requests(log())
    told = rf"\S+Z {level} imsinfo\.requests \[\w{{32}}\]: GET /search/: {status[:3]} after \d+ ms"
    assert re.fullmatch(told, line)


@pytest.mark.parametrize("status", ["200 OK", "302 Found", "304 Not Modified"])
def test_a_request_that_is_answered_is_not_told(ask, log, status):
    ask(status)
    assert of_requests(log()) == []


def test_a_request_that_takes_long_is_told(ask, log, monkeypatch):
    monkeypatch.setattr(request_log, "SLOW", -1)
    ask("200 OK")
    [line] = of_requests(log())
    assert " WARNING " in line


def test_what_a_monitor_asks_is_not_told(ask, log):
    ask("503 Service Unavailable", "/readyz")
    assert of_requests(log()) == []


def test_all_lines_of_a_request_have_one_id(ask, log):
    ask("500 Internal Server Error")
    assert len(set(re.findall(r"\[(\w{32})\]", " ".join(log())))) == 1
    assert len(log()) == 2


@pytest.mark.parametrize(("trusted", "is_kept"), [(0, False), (1, True)])
def test_id_is_taken_from_a_proxy_of_our_own_alone(ask, log, trusted, is_kept):
    ask("404 Not Found", trusted=trusted, HTTP_X_REQUEST_ID=ID, HTTP_X_FORWARDED_FOR="192.0.2.1")
    assert (ID in log()[-1]) is is_kept


def test_id_is_not_sent_back(ask):
    assert "x-request-id" not in ask("404 Not Found", trusted=1, HTTP_X_REQUEST_ID=ID).headers


def test_json_has_a_key_for_each_thing(ask, log):
    ask("404 Not Found")
    told = json.loads(log("json")[-1])
    known = {name: told[name] for name in ("logger", "method", "route", "status")}
    assert known == {
        "logger": "imsinfo.requests",
        "method": "GET",
        "route": "/search/",
        "status": 404,
    }


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/enquiry/send/", "/enquiry/send/"),
        ("/static/qxvorlath.css", "/static/…"),
        (
            "/admin/enquiries/enquiry/77/change/",
            "/admin/enquiries/enquiry/<int:pk>/change/",
        ),
        ("/" + "a" * 5000, "unknown address"),
        ("/\xff/", "unknown address"),
        ("/\u2603/", "unknown address"),
        ("", "unknown address"),
    ],
)
def test_an_address_is_told_by_its_pattern(path, route):
    assert route_of(path) == route


@pytest.mark.django_db
@pytest.mark.parametrize("form", logs.FORMATTERS)
@pytest.mark.parametrize("method", ["GET", "POST", MARK.upper()])
@pytest.mark.parametrize(
    "path", ["/{}/", "/search/?q={}", "/static/{}", "/admin/{}/", "/enquiry/{}"]
)
def test_nothing_that_a_stranger_sends_is_logged(wsgi, log, form, method, path):
    sent = {f"HTTP_{name}": MARK for name in ("REFERER", "USER_AGENT", "COOKIE", "ORIGIN")}
    forwarded = {
        f"HTTP_X_{name}": MARK for name in ("REQUEST_ID", "FORWARDED_FOR", "FORWARDED_HOST")
    }
    for host in ("127.0.0.1:8000", f"{MARK}.example"):
        wsgi(method, path.format(MARK), MARK.encode(), HTTP_HOST=host, **sent, **forwarded)
    assert of_requests(log())
    assert [line for line in log(form) if MARK in line.lower()] == []


def test_django_tells_of_a_request_only_where_it_failed(wsgi, log):
    wsgi("GET", "/no-such-page/")
    assert [line for line in log() if "django.request" in line] == []
