"""What an editor is told of a publishing: every fault, and what became of each file."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date

from imsinfo.editions.selection import Outcome
from imsinfo.problems import Problem


@dataclass(frozen=True)
class Published:
    """What a site shows now.

    is_new: whether a generation was made; pages: how many are shown; problems: all that were
    found, of files that no reader sees too; warnings: their number; zone: the clinic's; unprepared:
    why the pages are not prepared, so that each visit renders its own; "" where they are.
    """

    is_new: bool
    pages: int
    outcomes: tuple[Outcome, ...]
    problems: tuple[Problem, ...]
    warnings: int
    zone: str
    unprepared: str = ""


class PublishingError(Exception):
    """Nothing was published, because the site would be of no use without what it lacks.

    lacking: addresses and data files; problems: every fault that was found.
    """

    def __init__(self, lacking: tuple[str, ...], problems: tuple[Problem, ...]):
        self.lacking, self.problems = lacking, problems
        told = (*map(str, problems), f"The site would be without {', '.join(lacking)}.")
        super().__init__("\n".join(told))


def lines_of_faults(published: Published) -> tuple[str, ...]:
    """Return every fault, and then what became of each file, in lines for its editor."""
    outcomes = (_words_of(outcome, published.zone) for outcome in published.outcomes)
    told = f"The pages are not prepared, so each visit makes its own: {published.unprepared}"
    return (*map(str, published.problems), *outcomes, *((told,) if published.unprepared else ()))


def _words_of(outcome: Outcome, zone: str) -> str:
    day = format_date(outcome.since.astimezone(ZoneInfo(zone)), "j F Y") if outcome.since else ""
    told = {
        "kept": f"Its last good version of {day} stays up",
        "needed": f"Other pages need it as it was on {day}, so that stays up",
        "left out": "Left out",
        "withdrawn": "No longer shown, though other pages still link to it",
        "published": "Published all the same",
    }
    return f"{told[outcome.what]}: {outcome.file}"
