"""The index as a file: made once, opened by every worker, never changed."""

import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from imsinfo.articles.search import tables
from imsinfo.articles.search.documents import Document
from imsinfo.articles.search.queries import Synonyms

MAGIC = b"SQLite format 3\0"
# Of SQLite's header: where the size of a page stands, and the number of pages.
PAGE_SIZE, PAGE_COUNT = slice(16, 18), slice(28, 32)
HEADER_BYTES = 100
# Lists that are read whole lie on few large pages.
SETTINGS = "PRAGMA page_size = 8192; PRAGMA cache_size = -1024; PRAGMA temp_store = MEMORY;"


class SearchFileError(ValueError):
    """A file that cannot be searched: gone, damaged, or of another format."""

    def __init__(self, path: Path, found: str):
        super().__init__(
            f"{path}: the search index cannot be used; found: {found}; expected: a whole file of"
            f" format {tables.FORMAT}; repair: make it anew with manage.py prepare"
        )


def in_memory(documents: Iterable[Document], synonyms: Synonyms) -> sqlite3.Connection:
    """Return the tables of some pages, in memory."""
    database = sqlite3.connect(":memory:", check_same_thread=False)
    database.executescript(SETTINGS)
    tables.fill(database, documents, synonyms)
    database.execute("PRAGMA query_only = ON")
    return database


def write_index(path: Path, documents: Iterable[Document], synonyms: Synonyms) -> None:
    """Write the tables of some pages to a file, in place of what is there.

    The same pages give the same bytes. Nothing else is left beside it. Raises OSError or
    sqlite3.Error where it cannot be written.
    """
    with closing(in_memory(documents, synonyms)) as database:
        database.execute("PRAGMA query_only = OFF")
        path.unlink(missing_ok=True)
        database.execute("VACUUM INTO ?", (str(path),))
    with path.open("rb") as file:
        os.fsync(file.fileno())


def opened(path: Path) -> sqlite3.Connection:
    """Return the tables in a file that nobody changes; raises SearchFileError."""
    _expect_whole(path)
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    try:
        database = sqlite3.connect(address, uri=True, check_same_thread=False)
    except sqlite3.Error as error:
        raise SearchFileError(path, str(error)) from error
    fault = _fault(database)
    if fault:
        database.close()
        raise SearchFileError(path, fault)
    return database


def _fault(database: sqlite3.Connection) -> str:
    """What is wrong with the tables, as far as a look at the first of them tells; "" if nothing."""
    try:
        database.executescript(SETTINGS)
        [found] = database.execute("PRAGMA user_version").fetchone()
        if found != tables.FORMAT:
            return f"format {found}"
        tables.read_synonyms(database)
    except (sqlite3.Error, ValueError) as error:
        return str(error)
    return ""


def _expect_whole(path: Path) -> None:
    try:
        with path.open("rb") as file:
            header = file.read(HEADER_BYTES)
            size = os.fstat(file.fileno()).st_size
    except OSError as error:
        raise SearchFileError(path, error.strerror or "it cannot be read") from error
    if not header.startswith(MAGIC) or len(header) < HEADER_BYTES:
        raise SearchFileError(path, "no SQLite file")
    expected = int.from_bytes(header[PAGE_SIZE]) * int.from_bytes(header[PAGE_COUNT])
    if size != expected:
        raise SearchFileError(path, f"{size} bytes in place of {expected}")
