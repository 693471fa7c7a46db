"""The site as `make run` runs it, on a free port, with a database and keys of its own."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
MANAGE = (sys.executable, "manage.py")


@dataclass
class Site:
    """The site on its port: its address, and a way to run its commands on its data."""

    url: str
    environment: dict[str, str]
    process: subprocess.Popen | None = None

    def start(self, **settings):
        """Serve it, on the same port and data as before. settings: for this time alone."""
        environment = self.environment | settings
        command = [*MANAGE, "serve"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
        )
        _wait_until_ready(self.url, self.process)

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=40)
            self.process = None

    def shell(self, code):
        """Run Python in the site's own environment and return what it prints as JSON."""
        command = [*MANAGE, "shell", "--no-imports", "-c", code]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, check=True, timeout=60
        )
        return json.loads(done.stdout)


@contextmanager
def running_site(folder: Path) -> Iterator[Site]:
    """Serve the site with granian until the block ends. folder: an empty one, for all it keeps."""
    port = _free_port()
    for name in ("home", "var"):
        (folder / name).mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder / "home"),
        "VAR_DIR": str(folder / "var"),
        "PORT": str(port),
        # All tests send from one address.
        "ENQUIRIES_IN_TEN_MINUTES": "10000",
        "ENQUIRIES_IN_A_DAY": "10000",
    }
    collect = [*MANAGE, "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(collect, cwd=ROOT, env=environment, check=True, timeout=120)
    site = Site(f"http://127.0.0.1:{port}", environment)
    try:
        site.start()
        yield site
    finally:
        site.stop()


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_ready(url, process):
    for _ in range(900):
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2):  # noqa: S310 -- our own address
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            assert process.poll() is None, "the server ended before it was ready"
            time.sleep(0.1)
    raise AssertionError("the server was not ready in 90 seconds")
