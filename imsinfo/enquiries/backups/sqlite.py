"""Copying a site's SQLite database while it is written to, and putting one in its place."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection

from imsinfo.editions.generations import sync
from imsinfo.enquiries.backups import BackupFault
from imsinfo.enquiries.backups.contents import LEFT_EMPTY, Table
from imsinfo.enquiries.backups.empty_place import refuse_occupied
from imsinfo.enquiries.backups.other_database import other_database
from imsinfo.operating.databases import BUSY_TIMEOUT

SHORT_WAIT = 2  # seconds, for whoever still has a database open that is to be replaced


def size() -> int:
    """Return how many bytes the database has; raises BackupFault where there is none."""
    path = _path()
    if not path.exists():
        raise BackupFault(
            f"There is no database {path}. Is this the user, and are these the settings, with "
            "which the site runs? See DATABASE_URL and VAR_DIR."
        )
    return sum(each.stat().st_size for each in (path, Path(f"{path}-wal")) if each.exists())


def copy_into(target: Path) -> None:
    """Copy the database as it is at one moment, without keeping any writer waiting.

    target: a file that is not there. Raises sqlite3.Error where the database cannot be read or
    target not be written.
    """
    with closing(_opened(_path(), BUSY_TIMEOUT)) as database:
        # Into a file that is empty and nobody else's, without pages that once held something.
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        database.execute("VACUUM INTO ?", [str(target)])
    with closing(_opened(target, BUSY_TIMEOUT)) as copy:
        copy.execute("PRAGMA secure_delete = 1")
        for table in set(LEFT_EMPTY) & set(_tables(copy)):
            copy.execute(f'DELETE FROM "{table}"')  # noqa: S608 -- our own names


def tables_of(copy: Path) -> Iterator[Table]:
    """Yield every table of a copy with its rows; raises BackupFault where it is not sound."""
    with closing(_opened(copy, BUSY_TIMEOUT)) as database:
        try:
            _refuse_unsound(database)
            for name in _tables(database):
                rows = database.execute(f'SELECT * FROM "{name}"')  # noqa: S608 -- from its own list
                yield Table(name, [column[0] for column in rows.description], rows)
        except sqlite3.DatabaseError as error:
            raise BackupFault(f"The copy of the database is not sound: {error}.") from error


@contextmanager
def put_back(copy: Path) -> Iterator[None]:
    """Let Django work on the copy inside; then put it in the place of an empty database.

    What is there is replaced in one transaction, or not at all. Raises BackupFault where it is
    not empty, or in use.
    """
    path = _path()
    _refuse_occupied(path)
    with other_database({"NAME": str(copy)}):
        yield
    with closing(_opened(copy, BUSY_TIMEOUT)) as source, _alone(path) as target:
        source.backup(target)
    sync(path.parent)


@contextmanager
def _alone(path: Path) -> Iterator[sqlite3.Connection]:
    """Hold a database that is empty, against readers and writers alike, until it is closed."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    with closing(_opened(path, SHORT_WAIT)) as database:
        try:
            database.execute("PRAGMA locking_mode = EXCLUSIVE")
            # Refused while anybody else has it open, if only for reading.
            database.execute("PRAGMA journal_mode = DELETE")
            database.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise BackupFault(
                f"The database {path} is in use. Stop the site and its timers, then run this "
                "again. Nothing was changed."
            ) from error
        _refuse_rows(path, database)
        # The lock stays until the file is closed.
        database.execute("COMMIT")
        yield database


def _refuse_occupied(path: Path) -> None:
    """Look before anything is done; what is there is not touched."""
    if not path.exists() or not path.stat().st_size:
        if (log := Path(f"{path}-wal")).exists():
            raise BackupFault(
                f"{log} is there without its database: it holds what was written last. Move it to "
                f"where {path.name} was moved, then run this again. Nothing was changed."
            )
        return
    with closing(_opened(path, BUSY_TIMEOUT)) as database:
        _refuse_rows(path, database)


def _refuse_rows(path: Path, database: sqlite3.Connection) -> None:
    refuse_occupied(str(path), _tables(database), lambda sql: database.execute(sql).fetchone())


def _path() -> Path:
    return Path(connection.settings_dict["NAME"])


def _opened(path: Path, wait: float) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw", wait, uri=True, isolation_level=None
    )


def _tables(database: sqlite3.Connection) -> list[str]:
    """The names of all tables but SQLite's own."""
    rows = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' "
        "ESCAPE '\\' ORDER BY name"
    )
    return [name for (name,) in rows]


def _refuse_unsound(database: sqlite3.Connection) -> None:
    found = [line for (line,) in database.execute("PRAGMA integrity_check(5)")]
    if found != ["ok"]:
        raise BackupFault(f"The copy of the database is not sound: {'; '.join(found)}.")
