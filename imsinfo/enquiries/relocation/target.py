"""The PostgreSQL that takes a site over: all rows in one transaction, or none."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max

from imsinfo.enquiries.encryption import EncryptedTextField, Unreadable
from imsinfo.enquiries.relocation.refusals import NotMovedError
from imsinfo.enquiries.relocation.source import BESIDE
from imsinfo.enquiries.relocation.tables import ROWS_AT_ONCE, Row, Table
from imsinfo.enquiries.rotation import encrypted_fields

# What migrating fills by itself. They go, so that each keeps the number that it had on SQLite.
MADE_BY_MIGRATING = (Permission, ContentType)


def make_tables(known: list[Table]) -> None:
    """Make the site's tables where they are not there yet."""
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
    if others := sorted(there - BESIDE - {table.name for table in known}):
        raise NotMovedError(
            f"The PostgreSQL database holds tables of something else ({', '.join(others[:5])}). "
            "Name an empty one in DATABASE_URL."
        )
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        try:
            call_command("migrate", verbosity=0, interactive=False)
        except DatabaseError as error:
            raise NotMovedError(
                f"The tables cannot be made: {str(error).splitlines()[0]}. The database must "
                "belong to the site's role: createdb --owner=imsinfo imsinfo"
            ) from error


def take(known: list[Table]) -> None:
    """Keep everybody else out of the tables until the transaction ends, which may take long."""
    quote = connection.ops.quote_name
    names = ", ".join(quote(table.name) for table in known)
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE")
        cursor.execute("SET LOCAL statement_timeout = 0")


def filled(known: list[Table]) -> dict[str, int]:
    """Return how many rows each table holds that is not empty, without what migrating makes."""
    counts = {
        table.name: table.model._base_manager.count()
        for table in known
        if table.model not in MADE_BY_MIGRATING
    }
    return {name: count for name, count in counts.items() if count}


def clear() -> None:
    """Delete what migrating has made."""
    for model in MADE_BY_MIGRATING:
        model._base_manager.all().delete()


def insert(table: Table, found: Iterable[Row]) -> None:
    """Insert rows as tables.rows yields them; raise NotMovedError for what PostgreSQL refuses."""
    quote = connection.ops.quote_name
    columns = ", ".join(map(quote, table.columns))
    signs = ", ".join(["%s"] * len(table.fields))
    statement = f"INSERT INTO {quote(table.name)} ({columns}) VALUES ({signs})"  # noqa: S608 -- names of our own models
    number = table.fields.index(table.key)
    left = iter(found)
    with connection.cursor() as cursor:
        while chunk := list(islice(left, ROWS_AT_ONCE)):
            try:
                cursor.executemany(statement, [_prepared(table, row) for row in chunk])
            except DatabaseError as error:
                between = f"{chunk[0][number]} and {chunk[-1][number]}"
                # Its own words hold the row: they go no further.
                raise NotMovedError(
                    f"{table.name}: PostgreSQL refuses a row between {between} ({_kind(error)})."
                ) from None


def _prepared(table: Table, row: Row) -> list[Any]:
    pairs = zip(table.fields, row, strict=True)
    return [
        # What is encrypted is so already.
        value
        if isinstance(field, EncryptedTextField)
        else field.get_db_prep_save(value, connection)
        for field, value in pairs
    ]


def _kind(error: DatabaseError) -> str:
    """Tell what was refused without a word of the row."""
    cause = error.__cause__
    told = getattr(cause, "diag", None)
    where = [told.column_name, told.constraint_name] if told else []
    return " ".join([type(cause or error).__name__, *filter(None, where)])


def check_references() -> None:
    """Raise NotMovedError where a row refers to one that is not there; else the commit would."""
    with connection.cursor() as cursor:
        try:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except DatabaseError as error:
            raise NotMovedError(
                f"A row refers to one that is not there ({_kind(error)})."
            ) from None


def go_on_counting(known: Sequence[Table], last: dict[str, int]) -> None:
    """Let each table go on after the highest number that it has ever given.

    An erased row's number must not come again: the log of the admin still tells of it.
    """
    with connection.cursor() as cursor:
        for table in known:
            if not table.counts:
                continue
            highest = table.model._base_manager.aggregate(Max("pk"))["pk__max"] or 0
            if number := max(highest, last.get(table.name, 0)):
                key = table.columns[table.fields.index(table.key)]
                cursor.execute(
                    "SELECT setval(pg_get_serial_sequence(%s, %s), %s)",
                    [connection.ops.quote_name(table.name), key, number],
                )


def unreadable() -> Counter[str]:
    """Count the encrypted values that no key in FIELD_KEYS opens, by "Model.field"."""
    found: Counter[str] = Counter()
    for model, name in encrypted_fields():
        values = model._base_manager.order_by().values_list(name, flat=True)
        for value in values.iterator(chunk_size=ROWS_AT_ONCE):
            found[f"{model.__name__}.{name}"] += isinstance(value, Unreadable)
    return +found
