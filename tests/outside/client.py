"""Asking the running site as its proxy does, in good HTTP or byte by byte."""

import re
import socket
from contextlib import suppress
from http.client import HTTPConnection
from typing import NamedTuple
from urllib.parse import urlencode

from tests.faults.answers import Page
from tests.faults.site import Site

HOST = "ims.clinic.test"
FORM = "application/x-www-form-urlencoded"
TIMEOUT = 20  # seconds for one answer
BY_PROXY = {"Host": HOST, "X-Forwarded-Proto": "https"}


class Answer(NamedTuple):
    """What came back. lines: the headers as sent, names in small letters, doubled ones included."""

    status: int
    lines: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def headers(self) -> dict[str, str]:
        return dict(self.lines)

    @property
    def cookies(self) -> tuple[str, ...]:
        return tuple(value for name, value in self.lines if name == "set-cookie")


def ask(site: Site, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
    """Ask on a connection of its own, by https unless the headers say otherwise."""
    connection = HTTPConnection("127.0.0.1", site.port, timeout=TIMEOUT)
    try:
        connection.request(method, path, body, BY_PROXY | headers)
        answer = connection.getresponse()
        lines = tuple((name.lower(), value) for name, value in answer.getheaders())
        return Answer(answer.status, lines, answer.read())
    finally:
        connection.close()


def send_form(site: Site, path: str, answers: dict[str, str], **headers: str) -> Answer:
    body = urlencode(answers).encode()
    return ask(site, "POST", path, body, **{"Content-Type": FORM} | headers)


def raw(site: Site, request: bytes, *, hang_up: bool = False) -> bytes:
    """Send bytes as they are and return all that comes back until the server ends it.

    hang_up: say that no more will come, where less was sent than the request says. The server
    gives a whole request no answer then, so that one asks it to close the connection instead.
    """
    with socket.create_connection(("127.0.0.1", site.port), timeout=TIMEOUT) as connection:
        received = b""
        # A server that has heard enough may close; what it said before counts.
        with suppress(ConnectionResetError, BrokenPipeError):
            connection.sendall(request)
            if hang_up:
                connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(65536):
                received += part
    return received


def statuses(received: bytes) -> list[int]:
    """Return the status of every answer in what was received; bodies of ours hold no such line."""
    return [int(found) for found in re.findall(rb"(?:\A|\n)?HTTP/1\.[01] (\d{3}) ", received)]


class Staff:
    """Somebody of staff in a browser, signed in by the pages that ask for password and code.

    name: of an account with PASSWORD; code: what its phone shows now. set_cookies: every cookie
    as the site set it.
    """

    def __init__(self, site: Site, name: str, password: str, code: str):
        self.site = site
        self.kept: dict[str, str] = {}
        self.set_cookies: list[str] = []
        self.fill_in("/admin/login/", {"username": name, "password": password})
        self.fill_in("/admin/second-factor/", {"code": code})

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        cookie = "; ".join(f"{name}={value}" for name, value in self.kept.items())
        answer = ask(self.site, method, path, body, Cookie=cookie, **headers)
        for line in answer.cookies:
            self.set_cookies.append(line)
            name, _, value = line.partition(";")[0].partition("=")
            self.kept[name] = value
        return answer

    def fill_in(self, path: str, answers: dict[str, str]) -> Answer:
        """Open a page and send its form, with the token that it carries."""
        page = self.ask("GET", path)
        carried = Page(page.body.decode()).hidden
        origin = {"Origin": f"https://{HOST}", "Content-Type": FORM}
        return self.ask("POST", path, urlencode(carried | answers).encode(), **origin)
