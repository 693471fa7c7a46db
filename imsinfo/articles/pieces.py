"""Shared pieces: text that is written once, in content/shared/, and stands on several pages."""

import functools
from collections.abc import Iterator, Mapping

from imsinfo.articles import syntax
from imsinfo.articles.frontmatter import FENCE, NEUTRAL, Draft
from imsinfo.problems import Problem


def with_pieces(text: str, pieces: Mapping[str, str]) -> str:
    """Return the text of an article with every shared piece in its place.

    pieces: texts by name. A piece that is not among them stays as it was written.
    """
    return _with_pieces(text, tuple(pieces.items()))


# The checks of a page ask for its text, and then its rendering does.
@functools.lru_cache(maxsize=8)
def _with_pieces(text: str, by_name: tuple[tuple[str, str], ...]) -> str:
    pieces = dict(by_name)
    lines = text.split("\n")
    out: list[str] = []
    is_closed = True
    for index, line in syntax.prose_lines(text):
        piece = pieces.get(shared_name(line))
        if piece is not None:
            out += ["", piece, ""]
            is_closed = False
        elif is_closed or (line.strip() and not syntax.FENCE_CLOSE.match(line)):
            out.append(lines[index])
        else:
            is_closed = bool(line.strip())
    return "\n".join(out)


def shared_name(line: str) -> str:
    """Return the name of the piece that a line of prose inserts, else ""."""
    opened = syntax.FENCE_OPEN.match(line) if line.startswith(":::") else None
    return opened["title"] if opened and opened["name"] == "shared" else ""


def piece_draft(shown_as: str, text: str) -> Draft:
    """Return a piece as an article of its own, so that it can be checked and rendered alone."""
    return Draft(shown_as, NEUTRAL, text, 1)


def piece_problems(draft: Draft) -> Iterator[Problem]:
    """Yield what a piece may not hold although a page may."""
    if draft.text.split("\n")[0].rstrip() == FENCE:
        repair = "take away the lines between --- and ---: a piece is no page"
        yield Problem(draft.file, 1, "a shared piece has no front matter", FENCE, repair=repair)
    for index, line in enumerate(draft.text.split("\n"), start=draft.first_line):
        if syntax.CODE_FENCE.match(line):
            what, repair = "a code block in a shared piece", "write it on the page itself"
            yield Problem(draft.file, index, what, line[:60], repair=repair)
    for index, line in syntax.prose_lines(draft.text):
        yield from _line_problems((draft.file, draft.first_line + index), line)


def _line_problems(at: tuple[str, int], line: str) -> Iterator[Problem]:
    opened = syntax.FENCE_OPEN.match(line)
    component = syntax.COMPONENTS.get(opened["name"]) if opened else None
    if syntax.HEADING.match(line):
        repair = "write the heading on each page, above ::: shared"
        yield Problem(*at, "a heading in a shared piece", line[:60], repair=repair)
    elif component and not component.in_pieces:
        what, repair = f"{component.name} in a shared piece", "write it on the page itself"
        yield Problem(*at, what, line[:60], repair=repair)
