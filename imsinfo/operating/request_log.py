"""One line for each request that was refused, failed or took long, in words of our own.

Neither the address nor anything else that was sent stands in it: a stranger may type anything
anywhere. The pattern that the address fits tells an operator which part of the site it was.
"""

import logging
import time
from collections.abc import Container, Iterable, Mapping
from typing import Any

from django.conf import settings
from django.urls import Resolver404, resolve

from imsinfo.operating.proxies import ProxyWatch
from imsinfo.operating.request_ids import begin_request, end_request
from imsinfo.web.headers import Application, StartResponse

logger = logging.getLogger("imsinfo.requests")

SLOW = 5.0  # seconds
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
LONGEST_PATH = 4096
UNKNOWN = "unknown address"


class RequestLog:
    """WSGI wrapper around all that may refuse or fail. The id of a request is not sent back: a
    page that is prepared once for everybody would bring along that of another reader.

    proxies: is shown each request as it came; unlogged: paths that monitors ask every few seconds.
    """

    def __init__(self, application: Application, proxies: ProxyWatch, unlogged: Container[str]):
        self.application, self.proxies, self.unlogged = application, proxies, unlogged

    def begin(self, environ: Mapping[str, Any]) -> None:
        """Let what is logged from now on belong to this request."""
        # What a body logs while it is sent still belongs to the request; the next one ends it.
        begin_request(environ.get("HTTP_X_REQUEST_ID", "") if self.proxies.trusted > 0 else "")
        self.proxies.look(environ)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO") in self.unlogged:
            end_request()
            return self.application(environ, start_response)
        self.begin(environ)
        began, status = time.monotonic(), ""

        def start(line: str, headers: Any, exc_info: Any = None) -> Any:
            nonlocal status
            status = line
            return start_response(line, headers, exc_info)

        body = self.application(environ, start)
        took = time.monotonic() - began
        if status >= "4" or took > SLOW:
            tell(environ, status[:3], took)
        return body


def tell(environ: dict[str, Any], status: str, took: float) -> None:
    """Write the line. status: three digits; took: seconds until the answer began."""
    method = environ["REQUEST_METHOD"]
    about = {
        "method": method if method in METHODS else "OTHER",
        "route": route_of(environ.get("PATH_INFO", "")),
        "status": int(status),
        "ms": round(took * 1000),
    }
    level = logging.ERROR if status >= "5" else logging.WARNING if took > SLOW else logging.INFO
    logger.log(
        level,
        "%(method)s %(route)s: %(status)d after %(ms)d ms",
        about,
        extra={"about_request": about},
    )


def route_of(path: str) -> str:
    """Return the pattern that a path fits, such as /enquiry/send/. path: as WSGI gives it."""
    if path.startswith(settings.STATIC_URL):
        return f"{settings.STATIC_URL}…"
    if len(path) > LONGEST_PATH:
        return UNKNOWN
    try:
        return f"/{resolve(path.encode('latin-1').decode()).route}"
    except (Resolver404, UnicodeError):
        return UNKNOWN
