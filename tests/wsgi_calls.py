"""A WSGI application asked as a server asks it, and what it answers."""

import sys
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import unquote_to_bytes


@dataclass(frozen=True)
class Answer:
    """What a WSGI application answered. lines: the headers as sent, doubled ones included."""

    status: int
    headers: dict[str, str]
    body: bytes
    lines: tuple[tuple[str, str], ...]


class StartResponse:
    """A server's start_response, as strict as PEP 3333: a second call needs exc_info."""

    def __init__(self):
        self.status, self.lines = "", ()

    def __call__(self, status, headers, exc_info=None):
        assert exc_info or not self.status
        self.status, self.lines = status, tuple(headers)


def environ(method, path, body=b"", **changes):
    """Return what a server makes of a request for path, which is percent-encoded."""
    address, _, query = path.partition("?")
    return {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(address).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1:8000",
        "CONTENT_LENGTH": str(len(body)) if body else "",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    } | changes


def call(application, method, path, body=b"", **changes):
    start = StartResponse()
    result = application(environ(method, path, body, **changes), start)
    try:
        received = b"".join(result)
    finally:
        getattr(result, "close", lambda: None)()
    headers = {name.lower(): value for name, value in start.lines}
    return Answer(int(start.status.split()[0]), headers, received, start.lines)
