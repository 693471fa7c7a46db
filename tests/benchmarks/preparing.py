"""What `manage.py prepare` costs, and whether it grows in proportion."""

import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

from tests.benchmarks.figures import Figure, Part, Table
from tests.benchmarks.site import BenchmarkFault, ProductionSite, cores, production_site
from tests.faults.figures import tell
from tests.faults.site import ROOT

SIZES = (50, 200, 1000)
# Milliseconds an article and core.
MOST = 20.0
# How much dearer an article may be among many: runs of one size differ by about so much.
MOST_GROWTH = 1.25
KINDS = ("from nothing", "nothing new", "one changed")


@dataclass(frozen=True)
class Cost:
    """Seconds: by the clock, and of all cores."""

    wall: float
    cpu: float


def measure() -> Part:
    """Prepare sites of growing size: from nothing, with nothing new, and after one change."""
    part = Part("Preparing the pages")
    costs: dict[int, dict[str, Cost]] = {}
    for size in SIZES:
        tell(f"  {size:,} articles …")
        with production_site(size) as site:
            costs[size] = _costs(site)
    part.tables = [table(costs)]
    part.figures = figures({size: cost[KINDS[0]] for size, cost in costs.items()}, cores())
    part.raw["seconds"] = {
        size: {kind: asdict(cost) for kind, cost in found.items()} for size, found in costs.items()
    }
    part.notes.append(f"{cores()} cores; each with the start of Python and Django")
    return part


def _costs(site: ProductionSite) -> dict[str, Cost]:
    first, second = _prepared(site), _prepared(site)
    page = site.content / "conditions" / "condition-0.md"
    page.write_text(page.read_text() + "\nOne sentence more.\n")
    return dict(zip(KINDS, (first, second, _prepared(site)), strict=True))


def _prepared(site: ProductionSite) -> Cost:
    """Run it once; what its own processes use counts too."""
    began = time.monotonic()
    with Path(site.log).open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "prepare"],
            cwd=ROOT,
            env=site.environment,
            stdout=log,
            stderr=log,
        )
        try:
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        finally:
            if process.returncode is None:
                process.kill()
    if process.returncode:
        raise BenchmarkFault(f"manage.py prepare failed:\n{site.log.read_text()[-2000:]}")
    return Cost(time.monotonic() - began, used.ru_utime + used.ru_stime)


def table(costs: dict[int, dict[str, Cost]]) -> Table:
    rows = [
        (f"{size:,} articles, {kind}", cost.wall, cost.cpu, cost.cpu / size * 1000)
        for size, found in costs.items()
        for kind, cost in found.items()
    ]
    return Table(("", "seconds", "CPU s", "CPU ms an article"), rows)


def figures(costs: dict[int, Cost], count: int) -> list[Figure]:
    """Return what is required. costs: from nothing, by size; count: of cores.

    A further article costs what two sizes differ by: without the start of Python and Django.
    """
    steps = [
        (costs[more].cpu - costs[fewer].cpu) / (more - fewer) * 1000
        for fewer, more in pairwise(sorted(costs))
    ]
    largest = max(costs)
    by_clock = costs[largest].wall * count / largest * 1000
    return [
        Figure(f"ms an article and core, {largest:,} articles", by_clock, most=MOST),
        *(
            Figure(f"CPU ms a further article, {fewer:,} to {more:,}", step, most=MOST)
            for (fewer, more), step in zip(pairwise(sorted(costs)), steps, strict=True)
        ),
        Figure(
            "growth: a further article among many to one among few",
            steps[-1] / steps[0],
            most=MOST_GROWTH,
        ),
    ]
