"""Letting all of Django work on another database for a while."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend


@contextmanager
def other_database(changes: dict[str, Any]) -> Iterator[BaseDatabaseWrapper]:
    """Let what this thread asks of the database inside go over a connection with other settings.

    changes: what differs from the site's own settings. The connection is closed at the end, and
    is no part of a pool: those belong to the database of the site.
    """
    usual = connections[DEFAULT_DB_ALIAS]
    usual.close()
    options = usual.settings_dict["OPTIONS"]
    plain = {name: value for name, value in options.items() if name != "pool"}
    settings = usual.settings_dict | {"OPTIONS": plain} | changes
    other = load_backend(settings["ENGINE"]).DatabaseWrapper(settings, DEFAULT_DB_ALIAS)
    connections[DEFAULT_DB_ALIAS] = other
    try:
        yield other
    finally:
        connections[DEFAULT_DB_ALIAS] = usual
        other.close()
