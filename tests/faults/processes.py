"""The workers of a site: who they are, and what each takes of the machine."""

import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from imsinfo.operating.workers import WORKERS
from tests.faults.site import START_TIMEOUT, Site

LISTEN = "0A"  # of the states in /proc/net/tcp


class Worker(NamedTuple):
    """One worker process. parent: the server's; memory: resident, in MiB."""

    pid: int
    parent: int
    memory: float
    threads: int


def workers_of(site: Site) -> list[Worker]:
    """Return the workers that run, without the processes above and beside them."""
    found = []
    for pid in site.children():
        # It may end meanwhile.
        with suppress(OSError):
            folder = Path(f"/proc/{pid}")
            worker = _worker(pid, (folder / "status").read_text())
            is_server = worker.parent == site.process.pid
            if not is_server and b"granian" in (folder / "cmdline").read_bytes():
                found.append(worker)
    return found


def listening(site: Site) -> int:
    """How many workers take visitors: each listens at the site's port for itself."""
    found, port = 0, f":{site.port:04X}"
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, address, _, state, *_ = line.split()
        found += address.endswith(port) and state == LISTEN
    return found


def wait_until_all_serve(site: Site) -> None:
    """Wait until no worker is still starting: it would leave all visitors to the others."""
    until = time.monotonic() + START_TIMEOUT
    while listening(site) < WORKERS:
        if time.monotonic() > until:
            raise TimeoutError(f"{WORKERS} workers did not serve in {START_TIMEOUT} seconds")
        time.sleep(0.1)


def _worker(pid: int, status: str) -> Worker:
    values = dict(line.split(":", 1) for line in status.splitlines())
    memory = int(values["VmRSS"].split()[0]) / 1024
    return Worker(pid, int(values["PPid"]), memory, int(values["Threads"]))
