"""Faults of the ::: lines themselves: names, titles, balance."""

from collections.abc import Iterator
from typing import get_args

from imsinfo.articles import syntax
from imsinfo.articles.checking.known import Known, one_of
from imsinfo.articles.frontmatter import Draft
from imsinfo.problems import Problem
from imsinfo.red_flags import Level, Region

At = tuple[str, int]
Lines = list[tuple[int, str]]

LEAVES = frozenset(each.name for each in syntax.COMPONENTS.values() if each.is_leaf)


def fence_problems(draft: Draft, lines: Lines, known: Known) -> Iterator[Problem]:
    """Yield the faults of the lines that open and close components."""
    yield from _balance(draft, lines)
    yield from _repeated(draft, lines)
    yield from _definitions(draft, lines)
    for index, line in lines:
        at = draft.file, draft.first_line + index
        opened = syntax.FENCE_OPEN.match(line)
        if opened:
            yield from _component(draft, at, opened["name"], opened["title"], known)
        elif ":::" in line and not line.startswith(":::"):
            what = "a ::: line that does not begin at the left edge"
            repair = "take away what stands in front of it; a component stands in no list or quote"
            yield Problem(*at, what, line[:60], ":::", repair)


def _balance(draft: Draft, lines: Lines) -> Iterator[Problem]:
    open_at: list[tuple[int, str]] = []
    for index, line in lines:
        at = draft.file, draft.first_line + index
        opened, leaf = syntax.FENCE_OPEN.match(line), _open_leaf(open_at)
        if opened:
            if leaf:
                yield Problem(*at, f"text inside {leaf}", line[:60], ":::", "close it first")
            open_at.append((index, opened["name"]))
        elif syntax.FENCE_CLOSE.match(line) and open_at:
            open_at.pop()
        elif line.startswith(":::"):
            what, repair = "a ::: line that opens and closes nothing", "name a component, or remove"
            expected = "'::: name Title', or ::: alone to close"
            yield Problem(*at, what, line[:60], expected, f"{repair} the line")
        elif leaf and line.strip():
            yield Problem(*at, f"text inside {leaf}", line[:60], ":::", "move it below")
    for index, name in open_at:
        at = draft.file, draft.first_line + index
        yield Problem(*at, f"the component {name} is not closed", repair="add a line ::: below it")


def _open_leaf(open_at: list[tuple[int, str]]) -> str:
    """The innermost open component, if nothing may stand in it; else ""."""
    name = open_at[-1][1] if open_at else ""
    return name if name in LEAVES else ""


def _definitions(draft: Draft, lines: Lines) -> Iterator[Problem]:
    """A line that begins with a colon explains the text above it, which a component is not."""
    above = ""
    for index, line in lines:
        if syntax.DEFINITION.match(line) and above.startswith(":::"):
            at = draft.file, draft.first_line + index
            what, expected = "a definition without its term", "a line with the term above it"
            repair = "write the term on a line above it, or take away the colon"
            yield Problem(*at, what, line[:60], expected, repair)
        above = line if line.strip() else above


def _repeated(draft: Draft, lines: Lines) -> Iterator[Problem]:
    """The glossary gives each term its id, and so can stand on a page only once."""
    for index, line in [pair for pair in lines if _opens_glossary(pair[1])][1:]:
        at = draft.file, draft.first_line + index
        yield Problem(*at, "the glossary stands on this page already", line, repair="remove it")


def _opens_glossary(line: str) -> bool:
    opened = syntax.FENCE_OPEN.match(line)
    return bool(opened and opened["name"] == "glossary")


def _component(draft: Draft, at: At, name: str, title: str, known: Known) -> Iterator[Problem]:
    component = syntax.COMPONENTS.get(name)
    if component is None:
        expected = one_of("the name of a component", name, syntax.COMPONENTS)
        repair = f"use one of: {', '.join(syntax.COMPONENTS)}"
        yield Problem(*at, "unknown component", name, expected, repair)
    elif name == "evidence" and (title or not draft.front.evidence):
        repair = "write ::: evidence alone, and the lines in the front matter under evidence:"
        yield Problem(*at, "evidence that is not in the front matter", title, repair=repair)
    elif name == "red-flags":
        yield from _red_flags(at, title)
    elif component.title == "required" and not title:
        repair = f"write {component.form}"
        yield Problem(*at, f"the component {name} has no {component.label.lower()}", repair=repair)
    elif component.title == "none" and title:
        repair = f"write {component.form} alone"
        yield Problem(*at, f"the component {name} takes no title", title, repair=repair)
    elif name == "shared":
        yield from _piece(at, title, known)


def _red_flags(at: At, title: str) -> Iterator[Problem]:
    if not syntax.is_shown_by(title):
        kinds = (get_args(Region), get_args(Level), syntax.AFTER_NEEDLING)
        regions, full, after = (", ".join(kind) for kind in kinds)
        expected = f"a region ({regions}), in-full with {full}, or after-needling with {after}"
        yield Problem(*at, "red-flags of what?", title, expected, "write ::: red-flags neck")


def _piece(at: At, title: str, known: Known) -> Iterator[Problem]:
    if known.pieces is not None and title not in known.pieces:
        expected = one_of("the name of a file in shared/ without .md", title, known.pieces)
        repair = "correct the name, or write the piece in shared/NAME.md"
        yield Problem(*at, "unknown shared piece", title, expected, repair)
