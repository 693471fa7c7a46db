from types import SimpleNamespace

import pytest

from imsinfo.web.door import Rules
from imsinfo.web.headers import SecurityHeaders, security_headers
from imsinfo.web.prepared_pages import PreparedPages, Shortcut
from imsinfo.web.representations import Page, compressed, tag_of

TEXT = b"<p>Sore after needling?</p>" * 40
PAGE = Page((("Content-Type", "text/html"),), tag_of(TEXT), compressed(TEXT))
HTTP = Rules(("127.0.0.1",), https=False, trusted_proxies=0)
HTTPS = Rules(("ims.clinic.test",), https=True, trusted_proxies=1)
SECURE = {"HTTP_HOST": "ims.clinic.test", "HTTP_X_FORWARDED_PROTO": "https"}


def the_long_way(environ, start_response):
    start_response("200 OK", [])
    return [b"the long way"]


@pytest.fixture
def ask(call_wsgi):
    """Return a function that asks a shortcut: (rules, method, path, **environ) → answer, seen."""
    seen = []
    table = SecurityHeaders(the_long_way, security_headers(True, False), lambda: b"")

    def ask(rules, *args, pages=(("/", PAGE),), **changes):
        seen.clear()
        way = Shortcut(the_long_way, rules, lambda: dict(pages), seen.append, table.completed_once)
        return call_wsgi(way, *args, **changes), seen

    return ask


def is_short(answer):
    return answer.body != b"the long way"


def test_a_plain_visit_takes_the_shortcut_with_every_header(ask):
    answer, seen = ask(HTTP, "GET", "/", HTTP_ACCEPT_ENCODING="br")
    table = dict(security_headers(True, False))
    assert (answer.status, answer.body, len(seen)) == (200, PAGE.bodies["br"], 1)
    assert {name: answer.headers.get(name.lower()) for name in table} == table
    assert answer.headers["content-encoding"] == "br"


def test_a_visit_by_https_takes_the_shortcut(ask):
    assert is_short(ask(HTTPS, "GET", "/", **SECURE)[0])


def test_head_is_answered_without_a_body(ask):
    answer, seen = ask(HTTP, "HEAD", "/")
    assert (answer.status, answer.body, len(seen)) == (200, b"", 1)


def test_a_page_that_the_browser_has_is_not_sent_again(ask):
    tag = ask(HTTP, "GET", "/")[0].headers["etag"]
    answer, _ = ask(HTTP, "GET", "/", HTTP_IF_NONE_MATCH=tag)
    assert (answer.status, answer.body) == (304, b"")


@pytest.mark.parametrize(
    ("rules", "method", "path", "changes"),
    [
        (HTTP, "POST", "/", {}),
        (HTTP, "OPTIONS", "/", {}),
        (HTTP, "GET", "/other/", {}),
        (HTTP, "GET", "/", {"HTTP_HOST": "evil.test"}),
        (HTTP, "GET", "/", {"HTTP_HOST": ""}),
        (HTTP, "GET", "/", {"QUERY_STRING": "x" * 4000}),
        (HTTP, "GET", "/", {"CONTENT_LENGTH": "3"}),
        (HTTP, "GET", "/", {"CONTENT_TYPE": "text/plain"}),
        (HTTP, "GET", "/", {"HTTP_TRANSFER_ENCODING": "chunked"}),
        (HTTPS, "GET", "/", {"HTTP_HOST": "ims.clinic.test"}),
        (HTTPS, "GET", "/", SECURE | {"HTTP_X_FORWARDED_PROTO": "https, http"}),
    ],
)
def test_whatever_the_door_may_have_something_to_say_to_takes_the_long_way(
    ask, rules, method, path, changes
):
    answer, seen = ask(rules, method, path, **changes)
    # It is seen there, and shall not be counted twice.
    assert (is_short(answer), seen) == (False, [])


def test_a_fault_leads_to_the_long_way(ask):
    def broken(environ):
        raise OSError

    answer, seen = ask(HTTP, "GET", "/", pages=[("/", SimpleNamespace(answer=broken))])
    assert (is_short(answer), seen) == (False, [])


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_pages_behind_the_door_are_for_reading_alone(call_wsgi, method):
    pages = PreparedPages(the_long_way, lambda: {"/": PAGE})
    assert not is_short(call_wsgi(pages, method, "/"))


@pytest.mark.parametrize("changes", [{"QUERY_STRING": "x" * 4000}, {"CONTENT_TYPE": "text/plain"}])
def test_an_odd_request_that_the_door_lets_in_has_the_prepared_page(call_wsgi, changes):
    pages = PreparedPages(the_long_way, lambda: {"/": PAGE})
    assert is_short(call_wsgi(pages, "GET", "/", **changes))
