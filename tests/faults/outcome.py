"""What one fault has done to the site: told to a person, and written for the run over all."""

import argparse
import dataclasses
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.figures import table, tell, verdict

DATABASES = ("sqlite", "postgresql")


class NotPossibleError(Exception):
    """This machine cannot make the fault; the words say what is lacking."""


@dataclass
class Outcome:
    """One fault on one database.

    p95: of the answers, in seconds, or None where nobody waits for any; seconds: of the whole;
    rows: what else is worth telling; wrong: what does not hold, a line each; skipped: why the
    fault was not made.
    """

    fault: str
    database: str
    seconds: float = 0.0
    sent: int = 0
    acknowledged: int = 0
    stored: int = 0
    lost: int = 0
    stored_twice: int = 0
    p95: float | None = None
    rows: dict[str, float | int | str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    skipped: str = ""


def options(program: str, words: str | None) -> argparse.ArgumentParser:
    """Return a parser with what every fault's command takes."""
    parser = argparse.ArgumentParser(prog=f"python -m tests.faults.{program}", description=words)
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    add_json(parser)
    return parser


def add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", type=Path, help="write the outcome to this file too")


def run(make: Callable[[], Outcome], given: argparse.Namespace, fault: str) -> int:
    """Make the fault, tell and write its outcome, and return the exit code."""
    try:
        outcome = make()
    except NotPossibleError as reason:
        outcome = Outcome(fault, given.database, skipped=str(reason))
    return finish(outcome, given.json)


def finish(outcome: Outcome, written_to: Path | None) -> int:
    if written_to:
        written_to.write_text(json.dumps(dataclasses.asdict(outcome)))
    if outcome.skipped:
        sys.stderr.write(f"SKIPPED {outcome.fault}: {outcome.skipped}\n")
        return 0
    tell(f"{outcome.fault} on {outcome.database}")
    table(
        {
            "enquiries sent": outcome.sent,
            "acknowledged": outcome.acknowledged,
            "stored": outcome.stored,
            "acknowledged and lost": outcome.lost,
            "stored twice": outcome.stored_twice,
            "p95 of the answers, seconds": "-" if outcome.p95 is None else outcome.p95,
            **outcome.rows,
            "seconds": outcome.seconds,
        }
    )
    return verdict(outcome.wrong)
