"""nginx in front of several servers, on this machine alone, with a folder of its own."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests import nginx
from tests.faults.outcome import NotPossibleError
from tests.ports import LOOPBACK, free_port

# A step of the enquiry goes to the other server where the first dies over it. Only "Send" stores
# anything, and the hidden id makes one enquiry of both. By itself nginx does so with what is read
# alone; of other forms it could make two of one (a note of staff): those are answered with 502.
BEFORE = """  log_format passed '$status $request_method $upstream_addr';
  access_log passed passed;
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
  }}"""


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


def need_nginx() -> None:
    """Raise NotPossibleError where there is none."""
    if not nginx.program():
        raise NotPossibleError(f"{nginx.MISSING}.")


@contextmanager
def proxy_before(ports: Sequence[int], folder: Path) -> Iterator[Proxy]:
    """Pass requests to the servers at these ports until the block ends. folder: an empty one."""
    port = free_port()
    servers = "\n".join(f"    server {LOOPBACK}:{each};" for each in ports)
    nginx.set_up(folder, BEFORE.format(servers=servers, host=LOOPBACK, port=port))
    with nginx.running(folder, port):
        yield Proxy(folder, port)
