"""Every fault that the site must survive, one after the other: run it with `make faults`.

    .venv/bin/python -m tests.faults [--database sqlite] [--only storm,mail] [--json FILE]

Ends in a table, and with exit code 1 where an acknowledged enquiry is lost or stored twice, or
another bound is broken. The site uses no shared cache, so none can fail.
"""

import argparse
import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from tests.faults.figures import tell
from tests.faults.outcome import DATABASES, Outcome
from tests.faults.site import ROOT

LIMIT = 1500  # seconds for one fault on one database; each has a limit of its own below that
STOP_TIMEOUT = 60


class Fault(NamedTuple):
    """A program of this folder, and with which options it is run here."""

    program: str
    options: tuple[str, ...] = ()
    databases: tuple[str, ...] = DATABASES


FAULTS = (
    Fault("storm", ("--count", "800")),
    Fault("locked"),
    Fault("full_disk"),
    Fault("mail"),
    Fault("clock"),
    Fault("crowd"),
    Fault("deploy"),
    Fault("kill", ("--kills", "6", "--enquiries", "100")),
    Fault("two_servers", databases=("postgresql",)),
    # Not of the database: readers, and what is published.
    Fault("slow", ("--seconds", "8"), ("sqlite",)),
    Fault("swap", ("--seconds", "10"), ("sqlite",)),
    Fault("content", databases=("sqlite",)),
)
HEADS = ("fault", "database", "sent", "acknowledged", "stored", "lost", "twice", "p95 s", "seconds")
WIDTHS = (13, 11, 7, 13, 7, 5, 6, 7, 8)


def main() -> int:
    given = _options()
    outcomes = []
    for database in given.database:
        for fault in FAULTS:
            if database in fault.databases and (not given.only or fault.program in given.only):
                tell(f"\n{fault.program} on {database}")
                outcomes.append(_made(fault, database))
    if given.json:
        given.json.write_text(json.dumps([dataclasses.asdict(each) for each in outcomes], indent=1))
    return _told(outcomes)


def _options():
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    names = [fault.program for fault in FAULTS]
    parser.add_argument("--database", choices=DATABASES, action="append", help="both by default")
    parser.add_argument("--only", type=lambda text: text.split(","), default=[], metavar="A,B")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    given = parser.parse_args()
    if unknown := set(given.only) - set(names):
        parser.error(f"no such fault: {', '.join(unknown)}; there are {', '.join(names)}")
    given.database = given.database or list(DATABASES)
    return given


def _made(fault: Fault, database: str) -> Outcome:
    """Run the program of a fault and return what it has told."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "outcome.json"
        command = ["-m", f"tests.faults.{fault.program}", "--database", database]
        code = _run([*command, *fault.options, "--json", str(file)])
        if file.exists():
            return Outcome(**json.loads(file.read_text()))
    wrong = [f"it ended with {code} and told nothing"]
    return Outcome(fault.program, database, time.monotonic() - began, wrong=wrong)


def _run(command: list[str]) -> int:
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT)
    try:
        return process.wait(LIMIT)
    except subprocess.TimeoutExpired:
        return -1
    finally:
        # Told to end, it ends its site first.
        process.terminate()
        process.wait(STOP_TIMEOUT)


def _told(outcomes: list[Outcome]) -> int:
    """Print the table and return the exit code."""
    tell("\n" + _row(HEADS))
    for each in outcomes:
        tell(_row(_cells(each)) + (f"  SKIPPED: {each.skipped}" if each.skipped else ""))
        for line in each.wrong[:5]:
            tell(f"    VIOLATION {line}")
    tell(f"{sum(each.seconds for each in outcomes):.0f} seconds in all")
    skipped_counts = bool(os.environ.get("IMSINFO_NO_SKIPS"))
    failed = [each for each in outcomes if each.wrong or (each.skipped and skipped_counts)]
    names = ", ".join(f"{each.fault} on {each.database}" for each in failed)
    tell(f"FAILED: {names}" if failed else "All held.")
    return 1 if failed else 0


def _cells(each: Outcome) -> tuple[str, ...]:
    counts = (each.sent, each.acknowledged, each.stored, each.lost, each.stored_twice)
    p95 = "-" if each.p95 is None else f"{each.p95:.2f}"
    return (each.fault, each.database, *map(str, counts), p95, f"{each.seconds:.0f}")


def _row(cells: tuple[str, ...]) -> str:
    first, second, *rest = zip(cells, WIDTHS, strict=True)
    named = f"{first[0]:<{first[1]}} {second[0]:<{second[1]}}"
    return named + "".join(f" {cell:>{width}}" for cell, width in rest)


if __name__ == "__main__":
    sys.exit(main())
