"""A small client for what wrk cannot ask: after HEAD it waits for a body that never comes."""

import selectors
import socket
import time
from collections.abc import Mapping
from multiprocessing import get_context
from typing import NamedTuple

from tests.benchmarks.wrk import CONNECTIONS, THREADS, Run
from tests.faults.figures import percentile
from tests.faults.site import HOST

BUFFER = 65536
PATIENCE = 10  # seconds for one answer


class Asked(NamedTuple):
    """A request, and what its answer must be. body: the bytes that follow its headers."""

    request: bytes
    status: int
    body: int


class Line:
    """One connection that stays open. seconds: of each answer that was whole and right."""

    def __init__(self, port: int, asked: Asked):
        self.asked = asked
        self.socket = socket.create_connection((HOST, port), timeout=PATIENCE)
        self.received = bytearray()
        self.seconds: list[float] = []
        self.faults = 0

    def ask(self) -> None:
        self.received.clear()
        self.began = time.perf_counter()
        self.socket.sendall(self.asked.request)

    def hear(self) -> bool:
        """Take what has come, and ask again after a whole answer. False where nothing will come."""
        came = self.socket.recv(BUFFER)
        self.received += came
        if not came:
            self.faults += 1
            return False
        if is_whole(self.received, self.asked.body):
            self._count()
            self.ask()
        return True

    def _count(self):
        if self.received.startswith(b"HTTP/1.1 %d" % self.asked.status):
            self.seconds.append(time.perf_counter() - self.began)
        else:
            self.faults += 1


def is_whole(received: bytes | bytearray, body: int) -> bool:
    """Whether all headers are there, and so many bytes behind them."""
    head = received.find(b"\r\n\r\n")
    return head >= 0 and len(received) - head - 4 >= body


def request(method: str, path: str, headers: Mapping[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def run(port: int, asked: Asked, seconds: float) -> Run:
    """Ask for so many seconds from two processes, over as many connections as wrk has."""
    context = get_context("fork")
    results = context.SimpleQueue()
    processes = [
        context.Process(target=_ask, args=(port, asked, seconds, results), daemon=True)
        for _ in range(THREADS)
    ]
    for process in processes:
        process.start()
    came = [results.get() for _ in processes]
    for process in processes:
        process.join()
    taken = [each for times, _, _ in came for each in times] or [float("inf")]
    return Run(
        sum(len(times) for times, _, _ in came),
        max(lasted for _, lasted, _ in came),
        percentile(taken, 0.5) * 1000,
        percentile(taken, 0.99) * 1000,
        sum(faults for _, _, faults in came),
    )


def _ask(port, asked, seconds, results):
    """Always tell something, so that nobody waits for a client that has failed."""
    lines: list[Line] = []
    began = time.monotonic()
    failed = 0
    try:
        lines += [Line(port, asked) for _ in range(CONNECTIONS // THREADS)]
        _keep_asking(lines, began + seconds)
    except OSError:
        failed = 1
    times = [each for line in lines for each in line.seconds]
    faults = failed + sum(line.faults for line in lines)
    results.put((times, time.monotonic() - began, faults))


def _keep_asking(lines, until):
    with selectors.DefaultSelector() as selector:
        for line in lines:
            selector.register(line.socket, selectors.EVENT_READ, line)
            line.ask()
        while selector.get_map() and time.monotonic() < until:
            for key, _ in selector.select(timeout=until - time.monotonic()):
                if not key.data.hear():
                    selector.unregister(key.fileobj)
