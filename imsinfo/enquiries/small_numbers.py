"""Counts told so that none under five can be read, nor worked out from the others.

Cells under five are withheld, zero too. A total is told only where what it gives away of its
withheld cells is itself five or more people, and where all totals together leave each of these
cells open: to decide that, this looks for another table that would be told in the same words.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

FEWEST = 5
Counts = Sequence[Sequence[int]]
Place = tuple[int, int]
# A row ("row", 3) or a column; those whose totals are not told are one, which takes up anything.
Node = tuple[str, int]
OUTSIDE: Node = ("outside", 0)


@dataclass(frozen=True)
class Told:
    """What may be told of a table. None: fewer than FEWEST in a cell, withheld in a total."""

    cells: tuple[tuple[int | None, ...], ...]
    rows: tuple[int | None, ...]
    columns: tuple[int | None, ...]


def told(counts: Counts) -> Told:
    """Return the cells of a table, and those of its totals that give no small cell away."""
    columns = list(zip(*counts, strict=True))
    totals = _safe_totals(counts, columns)
    return Told(
        tuple(tuple(None if each < FEWEST else each for each in row) for row in counts),
        tuple(sum(row) if ("row", at) in totals else None for at, row in enumerate(counts)),
        tuple(sum(each) if ("column", at) in totals else None for at, each in enumerate(columns)),
    )


def _safe_totals(counts: Counts, columns: Counts) -> set[Node]:
    totals = {("row", at) for at, row in enumerate(counts) if _may_be_told(row)}
    totals |= {("column", at) for at, column in enumerate(columns) if _may_be_told(column)}
    small = {
        (at, across): each
        for at, row in enumerate(counts)
        for across, each in enumerate(row)
        if each < FEWEST
    }
    while (place := _given_away(small, totals)) is not None:
        row, column = ("row", place[0]), ("column", place[1])
        totals.discard(row if row in totals else column)
    return totals


def _may_be_told(amounts: Sequence[int]) -> bool:
    """Whether a total, and what it leaves for the small cells, is no small number.

    Nor may all of these be as large as they can be: then each would be known.
    """
    small = [each for each in amounts if each < FEWEST]
    return not small or FEWEST <= sum(small) < (FEWEST - 1) * len(small)


def _given_away(small: Mapping[Place, int], totals: AbstractSet[Node]) -> Place | None:
    """Return a small cell that can only be what it is, by the totals that are told."""
    return next(
        (
            place
            for place in small
            if not any(_can_differ(small, totals, place, by) for by in (1, -1))
        ),
        None,
    )


def _can_differ(
    small: Mapping[Place, int], totals: AbstractSet[Node], place: Place, by: int
) -> bool:
    """Whether a cell may be one more (by=1) or one less (-1) with every told total as it is.

    Its row is then out by one. Another small cell of the row makes that good, which puts a column
    out, and so on: a way that ends at the column of the first cell brings all into order.
    """
    if not 0 <= small[place] + by < FEWEST:
        return False
    ways: dict[Node, set[Node]] = {}
    for (at, across), amount in small.items():
        row, column = _node("row", at, totals), _node("column", across, totals)
        if (at, across) != place and 0 <= amount - by < FEWEST:
            ways.setdefault(row, set()).add(column)
        if (at, across) != place and 0 <= amount + by < FEWEST:
            ways.setdefault(column, set()).add(row)
    return _leads(ways, _node("row", place[0], totals), _node("column", place[1], totals))


def _node(kind: str, at: int, totals: AbstractSet[Node]) -> Node:
    return (kind, at) if (kind, at) in totals else OUTSIDE


def _leads(ways: Mapping[Node, AbstractSet[Node]], start: Node, goal: Node) -> bool:
    seen, ahead = {start}, [start]
    while ahead:
        node = ahead.pop()
        if node == goal:
            return True
        further = ways.get(node, set()) - seen
        seen |= further
        ahead += further
    return False
