"""Tables that stand by themselves, and columns that nobody could name on a phone."""

import re
from collections.abc import Iterator

from imsinfo.articles import syntax
from imsinfo.articles.frontmatter import Draft
from imsinfo.problems import Problem

Lines = list[tuple[int, str]]

CELL_END = re.compile(r"(?<!\\)\|")


def table_problems(draft: Draft, lines: Lines) -> Iterator[Problem]:
    """Yield the faults of tables. A page with them can be shown all the same."""
    captioned = {
        index
        for block in syntax.blocks(lines)
        if block.component.holds == "a table"
        for index, _ in block.lines
    }
    for place in range(1, len(lines)):
        index, head = lines[place - 1]
        if "|" not in head or not syntax.TABLE_RULE.match(lines[place][1]):
            continue
        at = draft.file, draft.first_line + index
        if index not in captioned:
            what, expected = "a table without a caption", "::: comparison Caption above it"
            repair = "put it between ::: comparison Caption and :::"
            yield Problem(*at, what, head[:60], expected, repair, "error")
        if not all(cell.strip() for cell in _cells(head)[1:]):
            what, expected = "a column without a heading", "words at the head of each column"
            repair = "name the column: on a phone its heading stands above each of its cells"
            yield Problem(*at, what, head[:60], expected, repair, "error")


def _cells(row: str) -> list[str]:
    return CELL_END.split(row.strip(" >").removeprefix("|").removesuffix("|"))
