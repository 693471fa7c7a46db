"""Clients that hold their connections as long as they can, each in one of five slow ways."""

import socket
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from statistics import median
from threading import Event, Thread

from tests.faults.answers import FORM_TYPE, new_address
from tests.faults.site import HOST

TICK = 1.0  # seconds from one byte to the next
TINY = 1024  # bytes of a receive buffer; the system doubles it, and takes no less
PAGE = "/conditions/neck-pain/"
# The largest file that the site serves, asked for so often at once that the answers are more
# than all buffers between here and there hold: the server must wait with the rest in its hands.
LARGE = "/static/admin/js/vendor/xregexp/xregexp.js"
PIPELINED = 12


def _question(path: str, *lines: str, method: str = "GET") -> bytes:
    """Return the head of a request that lacks the empty line at its end."""
    address = f"X-Forwarded-For: {new_address()}"
    head = (f"{method} {path} HTTP/1.1", f"Host: {HOST}", address, *lines)
    return "".join(f"{line}\r\n" for line in head).encode()


def _post(*lines: str) -> bytes:
    form = f"Content-Type: {FORM_TYPE}"
    return _question("/enquiry/send/", form, *lines, method="POST") + b"\r\n"


@dataclass(frozen=True)
class Kind:
    """A way of being slow: what is sent at first, and what at every tick.

    reads: how many bytes at most are read at a tick.
    """

    name: str
    first: Callable[[], bytes]
    then: bytes
    reads: int = 65536
    receive_buffer: int = 0


KINDS = (
    Kind("headers", lambda: _question(PAGE) + b"X-Slow: ", b"a"),
    Kind("body", lambda: _post("Content-Length: 100000"), b"a"),
    Kind("chunks", lambda: _post("Transfer-Encoding: chunked"), b"1\r\na\r\n"),
    Kind("reading", lambda: (_question(LARGE) + b"\r\n") * PIPELINED, b"", 1, TINY),
    Kind("idle", lambda: _question(PAGE) + b"\r\n", b""),
)


class Slow:
    """One connection of a kind, opened anew where the server has ended it."""

    def __init__(self, kind: Kind, port: int, seen: Counter[str]):
        self.kind, self.port, self.seen = kind, port, seen
        self.socket: socket.socket | None = None
        self._unsent = b""

    def tick(self) -> bool:
        """Be slow once more; return whether the connection was still there."""
        if self.socket is None:
            self._open()
            return False
        try:
            # Told before what has arrived is read, which at this pace takes for ever.
            if self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                raise ConnectionResetError
            self._send(self.kind.then)
            self._read()
        except BlockingIOError:
            return True
        except OSError:
            self._note_end()
            return False
        return True

    def close(self) -> None:
        if self.socket:
            self.socket.close()
            self.socket = None

    def _open(self) -> None:
        self.socket = socket.socket()
        self.socket.setblocking(False)
        if self.kind.receive_buffer:
            size = self.kind.receive_buffer
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
        # Where the server does not take it, it is not there yet at the next tick.
        self.socket.connect_ex((HOST, self.port))
        self._unsent = self.kind.first()
        self.seen["opened"] += 1
        with suppress(OSError):
            self._send(b"")

    def _send(self, more: bytes) -> None:
        assert self.socket
        self._unsent += more
        while self._unsent:
            self._unsent = self._unsent[self.socket.send(self._unsent) :]

    def _read(self) -> None:
        assert self.socket
        got = self.socket.recv(self.kind.reads)
        if not got:
            raise ConnectionResetError
        if got.startswith(b"HTTP/1.1 "):
            self.seen[f"answered {got[9:12].decode()}"] += 1

    def _note_end(self) -> None:
        self.seen["ended by the server"] += 1
        self.close()


class Holder(Thread):
    """Holds so many connections of a kind from one thread, until it is told to end."""

    def __init__(self, kind: Kind, port: int, count: int):
        super().__init__(daemon=True)
        self.kind = kind
        self.seen: Counter[str] = Counter()
        self.held: list[int] = []
        self._slow = [Slow(kind, port, self.seen) for _ in range(count)]
        self._ended = Event()

    @property
    def usually_held(self) -> int:
        """How many were there at half of all ticks, the first two apart, or more."""
        return int(median(self.held[2:] or [0]))

    def run(self) -> None:
        while not self._ended.is_set():
            began = time.monotonic()
            self.held.append(sum([each.tick() for each in self._slow]))
            self._ended.wait(max(0, began + TICK - time.monotonic()))

    def end(self) -> None:
        self._ended.set()
        self.join()
        for each in self._slow:
            each.close()
