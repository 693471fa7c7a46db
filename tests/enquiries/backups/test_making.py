import os
import re
import signal
import sqlite3
import stat
import threading
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from imsinfo.enquiries.backups import BackupFault, folder, making, sqlite
from imsinfo.enquiries.backups.contents import LEFT_EMPTY
from imsinfo.enquiries.backups.keys import fingerprint
from imsinfo.enquiries.backups.making import make_backup
from imsinfo.enquiries.backups.sealed import read_manifest, unseal
from imsinfo.enquiries.models import Enquiry, Tombstone
from imsinfo.models import Throttle
from imsinfo.operating import disk
from imsinfo.staff import audit
from imsinfo.staff.choices import AuditAction
from tests.enquiries.backups.conftest import new_key

pytestmark = pytest.mark.db


def run():
    said = StringIO()
    call_command("backup", stdout=said)
    return said.getvalue()


@pytest.fixture
def old_backup(site):
    """Return a function that puts an empty file of so many days into the folder of backups."""
    site.backups.mkdir()

    def put(days):
        path = site.backups / folder.name_of(timezone.now() - timedelta(days=days), "sqlite")
        path.touch()
        return path

    return put


def test_a_backup_tells_what_it_holds(site, settings):
    before = timezone.now()
    manifest = read_manifest(make_backup().path)
    assert before.isoformat() < manifest.made_at < timezone.now().isoformat()
    assert (manifest.database, manifest.unreadable) == (connection.vendor, 0)
    assert manifest.counts["enquiries_enquiry"] == 3
    assert manifest.keys == (fingerprint(settings.FIELD_KEYS[0]),)
    assert "enquiries.0001_initial" in manifest.migrations


def test_a_backup_is_one_file_for_its_owner_alone(site, backup):
    [path] = [path for path in site.backups.iterdir() if path.name != ".lock"]
    assert path == backup
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(site.backups.stat().st_mode) == 0o700


def test_two_backups_in_one_second_are_two(site):
    assert make_backup().path != make_backup().path


def test_nothing_stays_beside_it(site, backup):
    assert [path.name for path in (site.var / "backup-drafts").iterdir()] == [".lock"]


def test_counts_of_clients_and_sessions_are_left_out(site, client, admin_user):
    Throttle.objects.create(key="a", ends_at=1, count=1)
    client.force_login(admin_user)
    counts = read_manifest(make_backup().path).counts
    assert [counts.get(table, 0) for table in LEFT_EMPTY] == [0, 0]
    assert counts["auth_user"] == 1


def test_the_journal_is_compared_before_the_copy_is_made(site):
    made_at = read_manifest(make_backup().path).made_at
    assert site.journal.read_text() == f"{made_at} - backup\n"


def test_the_keys_that_are_needed_are_named(site, settings, make_enquiry):
    settings.FIELD_KEYS = (new_key(), *settings.FIELD_KEYS)
    assert len(read_manifest(make_backup().path).keys) == 2
    call_command("rotate_keys", stdout=StringIO())
    folder.backups_in(site.backups)[-1].unlink()
    assert len(read_manifest(make_backup().path).keys) == 1


def test_tables_of_an_older_version_can_be_copied_before_they_are_brought_up(site):
    Tombstone.objects.create(reference="AAA", received_at=timezone.now(), channel="online")
    audit.record(AuditAction.RETENTION)
    with CaptureQueriesContext(connection) as asked:
        make_backup()
    named = {name for each in asked for name in re.findall(r'\."(\w+)"', each["sql"])}
    assert named == {"id", "reference", "erased_at", "path", "at", "action"}


def test_a_backup_without_a_fitting_key_is_refused(site, settings):
    settings.FIELD_KEYS = (new_key(),)
    with pytest.raises(CommandError, match="No key in FIELD_KEYS opens any of the 9 encrypted"):
        run()
    assert folder.backups_in(site.backups) == []


def test_a_value_that_cannot_be_read_is_told_and_copied(site, settings, make_enquiry):
    settings.FIELD_KEYS = (new_key(),)
    make_enquiry(message="")
    with pytest.raises(CommandError, match=r"The backup is whole\. But:\n9 encrypted values"):
        run()
    assert read_manifest(folder.backups_in(site.backups)[0]).unreadable == 9


def test_values_whose_keys_are_lost_for_good_are_no_news(site, settings):
    settings.FIELD_KEYS, settings.OLD_KEYS_LOST = (new_key(),), True
    assert "3 enquiries" in run()


def test_backups_whose_days_are_over_are_deleted(site, old_backup):
    old, young = old_backup(31), old_backup(29)
    assert "Older than 30 days and deleted: 1." in run()
    assert (old.exists(), young.exists()) == (False, True)


def test_nothing_is_deleted_while_the_clock_seems_wrong(site, old_backup):
    old = old_backup(31)
    audit.record(AuditAction.RETENTION, at=timezone.now() - timedelta(days=50))
    with pytest.raises(CommandError, match="No older backup was deleted: The clock"):
        run()
    assert old.exists()


def test_nothing_is_deleted_where_no_backup_is_made(site, old_backup, monkeypatch):
    kept = [old_backup(40), old_backup(35)]
    monkeypatch.setattr(making, "unseal", lambda *args: (_ for _ in ()).throw(BackupFault("No.")))
    with pytest.raises(CommandError, match=r"No backup was made\. No\."):
        run()
    assert folder.backups_in(site.backups) == kept


def test_a_disk_without_room_is_told_before_anything_is_written(site, monkeypatch):
    monkeypatch.setattr(making, "free_bytes", lambda place: 100 * disk.MB)
    with pytest.raises(CommandError, match=r"has 100 MB free; a backup wants .* Make room"):
        run()
    assert folder.backups_in(site.backups) == []


def test_a_folder_that_cannot_be_made_is_told(site, settings):
    site.backups.write_text("")
    with pytest.raises(CommandError, match=r"No backup was made\. .*backups: File exists"):
        run()


def test_a_journal_that_cannot_be_written_is_told_and_the_backup_made(site):
    site.journal.mkdir(parents=True)
    with pytest.raises(CommandError, match="The journal of erasures cannot be kept"):
        run()
    assert len(folder.backups_in(site.backups)) == 1


def test_a_planted_word_is_in_no_backup(site, make_enquiry, tmp_path, settings):
    make_enquiry(name="Planted Marker", message="planted")
    path = make_backup().path
    unseal(path, settings.FIELD_KEYS[0], tmp_path / "opened")
    for each in (path, tmp_path / "opened"):
        assert b"planted" not in each.read_bytes().lower()


@pytest.mark.only_on("sqlite")
def test_a_database_that_is_not_there_is_told_and_not_made(places, empty_place, tmp_path):
    with empty_place(), pytest.raises(CommandError, match="There is no database"):
        run()
    assert list((tmp_path / "new").iterdir()) == []


def test_a_database_without_tables_is_told(places, empty_place):
    with empty_place():
        connection.ensure_connection()
        with pytest.raises(CommandError, match="no tables of this site"):
            run()


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("damaged", ["enquiries_enquiry", "enquiry_received"])
def test_a_damaged_copy_is_no_backup(site, monkeypatch, damaged):
    copied = sqlite.copy_into

    def damage(target):
        copied(target)
        with sqlite3.connect(target) as copy:
            page = "SELECT rootpage FROM sqlite_master WHERE name = ?"
            [place] = copy.execute(page, [damaged]).fetchone()
        with target.open("r+b") as file:
            file.seek((place - 1) * 4096)
            file.write(b"\xff" * 4096)

    monkeypatch.setattr(sqlite, "copy_into", damage)
    with pytest.raises(CommandError, match="The copy of the database is not sound"):
        run()
    assert folder.backups_in(site.backups) == []


def killed_at(place, name):
    """Make a backup in a process of its own, which is killed where it calls this function."""
    connection.close()
    child = os.fork()
    if not child:
        setattr(place, name, lambda *args, **named: os.kill(os.getpid(), signal.SIGKILL))
        try:
            make_backup()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("place", "name"),
    [(making, "contents_of"), (making, "seal"), (making, "unseal"), (Path, "rename")],
)
def test_a_killed_run_leaves_nothing_that_counts(site, place, name):
    assert killed_at(place, name) == -signal.SIGKILL
    assert folder.backups_in(site.backups) == []
    assert any(each.name != ".lock" for each in (site.var / "backup-drafts").iterdir())
    path = make_backup().path
    left = [*site.backups.iterdir(), *(site.var / "backup-drafts").iterdir()]
    assert [each for each in left if each.name != ".lock"] == [path]


def test_what_is_stored_meanwhile_waits_for_nothing(site, make_enquiry, monkeypatch):
    stored, done = [], threading.Event()
    original = making.contents_of

    def write():
        stored.append(make_enquiry().pk)
        connections.close_all()
        done.set()

    def while_writing(*args):
        threading.Thread(target=write).start()
        assert done.wait(10)
        return original(*args)

    monkeypatch.setattr(making, "contents_of", while_writing)
    assert read_manifest(make_backup().path).counts["enquiries_enquiry"] == 3
    assert Enquiry.objects.count() == 4
