"""nginx in front of several servers, on this machine alone, with a folder of its own."""

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from tests.faults.outcome import NotPossibleError
from tests.faults.site import HOST

START_TIMEOUT = 10  # seconds
# A step of the enquiry goes to the other server where the first dies over it. Only "Send" stores
# anything, and the hidden id makes one enquiry of both. By itself nginx does so with what is read
# alone; of other forms it could make two of one (a note of staff): those are answered with 502.
CONFIGURATION = """{user}
worker_processes 1;
daemon off;
pid pid;
error_log errors;
events {{ worker_connections 512; }}
http {{
  log_format passed '$status $request_method $upstream_addr';
  access_log passed passed;
  client_body_temp_path unused/body;
  proxy_temp_path unused/proxy;
  fastcgi_temp_path unused/fastcgi;
  uwsgi_temp_path unused/uwsgi;
  scgi_temp_path unused/scgi;
  upstream imsinfo {{
{servers}
  }}
  server {{
    listen {host}:{port};
    client_max_body_size 256k;
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_connect_timeout 3s;
    proxy_read_timeout 60s;
    proxy_next_upstream_tries 2;
    location ~ ^/enquiry/(check/|send/)?$ {{
      proxy_pass http://imsinfo;
      proxy_next_upstream error timeout non_idempotent;
    }}
    location / {{
      proxy_pass http://imsinfo;
      proxy_next_upstream error timeout;
    }}
  }}
}}
"""


class Passed(NamedTuple):
    """A request that nginx has answered. servers: whom it asked, in order, by their addresses."""

    status: int
    method: str
    servers: tuple[str, ...]


class Proxy:
    """A running nginx."""

    def __init__(self, folder: Path, port: int):
        self.folder, self.port = folder, port

    def passed(self) -> list[Passed]:
        """Return what has been answered so far, in order."""
        lines = (self.folder / "passed").read_text().splitlines()
        fields = (line.split(" ", 2) for line in lines)
        return [Passed(int(status), method, tuple(to.split(", "))) for status, method, to in fields]


def program() -> str:
    """Return where nginx lies; raises NotPossibleError where it is not."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if not found:
        raise NotPossibleError("nginx is not here (on Debian: apt-get install nginx-light).")
    return found


@contextmanager
def proxy_before(ports: Sequence[int], folder: Path) -> Iterator[Proxy]:
    """Pass requests to the servers at these ports until the block ends. folder: an empty one."""
    port = _free_port()
    (folder / "unused").mkdir()
    (folder / "nginx.conf").write_text(_configuration(ports, port))
    command = [program(), "-p", str(folder), "-c", "nginx.conf", "-e", "errors"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        _wait_until_open(port, process)
        yield Proxy(folder, port)
    finally:
        process.terminate()
        process.wait(timeout=START_TIMEOUT)


def _configuration(ports: Sequence[int], port: int) -> str:
    user = f"user {pwd.getpwuid(0).pw_name};" if os.geteuid() == 0 else ""
    servers = "\n".join(f"    server {HOST}:{each};" for each in ports)
    return CONFIGURATION.format(user=user, servers=servers, host=HOST, port=port)


def _wait_until_open(port: int, process: subprocess.Popen) -> None:
    until = time.monotonic() + START_TIMEOUT
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError("nginx did not start: its reason stands above")


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as server:
        return server.getsockname()[1]
