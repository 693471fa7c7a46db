import sqlite3
import threading
import time
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.db.migrations.recorder import MigrationRecorder

from imsinfo.models import Throttle
from imsinfo.operating import database_state, health
from imsinfo.operating.disk import FULL
from imsinfo.operating.health import disk_fault, site_fault
from imsinfo.operating.readiness import Readiness

REFUSED = "connection to server at 10.0.0.7 failed"


def refuse(*args):
    raise OperationalError(REFUSED)


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch):
    monkeypatch.setattr(health, "readiness", Readiness(site_fault))
    monkeypatch.setattr(health, "_schema", health._Schema())


@pytest.fixture
def missing_migration():
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("sessions", "0001_initial")
    yield
    recorder.record_applied("sessions", "0001_initial")


@pytest.fixture
def in_a_thread():
    """Return a function that runs another one as each look does, and returns what it returns."""

    def run(ask):
        found = []
        thread = threading.Thread(target=lambda: found.append(ask()))
        thread.start()
        thread.join()
        return found[0]

    return run


def test_process_is_alive_without_a_database(wsgi):
    answer = wsgi("GET", "/healthz", HTTP_HOST="10.0.0.7")
    assert (answer.status, answer.body) == (200, b"ok\n")


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
def test_site_is_ready(wsgi):
    until = time.monotonic() + 20
    # On a busy machine the first look may take longer than a visitor is kept waiting.
    while (answer := wsgi("GET", "/readyz", HTTP_HOST="10.0.0.7")).status != 200:
        assert time.monotonic() < until, answer.body
    assert answer.body == b"ok\n"


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
def test_looks_write_one_row_that_ends_by_itself():
    for _ in range(3):
        assert site_fault() == ""
    [row] = Throttle.objects.all()
    assert row.ends_at <= time.time() + database_state.KEPT


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
def test_site_is_not_ready_while_a_migration_is_missing(missing_migration):
    assert site_fault() == "migrations are missing: sessions.0001_initial"


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
def test_migrations_are_not_asked_for_again_once_they_are_there(monkeypatch):
    assert site_fault() == ""
    monkeypatch.setattr(health, "waiting_migrations", refuse)
    assert site_fault() == ""


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
def test_a_writer_at_work_is_no_fault(in_a_thread):
    with transaction.atomic():
        Throttle.objects.create(key="readiness", ends_at=1, count=1)
        assert in_a_thread(site_fault) == ""


@pytest.fixture
def at_file():
    """Return a function that lets every look go to another SQLite file."""
    default = connections.settings["default"]
    usual = dict(default)

    def go(path):
        default.update(
            ENGINE="django.db.backends.sqlite3",
            NAME=str(path),
            OPTIONS={"init_command": "PRAGMA journal_mode=wal;"},
        )

    yield go
    default.clear()
    default.update(usual)


@pytest.mark.django_db
def test_a_database_that_is_none_is_told_in_its_own_words(at_file, tmp_path, in_a_thread):
    (tmp_path / "file").write_bytes(b"nonsense" * 1000)
    at_file(tmp_path / "file")
    assert in_a_thread(site_fault) == "file is not a database"


@pytest.mark.django_db
def test_a_database_in_no_folder_is_told(at_file, tmp_path, in_a_thread):
    at_file(tmp_path / "nowhere" / "file")
    assert in_a_thread(site_fault) == "unable to open database file"


@pytest.mark.django_db
def test_a_database_that_takes_no_more_is_told(at_file, tmp_path, in_a_thread):
    path = tmp_path / "file"
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE imsinfo_throttle (key TEXT PRIMARY KEY, ends_at, count)")
    at_file(path)
    options = connections.settings["default"]["OPTIONS"]
    options["init_command"] += "PRAGMA query_only=1;"
    assert in_a_thread(site_fault) == "attempt to write a readonly database"


def test_site_is_not_ready_without_its_database(monkeypatch):
    monkeypatch.setattr(health, "write_fault", refuse)
    assert site_fault() == REFUSED


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
def test_site_is_not_ready_without_anything_to_read(monkeypatch):
    monkeypatch.setattr(health, "get_outline", lambda: SimpleNamespace(pages=()))
    assert site_fault() == "there is no page to show"


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
def test_site_is_not_ready_while_a_part_of_it_is_not(monkeypatch):
    monkeypatch.setattr(health, "further_needs", [lambda: "", lambda: "the keys do not fit"])
    assert site_fault() == "the keys do not fit"


@pytest.mark.parametrize(("free", "is_full"), [(FULL - 1, True), (FULL, False)])
def test_a_disk_without_room_is_full(monkeypatch, free, is_full):
    monkeypatch.setattr(health, "free_bytes", lambda place: free)
    assert disk_fault().startswith("the disk of VAR_DIR is full") is is_full


def test_not_ready_tells_no_details(wsgi, monkeypatch):
    monkeypatch.setattr(health, "readiness", Readiness(lambda: "10.0.0.7 is down"))
    answer = wsgi("GET", "/readyz")
    assert (answer.status, answer.body, "10.0.0.7" in str(answer.lines)) == (
        *(503, b"not ready\n"),
        False,
    )
