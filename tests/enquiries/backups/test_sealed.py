import hashlib
import os
import stat

import pytest

from imsinfo.enquiries.backups import BackupFault
from imsinfo.enquiries.backups.keys import fingerprint
from imsinfo.enquiries.backups.sealed import PIECE, TAG, read_manifest, seal, unseal
from tests.enquiries.backups.conftest import new_key


@pytest.fixture
def sealed(tmp_path, field_key, make_manifest):
    """Return a function that seals a content, and returns the file and its manifest."""

    def make(content, **changes):
        source, target = tmp_path / "source", tmp_path / "sealed"
        source.write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        manifest = make_manifest(sha256=digest, size=len(content), **changes)
        seal(source, target, manifest, field_key)
        return target, manifest

    return make


def end_of_header(path):
    return sum(len(line) for line in path.read_bytes().splitlines(keepends=True)[:2])


def change(path, at):
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.write_bytes(raw)


@pytest.mark.parametrize("size", [0, 1, PIECE, PIECE + 1, 3 * PIECE])
def test_what_is_sealed_comes_back(sealed, tmp_path, field_key, size):
    content = os.urandom(size)
    path, manifest = sealed(content)
    unseal(path, field_key, tmp_path / "opened")
    assert (tmp_path / "opened").read_bytes() == content
    assert read_manifest(path) == manifest


def test_files_are_for_their_owner_alone(sealed, tmp_path, field_key):
    path, _ = sealed(b"a")
    unseal(path, field_key, tmp_path / "opened")
    assert {stat.S_IMODE(each.stat().st_mode) for each in (path, tmp_path / "opened")} == {0o600}


def test_nothing_of_the_content_or_a_key_can_be_read(sealed, field_key):
    path, _ = sealed(b"planted-marker" * 1000)
    assert b"planted" not in path.read_bytes()
    assert field_key.encode() not in path.read_bytes()


def test_the_same_content_is_never_sealed_alike(sealed):
    first, _ = sealed(b"a" * 100)
    before = first.read_bytes()
    first.unlink()
    second, _ = sealed(b"a" * 100, salt="01")
    assert before[-100:] != second.read_bytes()[-100:]


@pytest.mark.parametrize("place", ["magic", "digest", "manifest", "first", "middle", "tag"])
def test_a_changed_byte_is_told(sealed, field_key, place):
    path, _ = sealed(os.urandom(2 * PIECE))
    header = end_of_header(path)
    at = {
        "magic": 3,
        "digest": 20,
        "manifest": header - 9,
        "first": header,
        "middle": header + PIECE + TAG + 5,
        "tag": -1,
    }[place]
    change(path, at)
    with pytest.raises(BackupFault, match=r"is damaged|is no backup of this site"):
        unseal(path, field_key)


@pytest.mark.parametrize("cut", [1, TAG, PIECE, PIECE + TAG, 2 * (PIECE + TAG)])
def test_a_file_that_was_cut_off_is_told(sealed, field_key, cut):
    path, _ = sealed(os.urandom(3 * PIECE))
    os.truncate(path, path.stat().st_size - cut)
    with pytest.raises(BackupFault, match="is damaged"):
        unseal(path, field_key)


def test_pieces_that_were_exchanged_are_told(sealed, field_key):
    path, _ = sealed(os.urandom(3 * PIECE))
    raw, start, long = path.read_bytes(), end_of_header(path), PIECE + TAG
    first, second = raw[start : start + long], raw[start + long : start + 2 * long]
    path.write_bytes(raw[:start] + second + first + raw[start + 2 * long :])
    with pytest.raises(BackupFault, match="is damaged"):
        unseal(path, field_key)


def test_what_was_added_at_the_end_is_told(sealed, field_key):
    path, _ = sealed(b"a")
    path.write_bytes(path.read_bytes() + b"b" * PIECE)
    with pytest.raises(BackupFault, match="is damaged"):
        unseal(path, field_key)


def test_another_manifest_does_not_fit_the_content(sealed, tmp_path, field_key):
    path, _ = sealed(b"a")
    content = path.read_bytes()[end_of_header(path) :]
    path.unlink()
    other, _ = sealed(b"a", counts={"enquiries_enquiry": 4})
    other.write_bytes(other.read_bytes()[: end_of_header(other)] + content)
    with pytest.raises(BackupFault, match="is damaged"):
        unseal(other, field_key)


def test_another_key_opens_nothing(sealed):
    path, _ = sealed(b"a")
    with pytest.raises(BackupFault, match="is damaged"):
        unseal(path, new_key())


def test_a_content_other_than_its_digest_is_told(tmp_path, field_key, make_manifest):
    (tmp_path / "source").write_bytes(b"a")
    seal(tmp_path / "source", tmp_path / "sealed", make_manifest(sha256="0", size=1), field_key)
    with pytest.raises(BackupFault, match="not the one that was put in"):
        unseal(tmp_path / "sealed", field_key)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is no backup of this site"),
        (b"SQLite format 3\0", "is no backup of this site"),
        (b"imsinfo-backup 2 0\n{}\n", "has another format"),
        (b"imsinfo-backup 1 %s\n{}\n" % hashlib.sha256(b"{}").hexdigest().encode(), "understood"),
    ],
)
def test_what_is_no_backup_is_told(tmp_path, content, told):
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(BackupFault, match=told):
        read_manifest(path)


def test_a_fingerprint_tells_keys_apart_and_holds_none(field_key):
    prints = {fingerprint(key) for key in (field_key, field_key, new_key())}
    assert sorted(len(each) for each in prints) == [16, 16]
    assert not any(each in field_key for each in prints)
