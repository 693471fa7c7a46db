"""Sharing work among the cores of the machine, where a process may be split.

The work is shared by forking: what the items need is there already, and only results travel.
A process that serves visits is never forked, for it has threads, and a fork would copy the
locks that they hold. There, and where sharing would not pay, all is done in line.
"""

import gc
import logging
import os
import pickle
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, TypeVar

logger = logging.getLogger("imsinfo.cores")

Item = TypeVar("Item")
Result = TypeVar("Result")

# A fork costs about as much as two articles.
LEAST = 8
# So many parts that no process has much more to do than another, and that the numbers of all
# parts fit into a pipe (64 KiB) before anybody reads them.
PARTS = 256
NUMBER = 4
STOPS = (signal.SIGINT, signal.SIGTERM)


def mapped(
    function: Callable[[Item], Result], items: Sequence[Item], least: int = LEAST
) -> list[Result]:
    """Return what function returns for each item, in the order of the items, using all cores.

    function: may be asked twice for an item, and what it changes may be lost; it must not use a
    database. Its results must pickle. least: how many items a further process is worth. Raises
    what function raises, for the first item for which it does.
    """
    size = -(-len(items) // PARTS) or 1
    parts = [items[start : start + size] for start in range(0, len(items), size)]
    processes = min(cores(), len(items) // least)
    done = _shared(function, parts, processes) if processes > 1 else {}
    # What is not done is what a process failed at, and its fault comes out here.
    shares = (done.get(n) or [function(item) for item in part] for n, part in enumerate(parts))
    return [result for share in shares for result in share]


def cores() -> int:
    """Return how many processes may share work that begins now: 1 where it must stay in line."""
    return len(os.sched_getaffinity(0)) if _may_split() else 1


def _may_split() -> bool:
    """Whether this is a process of one thread, a server's own threads counted, on Linux."""
    try:
        return not _Child.is_here and len(list(Path("/proc/self/task").iterdir())) == 1
    except OSError:
        return False


def _shared(
    function: Callable[[Item], Result], parts: Sequence[Sequence[Item]], processes: int
) -> dict[int, list[Result]]:
    """Return the results by number of part; a part for which function raised is left out."""
    numbers = _numbers(len(parts))
    children: list[_Child] = []
    try:
        # Where no further process may be had, those that are there do all.
        with suppress(OSError):
            while len(children) < processes - 1:
                children.append(_Child(lambda: _taken(function, parts, numbers)))
        done = dict(_taken(function, parts, numbers))
        for child in children:
            done.update(child.results())
        return done
    finally:
        os.close(numbers)
        for child in children:
            child.end()


def _numbers(count: int) -> int:
    """Return a pipe from which each process takes the number of the part that it does next."""
    numbers, entry = os.pipe()
    with os.fdopen(entry, "wb") as file:
        file.writelines(number.to_bytes(NUMBER, "little") for number in range(count))
    return numbers


def _taken(
    function: Callable[[Item], Result], parts: Sequence[Sequence[Item]], numbers: int
) -> Iterator[tuple[int, list[Result]]]:
    """Take parts and yield their results until none is left, or function raises.

    Parts are taken in order, so where function raises all parts before are done or in hand, and
    the first fault of all is found. The parts behind are thrown away.
    """
    while taken := os.read(numbers, NUMBER):
        number = int.from_bytes(taken, "little")
        try:
            share = [function(item) for item in parts[number]]
        except Exception:
            # Whatever it is, mapped meets it again.
            while os.read(numbers, PARTS * NUMBER):
                pass
            return
        yield number, share


class _Child:
    """A process that takes part in the work, and the memory in which it leaves its results."""

    is_here = False

    def __init__(self, work: Callable[[], Iterator[tuple[int, list[Result]]]]):
        self.file: IO[bytes] = os.fdopen(os.memfd_create("results"), "w+b")
        parent = os.getpid()
        # No handler of the parent may run in the child, which would go on as a second parent.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
        try:
            self.pid = os.fork()
            if not self.pid:
                self._do(work, parent, before)
        except OSError:
            self.file.close()
            raise
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _do(
        self,
        work: Callable[[], Iterator[tuple[int, list[Result]]]],
        parent: int,
        before: Iterable[int],
    ) -> None:
        """Do the work and end, without the farewells of a process that is a copy."""
        status = 1
        try:
            _Child.is_here = True
            for each in STOPS:
                signal.signal(each, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            # What was there before the fork is no garbage, and looking through it would copy it.
            gc.freeze()
            for done in work():
                pickle.dump(done, self.file, pickle.HIGHEST_PROTOCOL)
                if os.getppid() != parent:
                    break
            self.file.flush()
            status = 0
        except Exception:
            logger.exception("A process that shared work failed; its part is done again")
        finally:
            os._exit(status)

    def results(self) -> Iterator[tuple[int, list[Result]]]:
        """Wait for the end of the process, and yield what it has done."""
        self._wait()
        self.file.seek(0)
        # A process that was killed may have left a piece.
        with suppress(EOFError, pickle.UnpicklingError):
            while True:
                yield pickle.load(self.file)  # noqa: S301 -- written by a copy of this process

    def end(self) -> None:
        """End the process where it is still at work, as after Ctrl+C, and forget its results."""
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            self._wait()
        self.file.close()

    def _wait(self) -> None:
        # Where the system itself takes care of ended processes, there is none to wait for.
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        self.pid = 0
