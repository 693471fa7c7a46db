"""Moving a site from SQLite to PostgreSQL; the kill is at the end, on a database of its own."""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from io import StringIO
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from cryptography.fernet import Fernet
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import TextField
from django.db.models.functions import Cast

from imsinfo.enquiries.models import Enquiry
from imsinfo.enquiries.relocation import NotMovedError, move, source, target
from imsinfo.enquiries.relocation.tables import sum_of, tables
from tests.enquiries.sqlite_site import NAME

pytestmark = pytest.mark.db
ROOT = Path(__file__).parent.parent.parent
FILL = "from tests.enquiries.sqlite_site import fill; fill()"


def on_postgresql(test):
    for mark in (pytest.mark.only_on("postgresql"), pytest.mark.django_db(transaction=True)):
        test = mark(test)
    return test


def command(environment, *arguments):
    return {
        "args": [sys.executable, "manage.py", *arguments],
        "cwd": ROOT,
        "env": environment,
        "stdout": subprocess.DEVNULL,
    }


def manage(environment, *arguments):
    subprocess.run(**command(environment, *arguments), timeout=120, check=True)


@pytest.fixture(scope="module")
def filled_site(tmp_path_factory):
    """A VAR_DIR with a site that keeps one of everything; nobody changes it."""
    folder = tmp_path_factory.mktemp("site")
    environment = {"PATH": os.environ["PATH"], "VAR_DIR": str(folder)}
    manage(environment, "migrate", "--verbosity=0")
    manage(environment, "shell", "--no-imports", "-c", FILL)
    return folder


@pytest.fixture
def also_the_moved_one(monkeypatch):
    """Let a test connect to the database that it moves; Django knows of its own alone."""
    restricted = BaseDatabaseWrapper.ensure_connection

    def ensure_connection(self):
        if self.alias == source.SOURCE and self.connection is None:
            with self.wrap_database_errors:
                self.connect()
        else:
            restricted(self)

    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", ensure_connection)


@pytest.fixture
def site(filled_site, tmp_path, settings, also_the_moved_one):
    """The SQLite file of such a site, whose keys are in force."""
    folder = shutil.copytree(filled_site, tmp_path / "var")
    settings.VAR_DIR = folder
    settings.FIELD_KEYS = ((folder / "keys" / "field_key").read_text(),)
    return folder / "imsinfo.sqlite3"


def on_sqlite(site, statement):
    with sqlite3.connect(site) as link:
        found = link.execute(statement).fetchall()
    link.close()
    return found


def is_untouched(site):
    """Whether nothing came into PostgreSQL, and the site on SQLite can go on."""
    assert on_sqlite(site, "PRAGMA journal_mode=WAL") == [("wal",)]
    on_sqlite(site, "UPDATE auth_user SET first_name = 'Ada' WHERE username = 'ada'")
    return target.filled(tables()) == {}


@on_postgresql
def test_move_takes_every_row_of_every_table(site):
    moved = move(site)
    assert {name: found.rows for name, found in moved.sums.items() if not found.rows} == {}
    assert {name: found.rows for name, found in moved.sums.items()} == {
        name: on_sqlite(moved.file, f"SELECT count(*) FROM {name}")[0][0]  # noqa: S608 -- our own tables
        for name in moved.sums
    }


@on_postgresql
def test_moved_values_are_the_very_bytes_that_were_encrypted(site):
    before = on_sqlite(site, "SELECT name, message, phone FROM enquiries_enquiry ORDER BY id")
    move(site)
    stored = [Cast(name, TextField()) for name in ("name", "message", "phone")]
    assert list(Enquiry.objects.order_by("pk").values_list(*stored)) == before
    assert {each.name for each in Enquiry.objects.all()} == {NAME}


@on_postgresql
def test_moved_site_gives_no_number_again(site, make_enquiry):
    [(highest, last)] = on_sqlite(
        site,
        "SELECT max(id), (SELECT seq FROM sqlite_sequence WHERE name = 'enquiries_enquiry') "
        "FROM enquiries_enquiry",
    )
    move(site)
    assert (last, make_enquiry().pk) == (highest + 1, last + 1)
    assert User.objects.create_user("cleo").pk == User.objects.get(username="ben").pk + 2


@on_postgresql
def test_moved_file_is_whole_and_marked(site):
    [(rows,)] = on_sqlite(site, "SELECT count(*) FROM staff_auditevent")
    writer = sqlite3.connect(site)
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("INSERT INTO auth_group (name) VALUES ('still in the log')")
    writer.commit()
    # As after a kill: what was committed last stands in the log alone.
    for name in (site, Path(f"{site}-wal")):
        shutil.copy(name, f"{name}.copy")
    writer.close()
    for name in (site, Path(f"{site}-wal")):
        Path(f"{name}.copy").rename(name)
    moved = move(site)
    assert moved.sums["auth_group"].rows == 6
    assert sorted(path.name for path in site.parent.glob("*sqlite3*")) == ["imsinfo.sqlite3.moved"]
    assert on_sqlite(moved.file, "SELECT count(*) FROM staff_auditevent") == [(rows,)]


def refused(site, **options):
    with pytest.raises(NotMovedError) as why:
        move(site, **options)
    assert site.is_file()
    assert NAME not in str(why.value)
    return str(why.value)


@on_postgresql
def test_site_that_runs_is_not_moved(site):
    reader = sqlite3.connect(site)
    reader.execute("PRAGMA journal_mode=WAL")
    reader.execute("SELECT count(*) FROM auth_user").fetchall()
    told = refused(site)
    reader.close()
    assert "Stop the site, its mail queue and its timers" in told
    assert is_untouched(site)


@on_postgresql
def test_nobody_writes_while_it_is_moved(site, monkeypatch):
    def write():
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            sqlite3.connect(site, timeout=0).execute("DELETE FROM enquiries_enquiry")

    for module, name in ((target, "take"), (target, "check_references"), (source, "mark")):
        work = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *args, work=work: (write(), work(*args))[1])
    move(site)


@on_postgresql
def test_database_that_is_not_empty_takes_no_site(site):
    User.objects.create_user("somebody")
    assert "is not empty (auth_user: 1)" in refused(site)


@on_postgresql
def test_database_of_something_else_takes_no_site(site):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE billing (id int)")
    try:
        assert "tables of something else (billing)" in refused(site)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE billing")


@on_postgresql
@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "DELETE FROM django_migrations WHERE app = 'staff'",
            "is not up to date. Run first, with DATABASE_URL unset: manage.py migrate",
        ),
        ("ALTER TABLE enquiries_note ADD mood text", "does not know: enquiries_note.mood."),
        ("CREATE TABLE diary (id)", "does not know: diary."),
        (
            "UPDATE enquiries_note SET enquiry_id = 999",
            "is damaged: rows of enquiries_note hang on nothing",
        ),
        (
            f"UPDATE auth_user SET first_name = '{NAME * 5}'",  # noqa: S608 -- our own name
            "auth_user: PostgreSQL refuses a row between 1 and 3 (StringDataRightTruncation)",
        ),
    ],
)
def test_site_that_would_not_come_over_whole_is_not_moved(site, statement, told):
    on_sqlite(site, statement)
    assert told in refused(site)
    assert is_untouched(site)


@on_postgresql
def test_site_is_not_moved_without_its_keys(site, settings):
    settings.FIELD_KEYS = (Fernet.generate_key().decode(),)
    assert "cannot be read with the site's keys" in refused(site)


@on_postgresql
def test_single_values_that_no_key_opens_are_moved_only_when_told(site):
    lost = Fernet(Fernet.generate_key()).encrypt(b"lost").decode()
    on_sqlite(site, f"UPDATE enquiries_tombstone SET reason = '{lost}'")  # noqa: S608 -- our own token
    assert "opens these values: Tombstone.reason: 1. " in refused(site)
    assert move(site, also_unreadable=True).unreadable == {"Tombstone.reason": 1}


@on_postgresql
def test_row_that_changed_on_its_way_is_found(site, monkeypatch):
    def spoil():
        User.objects.filter(username="ben").update(last_login=datetime(2026, 1, 1, tzinfo=UTC))

    monkeypatch.setattr(target, "check_references", spoil)
    assert refused(site).startswith("auth_user: 3 rows on SQLite, 3 on PostgreSQL, and they are ")
    assert is_untouched(site)


@on_postgresql
def test_move_that_was_broken_off_at_its_end_is_finished_by_the_next(site, monkeypatch):
    with monkeypatch.context() as broken:
        broken.delattr(source, "mark")
        with pytest.raises(AttributeError):
            move(site)
    assert move(site).was_there
    assert not site.exists()


@on_postgresql
def test_file_that_came_back_is_not_moved_a_second_time(site):
    shutil.copy(site, f"{site}.moved")
    assert refused(site).endswith(".moved is there: this site was moved before.")


@on_postgresql
def test_command_tells_counts_and_nothing_of_anybody(site):
    said = StringIO()
    call_command("move_to_postgres", sqlite=site, stdout=said)
    assert "       2  " in said.getvalue()
    assert "Every encrypted value can be read with FIELD_KEYS." in said.getvalue()
    # Whole words: the hashes beside the counts may hold "ada" by chance.
    phones = [enquiry.phone for enquiry in Enquiry.objects.all()]
    assert phones
    assert {"Ottoline", "Zora", "Ada", "ada", "ben", *phones}.isdisjoint(
        re.findall(r"\w+", said.getvalue())
    )


@on_postgresql
def test_command_tells_no_trace_of_why_not(site):
    site.unlink()
    with pytest.raises(
        CommandError, match=r"^Nothing was moved\. .* is not there\. Name the SQLite"
    ):
        call_command("move_to_postgres", sqlite=site)


@pytest.mark.only_on("sqlite")
def test_command_wants_a_postgresql():
    with pytest.raises(CommandError, match="Set DATABASE_URL to the PostgreSQL"):
        call_command("move_to_postgres")


ROW = (1, True, "ä", None, datetime(2026, 1, 1, 12, tzinfo=UTC), ["b", {"x": 1, "y": 2}], uuid4())


def test_sum_is_of_the_rows_in_any_order():
    rows = [(number, *ROW[1:]) for number in range(5)]
    assert sum_of(rows) == sum_of(rows[::-1])
    elsewhere = datetime(2026, 1, 1, 7, tzinfo=timezone(timedelta(hours=-5)))
    assert sum_of([ROW]) == sum_of([(*ROW[:4], elsewhere, ["b", {"y": 2, "x": 1}], ROW[6])])


@pytest.mark.parametrize("column", range(len(ROW)))
def test_sum_shows_every_changed_value(column):
    changed = (*ROW[:column], "other", *ROW[column + 1 :])
    assert sum_of([ROW]) != sum_of([changed])
    assert sum_of([ROW, ROW]) != sum_of([ROW])


@pytest.fixture
def empty_database(django_db_blocker):
    """An empty database beside that of the tests, on the same server: (its URL, its connection)."""
    given = connection.settings_dict
    name = f"moved_{uuid4().hex}"
    where = {"host": given["HOST"] or given["OPTIONS"].get("host"), "user": given["USER"]}
    where = {**where, "password": given["PASSWORD"] or None, "port": given["PORT"] or None}
    with psycopg.connect(**where, dbname="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            with psycopg.connect(**where, dbname=name, autocommit=True) as link:
                url = f"postgres://{where['user']}@/{name}?host={where['host']}"
                yield url, link
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


BEGUN = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


def kill_at_the_mails(link, environment):
    """Begin to move, and kill it where it has copied a good part; the database waits for that."""
    link.execute(
        "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NEW; END'"
    )
    link.execute("CREATE TRIGGER wait BEFORE INSERT ON enquiries_note EXECUTE FUNCTION wait()")
    link.execute("SELECT pg_advisory_lock(1)")
    process = subprocess.Popen(**command(environment, "move_to_postgres"))
    while link.execute(BEGUN).fetchone() == (0,):
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    link.execute("SELECT pg_advisory_unlock(1)")
    link.execute("DROP TRIGGER wait ON enquiries_note")


@pytest.mark.only_on("postgresql")
def test_move_that_is_killed_in_its_midst_has_moved_nothing(site, empty_database):
    url, link = empty_database
    environment = {"PATH": os.environ["PATH"], "VAR_DIR": str(site.parent), "DATABASE_URL": url}
    manage(environment, "migrate", "--verbosity=0")
    kill_at_the_mails(link, environment)
    assert link.execute("SELECT count(*) FROM enquiries_enquiry").fetchone() == (0,)
    assert on_sqlite(site, "PRAGMA integrity_check") == [("ok",)]
    manage(environment, "move_to_postgres")
    assert link.execute("SELECT count(*) FROM enquiries_enquiry").fetchone() == (2,)
