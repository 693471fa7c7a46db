"""CSV whose cells do nothing in a spreadsheet, whatever somebody typed into them."""

import csv
import logging
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from io import StringIO

logger = logging.getLogger("imsinfo.csv")
# Without it Excel reads UTF-8 as the letters of its country.
BOM = "\ufeff"
CSV_TYPE = "text/csv; charset=utf-8"
# What takes the place of a sign that is no text: NUL, control signs, half a surrogate pair, and
# those that turn the direction of writing so that a text reads other than it is.
HARMLESS = "\ufffd"
HARMFUL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
FORMULA_SIGNS = frozenset("=+-@")


class BrokenOffError(Exception):
    """A file ended in its midst. It says nothing of why: a fault may hold the value at fault."""


def cell(value: str) -> str:
    """Return a text that a spreadsheet takes for a text: with ' before what it would calculate."""
    text = _new_cell().sub(r"\1'\2", HARMFUL.sub(HARMLESS, value))
    return f"'{text}" if _is_formula(text) else text


def lines(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield a file line by line: header, rows, and a last line by which a cut file is told.

    Where rows fail, it breaks off without that line: a download that fails, and a file that shows
    it. The log is told where, and nothing of what a row holds.
    """
    yield BOM + _line(header)
    count = 0
    try:
        for row in rows:
            yield _line(row)
            count += 1
    except Exception:
        logger.exception("A file broke off after %d rows", count)
        raise BrokenOffError from None
    yield _line([f"End of export: {count} {'row' if count == 1 else 'rows'}"])


def _line(cells: Iterable[str]) -> str:
    written = StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL).writerow([cell(value) for value in cells])
    return written.getvalue()


def _is_formula(text: str) -> bool:
    if text[:1] in {"\t", "\r", "\n"}:
        return True
    for sign in text:
        if not _is_blank(sign):
            return _starts_formula(sign)
    return False


def _starts_formula(sign: str) -> bool:
    """Full-width and small forms count too: NFKC makes them the same."""
    return unicodedata.normalize("NFKC", sign)[:1] in FORMULA_SIGNS


@cache
def _new_cell() -> re.Pattern[str]:
    """What begins a cell in the midst of ours where semicolons or tabs separate them.

    Made when the first file is, not at every start: it looks at 65,536 signs.
    """
    starts = re.escape("".join(filter(_starts_formula, map(chr, range(0x10000)))))
    return re.compile(rf"""([;\t\r\n][\s"'\ufeff\u200b-\u200d\u2060]*?)([{starts}])""")


def _is_blank(sign: str) -> bool:
    """Whether a sign leaves no mark on the paper: spaces, and signs of no width."""
    return sign.isspace() or unicodedata.category(sign) == "Cf"
