"""nginx as a test starts it: on this machine alone, in a folder of its own."""

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.ports import LOOPBACK

MISSING = "nginx is not here (on Debian: apt-get install nginx-light)"
START_TIMEOUT = 10  # seconds
# The folders in which nginx keeps what is too large for its memory.
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
CONFIGURATION = """{user}
worker_processes {workers};
daemon off;
pid pid;
error_log errors;
events {{ worker_connections 1024; }}
http {{
{temporary}
{http}
}}
"""


class NginxFaultError(OSError):
    """nginx does not serve. str() of it holds what nginx says."""


def program() -> str | None:
    """Where nginx lies; the folder is often not in the PATH of ordinary users."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def command(folder: Path) -> list[str]:
    """Return how to start what set_up has written."""
    return [program() or "nginx", "-p", str(folder), "-c", "nginx.conf", "-e", "errors"]


def set_up(folder: Path, http: str, workers: int = 1) -> None:
    """Write nginx.conf and the folders that it names into a folder.

    http: what stands in its http block; its paths begin in the folder.
    """
    (folder / "temporary").mkdir()
    # Started by root, it would else change to an account that may not read the folder.
    user = f"user {pwd.getpwuid(0).pw_name};" if os.geteuid() == 0 else ""
    temporary = "\n".join(f"  {name}_temp_path temporary/{name};" for name in TEMPORARY)
    text = CONFIGURATION.format(user=user, workers=workers, temporary=temporary, http=http)
    (folder / "nginx.conf").write_text(text)


@contextmanager
def running(folder: Path, port: int) -> Iterator[int]:
    """Run what set_up has written until the block ends; yields the process that leads its group.

    port: at which it shall answer. Raises NginxFaultError where it does not.
    """
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(
            command(folder), stdin=subprocess.DEVNULL, stderr=said, process_group=0
        )
    try:
        if not _is_open(port, process):
            told = (folder / "said").read_text() or f"no answer in {START_TIMEOUT} seconds"
            raise NginxFaultError(f"nginx did not start: {told}")
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=START_TIMEOUT)


def _is_open(port: int, process: subprocess.Popen[str]) -> bool:
    until = time.monotonic() + START_TIMEOUT
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
            return True
        time.sleep(0.02)
    return False
