"""The lines of a section that hold what was found, with its words marked."""

import sqlite3
import weakref
from collections.abc import Iterable

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from imsinfo.articles.search.tables import TOKENS

# The signs around a word in an excerpt; no text of a document holds them.
MARK, UNMARK = "\x02", "\x03"
EXCERPTS = """
SELECT rowid, snippet(shown, 1, char(2), char(3), '…', 30) FROM shown WHERE shown MATCH ?
"""


class Excerpts:
    """Cuts excerpts. Not for several threads at a time.

    A table of the few sections that are shown is filled and asked more quickly than that of all
    sections, where SQLite goes through every section that holds a word.
    """

    def __init__(self) -> None:
        # No memory of a search is kept: what it wrote is taken back.
        self._database = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        weakref.finalize(self, self._database.close)
        self._database.execute(f"CREATE VIRTUAL TABLE shown USING fts5 (heading, text, {TOKENS})")

    def of(self, sections: Iterable[tuple[int, str, str]], question: str) -> dict[int, str]:
        """Return the excerpt of each section that answers a question, by its number.

        sections: the number, the heading and the text of each.
        """
        self._database.execute("BEGIN")
        try:
            self._database.executemany(
                "INSERT INTO shown (rowid, heading, text) VALUES (?, ?, ?)", sections
            )
            return dict(self._database.execute(EXCERPTS, (question,)).fetchall())
        finally:
            self._database.execute("ROLLBACK")


def marked(text: str) -> SafeString:
    """Return an excerpt as HTML."""
    html = escape(text).replace(MARK, "<mark>").replace(UNMARK, "</mark>")
    return mark_safe(html)  # noqa: S308 -- the text is escaped, the marks are our own
