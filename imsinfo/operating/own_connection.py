"""A database connection that waits for nothing long, to ask how the database is."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend

from imsinfo.operating.databases import SQLITE

# libpq takes no shorter one for the first handshake.
LEAST_CONNECT_TIMEOUT = 2  # seconds


@contextmanager
def own_connection(longest: float, lock_wait: float = 1.0) -> Iterator[BaseDatabaseWrapper]:
    """Let all that this thread asks of the database inside go over a new connection.

    longest: how many seconds a statement may take on PostgreSQL; lock_wait: how many it may wait
    for a lock. A busy pool and long waits of the site's own connections hold nothing up, and the
    connection is closed at once.
    """
    usual = connections[DEFAULT_DB_ALIAS]
    settings = impatient(usual.settings_dict, longest, lock_wait)
    own = load_backend(settings["ENGINE"]).DatabaseWrapper(settings, DEFAULT_DB_ALIAS)
    # Known to this thread alone, under the name that every query asks for.
    connections[DEFAULT_DB_ALIAS] = own
    try:
        yield own
    finally:
        connections[DEFAULT_DB_ALIAS] = usual
        own.close()


def impatient(settings: dict[str, Any], longest: float, lock_wait: float) -> dict[str, Any]:
    """Return a connection's settings with short waits in place of its long ones."""
    options = dict(settings["OPTIONS"])
    if settings["ENGINE"] == SQLITE:
        options["timeout"] = lock_wait
    else:
        most, wait = int(longest * 1000), int(lock_wait * 1000)
        options.pop("pool", None)
        options["connect_timeout"] = LEAST_CONNECT_TIMEOUT
        options["tcp_user_timeout"] = LEAST_CONNECT_TIMEOUT * 1000
        options["options"] = f"-c statement_timeout={most} -c lock_timeout={wait}"
    return settings | {"OPTIONS": options, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False}
