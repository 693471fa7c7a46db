"""How many forms are stored at once, and how long each may wait: nobody waits without an end."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from imsinfo.operating.databases import BUSY_TIMEOUT

# In one process, whose other threads stay free for readers.
MOST_IN_FLIGHT = 100
LONGEST_QUEUE = 2.0  # seconds that a form waits for one of these places
LONGEST = 19.0  # seconds for its turn, the database's own lock, and a second try
# A second try begins in this time or not at all: PostgreSQL may take 15 seconds for its "no".
LATEST_RETRY = 5.0
# SQLite has one writer. And whoever writes comes back to Python after each statement: threads that
# are at work beside it would keep it waiting there with the database's lock in hand.
AT_WORK = {"sqlite": 1, "postgresql": 4}

Result = TypeVar("Result")
_places = threading.BoundedSemaphore(MOST_IN_FLIGHT)
_turns = {vendor: threading.BoundedSemaphore(most) for vendor, most in AT_WORK.items()}


class NoPlaceError(DatabaseError):
    """Too many forms are being stored, or the turn to write did not come in time."""


@contextmanager
def turn() -> Iterator[float]:
    """Hold one of the places for forms and wait for the turn; yield when the waiting began.

    Raises NoPlaceError where no place becomes free soon, or the turn does not come in time.
    """
    start = time.monotonic()
    with _taken(_places, LONGEST_QUEUE), _taken(_turns[connection.vendor], _left(start)):
        yield start


@contextmanager
def _taken(semaphore: threading.Semaphore, seconds: float) -> Iterator[None]:
    if not semaphore.acquire(timeout=seconds):
        raise NoPlaceError("too many forms are being stored")
    try:
        yield
    finally:
        semaphore.release()


def written(write: Callable[[], Result], start: float) -> Result:
    """Return what write returns, which it must do in a transaction of its own.

    Where the database fails it is tried once more, on a new connection. Raises Django's database
    errors at the latest LONGEST seconds after start.
    """
    try:
        return _in_time(write, start)
    except (OperationalError, InterfaceError):
        if time.monotonic() - start > LATEST_RETRY:
            raise
    connection.close()
    return _in_time(write, start)


def _in_time(write: Callable[[], Result], start: float) -> Result:
    if connection.vendor != "sqlite":
        return write()
    try:
        _wait_for_others(_left(start))
        return write()
    finally:
        with suppress(DatabaseError):
            _wait_for_others(BUSY_TIMEOUT)


def _wait_for_others(seconds: float) -> None:
    """Let this connection wait so long where another process holds SQLite's lock."""
    with connection.cursor() as cursor:
        # Not as a parameter: SQLite takes none here.
        cursor.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")


def _left(start: float) -> float:
    return max(0.01, LONGEST - (time.monotonic() - start))
