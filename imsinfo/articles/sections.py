"""What each kind of page must hold, and in which order."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from imsinfo.articles import syntax
from imsinfo.articles.frontmatter import Draft, Kind
from imsinfo.problems import Problem


@dataclass(frozen=True)
class Part:
    """One required part. opening: how its line begins, without regard to small and capital letters;
    a part with several openings is there as soon as one of them is."""

    openings: tuple[str, ...]

    @cached_property
    def _in_small_letters(self) -> tuple[str, ...]:
        return tuple(opening.lower() for opening in self.openings)

    def is_opened_by(self, line: str) -> bool:
        return line.lower().startswith(self._in_small_letters)

    def __str__(self) -> str:
        return " or ".join(f"'{opening}'" for opening in self.openings)


def _parts(*lines: str) -> tuple[Part, ...]:
    return tuple(Part(tuple(line.split(" | "))) for line in lines)


# A reader of any condition finds the same answers in the same order, harms and other choices
# included; so does a reader of any page about a treatment.
REQUIRED: Mapping[Kind, tuple[Part, ...]] = {
    "condition": _parts(
        "::: callout At a glance",
        "## Symptoms",
        "## What usually happens",
        "## What you can do yourself",
        "## When to see a doctor",
        "::: red-flags",
        "## The choices",
        "::: comparison",
        "## IMS: what the research shows",
        "::: evidence",
        "## What we do not know",
        "## Questions to ask",
        "## More from others",
    ),
    "treatment": _parts(
        "::: callout Key facts",
        "::: emergency | ::: red-flags",
        "## Other choices",
        "## What we do not know",
        "## Questions to ask",
    ),
    "aftercare": _parts(
        "::: red-flags after-needling emergency",
        "::: red-flags after-needling today",
        "::: red-flags after-needling phone-us",
        "## What is normal",
        "## What to do",
    ),
    "comparison": _parts("::: comparison", "## What we do not know"),
    "evidence": _parts("## What we do not know"),
}
# No other line can begin a part.
FIRST_SIGNS = tuple(
    {opening[0] for parts in REQUIRED.values() for each in parts for opening in each.openings}
)
SPACES = re.compile(r"\s+")


def section_problems(draft: Draft) -> Iterator[Problem]:
    """Yield a problem for each required part that is missing or stands too early."""
    required = REQUIRED.get(draft.front.kind, ())
    lines = [
        (at, SPACES.sub(" ", line))
        for at, line in syntax.prose_lines(draft.text)
        if line.startswith(FIRST_SIGNS)
    ]
    last, after = -1, "the front matter"
    for part in required:
        places = [at for at, line in lines if part.is_opened_by(line)]
        later = [at for at in places if at > last]
        if not places:
            yield _missing(draft, part, after)
        elif not later:
            yield _too_early(draft, part, places[0], after)
        last, after = (later[0] if later else last), str(part)


def _missing(draft: Draft, part: Part, after: str) -> Problem:
    return Problem(
        draft.file,
        1,
        f"a page of kind {draft.front.kind} lacks a part",
        expected=f"a line that begins with {part}",
        repair=f"write it after {after}, or change the kind",
        severity="error",
    )


def _too_early(draft: Draft, part: Part, at: int, after: str) -> Problem:
    return Problem(
        draft.file,
        draft.first_line + at,
        f"a part of a page of kind {draft.front.kind} stands too early",
        found=str(part),
        expected=f"it comes after {after}",
        repair="move it down",
        severity="error",
    )
