"""How well each page and section fits a phrase, reckoned beforehand for phrases that many hold.

To rank thousands of rows by a common word takes SQLite some milliseconds for every search. What a
phrase adds to the rank of a row does not depend on the other phrases of a question, though: so
it is reckoned once, when the index is made, and a search adds up. SQLite is asked for phrases that
stand in few rows.
"""

import sqlite3
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from json import dumps

from imsinfo.articles.search.queries import Phrase, Question

# By number of a page or section: the more, the better it fits.
Scores = dict[int, float]

# Where a phrase stands, and how well it fits there. The weights stand in the order of the columns:
# a title says most of what a page is about.
RANKS = {
    "page": "SELECT rowid, -bm25(pages, 12, 5, 4, 3, 1) FROM pages WHERE pages MATCH :phrase",
    "section": """
SELECT sections.rowid, -bm25(sections, 5, 1) * weight
FROM sections JOIN section ON section.number = sections.rowid
WHERE sections MATCH :phrase
""",
}
RANKS["heading"] = RANKS["section"].replace(":phrase", "'heading : ' || :phrase")
# The plus keeps SQLite from asking the table once for every number.
AMONG = "{} AND +sections.rowid IN (SELECT value FROM json_each(:numbers))"

# root: the words of a phrase without their endings. numbers: in ascending order, 4 bytes each;
# scores: as many, 8 bytes each; both as this kind of machine keeps them.
TABLES = """
CREATE TABLE phrase (phrase TEXT PRIMARY KEY, root TEXT) WITHOUT ROWID;
CREATE TABLE posting (kind TEXT, root TEXT, numbers BLOB, scores BLOB);
CREATE UNIQUE INDEX posting_of ON posting (root, kind);
"""
STORED = """
SELECT numbers, scores FROM posting
WHERE root = (SELECT root FROM phrase WHERE phrase = ?) AND kind = ?
"""


class Postings:
    """What there is to rank by. Not for several threads at a time."""

    def __init__(self, database: sqlite3.Connection):
        self._database = database

    def pages(self, question: Question | Phrase) -> Scores:
        """Return every page that answers a question."""
        if isinstance(question, Phrase):
            stored = self._stored(question, "page")
            return dict(zip(*stored, strict=True) if stored else self._asked("page", question))
        return _joined(question, [self.pages(part) for part in question.parts])

    def sections(
        self, question: Question | Phrase, spans: Sequence[range], kind: str = "section"
    ) -> Scores:
        """Return the sections with numbers in some spans that answer a question.

        kind: "heading" asks their headings alone.
        """
        if isinstance(question, Phrase):
            stored = self._stored(question, kind)
            return _within(spans, *stored) if stored else self._among(kind, question, spans)
        return _joined(question, [self.sections(part, spans, kind) for part in question.parts])

    def _stored(self, phrase: Phrase, kind: str) -> "tuple[array[int], array[float]] | None":
        row = self._database.execute(STORED, (phrase.key, kind)).fetchone()
        return (array("I", row[0]), array("d", row[1])) if row else None

    def _among(self, kind: str, phrase: Phrase, spans: Iterable[range]) -> Scores:
        numbers = dumps([number for span in spans for number in span])
        values = {"phrase": str(phrase), "numbers": numbers}
        return dict(self._database.execute(AMONG.format(RANKS[kind]), values).fetchall())

    def _asked(self, kind: str, phrase: Phrase) -> list[tuple[int, float]]:
        return self._database.execute(RANKS[kind], {"phrase": str(phrase)}).fetchall()


def _within(spans: Iterable[range], numbers: Sequence[int], scores: Sequence[float]) -> Scores:
    found: Scores = {}
    for span in spans:
        start = bisect_left(numbers, span.start)
        end = bisect_left(numbers, span.stop, lo=start)
        found.update(zip(numbers[start:end], scores[start:end], strict=True))
    return found


def _joined(question: Question, parts: Sequence[Scores]) -> Scores:
    joined = parts[0]
    for part in parts[1:]:
        if question.sign == "AND":
            joined = {row: score + part[row] for row, score in joined.items() if row in part}
        else:
            known = joined.get
            joined = joined | {row: known(row, 0.0) + score for row, score in part.items()}
    return joined


def best(scores: Scores, count: int) -> list[int]:
    """Return the rows that fit best, at most as many as count; of equals the first one first."""
    if len(scores) > count:
        # Of a thousand rows only those are put in order that can be among the first.
        least = sorted(scores.values())[-count]
        above = {row: score for row, score in scores.items() if score > least}
        level = sorted([row for row, score in scores.items() if score == least])
        return [*best(above, count), *level[: count - len(above)]]
    return sorted(scores, key=lambda row: (-scores[row], row))
