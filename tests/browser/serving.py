"""The site as `make run` runs it, on a free port, with a database and keys of its own."""

import json
import os
import select
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.collected import SHOWN
from tests.ports import free_port

ROOT = Path(__file__).parent.parent.parent
MANAGE = (sys.executable, "manage.py")
CONSOLE = "from tests.browser.console import answer_each_line; answer_each_line()"
# Seconds; several test processes and servers may share two cores.
LONGEST_START, LONGEST_ANSWER = 240, 120


@dataclass
class Site:
    """The site on its port: its address, and a way to run its commands on its data."""

    url: str
    environment: dict[str, str]
    process: subprocess.Popen | None = None
    console: subprocess.Popen | None = None

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
        if self.console is None:
            self.console = subprocess.Popen(
                [*MANAGE, "shell", "--no-imports", "-c", CONSOLE],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        self.console.stdin.write(json.dumps(code).encode() + b"\n")
        self.console.stdin.flush()
        answers = select.select([self.console.stdout], [], [], LONGEST_ANSWER)[0]
        assert answers, f"no answer in {LONGEST_ANSWER} seconds"
        told = json.loads(self.console.stdout.readline())
        assert "fault" not in told, told["fault"]
        return json.loads(told["printed"])

    def end(self):
        """Stop it for good."""
        self.stop()
        if self.console is not None:
            self.console.kill()
            self.console.communicate()
            self.console = None


@contextmanager
def running_site(folder: Path, prepared: Path) -> Iterator[Site]:
    """Serve the site with granian until the block ends.

    folder: an empty one, for all it keeps; prepared: what that is at the first visit.
    """
    port = free_port()
    (folder / "home").mkdir()
    shutil.copytree(prepared, folder / "var", symlinks=True)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder / "home"),
        "VAR_DIR": str(folder / "var"),
        "PORT": str(port),
        **SHOWN,
        # No page waits for a mail, and each process costs a start of Django.
        "MAIL_LOOP": "false",
    }
    site = Site(f"http://127.0.0.1:{port}", environment)
    try:
        site.start()
        yield site
    finally:
        site.end()


def _wait_until_ready(url, process):
    end = time.monotonic() + LONGEST_START
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2):  # noqa: S310 -- our own address
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            assert process.poll() is None, "the server ended before it was ready"
            time.sleep(0.1)
    raise AssertionError(f"the server was not ready in {LONGEST_START} seconds")
