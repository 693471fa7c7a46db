"""nginx, which serves the very bytes of the site from the disk, already compressed."""

import os
import pwd
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.benchmarks.site import Answer, BenchmarkFault, ask
from tests.faults.site import HOST

MISSING = "nginx is not on this machine (on Debian: apt-get install nginx-light)"
# What nginx writes by itself.
ITS_OWN = {"content-type", "content-length", "etag", "last-modified", "date", "server"}
START_TIMEOUT = 10  # seconds
# The folders in which nginx would keep what it never gets here.
UNUSED = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
CONFIGURATION = """{user}
worker_processes {workers};
daemon off;
pid pid;
error_log errors;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  open_file_cache max=1000 inactive=1h;
  open_file_cache_valid 1h;
  types {{ }}
{unused}
  server {{
    listen {host}:{port} reuseport;
    server_name _;
    root files;
{places}
  }}
}}
"""
PLACE = """    location = {path} {{
      try_files /{file} =404;
      default_type {kind};
{headers}
    }}"""


def program() -> str | None:
    """Where nginx lies; the folder is often not in the PATH of ordinary users."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def configuration(answers: Mapping[str, Answer], workers: int, port: int, user: str = "") -> str:
    """Return nginx.conf for pages by their paths. user: as whom, where root starts it."""
    places = (_place(path, f"{n}", answer) for n, (path, answer) in enumerate(answers.items()))
    return CONFIGURATION.format(
        user=f"user {user};" if user else "",
        workers=workers,
        host=HOST,
        port=port,
        unused="\n".join(f"  {name}_temp_path unused/{name};" for name in UNUSED),
        places="\n".join(places),
    )


def _place(path: str, file: str, answer: Answer) -> str:
    if not re.fullmatch(r"/[\w./-]*", path):
        raise BenchmarkFault(f"{path!r} cannot be written into nginx.conf: ask for a plain path.")
    headers = [
        f"      add_header {name} {quoted(value)};"
        for name, value in answer.headers
        if name.lower() not in ITS_OWN
    ]
    kind = quoted(answer.header("Content-Type"))
    return PLACE.format(path=path, file=file, kind=kind, headers="\n".join(headers))


def quoted(value: str) -> str:
    """Return a header's value for nginx.conf, which knows no way to write a dollar."""
    if "$" in value:
        raise BenchmarkFault(f"The header {value!r} holds a dollar, which nginx takes for its own.")
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


class Nginx:
    """A running nginx. pid: of the process that leads its group."""

    def __init__(self, port: int, process: subprocess.Popen):
        self.port, self.process, self.pid = port, process, process.pid


@contextmanager
def serving(folder: Path, answers: Mapping[str, Answer], workers: int) -> Iterator[Nginx]:
    """Serve pages by their paths until the block ends. folder: an empty one."""
    for name in ("files", "unused"):
        (folder / name).mkdir()
    for number, answer in enumerate(answers.values()):
        (folder / "files" / str(number)).write_bytes(answer.body)
    port = _free_port()
    user = pwd.getpwuid(os.geteuid()).pw_name if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(configuration(answers, workers, port, user))
    command = [program() or "nginx", "-p", str(folder), "-c", "nginx.conf", "-e", "errors"]
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=said, process_group=0)
    try:
        if not _answers(port, process, next(iter(answers))):
            told = (folder / "said").read_text() or f"no answer in {START_TIMEOUT} seconds"
            raise BenchmarkFault(f"nginx did not start: {told}")
        yield Nginx(port, process)
    finally:
        process.terminate()
        process.wait(timeout=START_TIMEOUT)


def _answers(port, process, path) -> bool:
    until = time.monotonic() + START_TIMEOUT
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError):
            if ask(port, path).status == 200:
                return True
        time.sleep(0.05)
    return False


def _free_port():
    with socket.create_server((HOST, 0)) as server:
        return server.getsockname()[1]
