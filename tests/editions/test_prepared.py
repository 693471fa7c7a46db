import json
import os

import pytest

from imsinfo.content import content_folders
from imsinfo.editions.prepared import PreparedError, read_prepared
from imsinfo.editions.preparing import clean, prepare
from tests.extent import some

HASHES = {"index.md": "a" * 64}


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "prepared"


@pytest.fixture
def make(small_site, folder):
    """Return a function that prepares the small site: (hashes of its content)."""
    return lambda hashes=HASHES: prepare(content_folders(), hashes, folder)


def files(path):
    return {each.name: each.stat().st_ino for each in path.iterdir()}


def test_prepared_set_is_read_as_it_was_written(make):
    made = make()
    again = read_prepared(made.path)
    assert again.pages == made.pages
    assert {"/", "/aftercare/", "/enquiry/", "/robots.txt"} <= again.pages.keys()


def test_set_that_is_there_is_not_made_again(make):
    before = files(make().path)
    assert files(make().path) == before


def test_other_content_has_a_set_of_its_own(make):
    assert make().path != make({"index.md": "b" * 64}).path


def truncated(path):
    os.truncate(path / "pages", 100)


def changed(path):
    raw = bytearray((path / "pages").read_bytes())
    raw[10] ^= 1
    (path / "pages").write_bytes(raw)


def without_manifest(path):
    (path / "manifest.json").unlink()


def half_a_manifest(path):
    manifest = path / "manifest.json"
    os.truncate(manifest, manifest.stat().st_size // 2)


def without_pages(path):
    (path / "pages").unlink()


def without_outline(path):
    (path / "outline.json").write_text("{}")


def untold(path):
    manifest = path / "manifest.json"
    told = json.loads(manifest.read_text())
    manifest.write_text(json.dumps(told | {"files": {}}))


@pytest.mark.parametrize(
    "damage",
    some(
        [
            *(changed, half_a_manifest, without_pages, untold),
            *(truncated, without_manifest, without_outline),
        ],
        4,
    ),
)
def test_damaged_set_is_noticed_and_made_again(make, damage):
    made = make()
    damage(made.path)
    with pytest.raises(PreparedError):
        read_prepared(made.path)
    assert make().pages == made.pages


def test_set_is_for_the_sites_own_user_alone(make):
    made = make()
    modes = {each.stat().st_mode & 0o777 for each in made.path.iterdir()}
    assert (modes, made.path.stat().st_mode & 0o777) == ({0o600}, 0o700)


def test_set_before_stays_for_workers_that_still_read_it(make, folder):
    names = [make({"index.md": letter * 64}).name for letter in "abc"]
    assert {path.name for path in folder.iterdir()} == set(names[1:])


def test_what_a_killed_run_left_is_removed(make, folder):
    made = make()
    (folder / f".{made.name}-0123").mkdir()
    clean(folder, made.path)
    assert [path.name for path in folder.iterdir()] == [made.name]


def test_fault_leaves_nothing_half_made_behind(make, folder, monkeypatch):
    def fail(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("imsinfo.editions.preparing.made_pages", fail)
    with pytest.raises(OSError, match="No space"):
        make()
    assert list(folder.iterdir()) == []
