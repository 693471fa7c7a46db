import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dj_database_url
import pytest
import time_machine
from django.db import connection
from django.db.utils import ConnectionHandler

from imsinfo.operating import databases
from imsinfo.operating.databases import (
    ENCRYPTED,
    SQLITE_PRAGMAS,
    check_sqlite,
    database,
    database_problems,
)
from imsinfo.operating.postgresql_checks import moved_file

ON_POSTGRESQL = pytest.mark.only_on("postgresql")


@pytest.fixture
def open_sqlite(tmp_path, django_db_blocker):
    """Return a function that opens a database file with the site's settings, changed."""
    handlers = []

    def open_file(**changes):
        config = database(dj_database_url.parse(f"sqlite:///{tmp_path / 'clinic.sqlite3'}"))
        handlers.append(ConnectionHandler({"default": config | changes}))
        return handlers[-1]

    with django_db_blocker.unblock():
        yield open_file
        for handler in handlers:
            handler.close_all()


def run(handler, *statements):
    with handler["default"].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        return cursor.fetchall()


def test_sqlite_settings_are_exact():
    config = database(dj_database_url.parse("sqlite:////srv/clinic.sqlite3"))
    found = (config["NAME"], config["ATOMIC_REQUESTS"], config["CONN_MAX_AGE"], config["OPTIONS"])
    assert found == (
        *("/srv/clinic.sqlite3", False, 60),
        {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=wal;PRAGMA synchronous=2;"
            "PRAGMA secure_delete=1;PRAGMA foreign_keys=1;",
        },
    )


def test_postgresql_settings_are_exact():
    config = database(
        dj_database_url.parse("postgres://ims:key@db.clinic.test/ims?sslmode=require")
    )
    assert (config["ATOMIC_REQUESTS"], config["CONN_HEALTH_CHECKS"], config["OPTIONS"]) == (
        *(False, True),
        {
            "sslmode": "require",
            "connect_timeout": 3,
            "keepalives_idle": 5,
            "keepalives_interval": 3,
            "keepalives_count": 3,
            "tcp_user_timeout": 15000,
            "options": "-c statement_timeout=10000 -c lock_timeout=5000",
            "pool": {"min_size": 1, "max_size": 16, "timeout": 5, "reconnect_timeout": 3},
        },
    )


def told(url, production=True):
    return database_problems(database(dj_database_url.parse(url)), production)


@pytest.mark.parametrize(
    "url",
    [
        *("postgres:///ims", "postgres://ims@/ims?host=/run/postgresql", "sqlite:////srv/a.db"),
        *("postgres://ims@localhost/ims", "postgres://ims@127.0.0.1/ims", "postgres://[::1]/ims"),
        *(f"postgres://ims@db.clinic.test/ims?sslmode={mode}" for mode in ENCRYPTED),
    ],
)
def test_connection_that_nobody_can_listen_to_is_taken(url):
    assert told(url) == []


@pytest.mark.parametrize(
    "url",
    [
        *("postgres://ims@db.clinic.test/ims", "postgres://ims@db.clinic.test/ims?sslmode=prefer"),
        *("postgres://ims@localhost,db.clinic.test/ims", "postgres:///ims?host=db.clinic.test"),
        "postgres://ims@localhost/ims?hostaddr=192.0.2.1",
    ],
)
def test_real_site_sends_nothing_across_the_network_in_the_open(url):
    [problem] = told(url)
    assert problem.startswith("DATABASE_URL names a PostgreSQL on ")
    assert "?sslmode=verify-full" in problem
    assert told(url, production=False) == []


def test_other_databases_are_refused():
    [problem] = told("mysql://ims@localhost/ims")
    assert problem.startswith("DATABASE_URL names neither SQLite nor PostgreSQL")


def test_missing_driver_is_named_with_what_to_install(monkeypatch):
    monkeypatch.setattr(databases, "find_spec", lambda name: None)
    [problem] = told("postgres:///ims")
    assert problem.endswith(" -r requirements/postgres.txt")


def test_site_that_was_moved_is_not_started_on_sqlite_again(tmp_path):
    url = f"sqlite:///{tmp_path / 'imsinfo.sqlite3'}"
    assert told(url, production=False) == []
    (tmp_path / "imsinfo.sqlite3.moved").touch()
    [problem] = told(url, production=False)
    assert "moved to PostgreSQL" in problem


@pytest.mark.db
@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("secure_delete", 1),
        ("foreign_keys", 1),
        ("busy_timeout", 20_000),
    ],
)
def test_sqlite_file_has_its_settings(open_sqlite, pragma, value):
    assert run(open_sqlite(), f"PRAGMA {pragma}") == [(value,)]


@pytest.mark.db
def test_sqlite_takes_the_lock_at_the_start_of_a_transaction(open_sqlite, tmp_path):
    handler = open_sqlite()
    handler["default"].ensure_connection()
    other = sqlite3.connect(tmp_path / "clinic.sqlite3", timeout=0)
    handler["default"].set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    handler["default"].rollback()
    other.close()


@pytest.mark.db
def test_deleted_row_leaves_nothing_readable(open_sqlite, tmp_path):
    marker = "planted-marker-" * 20
    run(
        open_sqlite(),
        "CREATE TABLE note (text)",
        f"INSERT INTO note VALUES ('{marker}')",  # noqa: S608 -- our own marker
        "PRAGMA wal_checkpoint(TRUNCATE)",
        "DELETE FROM note",
        "PRAGMA wal_checkpoint(TRUNCATE)",
    )
    assert b"planted-marker-" not in (tmp_path / "clinic.sqlite3").read_bytes()


@pytest.mark.db
def test_check_is_content_with_the_sites_own_settings(open_sqlite, monkeypatch):
    monkeypatch.setattr(databases, "connections", open_sqlite())
    assert check_sqlite(databases=["default"]) == []


@pytest.mark.db
@pytest.mark.parametrize(
    ("pragma", "refused", "told"),
    [
        ("journal_mode", "delete", "SQLite's journal_mode is 'delete'; 'wal' is needed."),
        ("synchronous", 1, "SQLite's synchronous is 1; 2 is needed."),
        ("secure_delete", 0, "SQLite's secure_delete is 0; 1 is needed."),
        ("foreign_keys", 0, "SQLite's foreign_keys is 0; 1 is needed."),
    ],
)
def test_check_tells_a_setting_that_was_refused(open_sqlite, monkeypatch, pragma, refused, told):
    values = SQLITE_PRAGMAS | {pragma: refused}
    commands = "".join(f"PRAGMA {name}={value};" for name, value in values.items())
    monkeypatch.setattr(
        databases, "connections", open_sqlite(OPTIONS={"init_command": commands, "timeout": 20})
    )
    [error] = check_sqlite(databases=["default"])
    assert (error.id, error.msg) == ("imsinfo.E001", told)


@pytest.mark.db
def test_check_tells_a_short_wait_for_the_lock(open_sqlite, monkeypatch):
    options = database(dj_database_url.parse("sqlite://"))["OPTIONS"] | {"timeout": 5}
    monkeypatch.setattr(databases, "connections", open_sqlite(OPTIONS=options))
    [error] = check_sqlite(databases=["default"])
    assert error.msg == "SQLite's busy_timeout is 5000; 20000 is needed."


def test_check_asks_no_database_unless_told_to():
    assert check_sqlite(databases=None) == []


@pytest.mark.db
def test_manage_checks_the_database(run_manage):
    done = run_manage("check", "--database", "default")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.db
@pytest.mark.django_db
@ON_POSTGRESQL
@pytest.mark.parametrize(("name", "value"), [("statement_timeout", "10s"), ("lock_timeout", "5s")])
def test_postgresql_has_its_settings(name, value):
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        assert cursor.fetchone() == (value,)


@pytest.mark.parametrize(("days", "ids"), [(29, []), (31, ["imsinfo.W018"])])
def test_file_that_was_moved_is_not_kept_longer_than_a_backup(tmp_path, settings, days, ids):
    settings.VAR_DIR = tmp_path
    (tmp_path / "imsinfo.sqlite3.moved").touch()
    with time_machine.travel(datetime.now(UTC) + timedelta(days=days)):
        assert [each.id for each in moved_file()] == ids


def test_site_that_was_never_moved_is_told_nothing(tmp_path, settings):
    settings.VAR_DIR = tmp_path
    assert moved_file() == []


def test_folder_that_cannot_be_looked_into_is_no_matter_of_a_move(monkeypatch):
    def refuse(path):
        raise PermissionError

    monkeypatch.setattr(Path, "is_file", refuse)
    assert told("sqlite:////srv/clinic.sqlite3") == []
