"""The database from its URL, with the settings under which a stored enquiry stays stored."""

import ipaddress
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.core.checks import Error, Tags, register
from django.db import connections

SQLITE = "django.db.backends.sqlite3"
POSTGRESQL = "django.db.backends.postgresql"

# NORMAL can lose acknowledged rows at a power cut, and a deleted row must leave nothing readable.
SQLITE_PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1}
BUSY_TIMEOUT = 20  # seconds
# What is added to the name of a SQLite file whose rows PostgreSQL has taken over.
MOVED = ".moved"

# In milliseconds, as PostgreSQL counts them.
POSTGRESQL_TIMEOUTS = {"statement_timeout": 10_000, "lock_timeout": 5_000}
# Each worker has a pool of its own. Four forms at once are stored in one (enquiries/gate.py); the
# rest is for staff. Two workers on each of two machines hold 64 of PostgreSQL's usual 100.
POOL = {
    "min_size": 1,
    "max_size": 16,
    "timeout": 5,
    # The pool waits twice as long after each failure, and gives up after this. Five minutes, as
    # usual, would keep the site down for minutes after PostgreSQL has come back from a long stop.
    "reconnect_timeout": 3,
}
# A machine that lost its power says nothing more: without these a thread would wait for it for a
# quarter of an hour. PostgreSQL itself ends what takes longer than its statement_timeout.
KEEPALIVES = {
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
ENCRYPTED = ("require", "verify-ca", "verify-full")


def database(config: dict[str, Any]) -> dict[str, Any]:
    """Return Django's settings for a database URL that was read into config."""
    if config["ENGINE"] == SQLITE:
        pragmas = "".join(f"PRAGMA {name}={value};" for name, value in SQLITE_PRAGMAS.items())
        options = {
            "timeout": BUSY_TIMEOUT,
            "transaction_mode": "IMMEDIATE",
            "init_command": pragmas,
        }
        # Closing the last connection makes SQLite write its log back, which takes longer than
        # storing an enquiry; each thread keeps its own for the next request.
        return config | {"OPTIONS": options, "ATOMIC_REQUESTS": False, "CONN_MAX_AGE": 60}
    timeouts = " ".join(f"-c {name}={value}" for name, value in POSTGRESQL_TIMEOUTS.items())
    options = KEEPALIVES | {"connect_timeout": 3, "options": timeouts, "pool": dict(POOL)}
    merged = config.get("OPTIONS", {}) | options
    return config | {"OPTIONS": merged, "ATOMIC_REQUESTS": False, "CONN_HEALTH_CHECKS": True}


def database_problems(config: dict[str, Any], production: bool) -> list[str]:
    """Return every reason not to start with this database, each with its repair.

    config: as database() returns it, of a URL that could be read; production: whether this is a
    real site.
    """
    if config["ENGINE"] == SQLITE:
        return list(_sqlite_problems(config))
    if config["ENGINE"] == POSTGRESQL:
        return list(_postgresql_problems(config, production))
    return [
        "DATABASE_URL names neither SQLite nor PostgreSQL: write postgres://…, or leave it unset."
    ]


def _sqlite_problems(config: dict[str, Any]) -> Iterator[str]:
    moved = Path(f"{config['NAME']}{MOVED}")
    if _is_there(moved):
        yield (
            f"{moved}: this site's enquiries were moved to PostgreSQL, and DATABASE_URL does not "
            "name it. Set DATABASE_URL; or, to go back without what has come since, take "
            f"{MOVED!r} off the file's name."
        )


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        # Whether the folder can be read is another question, with an answer of its own.
        return False


def _postgresql_problems(config: dict[str, Any], production: bool) -> Iterator[str]:
    if not (find_spec("psycopg") and find_spec("psycopg_pool")):
        yield (
            "DATABASE_URL names PostgreSQL, and its driver is not installed: .venv/bin/python -m "
            "pip install --require-hashes --only-binary :all: -r requirements/postgres.txt"
        )
    options = config["OPTIONS"]
    elsewhere = [host for host in _hosts(config) if not _is_this_machine(host)]
    if production and elsewhere and options.get("sslmode") not in ENCRYPTED:
        yield (
            f"DATABASE_URL names a PostgreSQL on {', '.join(elsewhere)}, and anybody between could "
            "read along. Add ?sslmode=verify-full&sslrootcert=/path/to/ca.pem (sslmode=require "
            "encrypts, and takes any machine for the right one)."
        )


def _hosts(config: dict[str, Any]) -> Iterable[str]:
    """Every host that a connection may go to; a folder or nothing is a socket of this machine."""
    options = config["OPTIONS"]
    named = (config.get("HOST"), options.get("host"), options.get("hostaddr"))
    return sorted({host for each in named if each for host in each.split(",") if host})


def _is_this_machine(host: str) -> bool:
    if host.startswith(("/", "@")) or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


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
