"""The database from its URL, with the settings under which a stored enquiry stays stored."""

from typing import Any

from django.core.checks import Error, Tags, register
from django.db import connections

# NORMAL can lose acknowledged rows at a power cut, and a deleted row must leave nothing readable.
SQLITE_PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1}
BUSY_TIMEOUT = 20  # seconds


def database(config: dict[str, Any]) -> dict[str, Any]:
    """Return Django's settings for a database URL that was read into config."""
    if config["ENGINE"] == "django.db.backends.sqlite3":
        pragmas = "".join(f"PRAGMA {name}={value};" for name, value in SQLITE_PRAGMAS.items())
        options = {
            "timeout": BUSY_TIMEOUT,
            "transaction_mode": "IMMEDIATE",
            "init_command": pragmas,
        }
        # Closing the last connection makes SQLite write its log back, which takes longer than
        # storing an enquiry; each thread keeps its own for the next request.
        return config | {"OPTIONS": options, "ATOMIC_REQUESTS": False, "CONN_MAX_AGE": 60}
    options = {
        "connect_timeout": 3,
        "options": "-c statement_timeout=10000 -c lock_timeout=5000",
        "pool": {"min_size": 1, "max_size": 16, "timeout": 5},
    }
    merged = config.get("OPTIONS", {}) | options
    return config | {"OPTIONS": merged, "ATOMIC_REQUESTS": False, "CONN_HEALTH_CHECKS": True}


@register(Tags.database)
def check_sqlite(databases=None, **kwargs):
    """Read the settings back: an old SQLite or a read-only folder can refuse them silently."""
    errors = []
    for alias in databases or []:
        connection = connections[alias]
        if connection.vendor != "sqlite" or connection.is_in_memory_db():  # type: ignore[attr-defined]
            continue
        with connection.cursor() as cursor:
            for name, wanted in (SQLITE_PRAGMAS | {"busy_timeout": BUSY_TIMEOUT * 1000}).items():
                found = cursor.execute(f"PRAGMA {name}").fetchone()[0]
                if found != wanted:
                    message = f"SQLite's {name} is {found!r}; {wanted!r} is needed."
                    hint = "Put the database on a local disk that this user may write."
                    errors.append(Error(message, hint=hint, id="imsinfo.E001"))
    return errors
