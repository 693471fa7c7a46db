"""The security headers of every response: pages, static files, admin, errors."""

import logging
import sys
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

Header = tuple[str, str]
StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

logger = logging.getLogger("imsinfo.server")

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    ]
)
SWITCHED_OFF = (
    "accelerometer",
    "browsing-topics",
    "camera",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "payment",
    "usb",
)
ALWAYS: tuple[Header, ...] = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cross-Origin-Embedder-Policy", "require-corp"),
    # Not no-referrer: browsers then send "Origin: null" with the site's own forms.
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", ", ".join(f"{feature}=()" for feature in SWITCHED_OFF)),
)
# Of each prepared page there are the headers of six answers, about 1 kB each.
FIXED_KEPT = 1024
TWO_YEARS = 63_072_000


def security_headers(https: bool, include_subdomains: bool) -> tuple[Header, ...]:
    """Return the table for one site. https: whether readers reach it by https alone."""
    if not https:
        return ALWAYS
    value = f"max-age={TWO_YEARS}" + ("; includeSubDomains" if include_subdomains else "")
    return (*ALWAYS, ("Strict-Transport-Security", value))


class SecurityHeaders:
    """WSGI wrapper around the whole site: puts the table on whatever the application answers.

    table: the headers; fallback: returns the page for an exception that got this far.
    """

    def __init__(
        self, application: Application, table: tuple[Header, ...], fallback: Callable[[], bytes]
    ):
        self.application = application
        self.table = table
        self.names = {name.lower() for name, _ in table}
        self.fallback = fallback
        # What comes as a tuple comes again with every visit, so it is completed once.
        self.completed_once = lru_cache(maxsize=FIXED_KEPT)(self._completed)

    def _completed(self, headers: Iterable[Header]) -> list[Header]:
        own = [header for header in headers if header[0].lower() not in self.names]
        return [*own, *self.table]

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        def start(
            status: str, headers: list[Header] | tuple[Header, ...], exc_info: Any = None
        ) -> Any:
            if isinstance(headers, tuple):
                return start_response(status, self.completed_once(headers), exc_info)
            return start_response(status, self._completed(headers), exc_info)

        try:
            return self.application(environ, start)
        except Exception:
            # Whatever it was, a visitor gets a page with the headers and the phone number.
            logger.exception("A request failed outside Django")
            page = self.fallback()
            headers = [
                ("Content-Type", "text/html; charset=utf-8"),
                ("Content-Length", str(len(page))),
                ("Cache-Control", "no-store, private"),
            ]
            start("500 Internal Server Error", headers, sys.exc_info())
            return [] if environ["REQUEST_METHOD"] == "HEAD" else [page]
