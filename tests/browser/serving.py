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


@dataclass(frozen=True)
class Site:
    """The running site: its address, and a way to run its commands on its data."""

    url: str
    environment: dict[str, str]

    def shell(self, code):
        """Run Python in the site's own environment and return what it prints as JSON."""
        command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
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
    }
    manage = [sys.executable, "manage.py"]
    collect = [*manage, "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(collect, cwd=ROOT, env=environment, check=True, timeout=120)
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [*manage, "serve"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        _wait_until_ready(url, process)
        yield Site(url, environment)
    finally:
        process.terminate()
        process.wait(timeout=40)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_ready(url, process):
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2):  # noqa: S310 -- our own address
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            assert process.poll() is None, "the server ended before it was ready"
            time.sleep(0.1)
    raise AssertionError("the server was not ready in 30 seconds")
