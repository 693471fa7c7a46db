import errno
import gc
import os
import threading
import weakref

import pytest

from imsinfo import content
from imsinfo.content import (
    MAX_BYTES,
    Edition,
    build_everything,
    built_from_content,
    built_when_asked,
    content_file,
    content_files,
    forget_content,
    in_force,
    put_in_force,
    unreadable_folders,
)
from imsinfo.problems import ContentError
from tests.nothing_built import nothing_built

REPAIR = "save it as a text file with the encoding UTF-8, under 1 MB, that the site may read"


@pytest.fixture(autouse=True)
def nothing_else_is_built(monkeypatch):
    monkeypatch.setattr(content, "_builders", [])
    with nothing_built():
        yield


@pytest.fixture
def edition(tmp_path):
    """Return a function that makes an edition with one file: (folder, text)."""

    def make(folder, text):
        path = tmp_path / folder / "index.md"
        path.parent.mkdir()
        path.write_text(text)
        return Edition([path.parent])

    return make


@pytest.fixture
def shipped(tmp_path, settings):
    """The shipped folder alone: {name: text} as files."""
    folder = tmp_path / "content"
    settings.CONTENT_ROOTS = [folder]

    def write(name, text):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.fixture
def own(tmp_path, settings, shipped):
    folder = tmp_path / "clinic"
    settings.CONTENT_ROOTS = [*settings.CONTENT_ROOTS, folder]

    def write(name, text):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return write


def told(file):
    with pytest.raises(ContentError) as refused:
        file.read()
    return str(refused.value)


def test_own_file_lies_over_the_shipped_one(shipped, own):
    shipped("aftercare.md", "shipped")
    own("aftercare.md", "ours")
    assert content_file("aftercare.md").read() == "ours"


def test_shipped_file_shows_where_there_is_no_own_one(shipped, own):
    shipped("aftercare.md", "shipped")
    own("index.md", "ours")
    assert content_file("aftercare.md").read() == "shipped"


def test_files_of_both_folders_are_listed_once(shipped, own):
    shipped("aftercare.md", "shipped")
    shipped("conditions/gout.md", "shipped")
    own("aftercare.md", "ours")
    own("prices.md", "ours")
    assert {name: file.read() for name, file in content_files().items()} == {
        "aftercare.md": "ours",
        "conditions/gout.md": "shipped",
        "prices.md": "ours",
    }


def test_hidden_files_are_left_out(shipped):
    for name in (".aftercare.md.swp", ".git/HEAD", "conditions/.gout.md", "index.md"):
        shipped(name, "")
    assert list(content_files()) == ["index.md"]


def test_missing_folder_has_no_files(settings, tmp_path):
    settings.CONTENT_ROOTS = [tmp_path / "nowhere"]
    assert content_files() == {}


@pytest.mark.parametrize("name", ["aftercare.md", "conditions/gout.md", "a/b/c.md"])
def test_file_is_shown_under_the_name_of_its_folder(shipped, name):
    shipped(name, "")
    assert content_file(name).shown_as == f"content/{name}"


def test_own_file_is_shown_under_its_own_folder(shipped, own):
    own("aftercare.md", "")
    assert content_file("aftercare.md").shown_as == "clinic/aftercare.md"


@pytest.mark.parametrize("raw", [b"a\nb\n", b"a\r\nb\r\n", b"a\rb\r", b"\xef\xbb\xbfa\nb\n"])
def test_text_is_read_with_one_kind_of_line_end(shipped, raw):
    shipped("index.md", raw)
    assert content_file("index.md").read() == "a\nb\n"


def test_missing_file_is_told(shipped):
    assert told(content_file("conditions/gout.md")) == (
        "content/conditions/gout.md:1: the file cannot be read; "
        f"found: No such file or directory; repair: {REPAIR}"
    )


def test_folder_in_the_place_of_a_file_is_told(shipped):
    shipped("index.md/gout.md", "")
    assert told(content_file("index.md")) == (
        f"content/index.md:1: the file cannot be read; found: Is a directory; repair: {REPAIR}"
    )


def test_file_that_is_not_utf_8_is_told_with_its_line(shipped):
    shipped("index.md", b"one\ntwo\ncaf\xe9\n")
    assert told(content_file("index.md")) == (
        f"content/index.md:3: the file is not UTF-8 text; found: byte 0xe9; repair: {REPAIR}"
    )


def test_file_that_is_too_large_is_told_unread(shipped):
    os.truncate(shipped("index.md", ""), MAX_BYTES + 1)
    assert told(content_file("index.md")) == (
        f"content/index.md:1: the file is too large; found: over 1 MB; repair: {REPAIR}"
    )


def test_what_is_built_is_kept(shipped):
    path = shipped("index.md", "one")
    text = built_from_content(lambda: content_file("index.md").read())
    assert (text(), path.write_text("changed"), text()) == ("one", 7, "one")


def test_what_is_built_is_built_anew_in_development(shipped, settings):
    settings.DEBUG = True
    path = shipped("index.md", "one")
    text = built_from_content(lambda: content_file("index.md").read())
    assert (text(), path.write_text("changed"), text()) == ("one", 7, "changed")


def test_what_is_built_is_kept_in_development_while_nothing_changes(shipped, settings):
    settings.DEBUG = True
    shipped("index.md", "one")
    build = built_from_content(object)
    assert build() is build()


def test_fault_is_not_kept(shipped):
    text = built_from_content(lambda: content_file("index.md").read())
    with pytest.raises(ContentError):
        text()
    shipped("index.md", "repaired")
    assert text() == "repaired"


def read_index():
    return content_file("index.md").read()


def test_every_builder_has_its_own_result(shipped):
    one, two = built_from_content(lambda: 1), built_from_content(lambda: 2)
    assert (one(), two()) == (1, 2)


def test_nothing_is_a_result_too(shipped):
    calls = []
    build = built_from_content(lambda: calls.append(1))
    assert (build(), build(), calls) == (None, None, [1])


def test_one_builder_can_be_forgotten(shipped):
    path = shipped("index.md", "one")
    one, other = built_from_content(read_index), built_from_content(object)
    kept = other()
    assert one() == "one"
    path.write_text("changed")
    one.cache_clear()
    assert (one(), other() is kept) == ("changed", True)


def test_everything_can_be_forgotten(shipped):
    path = shipped("index.md", "one")
    text = built_from_content(read_index)
    assert text() == "one"
    path.write_text("changed")
    forget_content()
    assert text() == "changed"


def test_other_folders_are_other_content(shipped, settings, tmp_path):
    shipped("index.md", "one")
    text = built_from_content(read_index)
    assert text() == "one"
    settings.CONTENT_ROOTS = [tmp_path / "elsewhere"]
    with pytest.raises(ContentError):
        text()


def test_file_deleted_while_it_is_looked_at_is_no_fault_in_development(
    shipped, settings, monkeypatch
):
    settings.DEBUG = True
    gone = content.ContentFile("gone.md", shipped("index.md", "one").with_name("gone.md"))
    monkeypatch.setattr(content, "content_files", lambda: {"gone.md": gone})
    assert built_from_content(read_index)() == "one"


def test_edition_in_force_is_read(shipped, edition):
    shipped("index.md", "folder")
    put_in_force(edition("new", "generation"))
    assert (built_from_content(read_index)(), list(content_files())) == ("generation", ["index.md"])


def test_pinned_edition_is_read_whatever_is_in_force(edition):
    old, new = edition("old", "old"), edition("new", "new")
    text = built_from_content(read_index)
    put_in_force(old)
    with in_force().pinned():
        put_in_force(new)
        pinned = text()
    assert (pinned, text()) == ("old", "new")


def test_pin_ends_with_an_exception_too(edition):
    put_in_force(edition("new", "new"))
    with pytest.raises(KeyError), edition("old", "old").pinned():
        raise KeyError
    assert read_index() == "new"


def test_pin_holds_in_its_own_thread_alone(edition):
    put_in_force(edition("new", "new"))
    found = []
    with edition("old", "old").pinned():
        thread = threading.Thread(target=lambda: found.append(read_index()))
        thread.start()
        thread.join()
    assert found == ["new"]


def test_what_is_built_from_what_is_built_is_of_one_edition(edition):
    old, new = edition("old", "old"), edition("new", "new")
    inner = built_from_content(read_index)

    def build():
        put_in_force(new)
        return inner()

    put_in_force(old)
    assert built_from_content(build)() == "old"


def test_many_who_ask_at_once_get_one_result(edition):
    put_in_force(edition("new", "new"))
    at_once, never, calls, found = threading.Barrier(8), threading.Event(), [], []

    def build():
        calls.append(1)
        # Long enough for the others to come in, were they let in.
        never.wait(0.2)
        return object()

    ask = built_from_content(build)
    ask_at_once = lambda: (at_once.wait(), found.append(ask()))  # noqa: E731
    threads = [threading.Thread(target=ask_at_once) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(calls), len(set(found))) == (1, 1)


def test_everything_is_built_before_anyone_asks(edition):
    new, calls = edition("new", "new"), []
    built_from_content(lambda: calls.append(read_index()))
    build_everything(new)
    assert calls == ["new"]


def test_what_nobody_reads_is_built_when_asked(edition):
    calls = []
    build = built_when_asked(lambda: calls.append(1))
    build_everything(edition("new", "new"))
    assert (calls, build(), build(), calls) == ([1], None, None, [1])


def test_fault_of_one_file_keeps_nothing_else_from_being_built(edition):
    calls = []
    built_from_content(lambda: content_file("figures.yaml").read())
    built_from_content(lambda: calls.append(1))
    build_everything(edition("new", "new"))
    assert calls == [1]


def test_fault_of_the_program_is_told(edition):
    built_from_content(lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        build_everything(edition("new", "new"))


def test_what_was_built_goes_with_its_edition(edition):
    class Big:
        pass

    build = built_from_content(Big)
    put_in_force(edition("old", "old"))
    big = weakref.ref(build())
    put_in_force(edition("new", "new"))
    gc.collect()
    assert big() is None


def refusing(function, path, reason):
    def refuse(where, *args, **kwargs):
        if str(where) == str(path):
            raise OSError(reason, os.strerror(reason), str(where))
        return function(where, *args, **kwargs)

    return refuse


def test_folder_that_cannot_be_listed_is_told(shipped, monkeypatch):
    path = shipped("conditions/gout.md", "")
    monkeypatch.setattr(os, "scandir", refusing(os.scandir, path.parent, errno.EACCES))
    assert {name: str(problem) for name, problem in unreadable_folders().items()} == {
        "conditions": "content/conditions:1: the folder cannot be read; found: Permission denied; "
        "repair: let the user that runs the site read the folder"
    }


def test_content_folder_that_is_not_there_is_told(settings, tmp_path):
    settings.CONTENT_ROOTS = [tmp_path / "nowhere"]
    [(name, problem)] = unreadable_folders().items()
    assert (name, problem.file, problem.found) == ("", "nowhere/", "No such file or directory")


def test_folders_that_can_be_listed_have_no_fault(shipped):
    shipped("conditions/gout.md", "")
    shipped(".git/HEAD", "")
    assert unreadable_folders() == {}


def test_file_that_may_not_be_looked_at_is_listed_so_that_it_is_told(shipped, monkeypatch):
    path = shipped("index.md", "")
    monkeypatch.setattr(os, "stat", refusing(os.stat, path, errno.EACCES))
    assert list(content_files()) == ["index.md"]


def test_what_is_no_file_is_not_listed(shipped):
    os.mkfifo(shipped("index.md", "").with_name("pipe.md"))
    assert list(content_files()) == ["index.md"]


def test_a_link_that_leads_nowhere_is_listed_so_that_it_is_told(shipped):
    shipped("index.md", "").with_name("link.md").symlink_to("nowhere")
    files = content_files()
    assert sorted(files) == ["index.md", "link.md"]
    with pytest.raises(ContentError, match="cannot be read"):
        files["link.md"].read()
