"""Files of a content folder that look like content, and that nothing reads."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from django.conf import settings

from imsinfo.editions.overrides import RECORD
from imsinfo.problems import Problem

DATA = (
    *("clinic.yaml", "figures.yaml", "glossary.yaml", "reading-ceilings.yaml", "red-flags.yaml"),
    *("replies.yaml", "sources.yaml", "wording.yaml", RECORD),
)
# As programs write them, and editors; what ends otherwise is nobody's mistake for content.
ENDING = re.compile(r"\.(md|markdown|mdown|ya?ml|svg)(\.txt)?$", re.IGNORECASE)
ENDINGS = {"markdown": ".md", "mdown": ".md", "yml": ".yaml"}


def stranger_problems() -> list[Problem]:
    """Return a fault for each file that an editor takes for content, and no page or form shows."""
    roots = [Path(root) for root in settings.CONTENT_ROOTS]
    return [problem for root in roots for problem in _strangers(root)]


def _strangers(root: Path) -> Iterator[Problem]:
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if _is_hidden(name) or name == _should_be(name):
            continue
        yield Problem(
            f"{root.name}/{name}",
            1,
            "nothing reads a file of this name",
            repair=f"rename it to {_should_be(name)}, or move it out of the folder",
            severity="error",
        )


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") for part in name.split("/"))


def _should_be(name: str) -> str:
    """Return the name under which such a file is read; the same where it is read already."""
    ending = ENDING.search(name)
    if not ending:
        return name
    kind = ending[1].lower()
    right = name[: ending.start()] + ENDINGS.get(kind, f".{kind}")
    if not right.endswith(".yaml") or right in DATA:
        return right
    return next(iter(get_close_matches(right.rpartition("/")[2], DATA, 1, 0.0)))
