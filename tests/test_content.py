import os

import pytest

from imsinfo.content import MAX_BYTES, built_from_content, content_file, content_files
from imsinfo.problems import ContentError

REPAIR = "save it as a text file with the encoding UTF-8, under 1 MB, that the site may read"


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
