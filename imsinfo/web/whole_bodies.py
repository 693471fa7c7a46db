"""Lets a form in only once it is there as a whole."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from io import BytesIO
from typing import Any

from imsinfo.web.headers import Application, StartResponse


class WholeBodies:
    """WSGI wrapper that reads what is posted before Django does, and turns away what is cut short.

    Else half of a form, from a line that broke or was too slow, would be taken for the whole.
    The length must have been found to be a number that is not too large; page: the bytes of the
    page for a status.
    """

    def __init__(self, application: Application, page: Callable[[int], bytes]):
        self.application = application
        self.page = page

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if environ["REQUEST_METHOD"] != "POST" or not length:
            return self.application(environ, start_response)
        body = environ["wsgi.input"].read(length)
        if len(body) < length:
            return self._turned_away(start_response)
        environ["wsgi.input"] = BytesIO(body)
        return self.application(environ, start_response)

    def _turned_away(self, start_response: StartResponse) -> Iterable[bytes]:
        status = HTTPStatus.REQUEST_TIMEOUT
        page = self.page(status)
        headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(page))),
            ("Cache-Control", "no-store, private"),
            ("Connection", "close"),
        ]
        start_response(f"{status} {status.phrase}", headers)
        return [page]
