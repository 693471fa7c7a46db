"""How fast staff are served with many enquiries: queue, look-up, one enquiry, overview.

Run it with `python -m tests.benchmarks.queue [--database postgresql]`. Exit 1 where a figure is
worse than required.
"""

import argparse
import json
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.faults.figures import percentile, tell, verdict
from tests.faults.site import HOST, Site, served_site

FILL = """
import json
from django.db import connection
from tests.benchmarks.filled import fill, manager_session
fill({count})
with connection.cursor() as cursor:
    cursor.execute("ANALYZE")
print(json.dumps(manager_session()))
"""
KNOWN = """
import json
from imsinfo.enquiries.models import Enquiry
known = Enquiry.objects.order_by("pk")[{count} // 2]
print(json.dumps([known.pk, known.reference, known.name, known.phone, known.email]))
"""
QUEUE = "/admin/enquiries/enquiry/"
FIND = f"{QUEUE}find/"
PAGES = {
    "queue": QUEUE,
    "queue, page 5": f"{QUEUE}?p=5",
    "queue, clinician": f"{QUEUE}?tab=clinician",
    "queue, manager": f"{QUEUE}?tab=manager",
    "queue, all, late, an area": f"{QUEUE}?tab=all&due=late&area__exact=neck",
    "queue, all by area": f"{QUEUE}?tab=all&o=7",
}
MOST_FOR_QUEUE, MOST_FOR_FIND, MOST_FOR_OVERVIEW = 300, 100, 1000  # milliseconds, p95


class Manager:
    """A manager at one browser, whose connection stays open."""

    def __init__(self, site: Site, session: str):
        self.connection = HTTPConnection(HOST, site.port, timeout=60)
        self.cookie, self.token = f"staff={session}", ""

    def asks(self, path: str, **typed: str) -> float:
        """Return the milliseconds until the whole page is there. typed: what to send by POST."""
        start = time.perf_counter()
        headers = {"Cookie": self.cookie}
        if typed:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(typed | {"csrfmiddlewaretoken": self.token})
            self.connection.request("POST", path, body, headers)
        else:
            self.connection.request("GET", path, headers=headers)
        response = self.connection.getresponse()
        page = response.read().decode()
        taken = (time.perf_counter() - start) * 1000
        if response.status != 200:
            raise SystemExit(f"{path} was answered with {response.status}.")
        self._keep_token(response, page)
        return taken

    def _keep_token(self, response, page: str) -> None:
        given = re.search(r"csrf=([^;]+)", response.getheader("Set-Cookie") or "")
        if given:
            self.cookie = f"{self.cookie.split(';')[0]}; csrf={given[1]}"
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        self.token = found[1] if found else self.token


def main() -> int:
    options = _options()
    with served_site(options.database, options.seconds) as site:
        manager = Manager(site, site.shell(FILL.format(count=options.count)))
        pk, *known = site.shell(KNOWN.format(count=options.count))
        tell(
            f"{options.count} enquiries on {options.database}; milliseconds, {options.times} times"
        )
        asked = _asked(manager, f"{QUEUE}{pk}/change/", known)
        figures = [_timed(name, most, options.times, ask) for name, most, ask in asked]
    if options.json:
        options.json.write_text(json.dumps(figures))
    return verdict(
        [
            f"{each['name']}: p95 {each['p95']:.0f} ms, {each['most']} at most"
            for each in figures
            if each["p95"] > each["most"]
        ]
    )


def _options():
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.queue", description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--seconds", type=int, default=600, help="after which it ends as failed")
    parser.add_argument("--json", type=Path, help="a file for the figures")
    return parser.parse_args()


def _asked(manager, page, known) -> Iterator[tuple[str, int, Callable[[], float]]]:
    """What is timed, with the milliseconds it may take. page: of one enquiry; known: of it."""
    for name, path in PAGES.items():
        yield name, MOST_FOR_QUEUE, partial(manager.asks, path)
    manager.asks(FIND)
    for kind, value in zip(("reference", "name", "phone", "email"), known, strict=True):
        yield f"look-up by {kind}", MOST_FOR_FIND, partial(manager.asks, FIND, q=value)
    yield "one enquiry", MOST_FOR_QUEUE, partial(manager.asks, page)
    yield "overview", MOST_FOR_OVERVIEW, partial(manager.asks, "/admin/")


def _timed(name, most, times, ask) -> dict[str, Any]:
    ask()
    taken = [ask() for _ in range(times)]
    middle, slow = statistics.median(taken), percentile(taken, 0.95)
    tell(f"  {name:<28} median {middle:7.0f}   p95 {slow:7.0f}   at most {most}")
    return {"name": name, "median": middle, "p95": slow, "most": most}


if __name__ == "__main__":
    sys.exit(main())
