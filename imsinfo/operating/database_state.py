"""What is wrong with the database: whether it takes a write, and whether its tables are ours."""

import sqlite3
import time

from django.apps import apps
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

# What Django raises where a database does not do as it is told, a pool without a place included.
FAULTS = (DatabaseError, InterfaceError)
# One row of the site's own, in the table of counts. A transaction that is rolled back would find
# no full disk: its pages are never written.
_WRITE = """
INSERT INTO imsinfo_throttle (key, ends_at, count) VALUES ('readiness', %s, 1)
ON CONFLICT (key) DO UPDATE SET ends_at = excluded.ends_at
"""
KEPT = 24 * 60 * 60  # seconds; then the row goes with other counts that have ended
# PostgreSQL's word for a lock that was not to be had in time.
LOCK_NOT_AVAILABLE = "55P03"


def write_fault() -> str:
    """Write a row of the site's own; return why that fails, "" where it works.

    A lock that another writer holds is no fault: the database is at work. What is told is the
    database's own words about itself; no row of anybody is in them.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_WRITE, [int(time.time()) + KEPT])
    except FAULTS as error:
        return "" if is_busy(error) else words_of(error)
    return ""


def is_busy(error: Exception) -> bool:
    """Whether a statement failed only because another one was being written."""
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        # The lowest byte is the kind of error; the others say more of it.
        return (getattr(cause, "sqlite_errorcode", 0) & 0xFF) == sqlite3.SQLITE_BUSY
    return getattr(cause, "sqlstate", None) == LOCK_NOT_AVAILABLE


def words_of(error: Exception) -> str:
    """Return a database's complaint in one line; for statements without anybody's data alone."""
    return " ".join(str(error).split()) or type(error).__name__


def waiting_migrations() -> list[str]:
    """Return the migrations that the tables have yet to see, such as "enquiries.0001_initial"."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{each.app_label}.{each.name}" for each, _ in plan]


def unknown_migrations() -> list[str]:
    """Return the migrations that the tables have seen and this code does not hold.

    Such a database belongs to a newer version of the site. What an app leaves that is no longer
    installed is none of them.
    """
    loader = MigrationExecutor(connection).loader
    ours = {config.label for config in apps.get_app_configs()}
    known = set(loader.disk_migrations)
    known.update(name for each in loader.disk_migrations.values() for name in each.replaces)
    return [
        f"{app}.{name}"
        for app, name in sorted(loader.applied_migrations)
        if app in ours and (app, name) not in known
    ]
