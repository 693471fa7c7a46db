"""What the processes of a server have cost: CPU and memory, read from /proc."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

# The share of one core below which a server has nothing left to do.
AT_REST = 0.05
TICKS = os.sysconf("SC_CLK_TCK")


class Process(NamedTuple):
    """cpu: seconds of the process, with those of its children that have ended."""

    pid: int
    parent: int
    group: int
    cpu: float


class Memory(NamedTuple):
    """MiB of one process. pss: what it shares with others counts in part."""

    rss: float
    pss: float


def read_stat(text: str) -> Process:
    """Return what one line of /proc/PID/stat tells."""
    pid = int(text.partition(" ")[0])
    # The name of the program, in brackets, may hold anything.
    fields = text.rpartition(")")[2].split()
    return Process(pid, int(fields[1]), int(fields[2]), sum(map(int, fields[11:15])) / TICKS)


def read_rollup(text: str) -> Memory:
    """Return what /proc/PID/smaps_rollup tells."""
    kib = {name: int(size) for name, size in re.findall(r"(?m)^(Rss|Pss): +(\d+) kB$", text)}
    return Memory(kib["Rss"] / 1024, kib["Pss"] / 1024)


def group_of(leader: int) -> list[Process]:
    """Return every process of a group, also one that has ended and waits to be noticed."""
    return [each for each in _every_process() if each.group == leader]


def cpu_seconds(leader: int) -> float:
    """What a whole group has used so far; a child that ends stays in what its parent has used."""
    return sum(each.cpu for each in group_of(leader))


def come_to_rest(leader: int, step: float = 0.25, limit: float = 30) -> None:
    """Wait until a group uses next to no CPU, at most for the limit. step, limit: seconds."""
    until = time.monotonic() + limit
    while time.monotonic() < until:
        before = cpu_seconds(leader)
        time.sleep(step)
        if cpu_seconds(leader) - before <= AT_REST * step:
            return


def memory_of(pid: int) -> Memory:
    return read_rollup(Path(f"/proc/{pid}/smaps_rollup").read_text())


def workers_of(leader: int) -> list[int]:
    """The processes that granian has started to answer requests."""
    named = [each for each in group_of(leader) if b"granian" in _command(each.pid)]
    # granian forks its workers; the site's parent, where there is one, starts granian alone.
    others = {each.parent for each in named} | {leader}
    return [each.pid for each in named if each.pid not in others]


def _command(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def _every_process() -> Iterator[Process]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        # It may have ended since its folder was listed.
        with suppress(OSError):
            yield read_stat(stat.read_text())
