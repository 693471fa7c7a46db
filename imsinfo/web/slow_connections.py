"""Ends connections that keep a thread of the server waiting for too long.

The server has a time limit for headers alone. Whoever sends a body or reads an answer byte by
byte would hold a thread, and where all are held nobody else is answered. So each worker looks
at its own connections through what the system counts of each (Linux: TCP_INFO).
"""

import os
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import NamedTuple

SECONDS_BETWEEN_LOOKS = 5
# Longer than the server waits for headers, and than any page waits for the database.
MOST_SILENCE = 60  # seconds
# Below that an answer is not read but held: the slowest telephone line carries more.
READ_IN = 60  # seconds
LEAST_READ = 60 * 100  # bytes
# Of struct tcp_info: its length up to the last of these, and where each lies.
TCP_INFO_LENGTH = 148
UNACKED, LAST_DATA_SENT, BYTES_ACKED, NOTSENT_BYTES = 24, 44, 120, 144


class Counted(NamedTuple):
    """What the system counts of one connection. silence: seconds since we have sent anything.

    unread: whether something that we have sent, or want to send, has not arrived yet.
    read: bytes that have arrived since it began.
    """

    silence: float
    unread: bool
    read: int


class Verdict(Enum):
    """What is to be done with a connection.

    END_WAITING: no more is awaited from it, but it may still be told so.
    """

    LEAVE = "leave"
    END_WAITING = "end waiting"
    END = "end"


def counted(raw: bytes) -> Counted:
    """Read what the system says of a connection, in the machine's own byte order."""
    [milliseconds] = struct.unpack_from("=I", raw, LAST_DATA_SENT)
    [unacked] = struct.unpack_from("=I", raw, UNACKED)
    [notsent] = struct.unpack_from("=I", raw, NOTSENT_BYTES)
    [read] = struct.unpack_from("=Q", raw, BYTES_ACKED)
    return Counted(milliseconds / 1000, bool(unacked or notsent), read)


@dataclass
class Watch:
    """Judges connections. Knows since when each has left something unread, and how much it had."""

    unread_since: dict[int, tuple[float, int]] = field(default_factory=dict)

    def judge(self, name: int, found: Counted, now: float) -> Verdict:
        """Return what to do with a connection; now: in seconds, on a clock that only goes on.

        name: the same for a connection at every look, and of no other at the same time.
        """
        if not found.unread:
            self.unread_since.pop(name, None)
            return Verdict.END_WAITING if found.silence >= MOST_SILENCE else Verdict.LEAVE
        since, had = self.unread_since.setdefault(name, (now, found.read))
        if now - since < READ_IN:
            return Verdict.LEAVE
        del self.unread_since[name]
        return Verdict.END if found.read - had < LEAST_READ else Verdict.LEAVE

    def forget_all_but(self, names: set[int]) -> None:
        """Forget connections that are gone: their names will be given again."""
        for name in self.unread_since.keys() - names:
            del self.unread_since[name]


def look(watch: Watch, port: int, now: float) -> int:
    """Judge every connection of this process to its own port once; return how many were ended."""
    names, ended = set(), 0
    for entry in Path("/proc/self/fd").iterdir():
        # Any of them may be closed meanwhile, and its number stand for something else.
        with suppress(OSError), _borrowed(int(entry.name)) as connection:
            if _is_visitor(connection, port):
                name = os.fstat(connection.fileno()).st_ino
                names.add(name)
                ended += _ended(connection, watch.judge(name, _asked(connection), now))
    watch.forget_all_but(names)
    return ended


@contextmanager
def _borrowed(handle: int) -> Iterator[socket.socket]:
    """Give a handle of the server's as a socket; raises OSError where it is none.

    Nothing is closed here, nor duplicated: to close any handle of the database's file, even a
    second one, would make the system drop every lock that SQLite holds on it in this process.
    """
    connection = socket.socket(fileno=handle)
    try:
        yield connection
    finally:
        connection.detach()


def _asked(connection: socket.socket) -> Counted:
    raw = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO_LENGTH)
    if len(raw) < TCP_INFO_LENGTH:
        raise OSError("this system counts too little")
    return counted(raw)


def _ended(connection: socket.socket, verdict: Verdict) -> bool:
    if verdict is Verdict.LEAVE:
        return False
    if verdict is Verdict.END_WAITING:
        connection.shutdown(socket.SHUT_RD)
        return True
    # What nobody reads is thrown away as soon as the server closes it, and not kept for them.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.shutdown(socket.SHUT_RDWR)
    return True


def _is_visitor(connection: socket.socket, port: int) -> bool:
    """Whether it is a connection to the port, not a listening socket or one to the database."""
    if connection.family not in {socket.AF_INET, socket.AF_INET6}:
        return False
    try:
        connection.getpeername()
        return connection.getsockname()[1] == port
    except OSError:
        return False


def watch_connections(port: int) -> None:
    """Watch the connections of this worker from now on, where the system can tell of them.

    port: on which the site listens.
    """
    if sys.platform == "linux":
        threading.Thread(target=_watch, args=(port,), daemon=True).start()


def _watch(port: int) -> None:
    watch = Watch()
    while True:
        time.sleep(SECONDS_BETWEEN_LOOKS)
        look(watch, port, time.monotonic())
