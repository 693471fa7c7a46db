"""What is answered before anything else: refusals, and health checks."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from django.http.request import split_domain_port, validate_host

from imsinfo.web.headers import Application, Header, StartResponse

MAX_BODY = 256 * 1024
MAX_ADDRESS = 4096
UTF_8 = re.compile(r'charset\s*=\s*(utf-?8|"utf-?8")\s*(;|$)', re.IGNORECASE)
FORBIDDEN_IN_PATH = re.compile(r"[\x00-\x1f\x7f\\]|(^|/)\.\.(/|$)")


@dataclass(frozen=True)
class Rules:
    """What a site accepts. hosts: allowed names; https: whether http is sent on to https."""

    hosts: tuple[str, ...]
    https: bool
    trusted_proxies: int


@dataclass(frozen=True)
class Refusal:
    status: int
    headers: tuple[Header, ...] = ()


def believe_proxy(environ: dict[str, Any], trusted_proxies: int) -> None:
    """Take the scheme from X-Forwarded-Proto if a proxy of our own wrote it, else ignore it."""
    environ["wsgi.url_scheme"] = scheme_of(environ, trusted_proxies)
    environ.pop("HTTP_X_FORWARDED_PROTO", None)


def scheme_of(environ: Mapping[str, Any], trusted_proxies: int) -> str:
    """Return how a visitor came, before or after believe_proxy: https or http."""
    forwarded = environ.get("HTTP_X_FORWARDED_PROTO", "")
    if trusted_proxies < 1 or not forwarded:
        return environ["wsgi.url_scheme"]
    return "https" if forwarded.rsplit(",", 1)[-1].strip().lower() == "https" else "http"


def refusal(environ: dict[str, Any], rules: Rules) -> Refusal | None:
    """Return why a request goes no further, or None where Django shall answer it."""
    path = environ.get("PATH_INFO", "")
    host = environ.get("HTTP_HOST", "")
    if not is_allowed(host, rules.hosts):
        return Refusal(HTTPStatus.BAD_REQUEST)
    if not _readable_path(environ, path):
        return Refusal(HTTPStatus.BAD_REQUEST)
    if rules.https and environ["wsgi.url_scheme"] != "https":
        return _redirect_to_https(environ, host)
    return _body_refusal(environ)


@lru_cache(maxsize=64)
def is_allowed(host: str, hosts: tuple[str, ...]) -> bool:
    """Whether a Host header names one of a site's own hosts, whatever the port."""
    domain, _ = split_domain_port(host)
    return bool(domain) and validate_host(domain, hosts)


def _readable_path(environ: dict[str, Any], path: str) -> bool:
    """Short enough, UTF-8, without control characters or steps upwards."""
    if len(path) + len(environ.get("QUERY_STRING", "")) > MAX_ADDRESS:
        return False
    try:
        return not FORBIDDEN_IN_PATH.search(path.encode("latin-1").decode("utf-8"))
    except UnicodeError:
        return False


def _redirect_to_https(environ: dict[str, Any], host: str) -> Refusal:
    """Send the visitor to the same address under https, on the port that https has."""
    address = _quoted_address(environ)
    domain = host.rsplit(":", 1)[0] if re.search(r":\d+$", host) else host
    safe = environ["REQUEST_METHOD"] in {"GET", "HEAD"}
    status = HTTPStatus.MOVED_PERMANENTLY if safe else HTTPStatus.PERMANENT_REDIRECT
    return Refusal(status, (("Location", f"https://{domain}{address}"),))


def _quoted_address(environ: dict[str, Any]) -> str:
    query = environ.get("QUERY_STRING", "")
    path = "/" + quote(environ.get("PATH_INFO", "").encode("latin-1")).lstrip("/")
    return path + (f"?{query}" if query else "")


def _body_refusal(environ: dict[str, Any]) -> Refusal | None:
    """A body must say how long it is, and be no longer than a form can be; it is not read here."""
    kind = environ.get("CONTENT_TYPE", "")
    if "*" in kind or _names_another_charset(kind):
        # An asterisk: parameters as in RFC 2231 name a charset of their own.
        return Refusal(HTTPStatus.BAD_REQUEST)
    if environ.get("HTTP_TRANSFER_ENCODING"):
        return Refusal(HTTPStatus.LENGTH_REQUIRED)
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isascii() or not length.isdigit():
        return Refusal(HTTPStatus.BAD_REQUEST)
    # Python refuses to count thousands of digits, so their number is looked at first.
    too_long = len(length) > len(str(MAX_BODY)) or int(length) > MAX_BODY
    return Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE) if too_long else None


def _names_another_charset(kind: str) -> bool:
    """Whether a body is said to be other than UTF-8: no browser does, and on some Django fails."""
    return kind.lower().count("charset") != len(UTF_8.findall(kind))


class Door:
    """WSGI wrapper that answers refusals and health checks itself.

    page: the bytes of the page for a status; health: what to ask by path. Monitors call
    by address, so a health path is answered under any Host and without https.
    """

    def __init__(
        self,
        application: Application,
        rules: Rules,
        page: Callable[[int], bytes],
        health: Mapping[str, Callable[[], bool]],
    ):
        self.application = application
        self.rules = rules
        self.page = page
        self.health = health

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        check = self.health.get(environ.get("PATH_INFO", ""))
        if check:
            return _health_answer(environ, start_response, check())
        believe_proxy(environ, self.rules.trusted_proxies)
        refused = refusal(environ, self.rules)
        if refused is not None:
            return self._refuse(environ, start_response, refused)
        return self.application(environ, start_response)

    def _refuse(
        self, environ: dict[str, Any], start_response: StartResponse, refused: Refusal
    ) -> Iterable[bytes]:
        is_redirect = refused.status in {301, 308}
        body = b"" if is_redirect else self.page(refused.status)
        headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store, private"),
            *refused.headers,
        ]
        start_response(f"{refused.status} {HTTPStatus(refused.status).phrase}", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _health_answer(
    environ: dict[str, Any], start_response: StartResponse, healthy: bool
) -> Iterable[bytes]:
    """Two words and no details: whoever asks may be a stranger."""
    body = b"ok\n" if healthy else b"not ready\n"
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
    ]
    method = environ["REQUEST_METHOD"]
    if method not in {"GET", "HEAD"}:
        start_response("405 Method Not Allowed", [*headers, ("Allow", "GET, HEAD")])
    else:
        start_response("200 OK" if healthy else "503 Service Unavailable", headers)
    return [] if method == "HEAD" else [body]
