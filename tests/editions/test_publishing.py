import errno
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest

from imsinfo.articles.library import read_library
from imsinfo.articles.proofreading import proofread
from imsinfo.content import Edition, content_files, forget_content
from imsinfo.editions import publishing
from imsinfo.editions.generations import Unfinished, generations_folder, newest_whole, read_marker
from imsinfo.editions.published import Published, PublishingError, lines_of_faults
from imsinfo.editions.publishing import publish
from imsinfo.editions.selection import Outcome
from imsinfo.editions.versions import PLACEHOLDER
from imsinfo.problems import Problem
from tests.extent import some

MONDAY = datetime(2026, 11, 23, 18, tzinfo=UTC)
BROKEN = "x: [\n"


def broken_ones():
    return read_library().problems


def everything():
    return proofread(date(2026, 11, 21))


@pytest.fixture
def publish_on(small_site):
    """Return a function that publishes on the Monday or some days later."""

    def publish_on(days=0, check=broken_ones):
        forget_content()
        return publish(generations_folder(), MONDAY + timedelta(days=days), check)

    return publish_on


@pytest.fixture
def words(small_site, write_page):
    """Return a function that gives the start page other words."""
    return lambda text: write_page(small_site / "index.md", text)


def shown():
    """The text of every file of the generation in force."""
    with Edition(newest_whole(generations_folder()).roots).pinned():
        return {name: file.read() for name, file in content_files().items()}


def names():
    return sorted(path.name for path in generations_folder().iterdir() if path.is_dir())


def test_first_publishing_shows_the_content_folder(small_site, publish_on):
    published = publish_on()
    assert (published.is_new, published.pages, published.problems) == (True, 2, ())
    assert shown() == {path.name: path.read_text() for path in small_site.iterdir()}


def test_nothing_new_makes_no_generation(publish_on):
    publish_on()
    before = names()
    assert (publish_on(1).is_new, names()) == (False, before)


def test_nothing_new_lets_workers_look_again(publish_on):
    publish_on()
    os.utime(generations_folder() / "current", (1, 1))
    before = read_marker(generations_folder())
    publish_on()
    assert read_marker(generations_folder()) != before


def test_two_generations_are_kept(publish_on, words):
    for number in range(4):
        words(f"Text {number}.")
        publish_on()
    assert names() == sorted(read_marker(generations_folder()).names)


def test_damaged_generation_is_made_anew(publish_on):
    publish_on()
    (newest_whole(generations_folder()).roots[0] / "index.md").write_text("changed")
    assert (publish_on().is_new, "changed" in shown()["index.md"]) == (True, False)


def test_generation_before_a_damaged_one_is_put_in_force_again(publish_on, words):
    publish_on()
    first = shown()
    words("Other words.")
    publish_on()
    (newest_whole(generations_folder()).roots[0] / "index.md").unlink()
    words("As it was.")
    assert (publish_on().is_new, shown()) == (True, first)


def test_last_good_version_of_a_damaged_generation_is_that_of_the_one_before(publish_on, words):
    for text in ("First words.", "Second words."):
        words(text)
        publish_on()
    (newest_whole(generations_folder()).roots[0] / "index.md").write_text("changed")
    words("{broken}")
    publish_on()
    assert "First words." in shown()["index.md"]


@pytest.mark.parametrize("damage", [b"x: [\n", b"\xff", None], ids=["broken", "bytes", "gone"])
@pytest.mark.parametrize(
    ("name", "lacking"),
    [
        ("clinic.yaml", ("clinic.yaml",)),
        ("red-flags.yaml", ("red-flags.yaml",)),
        ("index.md", ("/",)),
        ("aftercare.md", ("/aftercare/",)),
    ],
)
def test_nothing_is_published_without_what_the_site_needs(
    small_site, publish_on, name, lacking, damage
):
    (small_site / name).unlink()
    if damage:
        (small_site / name).write_bytes(damage)
    with pytest.raises(PublishingError) as refused:
        publish_on()
    assert (refused.value.lacking, names()) == (lacking, [])


@pytest.mark.parametrize("name", ["clinic.yaml", "red-flags.yaml", "index.md", "aftercare.md"])
def test_what_is_shown_stays_where_a_needed_file_is_gone(small_site, publish_on, name):
    publish_on()
    before = shown()
    (small_site / name).unlink()
    with pytest.raises(PublishingError):
        publish_on()
    assert shown() == before


@pytest.mark.parametrize("name", ["clinic.yaml", "red-flags.yaml", "index.md", "aftercare.md"])
def test_needed_file_stays_in_its_last_good_version(small_site, publish_on, name):
    publish_on()
    before = shown()
    (small_site / name).write_text(BROKEN)
    outcomes = publish_on().outcomes
    assert ([each.file for each in outcomes], shown()) == ([f"content/{name}"], before)


def test_refusal_names_every_fault_and_what_is_lacking(small_site, publish_on):
    (small_site / "aftercare.md").write_text("no fields\n")
    with pytest.raises(PublishingError) as refused:
        publish_on()
    first, last = str(refused.value).split("\n")
    assert first.startswith("content/aftercare.md:1: the file does not begin with front matter")
    assert last == "The site would be without /aftercare/."


@pytest.mark.parametrize(
    "written",
    [
        *("draft: true", "draft: True  # until Dr Smith has read it", "draft: yes"),
        *('"draft": true', "draft : on"),
    ],
)
def test_page_that_is_withdrawn_with_a_fault_stays_withdrawn(
    rich_site, publish_on, write_page, written
):
    path = rich_site / "page.md"
    write_page(path, "Text.")
    publish_on(check=everything)
    assert "Text." in shown()["page.md"]
    text = path.read_text().replace("order:", f"{written}\norder:", 1)
    path.write_text(f"{text}\n\nAs nobody wrote. [@nobody_2000]\n")
    publish_on(check=everything)
    assert shown()["page.md"] == PLACEHOLDER.decode()


def test_page_in_draft_is_no_page_for_patients(small_site, publish_on):
    path = small_site / "aftercare.md"
    path.write_text(path.read_text().replace("order:", "draft: true\norder:"))
    with pytest.raises(PublishingError, match="without /aftercare/"):
        publish_on()


def test_example_clinic_is_no_last_good_version_of_a_real_one(small_site, publish_on, settings):
    path = small_site / "clinic.yaml"
    path.write_text(f"example: true\n{path.read_text()}")
    publish_on()
    settings.PRODUCTION = True
    path.write_text(BROKEN)
    with pytest.raises(PublishingError, match=r"without a clinic\.yaml of its own"):
        publish_on()


def test_two_sites_with_two_folders_know_nothing_of_each_other(publish_on, settings, tmp_path):
    publish_on()
    settings.VAR_DIR = tmp_path / "other"
    assert publish_on().is_new is True


def test_what_a_killed_run_left_is_removed_before_more_is_written(publish_on, monkeypatch):
    seen = []
    Unfinished(ready_folder(), MONDAY)

    def publish_nothing(*args):
        seen.append(names())
        raise PublishingError((), ())

    monkeypatch.setattr(publishing, "_publish", publish_nothing)
    with pytest.raises(PublishingError):
        publish_on()
    assert seen == [[]]


def ready_folder():
    generations_folder().mkdir(parents=True)
    return generations_folder()


def test_many_who_publish_at_once_all_end_well(publish_on):
    with ThreadPoolExecutor(4) as pool:
        published = list(pool.map(publish_on, range(4)))
    assert sorted(each.is_new for each in published) == [False, False, False, True]
    assert names() == [read_marker(generations_folder()).current]


SOURCES = """\
- key: smith
  authors: Smith J
  title: A study
  url: https://example.org/
"""
FIGURES = """\
- id: bruise
  kind: measured
  says: about half
  sources: [smith]
"""
GLOSSARY = """\
- id: fascia
  term: fascia
  meaning: thin tissue
"""
DRAWING = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><title>A line</title>
<path d="M0 0L10 10"/></svg>
"""
RICH = {
    "sources.yaml": SOURCES,
    "figures.yaml": FIGURES,
    "glossary.yaml": GLOSSARY,
    "shared/ask-us.md": "Ask us.\n",
    "images/line.svg": DRAWING,
    "other.md": None,
    "conditions/gout.md": None,
}
USES = {
    "sources.yaml": "A study found it [@smith].",
    "figures.yaml": "It is {figure:bruise}.",
    "glossary.yaml": "It lies in the {term:fascia}.",
    "shared/ask-us.md": "::: shared ask-us\n:::",
    "images/line.svg": '![A line](images/line.svg "A line")',
    "other.md": "Read [more](other.md).",
    "conditions/gout.md": "Read [more](conditions/gout.md).",
}
LOST = {
    "sources.yaml": SOURCES.replace("smith", "jones"),
    "figures.yaml": FIGURES.replace("bruise", "faint"),
    "glossary.yaml": GLOSSARY.replace("id: fascia", "id: muscle"),
}


@pytest.fixture
def rich_site(small_site, write_page):
    """The small site with one of everything; returns its folder."""
    for name, text in RICH.items():
        path = small_site / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text) if text else write_page(path, "Words.")
    return small_site


@pytest.mark.parametrize("name", USES)
def test_good_page_is_not_taken_down_by_what_it_uses(rich_site, publish_on, write_page, name):
    write_page(rich_site / "page.md", USES[name])
    assert [each for each in publish_on(check=everything).problems if "page.md" in each.file] == []
    before = shown()
    if name in LOST:
        (rich_site / name).write_text(LOST[name])
    else:
        (rich_site / name).unlink()
    outcomes = {each.file: each.what for each in publish_on(check=everything).outcomes}
    is_page = name.endswith(".md") and not name.startswith("shared/")
    expected = before | {name: PLACEHOLDER.decode()} if is_page else before
    told = "withdrawn" if is_page else "needed"
    assert (shown(), outcomes[f"content/{name}"]) == (expected, told)
    assert outcomes["content/page.md"] == "kept"


@pytest.mark.parametrize("name", USES)
def test_broken_file_takes_no_page_down(rich_site, publish_on, write_page, name):
    write_page(rich_site / "page.md", USES[name])
    publish_on(check=everything)
    before = shown()
    (rich_site / name).write_bytes(b"\xff\x00 {")
    outcomes = {each.file: each.what for each in publish_on(check=everything).outcomes}
    assert (shown(), outcomes[f"content/{name}"]) == (before, "kept")


@pytest.mark.parametrize("name", ["other.md", "conditions/gout.md"])
def test_new_broken_page_takes_no_page_down(rich_site, publish_on, write_page, name):
    (rich_site / name).write_text("no fields")
    write_page(rich_site / "page.md", USES[name])
    publish_on(check=everything)
    with Edition(newest_whole(generations_folder()).roots).pinned():
        assert read_library().get("/page/") is not None


def published(*outcomes, problems=()):
    return Published(True, 2, outcomes, problems, 0, "America/Vancouver")


@pytest.mark.parametrize(
    ("what", "since", "line"),
    [
        ("kept", MONDAY, "Its last good version of 23 November 2026 stays up: content/a.md"),
        (
            "kept",
            datetime(2026, 11, 24, 3, tzinfo=UTC),
            "Its last good version of 23 November 2026 stays up: content/a.md",
        ),
        (
            "needed",
            MONDAY,
            "Other pages need it as it was on 23 November 2026, so that stays up: content/a.md",
        ),
        ("left out", None, "Left out: content/a.md"),
        ("published", None, "Published all the same: content/a.md"),
    ],
)
def test_every_file_with_a_fault_is_told_in_a_line(what, since, line):
    assert lines_of_faults(published(Outcome("content/a.md", what, since, ()))) == (line,)


def test_faults_are_told_before_what_became_of_the_files():
    fault = Problem("content/a.md", 3, "it is broken")
    outcome = Outcome("content/a.md", "left out", None, (fault,))
    assert lines_of_faults(published(outcome, problems=(fault,))) == (
        "content/a.md:3: it is broken",
        "Left out: content/a.md",
    )


STEPS = ("open", "write", "fsync", "mkdir", "replace", "unlink", "utime", "rmdir")


class KilledError(BaseException):
    """Stands for kill -9: after it this process does nothing more."""


class Disk:
    """Counts what is done to the disk, and lets one step of it fail."""

    def __init__(self, monkeypatch, failing_step, fault, steps):
        self.left, self.fault, self.is_dead = failing_step, fault, False
        for name in steps:
            monkeypatch.setattr(os, name, self.counted(getattr(os, name)))

    def counted(self, function):
        def step(*args, **kwargs):
            self.left -= 1
            if self.left == 0 or self.is_dead:
                self.is_dead = self.fault is KilledError
                raise self.fault if self.is_dead else OSError(self.fault, os.strerror(self.fault))
            return function(*args, **kwargs)

        return step


def publish_with_fault(publish_on, step, fault, steps=STEPS):
    """Publish with one failing step; return whether there were as many steps."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        disk = Disk(monkeypatch, step, fault, steps)
        try:
            publish_on(check=tuple)
        except (KilledError, OSError):
            return True
        return disk.left <= 0


@pytest.mark.parametrize("fault", some([KilledError, errno.ENOSPC, errno.EIO], 2))
def test_fault_at_any_step_leaves_the_site_whole_and_the_next_run_mends_it(
    publish_on, words, fault
):
    words("Text 0.")
    publish_on()
    step, is_reached = 1, True
    while is_reached:
        before, after = (
            shown()["index.md"],
            shown()["index.md"].replace(f"Text {step - 1}.", f"Text {step}."),
        )
        words(f"Text {step}.")
        is_reached = publish_with_fault(publish_on, step, fault)
        assert shown()["index.md"] in {before, after}
        publish_on(check=tuple)
        assert shown()["index.md"] == after
        assert names() == sorted(read_marker(generations_folder()).names)
        step += 1
    assert step > 30


def test_fault_leaves_nothing_half_written_behind(publish_on, words):
    publish_on()
    words("Other words.")
    before = names()
    assert publish_with_fault(publish_on, 3, errno.ENOSPC, ["write"]) is True
    assert names() == before
