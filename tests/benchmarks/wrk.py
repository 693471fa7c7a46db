"""wrk, which asks for one page as often as it can, and what it tells at the end."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.figures import Sample
from tests.benchmarks.processes import come_to_rest, cpu_seconds

CONNECTIONS, THREADS = 32, 2
MISSING = "wrk is not on this machine (on Debian: apt-get install wrk)"
# wrk's own summary is for people, and rounds.
TELL = """
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '\\n{"requests": %d, "microseconds": %d, "p50": %.0f, "p99": %.0f, "faults": %d}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
"""


class Run(NamedTuple):
    """What a client has seen. p50, p99: milliseconds; faults: failed, or a status above 399."""

    requests: int
    seconds: float
    p50: float
    p99: float
    faults: int


def is_here() -> bool:
    return shutil.which("wrk") is not None


def run(url: str, headers: Mapping[str, str], seconds: float) -> Run:
    """Ask for a page for so many whole seconds over 32 connections that stay open."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        Path(script.name).write_text(TELL)
        command = ["wrk", f"-t{THREADS}", f"-c{CONNECTIONS}", f"-d{max(round(seconds), 1)}s"]
        for name, value in headers.items():
            command += ["-H", f"{name}: {value}"]
        command += ["--timeout", "10s", "-s", script.name, url]
        done = subprocess.run(
            command, stdout=subprocess.PIPE, text=True, check=True, timeout=seconds + 60
        )
    return read_run(done.stdout)


def read_run(printed: str) -> Run:
    """Return what the last line of wrk's output tells."""
    told = json.loads(printed.rstrip().rpartition("\n")[2])
    return Run(
        told["requests"],
        told["microseconds"] / 1e6,
        told["p50"] / 1000,
        told["p99"] / 1000,
        told["faults"],
    )


def sample(leader: int, ask: Callable[[], Run]) -> Sample:
    """Let a client ask, and tell what it has cost the server. leader: of the server's group.

    The requests that the client has left unanswered at its end count for nobody.
    """
    before = cpu_seconds(leader)
    seen = ask()
    cpu = cpu_seconds(leader) - before
    come_to_rest(leader)
    return Sample(seen.requests, seen.seconds, cpu, seen.p50, seen.p99, seen.faults)
