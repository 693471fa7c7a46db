"""The SQLite file of a site that is moved: held for the move alone, and marked afterwards."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import ConnectionHandler

from imsinfo.enquiries.checks import check_field_keys
from imsinfo.enquiries.relocation.refusals import NotMovedError
from imsinfo.enquiries.relocation.tables import Table
from imsinfo.operating.databases import MOVED, SQLITE

SOURCE = "moved_from"
# What lies beside the tables of the models.
BESIDE = {MigrationRecorder.Migration._meta.db_table}


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the file under the alias SOURCE until the block ends; nobody else can open it meanwhile.

    Raises NotMovedError where it is not there, was moved before, or is open anywhere: what is
    acknowledged while it is copied would be lost.
    """
    if moved_name(path).exists():
        raise NotMovedError(f"{moved_name(path)} is there: this site was moved before.")
    if not path.is_file():
        raise NotMovedError(f"{path} is not there. Name the SQLite file with --sqlite.")
    if not os.access(path.parent, os.W_OK):
        raise NotMovedError(f"{path.parent} cannot be written. Run this as the site's own user.")
    options = {
        "timeout": 2,
        "transaction_mode": "EXCLUSIVE",
        # Before anything else: the lock is then held until the connection is closed.
        "init_command": "PRAGMA locking_mode=EXCLUSIVE;PRAGMA foreign_keys=1;",
    }
    handler = ConnectionHandler(
        {"default": {"ENGINE": SQLITE, "NAME": str(path), "OPTIONS": options}}
    )
    connections.databases[SOURCE] = handler.databases["default"]
    try:
        _lock(path)
        yield
    finally:
        connections[SOURCE].close()
        del connections[SOURCE], connections.databases[SOURCE]


def _lock(path: Path) -> None:
    try:
        with connections[SOURCE].cursor() as cursor:
            cursor.execute("BEGIN EXCLUSIVE")
            cursor.execute("COMMIT")
    except DatabaseError as error:
        raise NotMovedError(
            f"{path} cannot be taken ({error}). Stop the site, its mail queue and its timers, and "
            "run this as the site's own user."
        ) from error


def refuse_unfit(path: Path, known: list[Table]) -> None:
    """Raise NotMovedError where the file is damaged, or not what this version of the site knows."""
    _refuse_damaged(path)
    executor = MigrationExecutor(connections[SOURCE])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotMovedError(
            f"{path} is not up to date. Run first, with DATABASE_URL unset: manage.py migrate"
        )
    if unknown := _unknown(known):
        raise NotMovedError(
            f"{path} holds what this version of the site does not know: {', '.join(unknown)}. "
            "Move it with the version that last ran on it."
        )
    for error in check_field_keys(databases=[SOURCE]):
        raise NotMovedError(f"{error.msg} {error.hint}")


def _refuse_damaged(path: Path) -> None:
    with connections[SOURCE].cursor() as cursor:
        whole = cursor.execute("PRAGMA integrity_check(1)").fetchone()[0]
        loose = cursor.execute("PRAGMA foreign_key_check").fetchone()
    if whole != "ok" or loose:
        what = whole if whole != "ok" else f"rows of {loose[0]} hang on nothing"
        raise NotMovedError(f"{path} is damaged: {what}. Restore the newest backup first.")


def _unknown(known: list[Table]) -> list[str]:
    columns = {table.name: set(table.columns) for table in known}
    connection, unknown = connections[SOURCE], []
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            there = connection.introspection.get_table_description(cursor, name)
            if name not in columns:
                unknown += [name] if name not in BESIDE else []
            else:
                more = sorted({column.name for column in there} - columns[name])
                unknown += [f"{name}.{column}" for column in more]
    return unknown


def last_numbers() -> dict[str, int]:
    """Return the highest number that each table has ever given, that of erased rows included."""
    with connections[SOURCE].cursor() as cursor:
        return dict(cursor.execute("SELECT name, seq FROM sqlite_sequence").fetchall())


def mark(path: Path) -> Path:
    """Rename the file that is held, so that no site is started on it again; return its name."""
    with connections[SOURCE].cursor() as cursor:
        # All of it in one file: what stands in a log beside it would stay behind.
        cursor.execute("PRAGMA journal_mode=DELETE")
    path.rename(moved_name(path))
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return moved_name(path)


def moved_name(path: Path) -> Path:
    return path.with_name(path.name + MOVED)
