"""Normal visits at a steady pace: what each got, in which time, and how it failed."""

import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from http.client import HTTPConnection, HTTPException
from threading import Event, Lock, Thread
from typing import NamedTuple

from tests.faults.figures import percentile
from tests.faults.load import Enquiry
from tests.faults.site import HOST

TIMEOUT = 10  # seconds for one answer; nobody waits longer
ENQUIRY_EVERY = 20  # visits
PAGES = ("/conditions/neck-pain/", "/enquiry/", "/search/?q=neck+pain", "/aftercare/", "/")
SERVED, LOST, REFUSED, LATE = "served", "connection lost", "refused", "no answer in time"


class Answer(NamedTuple):
    """One answer, whole: its status, its headers by lower-case name, and its body."""

    status: int
    headers: dict[str, str]
    body: bytes


class Visit(NamedTuple):
    """One visit: what it asked for, how it ended, and how long it took in seconds.

    outcome: SERVED, LOST, REFUSED, LATE, or "answered " with the status. opened: when its
    connection was, on the clock of began; a visitor who stays has opened it for an earlier visit.
    """

    path: str
    outcome: str
    began: float
    seconds: float
    opened: float
    answer: Answer | None = None


class Connection(HTTPConnection):
    """A connection that knows when it was opened; to be opened anew once it is lost."""

    opened = 0.0

    def __init__(self, port: int):
        super().__init__(HOST, port, timeout=TIMEOUT)

    def connect(self) -> None:
        self.opened = time.monotonic()
        super().connect()


def outcome_of(answer: Answer | None, failure: Exception | None) -> str:
    """Name how a visit ended. failure: what was raised instead of an answer."""
    if answer:
        return SERVED if answer.status in {200, 303} else f"answered {answer.status}"
    if isinstance(failure, ConnectionRefusedError):
        return REFUSED
    return LATE if isinstance(failure, TimeoutError) else LOST


def visit(connection: Connection, path: str, enquiry: Enquiry | None = None) -> Visit:
    """Ask once, never again, on a connection that stays open where the server lets it.

    enquiry: sent in place of a question for the path.
    """
    began, answer, failure = time.monotonic(), None, None
    try:
        if enquiry:
            connection.request("POST", path, *enquiry)
        else:
            connection.request("GET", path)
        response = connection.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        answer = Answer(response.status, headers, response.read())
    except (OSError, HTTPException) as error:
        failure = error
        connection.close()
    seconds = time.monotonic() - began
    outcome = outcome_of(answer, failure)
    return Visit(path, outcome, began, seconds, connection.opened, answer)


class Visitors:
    """Visits from several threads until they are told to end.

    ask: makes the visit of a number, which counts from 0 over all threads.
    pace: visits a second of all threads together, where the answers come fast enough.
    """

    def __init__(self, ask: Callable[[int], Visit], pace: float, threads: int = 4):
        self.ask, self.pace = ask, pace
        self.visits: list[Visit] = []
        self._ended, self._lock, self._number = Event(), Lock(), 0
        self._threads = [Thread(target=self._come, daemon=True) for _ in range(threads)]

    def __enter__(self) -> "Visitors":
        self._began = time.monotonic()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _come(self) -> None:
        while True:
            with self._lock:
                number, self._number = self._number, self._number + 1
            if self._ended.wait(max(0, self._began + number / self.pace - time.monotonic())):
                return
            self.visits.append(self.ask(number))


def newcomer(
    port: int, enquiries: Sequence[Enquiry], paths: Sequence[str] = PAGES
) -> Callable[[int], Visit]:
    """Return what makes a visit on a connection of its own: a page, now and then an enquiry.

    enquiries: taken one after the other; where they run out, all visits read pages.
    """
    waiting = iter(enquiries)

    def come(number: int) -> Visit:
        connection = Connection(port)
        enquiry = next(waiting, None) if number % ENQUIRY_EVERY == 0 else None
        try:
            path = "/enquiry/send/" if enquiry else paths[number % len(paths)]
            return visit(connection, path, enquiry)
        finally:
            connection.close()

    return come


class Regular:
    """Visits on connections that are kept open from page to page, one for each thread."""

    def __init__(self, port: int, paths: Sequence[str]):
        self.port, self.paths = port, paths
        # In turn, so that none is left alone until the server ends it.
        self._free: deque[Connection] = deque()

    def __call__(self, number: int) -> Visit:
        try:
            connection = self._free.popleft()
        except IndexError:
            connection = Connection(self.port)
        try:
            return visit(connection, self.paths[number % len(self.paths)])
        finally:
            self._free.append(connection)


class Figures(NamedTuple):
    """What a number of visits come to. share: of those served; times in seconds."""

    visits: int
    share: float
    p50: float
    p95: float
    slowest: float
    failures: dict[str, int]


def figures_of(visits: Sequence[Visit]) -> Figures:
    """Sum up at least one visit; one that failed counts with the time until it did."""
    seconds = [each.seconds for each in visits]
    failures = Counter(each.outcome for each in visits if each.outcome != SERVED)
    return Figures(
        len(visits),
        1 - failures.total() / len(visits),
        percentile(seconds, 0.5),
        percentile(seconds, 0.95),
        max(seconds),
        dict(failures),
    )
