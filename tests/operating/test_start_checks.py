from datetime import timedelta

import pytest
from django.core.management.base import CommandError
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from imsinfo.operating import start_checks, useless_database
from imsinfo.operating.database_state import unknown_migrations
from imsinfo.operating.start_checks import (
    refuse_useless_database,
    refuse_wrong_owner,
    start_warnings,
)
from imsinfo.staff import audit
from imsinfo.staff.choices import AuditAction


@pytest.fixture
def newer_database(db):
    recorder = MigrationRecorder(connection)
    recorder.record_applied("enquiries", "0999_newer")
    yield
    recorder.record_unapplied("enquiries", "0999_newer")


@pytest.fixture
def newer_migration(monkeypatch):
    monkeypatch.setattr(start_checks, "unknown_migrations", lambda: ["enquiries.0999_newer"])


def test_files_of_the_right_owner_start(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    assert refuse_wrong_owner() is None


def test_files_of_another_owner_stop_the_start(monkeypatch):
    monkeypatch.setattr(start_checks, "owner_fault", lambda *_: "it belongs to root")
    with pytest.raises(CommandError, match=r"^it belongs to root$"):
        refuse_wrong_owner()


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
def test_a_database_of_this_version_starts():
    assert refuse_useless_database() is None


@pytest.mark.db
def test_migrations_of_a_newer_version_are_found(newer_database):
    assert unknown_migrations() == ["enquiries.0999_newer"]


@pytest.mark.db
@pytest.mark.django_db
def test_migrations_of_an_app_that_was_taken_out_are_not():
    MigrationRecorder(connection).record_applied("long_gone", "0001_initial")
    assert unknown_migrations() == []


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
def test_the_version_before_starts_on_the_tables_of_a_newer_one(newer_database):
    assert refuse_useless_database() is None


def test_a_database_that_does_not_answer_stops_the_start_with_its_own_words(monkeypatch):
    def fail():
        raise OperationalError("connection to server failed:\n  refused")

    monkeypatch.setattr(useless_database, "waiting_migrations", fail)
    with pytest.raises(CommandError) as refused:
        refuse_useless_database()
    told = "The database does not answer: connection to server failed: refused. "
    assert str(refused.value).startswith(told)


@pytest.fixture
def good_place(settings, tmp_path, monkeypatch):
    settings.VAR_DIR = tmp_path
    tmp_path.chmod(0o700)
    monkeypatch.setattr(start_checks, "free_bytes", lambda place: 2**40)
    monkeypatch.setattr(start_checks, "network_file_system", lambda place: "")


@pytest.fixture
def warnings(db, good_place):
    return lambda: list(start_warnings())


@pytest.mark.parametrize(("free", "told"), [(0, "Make room, then"), (10**9, "manage.py restore")])
def test_nobody_is_sent_to_a_backup_by_a_full_disk(monkeypatch, free, told):
    def fail():
        raise OperationalError("disk I/O error")

    monkeypatch.setattr(useless_database, "waiting_migrations", fail)
    monkeypatch.setattr(useless_database, "free_bytes", lambda place: free)
    with pytest.raises(CommandError) as refused:
        refuse_useless_database()
    assert told in str(refused.value)
    assert ("manage.py restore" in str(refused.value)) == (free > 0)


def test_a_good_place_is_started_without_a_warning(warnings):
    assert warnings() == []


def test_tables_of_a_newer_version_are_warned_of(warnings, newer_migration):
    [told] = warnings()
    assert "of a newer version of the site (enquiries.0999_newer)" in told


def test_little_room_is_warned_of(warnings, monkeypatch):
    monkeypatch.setattr(start_checks, "free_bytes", lambda place: 20 * 2**20)
    assert all("has only 20 MB free: make room." in told for told in warnings())
    assert warnings()


@pytest.mark.only_on("sqlite")
def test_a_network_file_system_is_warned_of(warnings, monkeypatch):
    monkeypatch.setattr(start_checks, "network_file_system", lambda place: "nfs4")
    [told] = warnings()
    assert "lies on a network file system (nfs4)" in told


def test_a_folder_that_everybody_may_look_into_is_warned_of(warnings, tmp_path):
    tmp_path.chmod(0o755)
    [told] = warnings()
    assert told.endswith(f"chmod o-rwx {tmp_path}")


def test_a_clock_behind_the_newest_row_is_warned_of(warnings):
    audit.record(AuditAction.RECEIVED, at=timezone.now() + timedelta(days=1))
    [told] = warnings()
    assert told.startswith("The clock says ")


def test_a_port_that_strangers_may_reach_past_the_proxy_is_warned_of(warnings, settings):
    settings.PRODUCTION, settings.TRUSTED_PROXIES, settings.BIND = True, 1, "0.0.0.0"  # noqa: S104
    [told] = warnings()
    assert told.startswith("BIND is 0.0.0.0: ")
