import shutil
import ssl
import subprocess
from http.client import HTTPConnection

import pytest

from imsinfo.clinic import get_clinic
from imsinfo.operating.proxy_pages import write_proxy_pages
from imsinfo.web.door import MAX_BODY
from imsinfo.web.headers import ALWAYS, security_headers
from tests import nginx
from tests.nginx_site import HOST, SHIPPED, running, set_up, whole_answer
from tests.ports import LOOPBACK

pytestmark = pytest.mark.skipif(
    not (nginx.program() and shutil.which("openssl")),
    reason="nginx or openssl is missing (on Debian: apt-get install nginx-light openssl)",
)
PORTS = {"80": 8080, "443": 8443, "8000": 8000}
TABLE = security_headers(https=True, include_subdomains=False)
START = b" HTTP/1.1\r\nHost: %h\r\n"
# How each of nginx's own errors is brought about, and its status.
ITS_OWN = {
    "TRACE": (b"TRACE /" + START + b"\r\n", 405),
    "no request": (b"\x00\x01\r\n\r\n", 400),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "unknown host": (b"GET / HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n", 400),
    "address too long": (b"GET /" + b"a" * 9000 + START + b"\r\n", 414),
    "header too long": (b"GET /" + START + b"A: " + b"a" * 9000 + b"\r\n\r\n", 431),
    "unknown version": (b"GET / HTTP/7.0\r\nHost: %h\r\n\r\n", 505),
    "unknown coding": (b"POST /" + START + b"Transfer-Encoding: x\r\n\r\n", 501),
    "two lengths": (b"POST /" + START + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
    "too long": (b"POST /" + START + b"Content-Length: 262145\r\n\r\n", 413),
    "connection dropped": (b"GET /gone" + START + b"\r\n", 502),
    "no answer": (b"GET /silent" + START + b"\r\n", 504),
}


@pytest.fixture(scope="module")
def proxy(tmp_path_factory):
    with running(tmp_path_factory.mktemp("nginx")) as proxy:
        write_proxy_pages(proxy.folder / "www" / "imsinfo" / "proxy-pages")
        yield proxy


def table_of(response):
    """Every header of the table that an answer carries, doubled ones included."""
    names = [name for name, _ in TABLE]
    return sorted((name, value) for name, value in response.getheaders() if name in names)


def test_configuration_is_accepted_by_nginx_without_a_warning(tmp_path):
    set_up(tmp_path, PORTS)
    checked = subprocess.run(
        [*nginx.command(tmp_path), "-t"], capture_output=True, text=True, check=False
    )
    told = checked.stderr.splitlines()
    assert (
        checked.returncode,
        [line for line in told if "test is" not in line and "syntax is ok" not in line],
    ) == (0, [])


@pytest.fixture(scope="module", params=ITS_OWN)
def own_error(request, proxy):
    """One of nginx's own errors, asked for once, with the status that it should have."""
    asked, status = ITS_OWN[request.param]
    return proxy.ask_raw(asked), status


def test_own_error_carries_the_security_headers_once(own_error):
    response, status = own_error
    assert (response.status, table_of(response)) == (status, sorted(TABLE))


def test_own_error_names_the_phone_and_repeats_nothing(own_error):
    response, _ = own_error
    assert get_clinic().phone in response.text
    assert "elsewhere" not in response.text + str(response.headers)


def test_own_error_tells_no_version(proxy):
    assert proxy.ask_raw(ITS_OWN["no request"][0]).headers["Server"] == "nginx"


def test_slow_body_is_ended_and_never_reaches_the_site(proxy):
    before = len(proxy.received)
    with pytest.raises(ConnectionResetError):
        proxy.ask_raw(b"POST /" + START + b"Content-Length: 9\r\n\r\nabc")
    assert len(proxy.received) == before


def test_http_on_the_port_of_https_is_refused_with_the_headers(proxy):
    connection = HTTPConnection(LOOPBACK, proxy.https, timeout=20)
    response = whole_answer(connection, "GET", "/", None, {"Host": HOST})
    assert (response.status, table_of(response)) == (400, sorted(ALWAYS))


@pytest.mark.parametrize("path", ["/", "/failing"])
def test_answers_of_the_site_pass_unchanged(proxy, path):
    response = proxy.ask(path, **{"Accept-Encoding": "gzip"})
    assert table_of(response) == sorted(TABLE)
    assert response.headers["Content-Encoding"] is None
    assert response.text.startswith("The site's own words.")


def test_missing_error_page_still_carries_the_headers(tmp_path):
    with running(tmp_path) as proxy:
        response = proxy.ask("/gone")
    assert (response.status, table_of(response)) == (503, sorted(TABLE))


@pytest.mark.parametrize(("path", "seconds"), [("/gone", "30"), ("/", None)])
def test_unreachable_site_says_when_to_come_again(proxy, path, seconds):
    assert proxy.ask(path).headers["Retry-After"] == seconds


def test_own_pages_have_their_stylesheet(proxy):
    response = proxy.ask("/proxy-pages/page.css")
    assert (response.status, response.headers["Content-Type"]) == (200, "text/css")


def test_own_pages_have_no_address(proxy):
    assert proxy.ask("/proxy-pages/503.html").status == 404


def test_log_holds_neither_query_nor_referer_nor_browser_nor_address(proxy):
    marks = {"Referer": "https://marked.example/", "User-Agent": "marked"}
    for path in ("/marked-path?marked-query", "/gone?marked-query"):
        proxy.ask(path, **marks)
    proxy.ask_http("/?marked-query")
    assert proxy.logs("/gone")
    logs = "".join(file.read_text() for file in proxy.folder.glob("log/*"))
    logs += (proxy.folder / "errors").read_text()
    assert "/marked-path" in logs
    assert [word for word in ("marked-query", "marked.example", "127.0.0.1") if word in logs] == []


def test_longest_form_passes_without_touching_the_disk(proxy):
    body = b"x" * MAX_BODY
    assert proxy.ask("/", "POST", body).status == 200
    assert proxy.received[-1][1] == body


def test_site_is_told_who_asks_and_how(proxy):
    proxy.ask(
        "/", **{"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "http", "X_Name": "a"}
    )
    headers, _ = proxy.received[-1]
    names = ("Host", "X-Forwarded-Proto", "X-Forwarded-For", "X_Name")
    assert [headers[name] for name in names] == [HOST, "https", "198.51.100.7, 127.0.0.1", None]


def test_request_id_is_the_one_in_the_log(proxy):
    proxy.ask("/", **{"X-Request-ID": "made-up"})
    headers, _ = proxy.received[-1]
    assert proxy.logs(headers.get_all("X-Request-ID")[0])


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_http_leads_to_the_same_address_under_https_without_a_cookie(proxy, method):
    response = proxy.ask_http("/enquiry/?a=b", method)
    led = response.status, response.headers["Location"], response.headers["Set-Cookie"]
    assert led == (308, f"https://{HOST}/enquiry/?a=b", None)


def test_http_of_an_unknown_host_leads_nowhere(proxy):
    response = proxy.ask_http("/", host="elsewhere.example")
    assert (response.status, response.headers["Location"]) == (400, None)


@pytest.mark.parametrize("name", ["elsewhere.example", None])
def test_unknown_name_gets_no_certificate(proxy, name):
    with pytest.raises(ssl.SSLError):
        proxy.connect(name)


def test_old_tls_is_refused(proxy):
    with pytest.raises(ssl.SSLError), pytest.warns(DeprecationWarning, match="TLS"):
        proxy.connect(highest=ssl.TLSVersion.TLSv1_1)


def test_http_2_is_spoken(proxy):
    with proxy.connect(protocols=("h2", "http/1.1")) as connection:
        assert connection.selected_alpn_protocol() == "h2"


def test_body_limit_is_the_sites_own():
    limit = f"client_max_body_size {MAX_BODY // 1024}k;"
    assert limit in (SHIPPED / "imsinfo.conf").read_text()
