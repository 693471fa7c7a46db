"""Every page answers the same prepared as it does through Django: status, headers and bytes."""

from pathlib import Path

import pytest
from django.conf import settings

from imsinfo.content import Edition, put_in_force
from imsinfo.editions.asking import addresses
from imsinfo.editions.preparing import prepare
from imsinfo.web.door import Door
from imsinfo.wsgi import answering, application, django_application, logged
from tests.conftest import call
from tests.extent import some
from tests.nothing_built import nothing_built
from tests.pages import every_page, looked_at

pytestmark = pytest.mark.django_db
NECK = "/conditions/neck-pain/"
ENCODINGS = ("br, gzip", "gzip", "", "br;q=0.1, gzip;q=0.9", "identity;q=0", "*;q=0")
# An article, a list, steps of the form, and what is not prepared.
DIFFERENT = (
    *("/", NECK, "/conditions/", "/search/?q=neck", "/enquiry/", "/enquiry/questions/"),
    *("/enquiry/emergency/", "/no-such-page/", "/enquiry/sent/"),
)
# What is asked for by each reader, or is there for one of them alone.
NOT_PREPARED = ("/search/", "/enquiry/sent/", "/no-such-page/")
LOOKED_AT = some(sorted(looked_at(), key=lambda path: path not in DIFFERENT), 16)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    edition = Edition(map(Path, settings.CONTENT_ROOTS))
    edition.prepared = prepare(edition, {}, tmp_path_factory.mktemp("prepared"))
    return edition


@pytest.fixture(scope="module")
def unprepared():
    return Edition(map(Path, settings.CONTENT_ROOTS))


@pytest.fixture
def both(prepared, unprepared):
    """Return a function that asks for a page on both ways: (method, path, **environ)."""

    def both(method, path, **changes):
        answers = []
        for edition in (prepared, unprepared):
            put_in_force(edition)
            answer = call(application, method, path, **changes)
            # The server sends no body with a HEAD, whatever it is given.
            body = b"" if method == "HEAD" else answer.body
            headers = sorted((name.lower(), value) for name, value in answer.lines)
            answers.append((answer.status, headers, body))
        return answers

    with nothing_built():
        yield both


def etag(answer):
    return dict(answer[1])["etag"]


def test_every_public_page_is_prepared(prepared):
    expected = {path for path in every_page() if not path.startswith(NOT_PREPARED)}
    machines = {"/feed.xml", "/sitemap.xml", "/robots.txt", "/.well-known/security.txt"}
    assert prepared.prepared.pages.keys() == expected | machines


def test_nothing_of_one_reader_is_prepared(prepared):
    found = [path for path in addresses() if path.startswith(("/admin/", "/search/", "/style"))]
    assert prepared.prepared.pages.keys().isdisjoint({"/enquiry/sent/", "/enquiry/send/", *found})


@pytest.mark.parametrize("path", LOOKED_AT)
def test_page_is_the_same_on_both_ways(both, path):
    # What is not prepared is compressed with a length of chance.
    encodings = ("",) if path.startswith(NOT_PREPARED) else ENCODINGS
    for method in ("GET", "HEAD"):
        for accepted in encodings:
            ready, made = both(method, path, HTTP_ACCEPT_ENCODING=accepted)
            assert ready == made


@pytest.mark.parametrize("path", [p for p in LOOKED_AT if not p.startswith(NOT_PREPARED)])
def test_page_that_a_browser_has_is_not_sent_again_on_both_ways(both, path):
    for method in ("GET", "HEAD"):
        asked = {"HTTP_ACCEPT_ENCODING": "br"}
        known = etag(both("GET", path, **asked)[0])
        ready, made = both(method, path, HTTP_IF_NONE_MATCH=f'W/"x", {known}', **asked)
        assert ready == made
        assert ready[0] == 304


@pytest.mark.parametrize(
    "changes",
    [
        {"HTTP_HOST": "evil.test"},
        {"HTTP_HOST": ""},
        {"HTTP_HOST": "localhost:1234"},
        {"QUERY_STRING": "utm_source=letter"},
        {"QUERY_STRING": "q=" + "x" * 5000},
        {"HTTP_IF_NONE_MATCH": "*"},
        {"HTTP_IF_NONE_MATCH": '"another"'},
        {"HTTP_IF_MATCH": '"another"'},
        {"HTTP_IF_MODIFIED_SINCE": "Sat, 21 Nov 2099 00:00:00 GMT"},
        {"HTTP_IF_UNMODIFIED_SINCE": "Sat, 21 Nov 1999 00:00:00 GMT"},
        {"HTTP_RANGE": "bytes=0-99"},
        {"HTTP_TRANSFER_ENCODING": "chunked"},
        {"CONTENT_LENGTH": "999999999"},
        {"CONTENT_TYPE": "text/plain; charset=utf-16"},
        {"HTTP_X_FORWARDED_PROTO": "https"},
        {"HTTP_X_FORWARDED_HOST": "evil.test"},
        {"HTTP_ACCEPT_LANGUAGE": "de"},
    ],
)
@pytest.mark.parametrize("method", some(["GET", "HEAD", "POST", "PUT", "OPTIONS", "TRACE"], 3))
def test_unusual_request_is_answered_the_same_on_both_ways(both, method, changes):
    ready, made = both(method, NECK, **changes)
    assert ready == made


@pytest.mark.parametrize("path", [NECK.rstrip("/"), f"/{NECK}", NECK.upper()])
def test_other_address_is_answered_the_same_on_both_ways(both, path):
    ready, made = both("GET", path)
    assert ready == made


def test_prepared_page_asks_nothing_of_django(both, prepared, monkeypatch):
    def made_by_django(request):
        raise AssertionError(request.path)

    monkeypatch.setattr(django_application, "get_response", made_by_django)
    with nothing_built():
        put_in_force(prepared)
        statuses = [call(application, "GET", path).status for path in (NECK, "/no-such-page/")]
    assert statuses == [200, 500]


@pytest.mark.parametrize("cookies", ["staff=abc", "csrf=x", "=;;", "é=1; staff"])
def test_cookies_never_matter_to_a_prepared_page(both, cookies):
    assert both("GET", NECK, HTTP_COOKIE=cookies)[0] == both("GET", NECK)[0]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_shortcut_answers_as_the_long_way_does(prepared, monkeypatch, method):
    with nothing_built():
        put_in_force(prepared)
        tag = call(logged, "GET", NECK, HTTP_ACCEPT_ENCODING="br").headers["etag"]
        asked = [{}, {"HTTP_ACCEPT_ENCODING": "br"}]
        asked.append(asked[1] | {"HTTP_IF_NONE_MATCH": tag})
        long = [call(logged, method, NECK, **changes) for changes in asked]
        monkeypatch.setattr(application, "application", None)
        short = [call(application, method, NECK, **changes) for changes in asked]
    assert short == long
    assert [answer.status for answer in short] == [200, 200, 304]


@pytest.mark.parametrize("name", ["css/base.css", "icons/favicon-32.png", "fonts/OFL.txt"])
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"HTTP_ACCEPT_ENCODING": "br, gzip"},
        {"HTTP_RANGE": "bytes=3-9"},
        {"HTTP_IF_MODIFIED_SINCE": "Sat, 21 Nov 2099 00:00:00 GMT"},
        {"HTTP_HOST": "evil.test"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_static_file_is_answered_the_same_on_both_ways(name, changes, method):
    door = answering.application
    ready, made = (
        call(each, method, f"/static/{name}", **changes)
        for each in (door, Door(django_application, door.rules, door.page, {}))
    )
    assert (ready.status, ready.body, sorted(ready.headers.items())) == (
        *(made.status, made.body, sorted(made.headers.items())),
    )


def test_query_of_a_search_is_never_ignored(both):
    neck, back = both("GET", "/search/?q=neck"), both("GET", "/search/?q=back")
    assert neck[0] != back[0]
    assert neck[0] == neck[1]
