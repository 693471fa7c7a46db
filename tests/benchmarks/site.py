"""The site as a clinic runs it: behind a proxy, under https, with every demanded setting."""

import gzip
import os
import secrets
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import NamedTuple

import brotli
from cryptography.fernet import Fernet

from tests.benchmarks.content import add_articles
from tests.benchmarks.processes import come_to_rest, workers_of
from tests.faults.site import HOST, ROOT, START_TIMEOUT, STOP_TIMEOUT, Site

NAME = "ims.clinic.test"
# What the clinic's own proxy adds to a visitor's request.
ASKED = {"Host": NAME, "X-Forwarded-Proto": "https", "Accept-Encoding": "br"}
# What a browser takes: pages that are not compressed beforehand come with gzip.
BROWSER = {"Accept-Encoding": "gzip, deflate, br"}
ARTICLE = "/conditions/neck-pain/"
# Seconds; from nothing, with many articles and while others use the machine, it takes long.
START_LIMIT = 600


class BenchmarkFault(Exception):  # noqa: N818 -- a fault of what is measured
    """Something cannot be measured; the message says what and why."""


class Answer(NamedTuple):
    """headers: with their names as sent, in their order."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        found = (value for known, value in self.headers if known.lower() == name.lower())
        return next(found, "")

    @property
    def text(self) -> str:
        decompress = {"br": brotli.decompress, "gzip": gzip.decompress}
        return decompress.get(self.header("Content-Encoding"), bytes)(self.body).decode()


def ask(port: int, path: str, method: str = "GET", **headers: str) -> Answer:
    """Return one answer, through a connection of its own. headers: beside those of the proxy."""
    connection = HTTPConnection(HOST, port, timeout=30)
    try:
        connection.request(method, path, headers=ASKED | headers)
        response = connection.getresponse()
        return Answer(response.status, tuple(response.getheaders()), response.read())
    finally:
        connection.close()


class ProductionSite(Site):
    """A real site with data of its own, ready to be started.

    folder: an empty one, for all it keeps; articles: of how many its content shall consist, 0
    for the shipped ones alone; settings: for this site beside those that are demanded.
    """

    def __init__(self, folder: Path, articles: int = 0, **settings: str):
        super().__init__(folder)
        self.content = folder / "clinic"
        make_clinic(self.content, articles)
        self.environment |= demanded_settings(self.content) | settings
        self.manage("migrate", "--verbosity", "0")

    def pristine(self) -> Path:
        """Return a copy of what a site keeps that is set up and was never started."""
        copy = self.folder / "pristine"
        if not copy.exists():
            shutil.copytree(self.var, copy)
        return copy

    def restore(self, copy: Path) -> None:
        """Put back what the site kept when the copy was made; it must not be running."""
        shutil.rmtree(self.var)
        shutil.copytree(copy, self.var)

    def first_answer(self, path: str = ARTICLE) -> float:
        """Start, and return the seconds until the page is there."""
        began = time.monotonic()
        self._serve()
        self.wait_for(path)
        return time.monotonic() - began

    def wait_for(self, path: str) -> None:
        """Wait until the page is there; raises BenchmarkFault where it does not come."""
        until = time.monotonic() + START_LIMIT
        while not self._shows(path):
            if time.monotonic() > until or self.process.poll() is not None:
                said = self.log.read_text()[-2000:]
                raise BenchmarkFault(f"The site has not answered {path}. It said at last:\n{said}")
            time.sleep(0.005)

    def close(self) -> None:
        """Stop, and wait until its workers and its loop of mails have ended too."""
        self.stop()
        until = time.monotonic() + STOP_TIMEOUT
        while self._lives() and time.monotonic() < until:
            time.sleep(0.05)

    def settle(self) -> None:
        """Wait until both workers and the loop of mails have started and are at rest."""
        self.wait_until_ready()
        come_to_rest(self.process.pid, step=1, limit=START_TIMEOUT)

    def workers(self) -> list[int]:
        """The processes that answer requests."""
        return workers_of(self.process.pid)

    def _lives(self):
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, 0)
            return True
        return False

    def _shows(self, path):
        with suppress(OSError, HTTPException):
            return ask(self.port, path).status == 200
        return False


def make_clinic(folder: Path, articles: int = 0) -> None:
    """Make a clinic's content folder, with a description of its own and further articles."""
    folder.mkdir()
    shipped = (ROOT / "content" / "clinic.yaml").read_text()
    (folder / "clinic.yaml").write_text(shipped.replace("example: true\n", ""))
    add_articles(folder, max(articles - shipped_articles(), 0))


def shipped_articles() -> int:
    """How many articles the site has before a clinic adds its own."""
    content = ROOT / "content"
    files = {path.relative_to(content) for path in content.rglob("*.md")}
    return sum(path.name != "README.md" and path.parts[0] != "shared" for path in files)


def demanded_settings(content: Path) -> dict[str, str]:
    """What a start demands of a real site; its mails go nowhere."""
    return {
        "SITE_URL": f"https://{NAME}",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYS": Fernet.generate_key().decode(),
        "TRUSTED_PROXIES": "1",
        "HSTS_INCLUDE_SUBDOMAINS": "true",
        "CONTENT_DIR": str(content),
        # Nothing listens there, so every mail stays in the queue.
        "EMAIL_HOST": HOST,
        "EMAIL_PORT": "9",
        "EMAIL_SECURITY": "none",
    }


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Give a temporary folder that is gone when the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="imsinfo-benchmarks-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def production_site(articles: int = 0, **settings: str) -> Iterator[ProductionSite]:
    """Set up a real site, not started; when the block ends, nothing is left of it."""
    with temporary_folder() as folder, ExitStack() as ending:
        site = ProductionSite(folder, articles, **settings)
        ending.callback(site.end)
        yield site


@contextmanager
def bounded(seconds: int) -> Iterator[None]:
    """End the program after so many seconds, and when it is told to, as if by itself."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    signal.signal(signal.SIGALRM, lambda *_: sys.exit(f"not over after {seconds} seconds"))
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


def cores() -> int:
    return len(os.sched_getaffinity(0))
