"""Files here tell their own faults: a line "broken", "error" or "needs NAME:WORD"."""

import errno
import io
import os
from datetime import UTC, datetime, timedelta

import pytest

from imsinfo.content import Edition, content_files
from imsinfo.editions import selection
from imsinfo.editions.generations import Unfinished, make_current, newest_whole
from imsinfo.editions.selection import Selection
from imsinfo.editions.versions import PLACEHOLDER, Versions, is_published
from imsinfo.problems import ContentError, Problem

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


def check():
    files = content_files()
    for file in files.values():
        try:
            lines = file.read().split("\n")
        except ContentError as error:
            yield from error.problems
            continue
        for number, line in enumerate(lines, start=1):
            yield from faults_of_line((file.shown_as, number), line, files)


def faults_of_line(at, line, files):
    word, _, rest = line.partition(" ")
    if word in {"broken", "error", "warning"}:
        yield Problem(*at, f"it is {word}", severity=word)
    if word == "Left":
        yield Problem(*at, "nothing is here")
    if word == "needs":
        name, _, wanted = rest.partition(":")
        if name not in files or wanted.encode() not in files[name].read_bytes():
            yield Problem(*at, "something is missing", found=name)
    if word == "alone" and rest in files and files[rest].read_bytes() != PLACEHOLDER:
        yield Problem(*at, "two files have one address")
    if word == "relies" and rest not in files:
        yield Problem(*at, "a fault that names no file")
    if word == "wants" and rest not in files:
        yield Problem(*at, "something is missing", found=rest, severity="error")


@pytest.fixture
def folder(tmp_path, settings):
    settings.CONTENT_ROOTS = [tmp_path / "content"]
    (tmp_path / "content").mkdir()
    (tmp_path / "generations").mkdir()
    return tmp_path / "content"


@pytest.fixture
def write(folder):
    """Return a function that writes files and removes those whose text is None."""

    def write(files):
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                path.unlink()
            else:
                path.write_bytes(text if isinstance(text, bytes) else text.encode())

    return write


@pytest.fixture
def prepare(folder):
    """Return a function that makes a generation: (shown, what became of files, selection)."""
    generations = folder.parent / "generations"
    days = iter(range(1000))

    def prepare():
        now = MONDAY + timedelta(days=next(days))
        last, making = newest_whole(generations), Unfinished(generations, now)
        versions = Versions(making, last)
        chosen = Selection(versions, check)
        chosen.settle()
        making.finish(versions.since(now))
        make_current(generations, making.path.name, last.path.name if last else "")
        with Edition(newest_whole(generations).roots).pinned():
            shown = {name: file.read() for name, file in content_files().items()}
        return shown, {each.file: each.what for each in chosen.outcomes()}, chosen

    return prepare


@pytest.fixture
def after(write, prepare):
    """Return a function that prepares one content after another: (shown, outcomes) of the last."""

    def after(*contents):
        for files in contents:
            write(files)
            shown, outcomes, _ = prepare()
        return shown, outcomes

    return after


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("index.md", True),
        ("conditions/gout.md", True),
        ("clinic.yaml", True),
        ("images/visit.svg", True),
        ("README.md", True),
        ("overrides.yaml", False),
        ("index.md~", False),
        ("photo.jpg", False),
        ("index.md.bak", False),
    ],
)
def test_only_content_is_part_of_a_generation(name, published):
    assert is_published(name) is published


def test_good_content_is_taken_as_it_is(after):
    assert after({"index.md": "one", "clinic.yaml": "two"}) == (
        *({"index.md": "one", "clinic.yaml": "two"}, {}),
    )


def test_other_files_are_not_copied(after):
    shown, _ = after({"index.md": "one", "photo.jpg": "x", ".index.md.swp": "x", ".git/a.md": "x"})
    assert shown == {"index.md": "one"}


@pytest.mark.parametrize(
    "damaged",
    ["broken", b"caf\xe9", "x" * 1_000_001, b"\x00\xff", "needs nothing.yaml:x", "error"],
    ids=["broken", "latin-1", "too large", "bytes", "cross", "error"],
)
@pytest.mark.parametrize(
    "name", ["page.md", "clinic.yaml", "shared/ask-us.md", "images/a.svg", "README.md"]
)
def test_last_good_version_stays_whatever_the_damage(after, name, damaged):
    first = {"index.md": "one", name: "good"}
    assert after(first, {"index.md": "two", name: damaged}) == (
        *({"index.md": "two", name: "good"}, {f"content/{name}": "kept"}),
    )


@pytest.mark.parametrize("damaged", ["broken", b"caf\xe9", "x" * 1_000_001])
def test_page_without_a_good_version_is_left_out_and_its_place_kept(after, damaged):
    shown, outcomes = after({"index.md": "needs page.md:", "page.md": damaged})
    assert shown == {"index.md": "needs page.md:", "page.md": PLACEHOLDER.decode()}
    assert outcomes == {"content/page.md": "left out"}


@pytest.mark.parametrize("name", ["glossary.yaml", "shared/ask-us.md", "images/a.svg", "README.md"])
def test_other_file_without_a_good_version_is_left_out(after, name):
    assert after({"index.md": "one", name: "broken"}) == (
        *({"index.md": "one"}, {f"content/{name}": "left out"}),
    )


def test_page_that_needs_what_is_left_out_is_left_out_too(after):
    shown, outcomes = after({"page.md": "needs glossary.yaml:x", "glossary.yaml": "broken x"})
    assert shown == {"page.md": PLACEHOLDER.decode()}
    assert outcomes == {"content/page.md": "left out", "content/glossary.yaml": "left out"}


def test_file_that_no_check_reads_is_text_all_the_same(after, monkeypatch):
    monkeypatch.setitem(globals(), "check", tuple)
    assert after({"README.md": "guide"}, {"README.md": b"caf\xe9"}) == (
        *({"README.md": "guide"}, {"content/README.md": "kept"}),
    )


def test_placeholder_is_no_good_version(after):
    assert after({"page.md": "broken"}, {"page.md": "broken again"}) == (
        *({"page.md": PLACEHOLDER.decode()}, {"content/page.md": "left out"}),
    )


def test_repaired_file_is_shown_again(after):
    contents = [{"page.md": text} for text in ("good", "broken", "better")]
    assert after(*contents) == ({"page.md": "better"}, {})


def test_file_that_is_gone_is_gone(after):
    assert after({"index.md": "one", "page.md": "two"}, {"page.md": None}) == (
        *({"index.md": "one"}, {}),
    )


def test_file_in_error_without_a_better_version_is_published_all_the_same(after):
    assert after({"page.md": "error"}) == (
        *({"page.md": "error"}, {"content/page.md": "published"}),
    )


def test_file_in_error_after_one_in_error_is_published_all_the_same(after):
    assert after({"page.md": "error"}, {"page.md": "error\nnew"}) == (
        *({"page.md": "error\nnew"}, {"content/page.md": "published"}),
    )


def test_file_whose_earlier_version_is_in_error_too_is_published_as_it_is(after):
    first = {"page.md": "wants other.md", "other.md": "one"}
    assert after(first, {"page.md": "wants other.md\nerror", "other.md": None}) == (
        *({"page.md": "wants other.md\nerror"}, {"content/page.md": "published"}),
    )


def test_warning_is_no_reason_to_keep_an_earlier_version(after):
    assert after({"page.md": "one"}, {"page.md": "warning"}) == ({"page.md": "warning"}, {})


def test_warnings_are_counted(write, prepare):
    write({"page.md": "warning\nwarning", "index.md": "warning"})
    assert prepare()[2].warnings == 3


def test_page_is_judged_with_the_earlier_data_that_it_will_stand_beside(after):
    first = {"page.md": "needs sources.yaml:smith", "sources.yaml": "smith"}
    second = {"page.md": "needs sources.yaml:smith\nnew", "sources.yaml": "broken"}
    assert after(first, second) == (
        {"page.md": "needs sources.yaml:smith\nnew", "sources.yaml": "smith"},
        {"content/sources.yaml": "kept"},
    )


def test_page_that_uses_new_data_waits_for_it(after):
    first = {"page.md": "needs sources.yaml:smith", "sources.yaml": "smith"}
    second = {"page.md": "needs sources.yaml:jones", "sources.yaml": "jones\nbroken"}
    assert after(first, second) == (
        first,
        {"content/page.md": "kept", "content/sources.yaml": "kept"},
    )


def test_good_page_is_not_taken_down_by_other_data(after):
    first = {"page.md": "needs sources.yaml:smith", "sources.yaml": "smith"}
    assert after(first, {"sources.yaml": "jones"}) == (
        first,
        {"content/page.md": "kept", "content/sources.yaml": "needed"},
    )


def test_good_data_is_not_taken_down_by_other_data(after):
    first = {"red-flags.yaml": "needs sources.yaml:smith", "sources.yaml": "smith"}
    assert after(first, {"sources.yaml": "jones"})[0] == first


@pytest.mark.parametrize("name", ["shared/ask-us.md", "images/a.svg"])
def test_good_page_is_not_taken_down_by_a_file_that_is_gone(after, name):
    first = {"page.md": f"needs {name}:", name: "here"}
    assert after(first, {name: None}) == (
        first,
        {"content/page.md": "kept", f"content/{name}": "needed"},
    )


def test_page_that_is_gone_is_never_shown_again_and_takes_no_other_down(after):
    first = {"page.md": "needs other.md:", "other.md": "here"}
    placed = {"page.md": "needs other.md:", "other.md": PLACEHOLDER.decode()}
    told = {"content/page.md": "kept", "content/other.md": "withdrawn"}
    assert after(first, {"other.md": None}) == (placed, told)
    assert after(first, {"other.md": None}, {}) == (placed, told)


@pytest.mark.parametrize("fault", ["broken", "error"])
def test_page_that_is_a_draft_now_is_never_shown_as_it_was(after, fault):
    first = {"page.md": "good"}
    new = f"---\ndraft: true\n---\n{fault}"
    shown, _ = after(first, {"page.md": new})
    assert shown == {"page.md": PLACEHOLDER.decode() if fault == "broken" else new}


def test_good_page_is_not_taken_down_by_a_new_page(after):
    first = {"page.md": "alone page/index.md"}
    assert after(first, {"page/index.md": "alone page.md"}) == (
        {"page.md": "alone page/index.md", "page/index.md": PLACEHOLDER.decode()},
        {"content/page/index.md": "left out"},
    )


def test_good_page_is_not_taken_down_by_a_file_that_its_fault_does_not_name(after):
    first = {"page.md": "relies shared/x.md", "shared/x.md": "here", "new.md": "good"}
    shown, outcomes = after(first, {"shared/x.md": None, "new.md": "broken"})
    assert shown == first
    assert outcomes == {
        "content/page.md": "kept",
        "content/shared/x.md": "needed",
        "content/new.md": "kept",
    }


def test_file_that_nobody_needs_is_gone_beside_one_that_is_needed(after):
    first = {"page.md": "needs other.md:", "other.md": "here", "old.md": "here"}
    shown, _ = after(first, {"other.md": None, "old.md": None})
    assert sorted(shown) == ["other.md", "page.md"]


def test_data_that_no_fault_names_is_taken_beside_data_that_is_needed(after):
    first = {"page.md": "needs sources.yaml:smith", "sources.yaml": "smith", "clinic.yaml": "one"}
    shown, _ = after(first, {"sources.yaml": "jones", "clinic.yaml": "two"})
    assert (shown["sources.yaml"], shown["clinic.yaml"]) == ("smith", "two")


def test_needed_file_goes_when_nobody_needs_it_any_more(after):
    first = {"page.md": "needs other.md:", "other.md": "here"}
    assert after(first, {"other.md": None}, {"page.md": "alone"}) == ({"page.md": "alone"}, {})


def test_page_that_todays_checks_refuse_keeps_back_no_data(after, monkeypatch):
    contents = {"page.md": "old words", "sources.yaml": "smith"}
    after(contents)
    monkeypatch.setitem(globals(), "check", stricter_check)
    assert after({"sources.yaml": "jones"}) == (
        {"page.md": PLACEHOLDER.decode(), "sources.yaml": "jones"},
        {"content/page.md": "left out"},
    )


def stricter_check():
    for file in content_files().values():
        if "old words" in file.read() or "Left out" in file.read():
            yield Problem(file.shown_as, 1, "sources.yaml forbids it")


def test_faults_are_told_of_the_file_in_the_content_folder(write, prepare):
    write({"page.md": "good"})
    prepare()
    write({"page.md": "bad\n\nbroken"})
    [outcome] = prepare()[2].outcomes()
    assert outcome.problems == (Problem("content/page.md", 3, "it is broken"),)


def test_last_good_version_is_dated_by_its_first_day(write, prepare):
    for text in ("good", "good", "broken", "broken still"):
        write({"page.md": text})
        [*outcomes] = prepare()[2].outcomes()
    assert [each.since for each in outcomes] == [MONDAY]


def test_own_file_is_told_by_the_name_of_its_folder(folder, write, prepare, settings):
    own = folder.parent / "clinic"
    own.mkdir()
    settings.CONTENT_ROOTS = [folder, own]
    write({"page.md": "shipped"})
    prepare()
    (own / "page.md").write_text("broken")
    shown, outcomes, _ = prepare()
    assert (shown, outcomes) == ({"page.md": "shipped"}, {"clinic/page.md": "kept"})


def test_file_of_no_page_is_told_beside_them(write, prepare, monkeypatch):
    fault = Problem("content/overrides.yaml", 1, "it is broken")
    monkeypatch.setitem(globals(), "check", lambda: [fault])
    write({"index.md": "one"})
    assert prepare()[2].others == [fault]


@pytest.mark.parametrize("reason", [errno.EACCES, errno.ENOENT, errno.EIO])
def test_file_that_cannot_be_read_keeps_its_last_good_version(
    folder, write, prepare, monkeypatch, reason
):
    write({"page.md": "good"})
    prepare()
    write({"page.md": "new"})
    monkeypatch.setattr("io.open", refusing(io.open, folder / "page.md", reason))
    [outcome] = prepare()[2].outcomes()
    assert (outcome.file, outcome.what) == ("content/page.md", "kept")
    assert outcome.problems[0].found == os.strerror(reason)


def test_folder_that_cannot_be_listed_keeps_its_pages(folder, write, prepare, monkeypatch):
    first = {"index.md": "one", "conditions/gout.md": "two"}
    write(first)
    prepare()
    monkeypatch.setattr("os.scandir", refusing(os.scandir, folder / "conditions", errno.EACCES))
    shown, outcomes, chosen = prepare()
    assert (shown, outcomes) == (first, {"content/conditions/gout.md": "kept"})
    assert [(p.file, p.found) for p in chosen.others] == [
        ("content/conditions", "Permission denied")
    ]


def test_no_shipped_page_takes_the_place_of_ones_own_that_cannot_be_reached(
    folder, write, prepare, settings, monkeypatch
):
    own = folder.parent / "clinic"
    settings.CONTENT_ROOTS.append(own)
    (own / "conditions").mkdir(parents=True)
    (own / "conditions" / "gout.md").write_text("ours")
    write({"index.md": "one", "conditions/gout.md": "shipped"})
    first = prepare()[0]
    monkeypatch.setattr("os.scandir", refusing(os.scandir, own / "conditions", errno.EACCES))
    shown, outcomes, _ = prepare()
    assert (shown, shown["conditions/gout.md"]) == (first, "ours")
    assert outcomes == {"content/conditions/gout.md": "kept"}


def test_a_link_that_leads_nowhere_is_told_and_keeps_its_page(folder, write, prepare):
    write({"index.md": "one", "page.md": "two"})
    first = prepare()[0]
    (folder / "page.md").unlink()
    (folder / "page.md").symlink_to(folder / "gone.md")
    assert prepare()[:2] == (first, {"content/page.md": "kept"})


def test_what_a_linked_folder_holds_is_read(folder, write, prepare):
    write({"index.md": "one"})
    elsewhere = folder.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "gout.md").write_text("two")
    (folder / "conditions").symlink_to(elsewhere)
    assert prepare()[0] == {"index.md": "one", "conditions/gout.md": "two"}


def refusing(function, path, reason):
    def refuse(where, *args, **kwargs):
        if str(where) == str(path):
            raise OSError(reason, os.strerror(reason), str(where))
        return function(where, *args, **kwargs)

    return refuse


def test_folder_with_the_name_of_a_page_is_told(folder, write, prepare, settings):
    own = folder.parent / "clinic" / "content"
    (own / "page.md").mkdir(parents=True)
    (own / "page.md" / "notes.md").write_text("mine")
    settings.CONTENT_ROOTS = [folder, own]
    write({"page.md": "shipped", "index.md": "one"})
    shown, outcomes, _ = prepare()
    assert (shown, outcomes) == (
        {"page.md": PLACEHOLDER.decode(), "index.md": "one"},
        {"content/page.md": "left out", "content/page.md/notes.md": "left out"},
    )


def test_versions_that_chase_each_other_end_in_a_defined_state(write, prepare, monkeypatch):
    write({"page.md": "needs sources.yaml:smith", "sources.yaml": "smith"})
    prepare()
    monkeypatch.setattr(selection, "MOST_PASSES", 1)
    write({"page.md": "needs sources.yaml:jones", "sources.yaml": "jones\nbroken"})
    shown, _, _ = prepare()
    assert shown == {"page.md": PLACEHOLDER.decode(), "sources.yaml": "smith"}


@pytest.mark.parametrize("text", ["good", "error", "broken"])
def test_same_content_is_the_last_generation_again(write, prepare, text):
    write({"page.md": text, "index.md": "one"})
    prepare()
    assert prepare()[2].versions.are_as_before() is True


@pytest.mark.parametrize("change", [{"page.md": "new"}, {"page.md": None}, {"new.md": "new"}])
def test_other_content_is_not_the_last_generation_again(write, prepare, change):
    write({"page.md": "one", "index.md": "one"})
    prepare()
    write(change)
    assert prepare()[2].versions.are_as_before() is False
