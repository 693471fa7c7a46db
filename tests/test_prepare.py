from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from imsinfo.editions.generations import newest_whole
from imsinfo.editions.published import Published
from imsinfo.editions.publishing import publish
from imsinfo.management.commands import prepare

MONDAY = datetime(2026, 11, 23, 18, tzinfo=UTC)
BROKEN = "---\ntitle: x\n---\n\n{broken}\n"


@pytest.fixture
def told(small_site, monkeypatch):
    """Run the command on the Monday; return the lines it prints, the last as it fails with."""
    monkeypatch.setattr(prepare, "publish", lambda folder, now: publish(folder, MONDAY))
    monkeypatch.setattr("imsinfo.editions.publishing.clinics_date", MONDAY.date)

    def told():
        out = StringIO()
        try:
            call_command("prepare", stdout=out)
        except CommandError as error:
            return out.getvalue().splitlines(), str(error)
        return out.getvalue().splitlines(), ""

    return told


def test_prepare_says_how_many_pages_are_published(told):
    assert told() == (
        [
            "2 pages are published. A running site shows this within seconds.",
            "2 warnings: manage.py check_content tells them.",
        ],
        "",
    )


def test_prepare_says_that_there_is_nothing_new(told):
    told()
    assert told()[0][0] == "Nothing new for readers: 2 pages are published."


def test_prepare_tells_the_fault_with_its_line_and_what_became_of_the_file(
    told, small_site, write_page
):
    told()
    write_page(small_site / "index.md", "Good words.\n\nA {broken} line.")
    lines, error = told()
    assert lines[0].startswith("content/index.md:12: a brace")
    assert lines[1:3] == [
        "Its last good version of 23 November 2026 stays up: content/index.md",
        "Nothing new for readers: 2 pages are published.",
    ]
    assert error == "1 error in the content."


def test_prepare_tells_a_page_that_is_left_out(told, small_site):
    (small_site / "new.md").write_text("no fields")
    lines, error = told()
    assert lines[1:3] == [
        "Left out: content/new.md",
        "2 pages are published. A running site shows this within seconds.",
    ]
    assert error == "1 error in the content."


def test_prepare_tells_why_nothing_was_published(told, small_site):
    (small_site / "clinic.yaml").write_text("x: [\n")
    lines, error = told()
    first, fault, last = error.split("\n")
    assert (lines, first) == ([], "Nothing was published, the site stays as it is.")
    assert fault.startswith("content/clinic.yaml:2: this is not YAML")
    assert last == "The site would be without clinic.yaml."


def test_prepare_tells_a_folder_that_cannot_be_written(told, settings, tmp_path):
    settings.VAR_DIR = tmp_path / "file"
    settings.VAR_DIR.write_text("")
    _, error = told()
    assert error == (
        "Nothing was published, the site stays as it is.\n"
        f"[Errno 20] Not a directory: '{tmp_path / 'file' / 'generations'}'"
    )


def test_prepare_is_for_the_site_that_the_settings_name(told, settings):
    told()
    assert newest_whole(settings.VAR_DIR / "generations") is not None


@pytest.mark.thorough
def test_prepare_needs_no_database(run_manage, production, tmp_path):
    done = run_manage("prepare", DATABASE_URL="postgres://ims@127.0.0.1:1/none", **production)
    assert (tmp_path / "var" / "generations" / "current").exists(), done.stderr


@pytest.mark.parametrize(
    ("pages", "words"), [(1, "1 page is published."), (5, "5 pages are published.")]
)
def test_prepare_counts_in_plain_words(told, monkeypatch, pages, words):
    published = Published(False, pages, (), (), 0, "UTC")
    monkeypatch.setattr(prepare, "publish", lambda folder, now: published)
    assert told() == ([f"Nothing new for readers: {words}"], "")
