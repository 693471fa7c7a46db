"""What the form and the queue of enquiries cost: by the programs that measure each of them."""

import json
import re
import subprocess
import sys
from collections.abc import Sequence

from tests.benchmarks.figures import Figure, Part, Table
from tests.benchmarks.site import BenchmarkFault, temporary_folder
from tests.faults.cost import SHARES
from tests.faults.crowd import MOST_FOR_CROWD, MOST_FOR_READERS
from tests.faults.site import ROOT

COST = "tests.faults.cost"
QUEUE = "tests.benchmarks.queue"
LIMIT = 900  # seconds
STOP_TIMEOUT = 60
# The figures of the crowd come once a round; the worst round counts.
REQUIRED = {
    "share, median": {"least": SHARES["sqlite"][0]},
    "p50 of the senders, seconds": {},
    "p95 of the senders": {"most": MOST_FOR_CROWD},
    "p95 of the readers, seconds": {"most": MOST_FOR_READERS},
}


def measure_form() -> Part:
    """Store enquiries, against a bare insert of the same rows, and with many senders at once."""
    part = Part("The form: an enquiry stored")
    code, printed = run(COST, "--seconds", str(LIMIT))
    told = told_by(printed)
    part.figures = cost_figures(told)
    part.faults = violations(printed)
    part.raw["figures"] = told
    if code and not part.missed():
        part.faults = [f"{COST} ended with {code}"]
    return part


def cost_figures(told: dict[str, list[float]]) -> list[Figure]:
    """Return what is required, of the worst round."""
    return [
        Figure(name, min(told[name]) if "least" in required else max(told[name]), **required)
        for name, required in REQUIRED.items()
        if name in told
    ]


def measure_queue() -> Part:
    """Ask for the pages of staff on a site with 20,000 enquiries."""
    part = Part("The queue of staff with 20,000 enquiries")
    with temporary_folder() as folder:
        file = folder / "figures.json"
        run(QUEUE, "--seconds", str(LIMIT), "--json", str(file))
        if not file.exists():
            raise BenchmarkFault(f"{QUEUE} has told no figures.")
        found = json.loads(file.read_text())
    part.tables = [
        Table(
            ("milliseconds", "median", "p95", "at most"),
            [(each["name"], each["median"], each["p95"], each["most"]) for each in found],
        )
    ]
    worst = max(found, key=lambda each: each["p95"] / each["most"])
    part.figures = [Figure(f"worst, {worst['name']}: p95, ms", worst["p95"], most=worst["most"])]
    part.raw["pages"] = found
    return part


def told_by(printed: str) -> dict[str, list[float]]:
    """Return the figures that a program has printed in two columns, each as often as it came."""
    found: dict[str, list[float]] = {}
    for name, value in re.findall(r"(?m)^  (\S.*?) {2,}(\d+(?:\.\d+)?)$", printed):
        found.setdefault(name, []).append(float(value))
    return found


def violations(printed: str) -> list[str]:
    """Return what a program found amiss, once each, beside the figures that are judged here."""
    found = dict.fromkeys(re.findall(r"(?m)^  VIOLATION (.*)$", printed))
    return [line for line in found if not line.startswith("p95 of") and " required" not in line]


def run(module: str, *arguments: str) -> tuple[int, str]:
    """Run a program that serves a site of its own; return its exit code and what it printed."""
    command: Sequence[str] = [sys.executable, "-m", module, *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        printed, _ = process.communicate(timeout=LIMIT + STOP_TIMEOUT)
    finally:
        # Told to end, it ends its site first.
        process.terminate()
        process.wait(timeout=STOP_TIMEOUT)
    return process.returncode, printed
