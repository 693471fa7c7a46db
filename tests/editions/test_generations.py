import fcntl
import os
from datetime import UTC, datetime
from multiprocessing import get_context

import pytest

from imsinfo.editions.generations import (
    GenerationError,
    Unfinished,
    clean,
    hash_of,
    locked,
    make_current,
    newest_whole,
    read_generation,
    read_marker,
    touch_current,
)

MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "generations").mkdir()
    return tmp_path / "generations"


@pytest.fixture
def make(folder):
    """Return a function that makes a generation of one page and puts it in force."""

    def make(text="one"):
        before = read_marker(folder)
        making = Unfinished(folder, MONDAY)
        making.put("conditions/gout.md", "content", text.encode())
        making.put("clinic.yaml", "clinic", b"ours")
        making.finish(dict.fromkeys(making.hashes, MONDAY))
        make_current(folder, making.path.name, before.current if before else "")
        return making.path

    return make


def names(folder):
    return sorted(path.name for path in folder.iterdir() if path.is_dir())


def test_generation_holds_what_was_put_there(make):
    generation = read_generation(make("one"))
    assert {name: generation.read(name) for name in generation.files} == {
        "conditions/gout.md": b"one",
        "clinic.yaml": b"ours",
    }


def test_generation_keeps_folders_by_their_names(make):
    path = make()
    assert read_generation(path).roots == (path / "content", path / "clinic")


def test_generation_knows_since_when_a_text_is_shown(make):
    assert read_generation(make()).files["clinic.yaml"].since == MONDAY


def test_only_the_sites_own_user_reads_a_generation(make):
    path = make()
    files = [each for each in path.rglob("*") if each.is_file()]
    assert {each.stat().st_mode & 0o777 for each in files} == {0o600}
    assert path.stat().st_mode & 0o777 == 0o700


def test_file_put_twice_lies_there_once(folder):
    making = Unfinished(folder, MONDAY)
    making.put("index.md", "clinic", b"first")
    making.put("index.md", "content", b"second")
    assert [path.read_bytes() for path in making.path.rglob("*.md")] == [b"second"]


@pytest.mark.parametrize("given", ["", ".", ".."])
def test_folder_without_a_name_leads_nowhere_else(folder, given):
    making = Unfinished(folder, MONDAY)
    making.put("index.md", given, b"one")
    assert making.roots == (making.path / "content",)


def test_two_generations_of_one_moment_have_two_names(folder):
    assert Unfinished(folder, MONDAY).path != Unfinished(folder, MONDAY).path


DAMAGE = {
    "unfinished": lambda path: (path / "manifest.json").unlink(),
    "half a manifest": lambda path: os.truncate(path / "manifest.json", 40),
    "another format": lambda path: replace(path / "manifest.json", '"format": 1', '"format": 2'),
    "a changed file": lambda path: (path / "clinic" / "clinic.yaml").write_text("theirs"),
    "an emptied file": lambda path: os.truncate(path / "content/conditions/gout.md", 0),
    "a missing file": lambda path: (path / "clinic" / "clinic.yaml").unlink(),
    "a folder for a file": lambda path: to_folder(path / "clinic" / "clinic.yaml"),
}


def replace(path, old, new):
    path.write_text(path.read_text().replace(old, new))


def to_folder(path):
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_damaged_generation_is_refused(make, damage):
    path = make()
    damage(path)
    with pytest.raises(GenerationError, match=path.name):
        read_generation(path)


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_generation_before_a_damaged_one_stands_in(folder, make, damage):
    good = make("one")
    damage(make("two"))
    assert newest_whole(folder).path == good


def test_without_a_generation_there_is_none(folder):
    assert (read_marker(folder), newest_whole(folder)) == (None, None)


@pytest.mark.parametrize("raw", [b"", b"\n", b"../../etc\n", b"\xff\xfe\n", b"current\nlock\n"])
def test_marker_that_names_no_generation_is_none(folder, raw):
    (folder / "current").write_bytes(raw)
    assert (read_marker(folder).names, newest_whole(folder)) == ((), None)


def test_marker_names_the_generation_in_force_and_the_one_before(folder, make):
    first, second = make("one").name, make("two").name
    assert read_marker(folder).names == (second, first)


def test_marker_that_cannot_be_read_is_not_taken_for_none(folder):
    (folder / "current").mkdir()
    with pytest.raises(IsADirectoryError):
        read_marker(folder)


def test_marker_that_was_touched_is_another_one(folder, make):
    make()
    os.utime(folder / "current", (1, 1))
    before = read_marker(folder)
    touch_current(folder)
    assert read_marker(folder) != before


def test_marker_is_replaced_and_never_rewritten(folder, make):
    make("one")
    with (folder / "current").open() as before:
        make("two")
        assert not os.path.samestat(os.fstat(before.fileno()), (folder / "current").stat())


def test_two_generations_are_kept(folder, make):
    paths = [make(text) for text in ("one", "two", "three")]
    clean(folder)
    assert names(folder) == sorted(path.name for path in paths[1:])


def test_what_is_no_generation_is_left_alone(folder, make):
    kept = make()
    (folder / "notes").mkdir()
    Unfinished(folder, MONDAY)
    clean(folder)
    assert names(folder) == sorted([kept.name, "notes"])


def test_folder_is_made_for_the_sites_own_user_alone(tmp_path):
    with locked(tmp_path / "var" / "generations"):
        assert (tmp_path / "var" / "generations").stat().st_mode & 0o777 == 0o700


def test_folder_of_another_user_is_refused(folder, monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: folder.stat().st_uid + 1)
    with pytest.raises(PermissionError, match="as the user that runs the site"), locked(folder):
        pass


def try_to_lock(folder):
    with (folder / "lock").open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_only_one_at_a_time_makes_a_generation(folder):
    with locked(folder), pytest.raises(BlockingIOError):
        try_to_lock(folder)


def test_next_one_may_make_a_generation_after_an_exception(folder):
    with pytest.raises(KeyError), locked(folder):
        raise KeyError
    assert try_to_lock(folder) is None


def hold(folder, begun, never):
    with locked(folder):
        begun.set()
        never.wait(60)


def test_lock_goes_with_its_process(folder):
    context = get_context("spawn")
    begun, never = context.Event(), context.Event()
    other = context.Process(target=hold, args=(folder, begun, never))
    other.start()
    assert begun.wait(20)
    other.kill()
    other.join(20)
    assert try_to_lock(folder) is None


def test_hash_is_that_of_the_bytes():
    assert hash_of(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
