"""Icon arrays: one count of a base as a grid of marks."""

import math

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

LARGEST_BASE = 10_000
# From mark to mark, and the further blank after ten of them, in units of the picture.
PITCH, GROUP_GAP = 2, 1
GROUP = 10


def icon_array(n: int, of: int) -> SafeString:
    """Return an SVG in which n of `of` marks are filled, row by row from the top left.

    Up to 100 marks stand in rows of ten, so that a mark is as large in each such picture. More
    stand in a squarish grid (1,000: 50 a row; 7,629: 90; 10,000: 100), with a blank after every
    ten rows and every ten columns. The last row holds what is left. A mark is a dot or a ring
    (in a large grid a square), for what is counted is mostly treatments, not people. The picture
    has no ids and takes 2.3 kB at most.

    Raises ValueError unless 0 ≤ n ≤ of and 1 ≤ of ≤ LARGEST_BASE.
    """
    if not 1 <= of <= LARGEST_BASE:
        raise ValueError(f"an icon array has from 1 to {LARGEST_BASE:,} marks, not {of:,}")
    if not 0 <= n <= of:
        raise ValueError(f"an icon array cannot fill {n:,} of {of:,} marks")
    columns = _columns(of)
    label = f"{n:,} of {of:,} marks {'is' if n == 1 else 'are'} filled"
    return format_html(
        '<svg class="icon-array{}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        "" if columns == GROUP else " icon-array--large",
        *(_place(columns - 1) + 1, _place(math.ceil(of / columns) - 1) + 1),
        *(label, _marks(n, of, columns)),
    )


def _columns(of: int) -> int:
    """The marks of a row: whole tens, wide enough for a grid that is no taller than wide.

    A somewhat wider grid is taken where it consists of whole groups: 1,000 is ten groups of 100.
    """
    if of <= GROUP * GROUP:
        return GROUP
    side = math.sqrt(of)
    least = GROUP * math.ceil(side / GROUP)
    wider = range(least, int(2 * side) + 1, GROUP)
    return next((columns for columns in wider if of % (columns * GROUP) == 0), least)


def _place(index: int) -> int:
    """The middle of a mark, from the left or the top."""
    return 1 + PITCH * index + GROUP_GAP * (index // GROUP)


def _marks(n: int, of: int, columns: int) -> SafeString:
    """Rings for all rows that are not full, and dots upon them."""
    rings, dots = _rows(n // columns * columns, of, columns), _rows(0, n, columns)
    # Small marks are square: nobody sees the difference, and a PDF is a quarter of the size.
    cap = "round" if columns == GROUP else "square"
    # Dashes of no length with such ends are marks: a row is one line, whatever it counts.
    gaps = " ".join([f"0 {PITCH}"] * (GROUP - 1) + [f"0 {PITCH + GROUP_GAP}"])
    parts = [("ring", rings), ("hole", rings), ("dot", dots)]
    drawn = "".join(f'<path class="icon-array__{name}" d="{d}"/>' for name, d in parts if d)
    # Nothing here comes from outside this module but two numbers.
    return mark_safe(  # noqa: S308
        f'<g fill="none" stroke-linecap="{cap}" stroke-dasharray="{gaps}">{drawn}</g>'
    )


def _rows(start: int, end: int, columns: int) -> str:
    """The path of the marks from start, which begins a row, up to but not including end."""
    lines = []
    for first in range(start, end, columns):
        last = min(end - first, columns) - 1
        # A line ends beyond its last mark, so that rounding loses none.
        lines.append(f"M1 {_place(first // columns)}H{_place(last) + 1}")
    return "".join(lines)
