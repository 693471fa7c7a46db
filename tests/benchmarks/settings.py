"""Which settings of granian serve best: workers, blocking threads and back-pressure, by cores.

Run it with `python -m tests.benchmarks.settings`. Every combination serves the same site, whose
content is prepared once, and is asked for an article and for a search. The server has its cores to
itself where the machine has more of them than it is given; else it shares them with wrk.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import product
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks import wrk
from tests.benchmarks.figures import Sample, Table, for_json, laid_out, shown
from tests.benchmarks.processes import memory_of
from tests.benchmarks.site import (
    ARTICLE,
    ASKED,
    BenchmarkFault,
    ProductionSite,
    bounded,
    production_site,
)
from tests.faults.figures import tell
from tests.faults.site import HOST, ROOT

WARM_UP = 1  # seconds
PAGES = {"article": ARTICLE, "search": "/search/?q=neck"}
COMMAND = """
import json
from django.conf import settings
from imsinfo.management.commands.serve import server_command
print(json.dumps(server_command(settings.BIND, settings.PORT)))
"""
# Its workers ask by this number whether their server still lives, as manage.py serve arranges it.
BECOME = """
import os, sys
from imsinfo.operating.workers import SERVER
os.environ[SERVER] = str(os.getpid())
os.execv(sys.executable, sys.argv[1:])
"""
HEADS = ("workers × threads, back-pressure", "requests/s", "p50 ms", "p99 ms", "CPU µs", "faults")


class Choice(NamedTuple):
    """One combination of granian's settings."""

    workers: int
    threads: int
    backpressure: int

    def __str__(self) -> str:
        return f"{self.workers} × {self.threads:3}, {self.backpressure}"


class Found(NamedTuple):
    """What a combination has shown. memory: MiB (PSS) of all workers; samples: by page."""

    choice: Choice
    samples: dict[str, Sample]
    memory: float


def main() -> int:
    options = _options()
    if not wrk.is_here():
        tell(f"*** NOTHING IS MEASURED: {wrk.MISSING} ***")
        return 0
    found: dict[int, list[Found]] = {}
    with bounded(options.limit), production_site() as site:
        site.first_answer()
        site.settle()
        site.close()
        command = site.shell(COMMAND)
        for count in options.cores:
            found[count] = _on(count, site, command, options)
    if options.json:
        options.json.write_text(json.dumps(for_json(as_json(found)), indent=1) + "\n")
        tell(f"\nEverything that was measured: {options.json}")
    return 0


def _options():
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.settings")
    numbers = partial(parser.add_argument, type=several)
    numbers("--workers", default=(1, 2, 3), help="with commas")
    numbers("--threads", default=(16, 32, 64, 128, 256))
    numbers("--backpressure", default=(64, 512), help="of each worker")
    numbers("--cores", default=(1, 2))
    parser.add_argument("--seconds", type=float, default=3, help="of one run against a page")
    parser.add_argument("--json", type=Path, help="a file for everything that was measured")
    parser.add_argument("--limit", type=int, default=3600, help="seconds after which it ends")
    return parser.parse_args()


def several(text: str) -> tuple[int, ...]:
    """Return whole numbers above 0 that were written with commas; for argparse."""
    numbers = tuple(int(each) for each in text.split(","))
    if min(numbers) < 1:
        raise ValueError
    return numbers


def _on(count: int, site: ProductionSite, command: list[str], options) -> list[Found]:
    """Try every combination on so many cores."""
    here = sorted(os.sched_getaffinity(0))
    if count > len(here):
        tell(f"\n*** LEFT OUT: {count} cores; this machine has {len(here)} ***")
        return []
    servers, others = shared(here, count)
    place = "shared with wrk" if servers == others else f"wrk on {len(others)} of its own"
    tell(f"\nThe server on {count} of {len(here)} cores, {place}")
    found = []
    for choice in choices(options.workers, options.threads, options.backpressure):
        try:
            each = _tried(site, changed(command, choice), choice, servers, others, options.seconds)
        except BenchmarkFault as fault:
            tell(f"  {choice}: {fault}")
            continue
        found.append(each)
        tell(f"  {line_of(each)}")
    for page in PAGES:
        tell("\n".join(["", page, *laid_out(table(found, page))]))
    return found


def choices(workers, threads, backpressures) -> list[Choice]:
    """Return every combination, but none that holds fewer requests than it has threads."""
    every = (Choice(*each) for each in product(workers, threads, backpressures))
    return [each for each in every if each.backpressure >= each.threads]


def shared(here: list[int], count: int) -> tuple[set[int], set[int]]:
    """Return the cores of the server and those of wrk: the others or, where none is left, all."""
    servers = set(here[:count])
    return servers, set(here[count:]) or servers


def changed(command: list[str], choice: Choice) -> list[str]:
    """Return granian's command with the numbers of a choice in place of its own."""
    flags = ("--workers", "--blocking-threads", "--backpressure")
    replaced = list(command)
    for flag, number in zip(flags, choice, strict=True):
        replaced[replaced.index(flag) + 1] = str(number)
    return replaced


def _tried(site, command, choice, servers, others, seconds) -> Found:
    with _granian(site, command, servers):
        samples = {}
        for name, path in PAGES.items():
            ask = partial(wrk.run, f"http://{HOST}:{site.port}{path}", ASKED)
            with _on_cores(others):
                wrk.sample(site.process.pid, partial(ask, WARM_UP))
                samples[name] = wrk.sample(site.process.pid, partial(ask, seconds))
        memory = sum(memory_of(worker).pss for worker in site.workers())
    return Found(choice, samples, memory)


@contextmanager
def _granian(site: ProductionSite, command: list[str], servers: set[int]) -> Iterator[None]:
    """Serve with this command alone, without the loop of mails, until the block ends."""
    with site.log.open("ab") as log, _on_cores(servers):
        site.process = subprocess.Popen(
            [sys.executable, "-c", BECOME, *command],
            cwd=ROOT,
            env=site.environment | {"DJANGO_SETTINGS_MODULE": "imsinfo.settings"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            process_group=0,
        )
    site.groups.append(site.process.pid)
    try:
        site.wait_for(ARTICLE)
        site.settle()
        yield
    finally:
        site.close()


@contextmanager
def _on_cores(cores: set[int]) -> Iterator[None]:
    """Let what is started in the block run on these cores alone."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def line_of(found: Found) -> str:
    pages = "; ".join(f"{page} {shown(each.rate)}/s" for page, each in found.samples.items())
    return f"{found.choice}: {pages}"


def table(found: list[Found], page: str) -> Table:
    """Return one page's figures, the most requests a second first."""
    ordered = sorted(found, key=lambda each: -each.samples[page].rate)
    rows = [(str(each.choice), *_figures(each.samples[page]), each.memory) for each in ordered]
    return Table((*HEADS, "workers' MiB"), rows)


def _figures(sample: Sample) -> tuple[float, ...]:
    return sample.rate, sample.p50, sample.p99, sample.cost, sample.faults


def as_json(found: dict[int, list[Found]]) -> dict[int, list[dict]]:
    """Return everything by the number of cores."""
    return {
        cores: [
            each.choice._asdict()
            | {"memory": each.memory}
            | {page: vars(sample) for page, sample in each.samples.items()}
            for each in of_cores
        ]
        for cores, of_cores in found.items()
    }


if __name__ == "__main__":
    sys.exit(main())
