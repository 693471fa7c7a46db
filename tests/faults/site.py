"""The site as `manage.py serve` runs it, which may be killed and is started again."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from tests.faults.cluster import Cluster

ROOT = Path(__file__).parent.parent.parent
START_TIMEOUT = 240  # seconds; on a machine that has much else to do
COMMAND_TIMEOUT = 300
STOP_TIMEOUT = 40
HOST = "127.0.0.1"


class Site:
    """One site with data of its own. folder: an empty one, for all it keeps.

    cluster: where its data lie, None for SQLite; settings: more of the environment's; prepared: a
    VAR_DIR to begin with, where one was made before; code: the folder with manage.py, which
    another release may take the place of.
    """

    code = ROOT

    def __init__(
        self,
        folder: Path,
        cluster: Cluster | None = None,
        settings: Mapping[str, str] | None = None,
        prepared: Path | None = None,
    ):
        self.folder, self.cluster = folder, cluster
        self.var, self.log = folder / "var", folder / "log"
        self.port = _free_port()
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "VAR_DIR": str(self.var),
            "PORT": str(self.port),
            # As behind one nginx: each enquiry of a run may come from an address of its own.
            "TRUSTED_PROXIES": "1",
            **(settings or {}),
        }
        if cluster:
            self.environment["DATABASE_URL"] = cluster.url
        self.groups: list[int] = []
        if prepared:
            shutil.copytree(prepared, self.var, symlinks=True)
        else:
            self.var.mkdir()
            self.manage("collectstatic", "--no-input", "--verbosity", "0")

    def start(self) -> None:
        """Start and wait until it is ready; what is still ending may hold the port for a moment."""
        self._serve()
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Wait until it answers, and no worker of an earlier server answers in its place."""
        until = time.monotonic() + START_TIMEOUT
        while self.orphans() or not self._is_ready():
            if time.monotonic() > until:
                raise TimeoutError(f"the site was not ready in {START_TIMEOUT} seconds")
            if self.process.poll() is not None:
                self._serve()
            time.sleep(0.1)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        self.process.send_signal(how)
        self.process.wait(timeout=STOP_TIMEOUT)

    def children(self, older_than: float = 0) -> list[int]:
        """The processes that the server has started: its workers, and what runs beside them.

        older_than: seconds that each must have been there.
        """
        server, until = self.process.pid, time.clock_gettime(time.CLOCK_BOOTTIME) - older_than
        return [
            each.pid
            for each in _processes()
            if each.group == server and each.pid != server and each.began <= until
        ]

    def orphans(self) -> list[int]:
        """Processes of earlier servers that have not ended with them."""
        earlier = set(self.groups) - {self.process.pid}
        return [each.pid for each in _processes() if each.group in earlier]

    def shell(self, code: str):
        """Run Python in the site's own environment and return what it prints as JSON."""
        return json.loads(self.manage("shell", "--no-imports", "-c", code))

    def prepare(self) -> None:
        """Publish the content as it is now, as its editor does; raises where anything is wrong."""
        self.manage("prepare")

    def manage(self, *arguments: str) -> bytes:
        """Run a command of manage.py and return what it prints; raises where it fails."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command,
            cwd=self.code,
            env=self.environment,
            stdout=subprocess.PIPE,
            timeout=COMMAND_TIMEOUT,
            check=True,
        )
        return done.stdout

    def end(self) -> None:
        """End every process that any start has left."""
        for group in self.groups:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        if self.groups:
            self.process.wait(timeout=STOP_TIMEOUT)

    def _serve(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=self.code,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # A group of its own, by which all that it starts is found.
                process_group=0,
            )
        self.groups.append(self.process.pid)

    def _is_ready(self):
        address = f"http://{HOST}:{self.port}/readyz"
        try:
            with urllib.request.urlopen(address, timeout=2):
                return self.process.poll() is None
        except (urllib.error.URLError, OSError):
            return False


@contextmanager
def served_site(
    database: str,
    seconds: int,
    settings: Mapping[str, str] | None = None,
    place: Path | None = None,
) -> Iterator[Site]:
    """Serve a new site on sqlite or postgresql until the block ends; then nothing is left of it.

    seconds: after which it ends in any case, and the command with it; settings: as Site takes;
    place: the folder in which everything is made, the system's own by default.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    signal.signal(signal.SIGALRM, lambda *_: sys.exit(f"not over after {seconds} seconds"))
    signal.alarm(seconds)
    folder = Path(tempfile.mkdtemp(prefix="imsinfo-faults-", dir=place))
    cluster = site = None
    try:
        if database == "postgresql":
            cluster = Cluster.made_in(Path(tempfile.mkdtemp(prefix="imsinfo-faults-", dir=place)))
        site = Site(folder, cluster, settings)
        site.start()
        yield site
    finally:
        signal.alarm(0)
        if site:
            site.end()
        if cluster:
            cluster.remove()
        shutil.rmtree(folder)


def _free_port():
    """A port below those that the system hands out: no client may take it while the site is down.

    A client that connects from the very port that it connects to would talk to itself.
    """
    for port in range(20000 + os.getpid() % 5000, 30000):
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            return port
    raise OSError("no port is free")


class _Process(NamedTuple):
    """began: in seconds since the machine has."""

    pid: int
    group: int
    began: float


def _processes() -> Iterator[_Process]:
    """Yield every process that runs; one that has ended and waits to be noticed does not."""
    ticks = os.sysconf("SC_CLK_TCK")
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # The name of the program, in brackets, may hold anything.
            state, _, group, *rest = stat.read_text().rpartition(")")[2].split()
            if state != "Z":
                yield _Process(int(stat.parent.name), int(group), int(rest[16]) / ticks)
