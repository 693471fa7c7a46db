"""Charts of the staff's overview: where each bar stands. Templates draw them, beside a table.

A chart is 288 units wide, as every picture of the site. Kinds differ by filling as well as colour.
"""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 288
# In the order in which a bar is put together.
KINDS = ("full", "striped", "open")

# From line to line, a bar's height, and how far below the top of its line its letters stand.
LINE, BAR, LETTERS = 28, 16, 14
# What a letter takes, and the blank beside a bar.
LETTER, BLANK = 7, 8
STRIPES = 4  # from stripe to stripe
KEY = 22  # the width of a box that only tells what its kind means

# A field: a name above small columns. What is not told is lower than the least that is.
LOW = 3
NAME, COLUMN, BELOW = 18, 24, 20


@dataclass(frozen=True)
class Box:
    """A filled rectangle. stripes: the path of the lines across it, "" where it has none."""

    kind: str
    x: float
    y: float
    width: float
    height: float

    @property
    def stripes(self) -> str:
        if self.kind != "striped":
            return ""
        places = range(STRIPES, int(self.width), STRIPES)
        return "".join(f"M{_short(self.x + at)} {self.y}v{_short(self.height)}" for at in places)


@dataclass(frozen=True)
class Row:
    """What a line shows. parts: one amount for each kind; told: the words at its end."""

    name: str
    parts: tuple[float, ...]
    told: str


@dataclass(frozen=True)
class Line:
    """One drawn line: its name, its boxes, and what stands at their end. y: of the letters."""

    name: str
    y: float
    boxes: tuple[Box, ...]
    x: float = 0
    told: str = ""
    told_x: float = 0


@dataclass(frozen=True)
class Bars:
    """Bars that lie below each other. mark_x: of a line down through all of them, or None."""

    height: float
    legend: tuple[Line, ...]
    lines: tuple[Line, ...]
    mark_x: float | None
    top: float

    @property
    def width(self) -> int:
        return WIDTH


@dataclass(frozen=True)
class Fields:
    """Names with a row of small columns under each."""

    height: float
    legend: tuple[Line, ...]
    lines: tuple[Line, ...]

    @property
    def width(self) -> int:
        return WIDTH


def bars(rows: Sequence[Row], legend: Sequence[str], mark: float | None = None) -> Bars:
    """Return a bar for each row, all to one scale; a part of nothing is not drawn.

    legend: what each kind means, in the order of KINDS; mark: an amount to draw a line at.
    """
    left = max(len(row.name) for row in rows) * LETTER + 1.5 * BLANK
    right = max(len(row.told) for row in rows) * LETTER + 2 * BLANK
    most = max([1, mark or 0, *(sum(row.parts) for row in rows)])
    scale = (WIDTH - left - right) / most
    top = len(legend) * LINE
    lines = tuple(_line(row, top + at * LINE, left, scale) for at, row in enumerate(rows))
    mark_x = None if mark is None else round(left + mark * scale, 1)
    return Bars(top + len(rows) * LINE, _legend(legend), lines, mark_x, top)


def fields(
    rows: Sequence[tuple[str, Sequence[int | None]]], legend: Sequence[str], ends: tuple[str, str]
) -> Fields:
    """Return a row of columns for each name, all to one scale.

    rows: names and amounts; None is an amount that is not told, drawn as a low striped column;
    ends: words below the first and the last column.
    """
    most = max([1, *(amount for _, amounts in rows for amount in amounts if amount)])
    top = len(legend) * LINE
    each = NAME + COLUMN + BELOW
    lines = tuple(
        Line(name, top + at * each + LETTERS, _columns(amounts, top + at * each + NAME, most))
        for at, (name, amounts) in enumerate(rows)
    )
    foot = top + len(rows) * each
    below = Line(
        ends[0], foot + LETTERS, (), told=ends[1], told_x=WIDTH - len(ends[1]) * LETTER - BLANK / 2
    )
    return Fields(foot + LINE, _legend(legend), (*lines, below))


def _legend(words: Sequence[str]) -> tuple[Line, ...]:
    return tuple(
        Line(told, at * LINE + LETTERS, (Box(kind, 1, at * LINE + 1, KEY, BAR),), KEY + BLANK)
        for at, (kind, told) in enumerate(zip(KINDS, words, strict=False))
    )


def _line(row: Row, y: float, left: float, scale: float) -> Line:
    boxes: list[Box] = []
    x = left
    for kind, amount in zip(KINDS, row.parts, strict=False):
        if amount > 0:
            boxes.append(Box(kind, round(x, 1), y + 1, round(amount * scale, 1), BAR))
            x += amount * scale
    return Line(row.name, y + LETTERS, tuple(boxes), told=row.told, told_x=round(x + BLANK, 1))


def _columns(amounts: Sequence[int | None], y: float, most: int) -> tuple[Box, ...]:
    pitch = WIDTH / len(amounts)
    return tuple(
        _column(amount, round(at * pitch, 1), y + COLUMN, round(pitch - 6, 1), most)
        for at, amount in enumerate(amounts)
    )


def _column(amount: int | None, x: float, foot: float, width: float, most: int) -> Box:
    if amount is None:
        return Box("striped", x, foot - LOW, width, LOW)
    height = round(max(amount / most * COLUMN, LOW + 1), 1)
    return Box("full", x, round(foot - height, 1), width, height)


def _short(number: float) -> str:
    return f"{round(number, 1):g}"
