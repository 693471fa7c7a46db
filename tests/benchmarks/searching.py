"""How long a search takes with many articles: over HTTP, and inside without a request."""

import json
import subprocess
import sys
import time
from http.client import HTTPConnection
from urllib.parse import urlencode

from tests.benchmarks.content import QUERIES
from tests.benchmarks.figures import Figure, Part, Table
from tests.benchmarks.pages import running
from tests.benchmarks.site import ASKED, BROWSER, BenchmarkFault
from tests.benchmarks.starting import LARGE
from tests.faults.figures import percentile
from tests.faults.site import HOST, ROOT

TIMES = 40
MOST = 15.0  # milliseconds, p99
INSIDE = """
import json
from tests.benchmarks.content import measure
print(json.dumps(measure({count})))
"""


def measure() -> Part:
    """Search with each question many times, one after the other."""
    part = Part(f"Search with {LARGE:,} articles")
    with running(LARGE) as site:
        taken = [each for _ in range(TIMES + 2) for each in _asked(site.port)]
    # The first ones of each worker are those of a start.
    over_http = taken[2 * len(QUERIES) :]
    inside = _inside()
    rows = [
        ("over HTTP, with its whole page", percentile(over_http, 0.5), percentile(over_http, 0.99)),
        ("inside, the search alone", inside["p50"], inside["p99"]),
    ]
    part.tables = [Table(("", "p50 ms", "p99 ms"), rows)]
    part.figures = [Figure(f"{name}: p99, ms", p99, most=MOST) for name, _, p99 in rows]
    part.raw = {"milliseconds over HTTP": over_http, "inside": inside}
    part.notes.append(f"{len(QUERIES)} questions, {TIMES} times, each time over a new connection")
    return part


def _asked(port) -> list[float]:
    """Return the milliseconds of each question, over a new connection: perhaps another worker."""
    connection = HTTPConnection(HOST, port, timeout=30)
    try:
        connection.connect()
        return [_milliseconds(connection, query) for query in QUERIES]
    finally:
        connection.close()


def _milliseconds(connection, query) -> float:
    began = time.perf_counter()
    connection.request("GET", f"/search/?{urlencode({'q': query})}", headers=ASKED | BROWSER)
    response = connection.getresponse()
    response.read()
    if response.status != 200:
        raise BenchmarkFault(f"A search for {query!r} was answered with {response.status}.")
    return (time.perf_counter() - began) * 1000


def _inside() -> dict[str, float]:
    """Measure in a process of its own, as the memory is that of one size too."""
    done = subprocess.run(
        [sys.executable, "-c", INSIDE.format(count=LARGE)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        timeout=600,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])
