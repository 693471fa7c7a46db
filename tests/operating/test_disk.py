import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from imsinfo.operating.disk import MB, free_bytes, in_words, network_file_system

MOUNTS = """21 1 8:1 / / rw - ext4 /dev/sda1 rw
30 21 0:40 / {folder} rw - nfs4 server:/clinic rw
31 30 8:2 / {folder}/local rw - {kind} /dev/sdb1 rw
"""


@pytest.fixture
def kind_of(tmp_path):
    """Return a function that tells the network file system of a place below a folder on NFS."""

    def told(place, kind="ext4"):
        (tmp_path / "far away" / "local").mkdir(parents=True)
        mounts = tmp_path / "mounts"
        shown = str(tmp_path / "far away").replace(" ", "\\040")
        mounts.write_text(MOUNTS.format(folder=shown, kind=kind))
        return network_file_system(tmp_path / place, mounts)

    return told


@pytest.mark.parametrize(
    "place", ["far away", "far away/var/imsinfo.sqlite3", "far away/localhost"]
)
def test_place_on_a_network_file_system_is_told(kind_of, place):
    assert kind_of(place) == "nfs4"


@pytest.mark.parametrize("place", ["near", "far away/local", "far away/local/var"])
def test_place_on_a_disk_of_this_machine_is_not(kind_of, place):
    assert kind_of(place) == ""


@pytest.mark.parametrize("kind", ["cifs", "smb3", "9p", "fuse.sshfs", "ceph", "nfs"])
def test_every_usual_kind_is_known(kind_of, kind):
    assert kind_of("far away/local/var", kind) == kind


@pytest.mark.parametrize("kind", ["xfs", "btrfs", "overlay", "tmpfs", "zfs", "fuse.ntfs"])
def test_other_kinds_are_disks(kind_of, kind):
    assert kind_of("far away/local/var", kind) == ""


def test_without_a_list_of_mounts_nothing_is_said(tmp_path):
    assert network_file_system(tmp_path, tmp_path / "none") == ""


def test_room_is_told_of_a_folder_that_is_yet_to_be_made(tmp_path):
    assert free_bytes(tmp_path / "var" / "backups") > 0


@pytest.mark.parametrize(
    ("blocks", "files", "inodes", "free"),
    [(7, 100, 5, 7 * 4096), (7, 100, 0, 0), (7, 0, 0, 7 * 4096)],
)
def test_a_disk_without_inodes_has_no_room(monkeypatch, blocks, files, inodes, free):
    told = SimpleNamespace(f_bavail=blocks, f_frsize=4096, f_files=files, f_favail=inodes)
    monkeypatch.setattr(os, "statvfs", lambda place: told)
    assert free_bytes(Path("/")) == free


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 MB"), (12.9 * MB, "12 MB"), (1024 * MB, "1.0 GB"), (3482 * MB, "3.4 GB")],
)
def test_sizes_are_told_as_people_say_them(size, words):
    assert in_words(int(size)) == words
