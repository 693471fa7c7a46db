"""The rows that one enquiry makes in every table, and the bare insert of the same again."""

import secrets
import sqlite3
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from imsinfo.operating.databases import SQLITE_PRAGMAS
from tests.faults.site import Site

DESCRIBE = """
import json
from django.db import connection
described = {}
with connection.cursor() as cursor:
    look = connection.introspection
    for table in look.table_names(cursor):
        keys = look.get_constraints(cursor, table).values()
        described[table] = {
            "unique": [key["columns"] for key in keys if key["unique"] or key["primary_key"]],
            "key": look.get_primary_key_column(cursor, table),
            "refers": {key["columns"][0]: key["foreign_key"][0] for key in keys
                       if key["foreign_key"]},
        }
print(json.dumps(described))
"""


@dataclass
class Table:
    """What an insert must know of a table. refers: the tables that its columns refer to."""

    name: str
    key: str
    unique: list[list[str]]
    refers: dict[str, str]


@dataclass
class Row:
    table: Table
    values: dict[str, Any]

    @property
    def given_key(self) -> bool:
        """Whether the database gives the key."""
        return isinstance(self.values[self.table.key], int)


class BareDatabase:
    """The site's own database through its driver alone, with the site's durability."""

    def __init__(self, site: Site):
        described = site.shell(DESCRIBE)
        self.tables = [Table(name=name, **rest) for name, rest in described.items()]
        self.connection = _connection(site)
        self.sign = "%s" if site.cluster else "?"
        self.begin = "BEGIN" if site.cluster else "BEGIN IMMEDIATE"

    def rows(self) -> list[Row]:
        """Return every row of every table."""
        found = []
        for table in self.tables:
            cursor = self.connection.execute(f'SELECT * FROM "{table.name}"')  # noqa: S608 -- our own tables
            names = [column[0] for column in cursor.description]
            found += [Row(table, dict(zip(names, row, strict=True))) for row in cursor]
        return found

    def insert_again(self, rows: list[Row], times: int) -> float:
        """Insert the rows so often with fresh keys, each time in one transaction; tell seconds."""
        statements = [self._statement(row) for row in rows]
        copies = [[_fresh(row) for row in rows] for _ in range(times)]
        began = time.monotonic()
        for copy in copies:
            self.connection.execute(self.begin)
            given: dict[str, int] = {}
            for row, statement, values in zip(rows, statements, copy, strict=True):
                self._insert(row, statement, values, given)
            self.connection.execute("COMMIT")
        return time.monotonic() - began

    def _statement(self, row):
        names = [name for name in row.values if not (row.given_key and name == row.table.key)]
        columns = ", ".join(f'"{name}"' for name in names)
        signs = ", ".join(self.sign for _ in names)
        returning = f' RETURNING "{row.table.key}"' if row.given_key else ""
        return f'INSERT INTO "{row.table.name}" ({columns}) VALUES ({signs}){returning}'  # noqa: S608

    def _insert(self, row, statement, values, given):
        """given: the keys that the rows before have been given, by their tables."""
        for name, table in row.table.refers.items():
            if values[name] is not None and table in given:
                values[name] = given[table]
        cursor = self.connection.execute(statement, list(values.values()))
        if row.given_key:
            given[row.table.name] = cursor.fetchone()[0]


def new_rows(before: list[Row], after: list[Row]) -> list[Row]:
    """Return what has come, in an order in which each row follows those it refers to."""
    known = {(row.table.name, row.values[row.table.key]) for row in before}
    come = [row for row in after if (row.table.name, row.values[row.table.key]) not in known]
    ordered: list[Row] = []
    while come:
        waiting = {row.table.name for row in come}
        free = [row for row in come if not _others(row) & waiting]
        ordered += free
        come = [row for row in come if row not in free]
    return ordered


def _others(row):
    """The other tables that a row refers to."""
    refers = row.table.refers.items()
    return {table for name, table in refers if row.values[name] is not None} - {row.table.name}


def _fresh(row):
    """The values anew: what must be unique is, and of the same kind and length."""
    table = row.table
    alone = {name for names in table.unique if not set(names) & set(table.refers) for name in names}
    return {
        name: _other(value) if name in alone else _storable(value)
        for name, value in row.values.items()
        if not (row.given_key and name == table.key)
    }


def _other(value):
    if isinstance(value, str):
        return secrets.token_hex(len(value))[: len(value)]
    return uuid4() if isinstance(value, UUID) else _storable(value)


def _storable(value):
    if not isinstance(value, list | dict):
        return value
    from psycopg.types.json import Jsonb  # noqa: PLC0415 -- SQLite has texts here, and no psycopg

    return Jsonb(value)


def _connection(site):
    if site.cluster:
        import psycopg  # noqa: PLC0415 -- only this database needs it

        cluster = site.cluster
        where = {"host": str(cluster.folder), "user": cluster.user, "dbname": cluster.name}
        return psycopg.connect(**where, autocommit=True)
    connection = sqlite3.connect(site.var / "imsinfo.sqlite3", isolation_level=None)
    for name, value in SQLITE_PRAGMAS.items():
        connection.execute(f"PRAGMA {name}={value}")
    connection.execute("PRAGMA busy_timeout=20000")
    return connection
