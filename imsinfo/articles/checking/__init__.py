"""Everything that can be wrong in an article's text, found line by line before it is rendered."""

from imsinfo.articles.checking.evidence import evidence_problems
from imsinfo.articles.checking.fences import fence_problems
from imsinfo.articles.checking.held import held_problems
from imsinfo.articles.checking.known import Known, known_names
from imsinfo.articles.checking.lines import line_problems
from imsinfo.articles.checking.places import place_problems
from imsinfo.articles.checking.tables import table_problems
from imsinfo.articles.frontmatter import Draft
from imsinfo.articles.syntax import prose_lines
from imsinfo.problems import Problem

__all__ = ["Known", "known_names", "problems_of"]


def problems_of(draft: Draft, known: Known) -> list[Problem]:
    """Return every fault in the text of an article, in the order of its lines."""
    lines = list(prose_lines(draft.text))
    return sorted(
        [
            *evidence_problems(draft, known),
            *fence_problems(draft, lines, known),
            *held_problems(draft, lines, known),
            *table_problems(draft, lines),
            *place_problems(draft, lines),
            *line_problems(draft, lines, known),
        ]
    )
