"""nginx, which serves the very bytes of the site from the disk, already compressed."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests import nginx
from tests.benchmarks.site import Answer, BenchmarkFault
from tests.ports import LOOPBACK, free_port

# What nginx writes by itself.
ITS_OWN = {"content-type", "content-length", "etag", "last-modified", "date", "server"}
SITE = """  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  open_file_cache max=1000 inactive=1h;
  open_file_cache_valid 1h;
  types {{ }}
  server {{
    listen {host}:{port} reuseport;
    server_name _;
    root files;
{places}
  }}"""
PLACE = """    location = {path} {{
      try_files /{file} =404;
      default_type {kind};
{headers}
    }}"""


class Nginx(NamedTuple):
    """A running nginx. pid: of the process that leads its group."""

    port: int
    pid: int


def configuration(answers: Mapping[str, Answer], port: int) -> str:
    """Return what nginx needs in its http block, for pages by their paths."""
    places = (_place(path, f"{n}", answer) for n, (path, answer) in enumerate(answers.items()))
    return SITE.format(host=LOOPBACK, port=port, places="\n".join(places))


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


@contextmanager
def serving(folder: Path, answers: Mapping[str, Answer], workers: int) -> Iterator[Nginx]:
    """Serve pages by their paths until the block ends. folder: an empty one."""
    (folder / "files").mkdir()
    for number, answer in enumerate(answers.values()):
        (folder / "files" / str(number)).write_bytes(answer.body)
    port = free_port()
    nginx.set_up(folder, configuration(answers, port), workers)
    with nginx.running(folder, port) as pid:
        yield Nginx(port, pid)
