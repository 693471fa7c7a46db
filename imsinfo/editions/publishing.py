"""Making the next generation of the content, with its pages, and putting it in force."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from django.conf import settings

from imsinfo.articles.library import get_library
from imsinfo.articles.outline import get_outline
from imsinfo.articles.proofreading import proof
from imsinfo.clinic import get_clinic
from imsinfo.content import Edition, content_folders, in_force
from imsinfo.editions.generations import (
    Generation,
    Unfinished,
    clean,
    locked,
    make_current,
    newest_whole,
    read_marker,
    touch_current,
)
from imsinfo.editions.needs import lacking
from imsinfo.editions.prepared import prepared_folder
from imsinfo.editions.preparing import prepare
from imsinfo.editions.published import Published, PublishingError
from imsinfo.editions.remembered import made_from, recall, remember
from imsinfo.editions.selection import Check, Selection
from imsinfo.editions.versions import Versions
from imsinfo.problems import Problem
from imsinfo.today import clinics_date

logger = logging.getLogger("imsinfo.content")


def check_for_today() -> tuple[Problem, ...]:
    """Tell every fault of the pinned content; what was rendered for that stays with its edition."""
    found = proof(clinics_date())
    if found.library is not None:
        in_force().remember(get_library, found.library)
    return found.problems


def publish(folder: Path, now: datetime, check: Check = check_for_today) -> Published:
    """Make a generation of the content folders and put it in force, unless nothing has changed.

    folder: of all generations; check: tells every fault of the content that is pinned. Raises
    PublishingError, or OSError where nothing can be written; the generation in force then stays.
    """
    with locked(folder):
        # What a killed run has left may be what the disk is full of.
        clean(folder)
        with content_folders().pinned():
            name = made_from() if check is check_for_today else ""
        told = _told_before(folder, name)
        if told:
            return told
        try:
            published, generation = _publish(folder, now, check)
        finally:
            clean(folder)
        remember(folder, name, generation, published)
        return published


def _told_before(folder: Path, name: str) -> Published | None:
    """Return what was told of this very content, if what came of it is still in force and whole."""
    shown = newest_whole(folder)
    if shown is None or not _is_in_force(folder, shown):
        return None
    published = recall(folder, name, shown.path.name)
    if published is None:
        return None
    unprepared = _prepared(Edition(shown.roots), shown.hashes)
    touch_current(folder)
    return replace(published, is_new=False, unprepared=unprepared)


def prepare_shown(folder: Path) -> str:
    """Make the pages of the generation in force where they are not there for today.

    folder: of all generations. Returns why they are not prepared, "" if they are; raises OSError
    where that generation cannot be told.
    """
    with locked(folder):
        shown = newest_whole(folder)
        return _prepared(Edition(shown.roots), shown.hashes) if shown else "nothing is published"


def _publish(folder: Path, now: datetime, check: Check) -> tuple[Published, str]:
    """Return what is shown now, and the name of its generation."""
    last, making = newest_whole(folder), Unfinished(folder, now)
    with content_folders().pinned():
        versions = Versions(making, last)
    selection = Selection(versions, check)
    selection.settle()
    outcomes = selection.outcomes()
    found = [problem for outcome in outcomes for problem in outcome.problems]
    problems = tuple(sorted({*found, *selection.others}))
    edition = selection.edition
    with edition.pinned():
        missing = lacking(get_outline)
        if missing:
            raise PublishingError(missing, problems)
        pages, zone = len(get_outline().pages), get_clinic().time_zone
    is_new = not _is_in_force(folder, last) or not versions.are_as_before()
    if is_new:
        making.finish(versions.since(now))
    unprepared = _prepared(edition, making.hashes)
    if is_new:
        make_current(folder, making.path.name, last.path.name if last else "")
    else:
        touch_current(folder)
    told = Published(is_new, pages, outcomes, problems, selection.warnings, zone, unprepared)
    return told, making.path.name if is_new or last is None else last.path.name


def _prepared(edition: Edition, hashes: Mapping[str, str]) -> str:
    """Have the pages made before anybody is shown them; return why they are not, "" if they are."""
    if settings.PREPARED:
        try:
            prepare(edition, hashes, prepared_folder())
        except Exception as error:
            # Whatever it was, the content is good, and Django shows it without prepared pages.
            logger.exception("The pages cannot be prepared")
            return str(error)
    return ""


def _is_in_force(folder: Path, last: Generation | None) -> bool:
    marker = read_marker(folder)
    return last is not None and marker is not None and marker.current == last.path.name
