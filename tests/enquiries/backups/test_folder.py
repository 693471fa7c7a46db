import os
import stat
from datetime import UTC, datetime, timedelta

import pytest

from imsinfo.enquiries.backups import BackupFault
from imsinfo.enquiries.backups.folder import backups_in, expired, held, made_at, name_of, part_of

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def put(tmp_path):
    """Return a function that puts a backup of so many days before NOW into the folder."""

    def put(days):
        path = tmp_path / name_of(NOW - timedelta(days=days), "sqlite")
        path.touch()
        return path

    return put


def test_a_name_tells_the_time_and_the_database(tmp_path):
    name = name_of(NOW, "postgresql")
    assert (name, made_at(tmp_path / name)) == (
        "imsinfo-20270301T090000Z-postgresql.backup",
        NOW,
    )


@pytest.mark.parametrize(
    "name",
    [
        "imsinfo-20270301T090000Z-sqlite.backup.gpg",
        ".imsinfo-20270301T090000Z-sqlite.backup.part",
        "imsinfo-20270231T090000Z-sqlite.backup",
        "clinic.sqlite3",
    ],
)
def test_other_files_are_left_alone(tmp_path, put, name):
    put(0)
    (tmp_path / name).touch()
    assert made_at(tmp_path / name) is None
    assert tmp_path / name not in expired(tmp_path, NOW + timedelta(days=900))


def test_backups_are_listed_from_the_oldest(tmp_path, put):
    made = [put(days) for days in (3, 40, 1)]
    assert backups_in(tmp_path) == [made[1], made[0], made[2]]


def test_a_folder_that_is_not_there_has_no_backups(tmp_path):
    assert (backups_in(tmp_path / "none"), expired(tmp_path / "none", NOW)) == ([], [])


def test_backups_expire_after_thirty_days(tmp_path, put):
    old, _, _ = put(30.1), put(29.9), put(0)
    assert expired(tmp_path, NOW) == [old]


def test_the_newest_never_expires(tmp_path, put):
    old, _ = put(90), put(80)
    assert expired(tmp_path, NOW) == [old]


def test_the_newest_good_one_never_expires(tmp_path, put):
    oldest, good, _ = put(90), put(80), put(70)
    assert expired(tmp_path, NOW, good) == [oldest]


def test_a_backup_of_a_time_to_come_does_not_expire(tmp_path, put):
    put(-400), put(-500)
    assert expired(tmp_path, NOW) == []


def test_a_second_run_is_refused(tmp_path):
    with (
        held(tmp_path),
        pytest.raises(BackupFault, match="Another backup or restore is at work"),
        held(tmp_path),
    ):
        pass


def test_the_folder_is_closed_to_others(tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir(mode=0o755)
    with held(folder):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_a_killed_run_left_is_removed(tmp_path, put):
    kept = put(0)
    for name in (part_of("imsinfo-1"), part_of("database") + "-wal", part_of("database")):
        (tmp_path / name).touch()
    with held(tmp_path):
        assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", kept.name]


def test_a_folder_of_another_user_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    with pytest.raises(PermissionError, match="run this as the user that runs the site"):
        held(tmp_path).__enter__()
