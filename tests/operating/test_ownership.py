import os
import stat

import pytest

from imsinfo.operating import ownership
from imsinfo.operating.ownership import (
    foreign,
    name_of,
    owned_places,
    owner_fault,
    readable_by_others,
)

SOMEBODY_ELSE = os.geteuid() + 12345


@pytest.fixture
def var_dir(tmp_path):
    """A VAR_DIR with what a site makes in it."""
    var = tmp_path / "var"
    (var / "keys").mkdir(parents=True, mode=0o700)
    var.chmod(0o700)
    for name in ("keys/field_key", "imsinfo.sqlite3", "imsinfo.sqlite3-wal", "notes.txt"):
        (var / name).write_text("")
    return var


@pytest.fixture
def as_somebody_else(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: SOMEBODY_ELSE)


def test_keys_and_the_database_with_its_log_are_looked_at(var_dir):
    names = [each.name for each in owned_places(var_dir, var_dir / "imsinfo.sqlite3")]
    assert names == ["keys", "field_key", "imsinfo.sqlite3", "imsinfo.sqlite3-wal"]


def test_own_files_are_right(var_dir):
    assert owner_fault(var_dir, var_dir / "imsinfo.sqlite3") == ""


def test_a_site_that_has_not_been_started_yet_is_right(tmp_path):
    assert owner_fault(tmp_path / "var", tmp_path / "var" / "imsinfo.sqlite3") == ""


def test_files_of_another_user_are_told_with_both_names_and_the_repair(var_dir, as_somebody_else):
    told = owner_fault(var_dir, var_dir / "imsinfo.sqlite3")
    owner, me = name_of(var_dir.stat().st_uid), name_of(SOMEBODY_ELSE)
    assert told.startswith(f"{var_dir}/keys and 3 more belongs to {owner}, and this runs as {me}:")
    assert told.endswith(f"chown -R {me} {var_dir}")


def test_each_place_is_told_with_its_owner(var_dir):
    mine = os.geteuid()
    assert list(foreign([var_dir, var_dir / "gone"], mine)) == []
    assert list(foreign([var_dir], SOMEBODY_ELSE)) == [(var_dir, name_of(mine))]


def test_a_folder_that_cannot_be_written_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(ownership.os, "access", lambda *_: False)
    assert "cannot be written by " in owner_fault(tmp_path, None)


@pytest.mark.parametrize(("mode", "told"), [(0o700, False), (0o750, False), (0o755, True)])
def test_a_folder_that_everybody_may_look_into_is_noticed(var_dir, mode, told):
    var_dir.chmod(mode)
    assert (stat.S_IMODE(var_dir.stat().st_mode), readable_by_others(var_dir)) == (mode, told)


def test_a_user_without_a_name_has_a_number():
    assert name_of(SOMEBODY_ELSE) == f"user {SOMEBODY_ELSE}"
