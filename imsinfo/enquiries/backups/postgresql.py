"""Copying a site's PostgreSQL database by pg_dump, and loading a copy in one transaction."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, NamedTuple

from django.db import connection

from imsinfo.enquiries.backups import BackupFault
from imsinfo.enquiries.backups.contents import LEFT_EMPTY, MIGRATIONS, Table
from imsinfo.enquiries.backups.empty_place import refuse_occupied
from imsinfo.enquiries.backups.other_database import other_database

# COPY public.enquiries_note (id, text) FROM stdin;
COPY = re.compile(r"COPY (?P<table>\S+) \((?P<columns>.+)\) FROM stdin;")
END_OF_ROWS = b"\\.\n"
NULL = b"\\N"
# What a script begins with: settings of the connection, which Django has its own of, and words to
# psql. The schema is there.
PREAMBLE = re.compile(
    r"SET \w+ = .+;|SELECT pg_catalog\.set_config\('search_path', .+;|\\.*|--.*"
    r"|CREATE SCHEMA \w+;|COMMENT ON SCHEMA .+;"
)
# Some of Django's own waits are as short as a visitor's; copying and loading take what they take.
PATIENT = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 10000"


class Rows(NamedTuple):
    """The rows of one table in a script, each a line with its end; to be read before what follows.

    statement: what loads them.
    """

    statement: str
    table: str
    columns: list[str]
    lines: Iterator[bytes]


def size() -> int:
    """Return how many bytes the database has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return cursor.fetchone()[0]


def copy_into(target: Path) -> None:
    """Copy the database as it is at one moment, without keeping any writer waiting.

    target: a file that is not there. Raises BackupFault where pg_dump is missing, too old, or
    fails.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        [schema] = cursor.fetchone()
    program = _program("pg_dump")
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    command = [program, "--format=custom", "--compress=0", f"--file={target}"]
    command += ["--no-owner", "--no-privileges", "--no-password", f"--schema={schema}"]
    command += [f"--exclude-table-data={schema}.{table}" for table in LEFT_EMPTY]
    done = subprocess.run(  # noqa: S603 -- pg_dump, found above
        command, env=_environment(), stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    if done.returncode:
        raise BackupFault(f"pg_dump failed: {_last_line(done.stderr)}")


def tables_of(copy: Path) -> Iterator[Table]:
    """Yield every table of a copy with its rows, as text; raises BackupFault where it fails."""
    for part in _parts(_script(copy)):
        if isinstance(part, Rows):
            rows = (_values(line) for line in part.lines)
            yield Table(part.table, part.columns, rows)


@contextmanager
def put_back(copy: Path) -> Iterator[None]:
    """Load the copy into the empty database and let Django work on it inside, in one transaction.

    Whatever goes wrong before its end, everything is as it was. Raises BackupFault where the
    database is not empty.
    """
    with other_database({}) as database:
        database.set_autocommit(False)
        try:
            with database.cursor() as cursor:
                cursor.execute(PATIENT)
                _clear_empty(database, cursor)
                _load(_script(copy), cursor)
            yield
            database.commit()
        except BaseException:
            database.rollback()
            raise


def _clear_empty(database: Any, cursor: Any) -> None:
    """Drop the site's tables, which hold nothing of anybody: the copy brings its own."""
    there = database.introspection.table_names(cursor)
    ours = set(database.introspection.django_table_names(only_existing=True)) | {MIGRATIONS}
    dropped = ", ".join(f'"{name}"' for name in sorted(ours & set(there)))
    if not dropped:
        return
    # Whoever writes meanwhile waits, and then finds the tables gone: nothing gets lost in them.
    cursor.execute(f"LOCK TABLE {dropped} IN ACCESS EXCLUSIVE MODE")

    def ask(sql: str) -> Any:
        cursor.execute(sql)
        return cursor.fetchone()

    refuse_occupied(str(database.settings_dict["NAME"]), there, ask)
    cursor.execute(f"DROP TABLE {dropped} CASCADE")


def _load(lines: Iterable[bytes], cursor: Any) -> None:
    for part in _parts(lines):
        if isinstance(part, str):
            cursor.execute(part)
            continue
        with cursor.copy(part.statement) as copy:
            for line in part.lines:
                copy.write(line)


def _script(copy: Path) -> Iterator[bytes]:
    """Yield the lines of SQL that a copy is made into."""
    command = [_program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(copy)]
    with (
        TemporaryFile() as told,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=told) as running,  # noqa: S603
    ):
        yield from running.stdout or ()
        if running.wait():
            told.seek(0)
            raise BackupFault(f"pg_restore cannot read the copy: {_last_line(told.read())}")


def _parts(lines: Iterable[bytes]) -> Iterator[str | Rows]:
    """Yield what a script holds, in its order: SQL, or the rows of a table."""
    lines, sql = iter(lines), ""
    for line in lines:
        text = line.decode()
        found = COPY.fullmatch(text.rstrip("\n"))
        if found is None:
            sql += "" if PREAMBLE.fullmatch(text.rstrip("\n")) else text
            continue
        if sql.strip():
            yield sql
        sql = ""
        columns = [_unquoted(name) for name in found["columns"].split(", ")]
        table = _unquoted(found["table"].rpartition(".")[2])
        yield Rows(text.rstrip(";\n"), table, columns, iter(lines.__next__, END_OF_ROWS))
    if sql.strip():
        yield sql


def _values(line: bytes) -> list[str | None]:
    """The values of a row. None of those that are looked at has a sign that COPY would escape."""
    return [None if each == NULL else each.decode() for each in line.rstrip(b"\n").split(b"\t")]


def _unquoted(name: str) -> str:
    return name.strip('"')


def _program(name: str) -> str:
    """The path of a program of PostgreSQL's client, as new as the server at least."""
    found = shutil.which(name)
    wanted = _server_major()
    package = f"On Debian: apt-get install postgresql-client-{wanted}"
    if found is None:
        raise BackupFault(f"{name} is not installed: it copies the database. {package}")
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    number = re.search(r"\) (\d+)", said)
    if number is None or int(number[1]) < wanted:
        raise BackupFault(
            f"{found} is of version {number[1] if number else 'unknown'}, the server of version "
            f"{wanted}: it must be as new as the server. {package}"
        )
    return found


def _server_major() -> int:
    with connection.cursor():
        return connection.pg_version // 10_000  # type: ignore[attr-defined]


def _environment() -> dict[str, str]:
    """Where the database is, as libpq's programs read it: a password in a command can be listed."""
    from psycopg.pq import Conninfo  # noqa: PLC0415 -- installed with PostgreSQL alone

    defaults = Conninfo.get_defaults()
    names = {each.keyword.decode(): each.envvar.decode() for each in defaults if each.envvar}
    given = connection.get_connection_params()
    known = {
        names[key]: str(value)
        for key, value in given.items()
        if key in names and key != "options" and value not in (None, "")
    }
    return dict(os.environ) | known


def _last_line(told: bytes) -> str:
    lines = told.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"
