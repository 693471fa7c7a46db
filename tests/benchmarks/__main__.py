"""Every figure of the site's speed in one report: run it with `make bench`.

Each part serves a site of its own, as in production, on this machine alone, and leaves nothing
behind. Exit 1 where a figure is worse than required. What cannot be measured here, for want of
wrk or nginx, is named and left out.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

from tests.benchmarks import (
    delivery,
    enquiring,
    memory,
    pages,
    preparing,
    searching,
    starting,
    wrk,
)
from tests.benchmarks.figures import Part
from tests.benchmarks.site import BenchmarkFault, bounded, cores
from tests.faults.figures import tell, verdict
from tests.nginx import MISSING, program


def main() -> int:
    options = _options()
    parts = _parts(options)
    machine = _machine()
    tell(", ".join(f"{name} {value}" for name, value in machine.items()))
    for missing in _missing():
        tell(f"\n*** PARTS ARE LEFT OUT: {missing} ***")
    found: dict[str, Part] = {}
    try:
        with bounded(options.limit):
            for name in options.only:
                tell(f"\n{name} …")
                found[name] = _measured(name, parts[name])
                tell("\n".join(found[name].lines()))
    finally:
        # What was found before the end came is worth keeping.
        if options.json:
            _write(options.json, machine, found)
    tell()
    return verdict([line for part in found.values() for line in part.missed()])


NAMES = ("pages", "start", "prepare", "memory", "search", "form", "queue", "delivery")


def _parts(options) -> dict[str, Callable[[], Part]]:
    """Return what measures each part, by its name."""
    measures = (
        partial(pages.measure, options.seconds, options.rounds),
        *(starting.measure, preparing.measure, memory.measure, searching.measure),
        *(enquiring.measure_form, enquiring.measure_queue, delivery.measure),
    )
    return dict(zip(NAMES, measures, strict=True))


def _options():
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "--only", type=chosen, default=NAMES, help=f"with commas, of: {', '.join(NAMES)}"
    )
    parser.add_argument("--seconds", type=float, default=5, help="of one run against a page")
    parser.add_argument("--rounds", type=int, default=3, help="of runs against each page")
    parser.add_argument("--json", type=Path, help="a file for everything that was measured")
    parser.add_argument("--limit", type=int, default=5400, help="seconds after which it ends")
    return parser.parse_args()


def chosen(text: str) -> tuple[str, ...]:
    """Return the names of parts in the order of the report; for argparse."""
    asked = {name.strip() for name in text.split(",")}
    unknown = sorted(asked - set(NAMES))
    if unknown:
        raise argparse.ArgumentTypeError(
            f"there is no part {', '.join(unknown)}. Use: {', '.join(NAMES)}"
        )
    return tuple(name for name in NAMES if name in asked)


def _measured(name: str, measure: Callable[[], Part]) -> Part:
    """Return what a part has found; what keeps it from measuring is a fault, and no end."""
    try:
        return measure()
    except (BenchmarkFault, OSError, subprocess.SubprocessError) as error:
        return Part(name, faults=[f"could not be measured: {error}"])


def _missing() -> list[str]:
    missing = [] if wrk.is_here() else [wrk.MISSING]
    return missing + ([] if program() else [MISSING])


def _machine() -> dict[str, str | int]:
    """What the figures depend on."""
    return {
        "at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "cores": cores(),
        "load": f"{os.getloadavg()[0]:.1f}",
        "Python": platform.python_version(),
        "granian": version("granian"),
        "Django": version("django"),
    }


def _write(file: Path, machine: dict[str, str | int], found: dict[str, Part]) -> None:
    parts = {name: part.as_json() for name, part in found.items()}
    file.write_text(json.dumps({"machine": machine, "parts": parts}, indent=1) + "\n")
    tell(f"\nEverything that was measured: {file}")


if __name__ == "__main__":
    sys.exit(main())
