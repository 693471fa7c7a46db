"""The tables of the index: SQLite's full-text search, in memory, filled once and then only read.

It has nothing to do with the site's database, and is the same whatever that is.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from imsinfo.articles.search.documents import Document
from imsinfo.articles.search.words import words_of

# A page is found by all its words together; a section leads to its place. The text is kept once,
# in the sections. Words lose their endings and accents.
TABLES = """
CREATE VIRTUAL TABLE pages USING fts5 (
  title, headings, keywords, summary, text,
  content='', tokenize='porter unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE sections USING fts5 (
  heading, text,
  tokenize='porter unicode61 remove_diacritics 2'
);
"""
ADD_PAGE = """
INSERT INTO pages (rowid, title, headings, keywords, summary, text) VALUES (?, ?, ?, ?, ?, ?)
"""
ADD_SECTION = "INSERT INTO sections (rowid, heading, text) VALUES (?, ?, ?)"

# The weights stand in the order of the columns: a title says most of what a page is about.
RANKED_PAGES = """
SELECT rowid FROM pages WHERE pages MATCH ? ORDER BY bm25(pages, 12, 5, 4, 3, 1), rowid
"""
# The plus keeps SQLite from asking the table once for every number. A section of one line says
# less than its share of words makes of it.
RANKED_SECTIONS = """
SELECT rowid FROM sections
WHERE sections MATCH ? AND +rowid IN (SELECT value FROM json_each(?))
ORDER BY bm25(sections, 5, 1) * min(1.0, length(text) / 600.0 + 0.3), rowid
"""
EXCERPTS = """
SELECT rowid, snippet(sections, 1, char(2), char(3), '…', 30) FROM sections
WHERE sections MATCH ? AND +rowid IN (SELECT value FROM json_each(?))
"""
IS_KNOWN = "SELECT 1 FROM pages WHERE pages MATCH ? LIMIT 1"

# The signs around a word in an excerpt; no text of a document holds them.
MARK, UNMARK = "\x02", "\x03"


def filled(documents: Sequence[Document]) -> sqlite3.Connection:
    """Return the tables of some pages: pages and sections are numbered from 1, as they come."""
    database = sqlite3.connect(":memory:", check_same_thread=False)
    database.executescript(TABLES)
    pages = ((number, *_columns(document)) for number, document in enumerate(documents, start=1))
    database.executemany(ADD_PAGE, pages)
    sections = (section for document in documents for section in document.sections)
    rows = ((number, each.heading, each.text) for number, each in enumerate(sections, start=1))
    database.executemany(ADD_SECTION, rows)
    database.commit()
    database.execute("PRAGMA query_only = ON")
    return database


def word_counts(documents: Iterable[Document]) -> Counter[str]:
    """Return on how many pages each word stands."""
    return Counter(word for each in documents for word in set(words_of(" ".join(_columns(each)))))


def _columns(document: Document) -> Iterator[str]:
    yield document.title
    yield " ".join(section.heading for section in document.sections if section.id)
    # A comma keeps two keywords from being read as one name.
    yield ", ".join(document.keywords)
    yield document.summary
    yield " ".join(section.text for section in document.sections)
