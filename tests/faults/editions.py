"""Content that tells on every page which edition it is of, and what visits to it must show."""

import re
from collections.abc import Sequence
from pathlib import Path

from tests.faults.site import ROOT
from tests.faults.visits import Visit

EDITION = re.compile(rb"Edition (\d+)\.")
# The listing shows the words of every article of its section, an article its own.
PATHS = ("/conditions/", "/conditions/neck-pain/", "/conditions/sciatica/")


def write_edition(folder: Path, number: int) -> None:
    """Write the articles of a section below folder, each with the edition in its summary."""
    section = folder / "conditions"
    section.mkdir(exist_ok=True)
    for original in (ROOT / "content/conditions").glob("*.md"):
        text = re.sub(
            r"^(summary: .*)$", rf"\1 Edition {number}.", original.read_text(), count=1, flags=re.M
        )
        (section / original.name).write_text(text)


def editions_in(body: bytes) -> set[int]:
    return {int(number) for number in EDITION.findall(body)}


def shown_by(visits: Sequence[Visit]) -> set[int]:
    """Return every edition that the answers hold."""
    return {number for each in visits if each.answer for number in editions_in(each.answer.body)}


def not_whole(visits: Sequence[Visit]) -> list[str]:
    """Name the answers that are of no edition or of more than one."""
    found = ((each.path, editions_in(each.answer.body)) for each in visits if each.answer)
    return [f"{path} holds editions {sorted(held)}" for path, held in found if len(held) != 1]


def tagged(visits: Sequence[Visit]) -> int:
    """Return how many answers have an ETag; of the others inconsistent() says nothing."""
    return sum("etag" in each.answer.headers for each in visits if each.answer)


def inconsistent(visits: Sequence[Visit]) -> list[str]:
    """Name the addresses where one ETag stood for different bytes."""
    bodies: dict[tuple[str, str], bytes] = {}
    wrong = []
    for each in visits:
        etag = each.answer.headers.get("etag") if each.answer else None
        if each.answer and etag:
            first = bodies.setdefault((each.path, etag), each.answer.body)
            if first != each.answer.body:
                wrong.append(f"{each.path}: the ETag {etag} stands for different bytes")
    return wrong
