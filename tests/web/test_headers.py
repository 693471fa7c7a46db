import pytest

from imsinfo.web.headers import ALWAYS, SecurityHeaders, security_headers

TABLE = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), browsing-topics=(), camera=(), geolocation=(), gyroscope=(), "
        "magnetometer=(), microphone=(), payment=(), usb=()"
    ),
}
TEXT = [("Content-Type", "text/plain")]


def table_in(answer):
    """The answer's security headers as sent, so that one sent twice shows."""
    names = {name.lower() for name in (*TABLE, "Strict-Transport-Security")}
    return [(name, value) for name, value in answer.lines if name.lower() in names]


def plain(environ, start_response):
    start_response("200 OK", TEXT)
    return [b"hello"]


def failing(environ, start_response):
    raise RuntimeError("a name that somebody typed")


def failing_late(environ, start_response):
    start_response("200 OK", TEXT)
    raise RuntimeError("a name that somebody typed")


def with_headers_of_its_own(environ, start_response):
    start_response("200 OK", [*TEXT, ("x-frame-options", "SAMEORIGIN"), ("Referrer-Policy", "")])
    return [b"hello"]


@pytest.fixture
def ask(call_wsgi):
    def ask(application, method="GET", table=ALWAYS):
        return call_wsgi(
            SecurityHeaders(application, table, lambda: b"<h1>Phone us</h1>"), method, "/"
        )

    return ask


def test_table_is_the_promised_one():
    assert dict(security_headers(https=False, include_subdomains=False)) == TABLE


@pytest.mark.parametrize(
    ("include_subdomains", "value"),
    [(True, "max-age=63072000; includeSubDomains"), (False, "max-age=63072000")],
)
def test_https_adds_hsts(include_subdomains, value):
    table = dict(security_headers(https=True, include_subdomains=include_subdomains))
    assert table == TABLE | {"Strict-Transport-Security": value}


def test_http_has_no_hsts_whatever_was_chosen():
    assert security_headers(https=False, include_subdomains=True) == ALWAYS


@pytest.mark.parametrize("application", [plain, failing, failing_late, with_headers_of_its_own])
def test_table_stands_once_on_whatever_is_answered(ask, application):
    assert table_in(ask(application)) == list(TABLE.items())


def test_hsts_reaches_the_answer(ask):
    answer = ask(plain, table=security_headers(https=True, include_subdomains=False))
    assert answer.headers["strict-transport-security"] == "max-age=63072000"


def test_other_headers_and_the_body_stay(ask):
    answer = ask(plain)
    assert (answer.status, answer.headers["content-type"], answer.body) == (
        *(200, "text/plain"),
        b"hello",
    )


@pytest.mark.parametrize("application", [failing, failing_late])
def test_exception_outside_django_is_answered_with_the_page(ask, application):
    answer = ask(application)
    assert (answer.status, answer.headers["content-type"], answer.body) == (
        *(500, "text/html; charset=utf-8"),
        b"<h1>Phone us</h1>",
    )


def test_exception_outside_django_has_no_body_for_head(ask):
    answer = ask(failing, method="HEAD")
    assert (answer.status, answer.headers["content-length"], answer.body) == (500, "17", b"")


def test_exception_outside_django_is_logged(ask, caplog):
    ask(failing)
    [record] = caplog.records
    assert (record.name, record.levelname, record.getMessage()) == (
        *("imsinfo.server", "ERROR"),
        "A request failed outside Django",
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path", "environ", "status"),
    [
        ("GET", "/", {}, 200),
        ("HEAD", "/", {}, 200),
        ("GET", "/aftercare/", {}, 200),
        ("GET", "/no-such-page/", {}, 404),
        ("DELETE", "/", {}, 405),
        ("GET", "/static/admin/css/base.css", {}, 200),
        ("GET", "/static/no-such-file.css", {}, 404),
        ("GET", "/admin/login/", {}, 200),
        ("GET", "/admin/", {}, 302),
        ("GET", "/aftercare", {}, 301),
        ("GET", "/", {"HTTP_HOST": "evil.test"}, 400),
        ("GET", "/%00", {}, 400),
        ("POST", "/", {"CONTENT_LENGTH": "999999999"}, 413),
        ("POST", "/", {"HTTP_TRANSFER_ENCODING": "chunked"}, 411),
        ("GET", "/healthz", {}, 200),
    ],
)
def test_table_stands_once_on_every_kind_of_response(wsgi, method, path, environ, status):
    answer = wsgi(method, path, **environ)
    assert (answer.status, table_in(answer)) == (status, list(TABLE.items()))


@pytest.mark.parametrize("path", ["/", "/static/admin/css/base.css"])
def test_table_stands_once_on_not_modified(wsgi, path):
    first = wsgi("GET", path)
    known = {
        "HTTP_IF_NONE_MATCH": first.headers.get("etag", ""),
        "HTTP_IF_MODIFIED_SINCE": first.headers.get("last-modified", ""),
    }
    answer = wsgi("GET", path, **known)
    assert (answer.status, table_in(answer)) == (304, list(TABLE.items()))
