"""What an operator must know of the content: what readers see, its faults, and overdue checks."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from pydantic import ValidationError

from imsinfo.articles.dates import date_problems
from imsinfo.articles.library import read_manuscripts
from imsinfo.content import Edition, in_force
from imsinfo.editions.generations import Generation, generations_folder, newest_whole, read_marker
from imsinfo.editions.published import Published
from imsinfo.editions.remembered import TOLD, Told
from imsinfo.operating.status import Line, Mark, tells
from imsinfo.today import clinics_date

REPAIR = "manage.py check_content names each with its repair; then manage.py prepare"


@tells(40, "content")
def content_lines() -> Iterator[Line]:
    folder = generations_folder()
    shown = newest_whole(folder)
    if shown is None:
        yield Line("content", Mark.FAULT, "nothing is published", "manage.py prepare")
    else:
        yield _content_line(folder, shown)
    with (Edition(shown.roots) if shown else in_force()).pinned():
        yield _reviews_line()


def _content_line(folder: Path, shown: Generation) -> Line:
    name = shown.path.name
    marker = read_marker(folder)
    if marker is None or marker.current != name:
        told = f"generation {name} is shown, because the newer one is damaged"
        return Line("content", Mark.FAULT, told, "manage.py prepare")
    published = told_of(folder, name)
    if published is None:
        return Line("content", Mark.LOOK, f"generation {name}, not checked", "manage.py prepare")
    told = f"generation {name}; pages: {published.pages}, faults: {len(published.problems)}"
    if published.problems:
        return Line("content", Mark.LOOK, told, REPAIR)
    if published.unprepared and settings.PREPARED:
        unprepared = f"{told}, not prepared: {published.unprepared}"
        return Line("content", Mark.LOOK, unprepared, "manage.py prepare")
    return Line("content", Mark.OK, told)


def told_of(folder: Path, generation: str) -> Published | None:
    """Return what the last publishing told, if this generation came of it."""
    with suppress(OSError, ValidationError):
        told = Told.model_validate_json((folder / TOLD).read_bytes())
        return told.published if told.generation == generation else None
    return None


def _reviews_line() -> Line:
    today = clinics_date()
    drafts = read_manuscripts().drafts.values()
    overdue = sum(
        problem.severity == "warning"
        for draft in drafts
        if not draft.front.draft
        for problem in date_problems(draft, today)
    )
    if not overdue:
        return Line("reviews", Mark.OK, "none is overdue")
    told = f"past their next review: {overdue}"
    return Line("reviews", Mark.LOOK, told, "/admin/pages/ names them; check their sources")
