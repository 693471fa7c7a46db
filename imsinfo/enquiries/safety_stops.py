"""How often the form has sent people elsewhere: a count for each week, and nothing of anybody.

    VAR_DIR/stops/2026-W47-emergency     one byte for each time, in that ISO week

Files, so that whoever needs the page for emergencies never waits for a lock of the database. They
lie on one machine: where several serve the site, each counts its own visitors.
"""

import logging
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings

logger = logging.getLogger("imsinfo.enquiries")

LEVELS = ("emergency", "today", "under-18")
KEPT_WEEKS = 26
NAME = re.compile(r"(?P<year>[0-9]{4})-W(?P<week>[0-9]{2})-(?:emergency|today|under-18)")


def count(level: str, day: date) -> None:
    """Count one stop in the week of this day. level: of LEVELS.

    Raises nothing that a disk may do: what cannot be counted is logged.
    """
    try:
        _append(_file(level, day))
    except OSError:
        logger.exception("A stop at the safety step could not be counted")


def counts(weeks: Sequence[date]) -> tuple[dict[str, int], ...]:
    """Return how often people were stopped at each level; weeks: a day of each week."""
    return tuple({level: _size(_file(level, day)) for level in LEVELS} for day in weeks)


def delete_old(today: date) -> int:
    """Delete the counts of weeks that are over for KEPT_WEEKS; return how many files went."""
    oldest = today - timedelta(weeks=KEPT_WEEKS)
    gone = 0
    for path in _folder().glob("*"):
        found = NAME.fullmatch(path.name)
        if found and _week_ends(found) < oldest:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _append(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # One write of one byte at the end: processes that count at once lose nothing.
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, b".")
    finally:
        os.close(handle)


def _folder() -> Path:
    return Path(settings.VAR_DIR) / "stops"


def _file(level: str, day: date) -> Path:
    year, week, _ = day.isocalendar()
    return _folder() / f"{year}-W{week:02}-{level}"


def _size(path: Path) -> int:
    with suppress(FileNotFoundError):
        return path.stat().st_size
    return 0


def _week_ends(found: re.Match[str]) -> date:
    with suppress(ValueError):
        return date.fromisocalendar(int(found["year"]), int(found["week"]), 7)
    # A week that no year has is nobody's count.
    return date.min
