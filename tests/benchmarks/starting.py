"""How long a start takes until the first page is there."""

import statistics
from typing import NamedTuple

from tests.benchmarks.figures import Figure, Part, Table
from tests.benchmarks.processes import cpu_seconds
from tests.benchmarks.site import ProductionSite, production_site
from tests.faults.figures import tell

TIMES = 3
LARGE = 1000
# Seconds at most, by the number of articles: prepared before, and from nothing.
MOST = {0: (1.5, 4.0), LARGE: (2.0, None)}


class Start(NamedTuple):
    """Seconds until the page was there: by the clock, and of CPU by all processes."""

    wall: float
    cpu: float


def measure() -> Part:
    """Start sites of both sizes, each several times, with and without what was prepared."""
    part = Part("From the start to the first page")
    rows = []
    for articles, required in MOST.items():
        tell(f"  {named(articles)} …")
        with production_site(articles) as site:
            found = starts(site)
        for (kind, started), most in zip(found.items(), required, strict=True):
            name = f"{named(articles)}, {kind}"
            part.raw[name] = [each._asdict() for each in started]
            seconds = [each.wall for each in started]
            rows.append((name, *seconds, statistics.median(each.cpu for each in started)))
            part.figures.append(Figure(f"{name}, s", statistics.median(seconds), most=most))
    numbers = (f"start {number + 1}" for number in range(TIMES))
    part.tables = [Table(("seconds to the first 200", *numbers, "CPU s"), rows)]
    return part


def named(articles: int) -> str:
    return f"{articles:,} articles" if articles else "shipped content"


def starts(site: ProductionSite) -> dict[str, list[Start]]:
    """Return the starts with prepared pages, and those from nothing."""
    pristine = site.pristine()
    unprepared = []
    for _ in range(TIMES):
        site.restore(pristine)
        unprepared.append(_start(site))
    return {"prepared": [_start(site) for _ in range(TIMES)], "unprepared": unprepared}


def _start(site: ProductionSite) -> Start:
    wall = site.first_answer()
    cpu = cpu_seconds(site.process.pid)
    # A worker that is told to end while it starts may leave something half written.
    site.settle()
    site.close()
    return Start(wall, cpu)
