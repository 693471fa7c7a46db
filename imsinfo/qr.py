"""The address of a page as a QR code, for paper: a phone reads it and nobody has to type."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString

# What ISO/IEC 18004 asks to be left white on each side, in modules.
QUIET_ZONE = 4
# Level M: it can still be read with about 15 % of it torn off, folded or stained.
ERROR_LEVEL = "m"
# One of the eight patterns that break up plain areas. To weigh all of them takes four times as long
# as the rest, and blurred, tilted and noisy codes were read as often with this one.
MASK = 2
# A site has some hundred addresses at most; one code is about 2 kB.
CODES_KEPT = 1024


@lru_cache(maxsize=CODES_KEPT)
def qr_svg(address: str) -> SafeString:
    """Return the drawing of the QR code for the address of a page; see drawing."""
    return drawing(address, "QR code of this address")


def drawing(text: str, label: str) -> SafeString:
    """Return an SVG drawing of the QR code for a text, to stand within a page; nothing is kept.

    label: what it is, for those who do not see it. The drawing is one path of strokes one unit
    thick, a unit being one module of the code: half as long as filled squares. Its corner is
    (-4, -4.5), because a stroke lies half above its line. Raises segno.DataOverflowError for a
    text of more than 2,331 bytes, which no page here has.
    """
    code = segno.make_qr(text, error=ERROR_LEVEL, boost_error=False, mask=MASK)
    size = code.symbol_size(border=QUIET_ZONE)[0]
    return format_html(
        '<svg class="qr" role="img" aria-label="{3}" '
        'viewBox="-{0} -{0}.5 {1} {1}"><path d="{2}"/></svg>',
        QUIET_ZONE,
        size,
        "".join(_strokes(code.matrix)),
        label,
    )


def _strokes(rows: Iterable[Iterable[int]]) -> Iterator[str]:
    """Yield a move from the end of the last stroke and a stroke, for each run of dark modules."""
    at = (0, 0)
    for y, row in enumerate(rows):
        x = 0
        for is_dark, run in groupby(row, bool):
            length = len(list(run))
            if is_dark:
                yield f"m{x - at[0]} {y - at[1]}h{length}"
                at = (x + length, y)
            x += length
