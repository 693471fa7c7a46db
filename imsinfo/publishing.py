"""Making the next generation of the content, and telling its editor what became of each file."""

import functools
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date

from imsinfo.articles.library import read_library
from imsinfo.articles.proofreading import proofread
from imsinfo.clinic import get_clinic
from imsinfo.content import Edition, content_folders
from imsinfo.generations import (
    Generation,
    Unfinished,
    clean,
    locked,
    make_current,
    newest_whole,
    read_marker,
    touch_current,
)
from imsinfo.needs import lacking
from imsinfo.problems import Problem
from imsinfo.selection import Check, Outcome, Selection
from imsinfo.today import clinics_date
from imsinfo.versions import Versions


@dataclass(frozen=True)
class Published:
    """What a site shows now.

    is_new: whether a generation was made; pages: how many are shown; problems: all that were
    found, of files that no reader sees too; warnings: their number; zone: the clinic's.
    """

    is_new: bool
    pages: int
    outcomes: tuple[Outcome, ...]
    problems: tuple[Problem, ...]
    warnings: int
    zone: ZoneInfo


class PublishingError(Exception):
    """Nothing was published, because the site would be of no use without what it lacks.

    lacking: addresses and data files; problems: every fault that was found.
    """

    def __init__(self, lacking: tuple[str, ...], problems: tuple[Problem, ...]):
        self.lacking, self.problems = lacking, problems
        told = (*map(str, problems), f"The site would be without {', '.join(lacking)}.")
        super().__init__("\n".join(told))


def check_for_today() -> tuple[Problem, ...]:
    return proofread(clinics_date())


def publish(folder: Path, now: datetime, check: Check = check_for_today) -> Published:
    """Make a generation of the content folders and put it in force, unless nothing has changed.

    folder: of all generations; check: tells every fault of the content that is pinned. Raises
    PublishingError, or OSError where nothing can be written; the generation in force then stays.
    """
    with locked(folder):
        # What a killed run has left may be what the disk is full of.
        clean(folder)
        try:
            return _publish(folder, now, check)
        finally:
            clean(folder)


def lines_of_faults(published: Published) -> tuple[str, ...]:
    """Return every fault, and then what became of each file, in lines for its editor."""
    outcomes = (_words_of(outcome, published.zone) for outcome in published.outcomes)
    return (*map(str, published.problems), *outcomes)


def _words_of(outcome: Outcome, zone: ZoneInfo) -> str:
    day = format_date(outcome.since.astimezone(zone), "j F Y") if outcome.since else ""
    told = {
        "kept": f"Its last good version of {day} stays up",
        "needed": f"Other pages need it as it was on {day}, so that stays up",
        "left out": "Left out",
        "withdrawn": "No longer shown, though other pages still link to it",
        "published": "Published all the same",
    }
    return f"{told[outcome.what]}: {outcome.file}"


def _publish(folder: Path, now: datetime, check: Check) -> Published:
    last, making = newest_whole(folder), Unfinished(folder, now)
    with content_folders().pinned():
        versions = Versions(making, last)
    selection = Selection(versions, check)
    selection.settle()
    outcomes = selection.outcomes()
    found = [problem for outcome in outcomes for problem in outcome.problems]
    problems = tuple(sorted({*found, *selection.others}))
    read = functools.cache(read_library)
    with Edition(making.roots).pinned():
        missing = lacking(read)
        if missing:
            raise PublishingError(missing, problems)
        pages, zone = len(read().articles), ZoneInfo(get_clinic().time_zone)
    is_new = not _is_in_force(folder, last) or not versions.are_as_before()
    if is_new:
        making.finish(versions.since(now))
        make_current(folder, making.path.name, last.path.name if last else "")
    else:
        touch_current(folder)
    return Published(is_new, pages, outcomes, problems, selection.warnings, zone)


def _is_in_force(folder: Path, last: Generation | None) -> bool:
    marker = read_marker(folder)
    return last is not None and marker is not None and marker.current == last.path.name
