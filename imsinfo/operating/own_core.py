"""A core for each worker, where the machine has just as many cores as there are workers.

Python runs one thread of a process at a time. Where its threads lie on several cores, each that
has answered wakes another which then waits for the first: on two cores a prepared page took a
quarter more CPU, and the slowest of a hundred four times as long.
"""

import os
import socket
from contextlib import suppress

from imsinfo.operating.workers import COUNT, SERVER

_every_core: set[int] = set()
# Held as long as the process lives; the system takes it back however it ends.
_taken: list[socket.socket] = []


def keep_to_one_core() -> None:
    """Keep this worker, and all threads that it makes from now on, on a core that no other worker
    of its server has.

    Does nothing outside a server, nor where there are fewer cores than workers, or more: then the
    system does better by itself. Nor where the service may not choose: it serves all the same.
    """
    server, count = os.environ.get(SERVER), int(os.environ.get(COUNT, "0"))
    if not server or count < 2:
        return
    with suppress(OSError, AttributeError):
        every = os.sched_getaffinity(0)
        free = (core for core in sorted(every) if _take(f"{server}-{core}"))
        core = next(free, None) if len(every) == count else None
        if core is not None:
            os.sched_setaffinity(0, {core})
            _every_core.update(every)


def use_every_core() -> None:
    """Let the thread that asks, and processes that it starts, have all cores again."""
    if _every_core:
        # Cores can be taken from a running machine.
        with suppress(OSError):
            os.sched_setaffinity(0, _every_core)


def _take(name: str) -> bool:
    """Whether this process is the first to take a name; a worker in a dead one's place is."""
    holder = socket.socket(socket.AF_UNIX)
    try:
        # With a zero in front it is a name in memory: no file is left by a worker that is killed.
        holder.bind(f"\0imsinfo-core-{name}")
    except OSError:
        holder.close()
        return False
    _taken.append(holder)
    return True
