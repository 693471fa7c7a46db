"""The tables of the index: SQLite's full-text search and what it takes to answer with.

They are filled once and then only read. They have nothing to do with the site's database, and are
the same whatever that is.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import accumulate, chain
from json import dumps, loads

from imsinfo.articles.search import postings
from imsinfo.articles.search.documents import CONTROL, Document, Section
from imsinfo.articles.search.queries import Synonyms
from imsinfo.articles.search.reckoning import Reckoning
from imsinfo.articles.search.words import words_of

# To be raised with every change of the tables and of what stands in them.
FORMAT = 1
# Words lose their endings and accents.
TOKENS = "tokenize='porter unicode61 remove_diacritics 2'"
# A page is found by all its words together; a section leads to its place. Texts are kept once.
# places: the id and the heading of every section, the first of which has the number first_section.
TABLES = f"""
CREATE VIRTUAL TABLE pages USING fts5 (
  title, headings, keywords, summary, text, content='', {TOKENS}
);
CREATE VIRTUAL TABLE sections USING fts5 (heading, text, content='', {TOKENS});
CREATE TABLE page (
  number INTEGER PRIMARY KEY, url TEXT, title TEXT, summary TEXT, first_section INTEGER,
  places TEXT
);
CREATE TABLE section (number INTEGER PRIMARY KEY, weight REAL, heading TEXT, text TEXT);
CREATE TABLE word (word TEXT PRIMARY KEY, pages INTEGER) WITHOUT ROWID;
CREATE TABLE name (called TEXT, names TEXT);
{postings.TABLES}
PRAGMA user_version = {FORMAT};
"""
ADD_PAGE = """
INSERT INTO pages (rowid, title, headings, keywords, summary, text) VALUES (?, ?, ?, ?, ?, ?)
"""
ADD_SECTION = "INSERT INTO sections (rowid, heading, text) VALUES (?, ?, ?)"


def fill(database: sqlite3.Connection, documents: Iterable[Document], synonyms: Synonyms) -> None:
    """Write the tables of some pages: pages and sections are numbered from 1, as they come."""
    pages = tuple(map(_with_summary, documents))
    counts = _word_counts(pages)
    database.executescript(TABLES)
    _add_pages(database, pages)
    sections = list(enumerate(chain.from_iterable(page.sections for page in pages), start=1))
    rows = [(number, each.heading, each.text) for number, each in sections]
    database.executemany(ADD_SECTION, rows)
    weighed = ((number, _weight(text), heading, text) for number, heading, text in rows)
    database.executemany("INSERT INTO section VALUES (?, ?, ?, ?)", weighed)
    database.executemany("INSERT INTO word VALUES (?, ?)", sorted(counts.items()))
    names = ((dumps(called), dumps(names)) for called, names in synonyms.names.items())
    database.executemany("INSERT INTO name VALUES (?, ?)", names)
    spoken = chain.from_iterable(synonyms.names.values())
    Reckoning(database, TOKENS).fill(counts, spoken)
    database.commit()


def read_synonyms(database: sqlite3.Connection) -> Synonyms:
    rows = database.execute("SELECT called, names FROM name ORDER BY rowid")
    names = {tuple(loads(called)): tuple(map(tuple, loads(each))) for called, each in rows}
    return Synonyms(names, max(map(len, names), default=0))


def read_word_counts(database: sqlite3.Connection) -> dict[str, int]:
    """Return on how many pages each word stands."""
    return dict(database.execute("SELECT word, pages FROM word"))


def _add_pages(database: sqlite3.Connection, pages: tuple[Document, ...]) -> None:
    columns = ((number, *_columns(page)) for number, page in enumerate(pages, start=1))
    database.executemany(ADD_PAGE, columns)
    starts = accumulate((len(page.sections) for page in pages), initial=1)
    rows = (
        (number, page.url, page.title, page.summary, start, _places(page))
        for number, (page, start) in enumerate(zip(pages, starts, strict=False), start=1)
    )
    database.executemany("INSERT INTO page VALUES (?, ?, ?, ?, ?, ?)", rows)


def _places(page: Document) -> str:
    return dumps([(section.id, section.heading) for section in page.sections])


def _weight(text: str) -> float:
    """A section of one line says less than its share of words makes of it."""
    return min(1.0, len(text) / 600.0 + 0.3)


def _word_counts(documents: Iterable[Document]) -> Counter[str]:
    return Counter(word for each in documents for word in set(words_of(" ".join(_columns(each)))))


def _columns(document: Document) -> Iterator[str]:
    yield document.title
    yield " ".join(section.heading for section in document.sections if section.id)
    # A comma keeps two keywords from being read as one name.
    yield ", ".join(document.keywords)
    yield document.summary
    yield " ".join(section.text for section in document.sections)


def _with_summary(document: Document) -> Document:
    """The page with its title and summary at the head of its first section.

    So the excerpt of a page that a query names is what the page says of itself.
    """
    parts = {section.id: section for section in document.sections}
    first = parts.pop("", Section("", "", ""))
    opening = Section("", document.title, f"{document.summary} {first.text}".strip())
    sections = (replace(each, text=_plain(each.text)) for each in (opening, *parts.values()))
    return replace(document, summary=_plain(document.summary), sections=tuple(sections))


def _plain(text: str) -> str:
    """The text without the signs that mark words in an excerpt."""
    return CONTROL.sub(" ", text)
