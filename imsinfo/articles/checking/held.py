"""Faults of what a component holds: a list, numbered steps, a table, counted figures."""

from collections.abc import Callable, Iterator, Mapping

from imsinfo.articles import syntax
from imsinfo.articles.checking.known import Known
from imsinfo.articles.checking.lines import unknown_figure
from imsinfo.articles.figures import Figure
from imsinfo.articles.frontmatter import Draft
from imsinfo.articles.icon_arrays import LARGEST_BASE
from imsinfo.articles.syntax import Block, Holds
from imsinfo.problems import Problem

Lines = list[tuple[int, str]]
Check = Callable[[Draft, Block, Lines, Known], Iterator[Problem]]


def held_problems(draft: Draft, lines: Lines, known: Known) -> Iterator[Problem]:
    """Yield the faults of what stands within each component that is closed."""
    for block in syntax.blocks(lines):
        check = CHECKS.get(block.component.holds)
        if check:
            held = [(index, line) for index, line in block.lines if line.strip()]
            yield from check(draft, block, held, known)


def _list(draft: Draft, block: Block, held: Lines, known: Known) -> Iterator[Problem]:
    if not held or not syntax.LIST_ITEM.match(held[0][1]):
        expected, repair = "- one thing to do", "write its lines as a list, with -"
        yield _holds_no(draft, block, held, expected, repair)


def _steps(draft: Draft, block: Block, held: Lines, known: Known) -> Iterator[Problem]:
    first = syntax.NUMBERED_ITEM.match(held[0][1]) if held else None
    if first is None or first[1] != "1":
        repair = "write each step on a line that begins with its number and a full stop"
        yield _holds_no(draft, block, held, "1. the first step", repair)
        return
    for index, line in _beside_the_list(block):
        what, expected = "something beside the numbered list of steps", "2. the next step"
        repair = "move it above or below the component, or put four spaces in front of it"
        yield Problem(draft.file, draft.first_line + index, what, line[:60], expected, repair)
    for index, line in _swallowed_steps(block):
        what, repair = "a step that is read as part of the one above", "put an empty line above it"
        yield Problem(draft.file, draft.first_line + index, what, line[:60], repair=repair)


def _beside_the_list(block: Block) -> Iterator[tuple[int, str]]:
    """The lines at the left edge that neither begin a step nor go on with the line above."""
    above = ""
    for index, line in block.lines:
        starts = not above.strip() or syntax.LIST_ITEM.match(line) or line.startswith(("#", ":::"))
        is_inside = line.startswith("  ") or syntax.NUMBERED_ITEM.match(line)
        if line.strip() and not is_inside and starts and not syntax.FENCE_CLOSE.match(line):
            yield index, line
        above = line


def _swallowed_steps(block: Block) -> Iterator[tuple[int, str]]:
    """Steps that Markdown reads as words of a paragraph of the step before."""
    in_paragraph, above = False, ""
    for index, line in block.lines:
        if not above.strip():
            in_paragraph = line.startswith("    ")
        if in_paragraph and syntax.NUMBERED_ITEM.match(line):
            yield index, line
        above = line


def _table(draft: Draft, block: Block, held: Lines, known: Known) -> Iterator[Problem]:
    rules = [at for at, (_, line) in enumerate(held) if syntax.TABLE_RULE.match(line)]
    if not rules or rules[0] == 0 or rules[0] + 1 == len(held):
        repair = "write the table between ::: comparison Caption and :::"
        yield _holds_no(draft, block, held, "| Choice | Found | over |---|---| and rows", repair)
        return
    beside = _beside_the_table(held, rules[0] - 1)
    if beside:
        index, line = beside
        what, repair = "something beside the table of comparison", "move it out of the component"
        at = draft.file, draft.first_line + index
        yield Problem(*at, what, line[:60], "one table and nothing else", repair)


def _beside_the_table(held: Lines, head: int) -> tuple[int, str] | None:
    """The first line that is no row of the table whose headings stand at head."""
    if head > 0:
        return held[0]
    start = held[0][0]
    for at, (index, line) in enumerate(held):
        if "|" not in line or index != start + at:
            return index, line
    return None


def _figures(draft: Draft, block: Block, held: Lines, known: Known) -> Iterator[Problem]:
    if not held:
        repair = "write one id of figures.yaml a line, with -"
        yield _holds_no(draft, block, held, "- figure_id", repair)
    names: list[str] = []
    for index, line in held:
        at, item = (draft.file, draft.first_line + index), syntax.FIGURE_ITEM.match(line)
        if item is None:
            repair = "write one id of figures.yaml a line, with -"
            what = "a line of icon-array that names no figure"
            yield Problem(*at, what, line[:60], "- figure_id", repair)
        elif item[1] in names:
            yield Problem(*at, "a figure that is drawn already", item[1], repair="remove the line")
        else:
            names.append(item[1])
            yield from unknown_figure(at, item[1], known)
    figures = known.figures or {}
    yield from _bases(draft, block, [figures[name] for name in names if name in figures])


def _bases(draft: Draft, block: Block, figures: list[Figure]) -> Iterator[Problem]:
    """Figures can be compared by eye only where they were counted on the same base."""
    at = draft.file, draft.first_line + block.index
    for each in figures:
        repair = f"write it into the text: {{figure:{each.id}}}"
        if each.kind != "counted":
            what, expected = f"{each.id} is not counted, so it cannot be drawn", "a counted figure"
            yield Problem(*at, what, f"kind {each.kind}", expected, repair)
        elif (each.of or 0) > LARGEST_BASE:
            what, expected = f"the base of {each.id} is too large to draw", f"{LARGEST_BASE:,}"
            yield Problem(*at, what, _base(each), f"at most {expected}", repair)
    counted = [each for each in figures if each.kind == "counted"]
    other = next((each for each in counted if _base(each) != _base(counted[0])), None)
    if other:
        found = f"{counted[0].id}: {_base(counted[0])}; {other.id}: {_base(other)}"
        repair = "write one icon-array for each base"
        yield Problem(*at, "two bases in one icon-array", found, "one base for all figures", repair)


def _base(figure: Figure) -> str:
    return f"{figure.of or 0:,} {figure.group}"


def _holds_no(draft: Draft, block: Block, held: Lines, expected: str, repair: str) -> Problem:
    component = block.component
    noun = component.holds.removeprefix("a ")
    found = held[0][1][:60] if held else ":::"
    what = f"the component {component.name} holds no {noun}"
    return Problem(draft.file, draft.first_line + block.index, what, found, expected, repair)


CHECKS: Mapping[Holds, Check] = {
    "a list": _list,
    "a numbered list": _steps,
    "a table": _table,
    "figures": _figures,
}
