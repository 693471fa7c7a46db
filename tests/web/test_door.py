import pytest

from imsinfo.web.door import MAX_BODY, Door, Refusal, Rules, believe_proxy, refusal

HTTP = Rules(hosts=("127.0.0.1", "localhost", "[::1]"), https=False, trusted_proxies=0)
HTTPS = Rules(hosts=("ims.clinic.test", "www.ims.clinic.test"), https=True, trusted_proxies=1)
SECURE = {"HTTP_HOST": "ims.clinic.test", "HTTP_X_FORWARDED_PROTO": "https"}
INSECURE = {"HTTP_HOST": "ims.clinic.test"}


class Unreadable:
    """A body that nobody may touch."""

    def read(self, *args):
        raise AssertionError("the body was read")

    readline = readlines = __iter__ = read


def inside(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Set-Cookie", "a=b")])
    return [f"{environ['wsgi.url_scheme']} {environ['PATH_INFO']}".encode("latin-1")]


@pytest.fixture
def ask(call_wsgi):
    """Return a function that asks a door: (rules, method, path, body=b"", **environ)."""

    def ask(rules, *args, **environ):
        health = {"/healthz": lambda: True, "/readyz": lambda: False}
        door = Door(inside, rules, lambda status: f"page {status}".encode(), health)
        return call_wsgi(door, *args, **environ)

    return ask


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "127.0.0.1", "localhost:1", "[::1]:8000"])
def test_known_host_is_let_in(ask, host):
    assert ask(HTTP, "GET", "/", HTTP_HOST=host).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.test",
        "",
        "127.0.0.1.evil.test",
        "evil.test:8000",
        "127.0.0.1@evil.test",
        "127.0.0.1, evil.test",
        "127.0.0.1:8000:evil",
        "127.0.0.1/evil",
        "<b>evil</b>",
    ],
)
def test_unknown_host_is_refused_and_not_reflected(ask, host):
    answer = ask(HTTP, "GET", "/", HTTP_HOST=host)
    assert (answer.status, answer.body) == (400, b"page 400")
    assert "evil" not in str(answer.lines)


def test_missing_host_is_refused(make_environ):
    request = make_environ("GET", "/")
    del request["HTTP_HOST"]
    assert refusal(request, HTTP) == Refusal(400)


def test_unknown_host_is_not_reflected_by_the_site(wsgi):
    answer = wsgi("GET", "/", HTTP_HOST="evil.test")
    assert (answer.status, b"evil" in answer.body, "evil" in str(answer.lines)) == (
        *(400, False),
        False,
    )


def test_forwarded_host_is_not_believed(ask):
    assert ask(HTTPS, "GET", "/", **SECURE, HTTP_X_FORWARDED_HOST="evil.test").status == 200


HOSTILE_PATHS = [
    "/../etc/passwd",
    "/static/../imsinfo.sqlite3",
    "/static/%2e%2e/%2e%2e/keys/secret_key",
    "/..",
    "/static/..%5c..%5ckeys",
    "/a\\b",
    "/%00",
    "/aftercare%00/",
    "/a%0d%0aSet-Cookie:%20a=b",
    "/%7f",
    "/%ff",
    "/%c0%ae%c0%ae/",
    "/%ed%a0%80",
    "/" + "a" * 4096,
    "/?" + "a" * 4096,
]


@pytest.mark.parametrize("path", HOSTILE_PATHS)
def test_hostile_path_is_refused(ask, path):
    assert ask(HTTP, "GET", path).status == 400


@pytest.mark.parametrize("path", HOSTILE_PATHS)
def test_hostile_path_is_refused_by_the_site(wsgi, path):
    assert wsgi("GET", path).status == 400


@pytest.mark.parametrize("path", ["/a..b/", "/...", "/caf%C3%A9/", "/%F0%9F%98%80/", "/a%20b/"])
def test_unusual_path_is_let_in(ask, path):
    assert ask(HTTP, "GET", path).status == 200


@pytest.mark.parametrize(
    ("method", "status"), [("GET", 301), ("HEAD", 301), ("POST", 308), ("PUT", 308)]
)
def test_http_is_sent_to_https(ask, method, status):
    answer = ask(HTTPS, method, "/aftercare/", **INSECURE)
    assert (answer.status, answer.headers["location"], answer.body) == (
        *(status, "https://ims.clinic.test/aftercare/"),
        b"",
    )


@pytest.mark.parametrize(
    ("host", "path", "location"),
    [
        ("ims.clinic.test", "/search/?q=neck+pain", "https://ims.clinic.test/search/?q=neck+pain"),
        ("www.ims.clinic.test", "/", "https://www.ims.clinic.test/"),
        ("ims.clinic.test:8000", "/", "https://ims.clinic.test/"),
        ("ims.clinic.test", "/caf%C3%A9/", "https://ims.clinic.test/caf%C3%A9/"),
        ("ims.clinic.test", "/a%3Fb%23c/", "https://ims.clinic.test/a%3Fb%23c/"),
        ("ims.clinic.test", "//evil.test/", "https://ims.clinic.test/evil.test/"),
    ],
)
def test_https_address_keeps_host_path_and_query(ask, host, path, location):
    assert ask(HTTPS, "GET", path, HTTP_HOST=host).headers["location"] == location


def test_redirect_sets_no_cookie(ask):
    assert "set-cookie" not in ask(HTTPS, "GET", "/", **INSECURE).headers


def test_redirect_goes_to_no_unknown_host(ask):
    answer = ask(HTTPS, "GET", "/", HTTP_HOST="evil.test")
    assert (answer.status, "location" in answer.headers) == (400, False)


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_not_sent_to_https(ask, path):
    assert "location" not in ask(HTTPS, "GET", path, **INSECURE).headers


@pytest.mark.parametrize(
    ("proxies", "forwarded", "served", "scheme"),
    [
        (0, "https", "http", "http"),
        (0, "http", "https", "https"),
        (1, "https", "http", "https"),
        (1, "HTTPS", "http", "https"),
        (1, "http", "https", "http"),
        (1, "http, https", "http", "https"),
        (1, "https, http", "http", "http"),
        (1, "https,", "https", "http"),
        (1, "wss", "https", "http"),
        (1, "", "https", "https"),
        (2, "https", "http", "https"),
    ],
)
def test_forwarded_scheme_is_believed_of_own_proxies_alone(
    make_environ, proxies, forwarded, served, scheme
):
    told = {"wsgi.url_scheme": served, "HTTP_X_FORWARDED_PROTO": forwarded}
    request = make_environ("GET", "/", **told)
    believe_proxy(request, proxies)
    assert request["wsgi.url_scheme"] == scheme


def test_forwarded_scheme_is_taken_away_before_django(make_environ):
    request = make_environ("GET", "/", HTTP_X_FORWARDED_PROTO="https")
    believe_proxy(request, trusted_proxies=0)
    assert "HTTP_X_FORWARDED_PROTO" not in request


def test_https_through_the_proxy_is_let_in(ask):
    assert ask(HTTPS, "GET", "/aftercare/", **SECURE).body == b"https /aftercare/"


@pytest.mark.parametrize("method", ["POST", "PUT", "GET"])
@pytest.mark.parametrize("length", [str(MAX_BODY + 1), "9" * 5000])
def test_long_body_is_refused_unread(ask, method, length):
    request = {"CONTENT_LENGTH": length, "wsgi.input": Unreadable()}
    answer = ask(HTTP, method, "/enquiry/", **request)
    assert (answer.status, answer.body) == (413, b"page 413")


def test_long_body_is_refused_unread_by_the_site(wsgi):
    request = {"CONTENT_LENGTH": str(MAX_BODY + 1), "wsgi.input": Unreadable()}
    answer = wsgi("POST", "/enquiry/", **request)
    assert (answer.status, b"your text is still there" in answer.body) == (413, True)


@pytest.mark.parametrize("length", ["", "0", "1", str(MAX_BODY)])
def test_body_of_allowed_length_is_let_in(ask, length):
    assert ask(HTTP, "POST", "/", CONTENT_LENGTH=length).status == 200


@pytest.mark.parametrize("length", ["-1", "1.5", "+1", "ten", "1e3", "0x10", " 1", "1,1", "²", "١"])
def test_bad_length_is_refused(ask, length):
    request = {"CONTENT_LENGTH": length, "wsgi.input": Unreadable()}
    assert ask(HTTP, "POST", "/", **request).status == 400


@pytest.mark.parametrize("encoding", ["chunked", "gzip, chunked", "identity"])
def test_body_of_untold_length_is_refused(ask, encoding):
    request = {"HTTP_TRANSFER_ENCODING": encoding, "wsgi.input": Unreadable()}
    assert ask(HTTP, "POST", "/", **request).status == 411


def test_refusal_is_a_page_that_is_not_stored(ask):
    headers = ask(HTTP, "GET", "/%00").headers
    assert headers == {
        "content-type": "text/html; charset=utf-8",
        "content-length": "8",
        "cache-control": "no-store, private",
    }


def test_refusal_has_no_body_for_head(ask):
    answer = ask(HTTP, "HEAD", "/%00")
    assert (answer.status, answer.headers["content-length"], answer.body) == (400, "8", b"")


@pytest.mark.parametrize("host", ["evil.test", "10.0.0.7:8000", ""])
@pytest.mark.parametrize(
    ("path", "status", "body"), [("/healthz", 200, b"ok\n"), ("/readyz", 503, b"not ready\n")]
)
def test_health_answers_under_any_host(ask, host, path, status, body):
    answer = ask(HTTPS, "GET", path, HTTP_HOST=host)
    assert (answer.status, answer.body) == (status, body)


def test_health_is_not_stored(ask):
    assert ask(HTTP, "GET", "/healthz").headers["cache-control"] == "no-store"


def test_health_has_no_body_for_head(ask):
    answer = ask(HTTP, "HEAD", "/readyz")
    assert (answer.status, answer.headers["content-length"], answer.body) == (503, "10", b"")


@pytest.mark.parametrize("method", ["POST", "TRACE", "DELETE"])
def test_health_allows_reading_alone(ask, method):
    answer = ask(HTTP, method, "/healthz")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", ["/healthz/", "/HEALTHZ", "/healthz%00"])
def test_only_the_exact_path_is_a_health_path(ask, path):
    assert ask(HTTP, "GET", path, HTTP_HOST="evil.test").status == 400


@pytest.mark.parametrize(
    "kind",
    [
        *("x; a*=idna''x", "application/x-www-form-urlencoded; charset*=u''x"),
        *("text/plain; charset=zlib", 'text/plain;CHARSET = "rot13"', "x; charset=base64"),
        *("multipart/form-data; boundary=x; charset=utf-7", "x; charset='idna'", "x; x=charset="),
        *("x; charset=utf-8; charset=undefined", 'x; charset="\\undefined"', "x; charset=utf-16"),
    ],
)
@pytest.mark.parametrize("path", ["/", "/?a=b", "/enquiry/", "/static/css/site.css"])
def test_a_charset_that_nobody_sends_is_a_bad_request(wsgi, path, kind):
    assert wsgi("GET", path, CONTENT_TYPE=kind).status == 400


@pytest.mark.parametrize(
    "kind",
    [
        *("", "application/x-www-form-urlencoded", "multipart/form-data; boundary=charse"),
        *("x; charset=utf-8", 'x;Charset="UTF-8"', "x; charset = utf8 ; boundary=x"),
    ],
)
def test_utf_8_is_let_in_however_it_is_written(ask, kind):
    assert ask(HTTP, "POST", "/", CONTENT_TYPE=kind).status == 200
