"""How many forms are stored at once, and how long each may wait: nobody waits without an end."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from imsinfo.databases import BUSY_TIMEOUT

# In one process. Of its 128 threads so many stay free for readers.
MOST_IN_FLIGHT = 100
LONGEST_QUEUE = 2.0  # seconds that a form waits for one of these places
LONGEST = 20.0  # seconds for the write lock, the database's own lock, and a second try
# A second try begins in this time or not at all: PostgreSQL may take 15 seconds for its "no".
LATEST_RETRY = 5.0

Result = TypeVar("Result")
_places = threading.BoundedSemaphore(MOST_IN_FLIGHT)
_writing = threading.Lock()


class NoPlaceError(DatabaseError):
    """Too many forms are being stored, or the turn to write did not come in time."""


@contextmanager
def place() -> Iterator[None]:
    """Hold one of the places for forms; raise NoPlaceError where none becomes free soon."""
    if not _places.acquire(timeout=LONGEST_QUEUE):
        raise NoPlaceError("all places for forms are taken")
    try:
        yield
    finally:
        _places.release()


def written(write: Callable[[], Result], start: float) -> Result:
    """Return what write returns, which it must do in a transaction of its own.

    Where the database fails it is tried once more, on a new connection. Raises Django's database
    errors, NoPlaceError among them, at the latest LONGEST seconds after start.
    """
    try:
        return _in_turn(write, start)
    except (OperationalError, InterfaceError):
        if time.monotonic() - start > LATEST_RETRY:
            raise
    connection.close()
    return _in_turn(write, start)


def _in_turn(write: Callable[[], Result], start: float) -> Result:
    """SQLite has one writer. Threads that line up here are faster than those that poll its lock."""
    if connection.vendor != "sqlite":
        return write()
    if not _writing.acquire(timeout=_left(start)):
        raise NoPlaceError("the turn to write did not come in time")
    try:
        _wait_for_others(_left(start))
        return write()
    finally:
        with suppress(DatabaseError):
            _wait_for_others(BUSY_TIMEOUT)
        _writing.release()


def _wait_for_others(seconds: float) -> None:
    """Let this connection wait so long where another process holds SQLite's lock."""
    with connection.cursor() as cursor:
        # Not as a parameter: SQLite takes none here.
        cursor.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")


def _left(start: float) -> float:
    return max(0.01, LONGEST - (time.monotonic() - start))
