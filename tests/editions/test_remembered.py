"""The same content is checked once, and whatever differs is checked again."""

import os
from datetime import UTC, date, datetime

import pytest

from imsinfo.articles.proofreading import Proof
from imsinfo.content import forget_content
from imsinfo.editions import publishing
from imsinfo.editions.generations import generations_folder, newest_whole
from imsinfo.editions.publishing import publish
from imsinfo.problems import Problem

MONDAY = datetime(2026, 11, 23, 18, tzinfo=UTC)
FAULT = Problem("content/aftercare.md", 12, "a fault", severity="error")


@pytest.fixture
def checks(monkeypatch):
    """How often the content was checked; each check finds one fault."""
    found = []
    monkeypatch.setattr(publishing, "proof", lambda day: Proof(found.append(day) or (FAULT,), None))
    return found


@pytest.fixture
def publish_now(small_site, checks):
    def publish_now():
        forget_content()
        return publish(generations_folder(), MONDAY)

    return publish_now


def test_same_content_is_not_checked_again(publish_now, checks):
    first = publish_now()
    before = len(checks)
    second = publish_now()
    assert (len(checks), first.is_new, second.is_new) == (before, True, False)


def test_what_was_told_of_the_same_content_is_told_again(publish_now):
    first, second = publish_now(), publish_now()
    assert first.problems == second.problems == (FAULT,)
    assert (first.outcomes, first.pages, first.zone) == (
        *(second.outcomes, second.pages, second.zone),
    )


def changed_page(site, monkeypatch):
    (site / "index.md").write_text((site / "index.md").read_text() + "\nMore.\n")


def new_file(site, monkeypatch):
    (site / "notes.txt").write_text("no page")


def unreadable_folder(site, monkeypatch):
    told = {"images": Problem("content/images", 1, "the folder cannot be read")}
    for place in ("remembered", "versions"):
        monkeypatch.setattr(f"imsinfo.editions.{place}.unreadable_folders", lambda: told)


def next_day(site, monkeypatch):
    monkeypatch.setattr("imsinfo.editions.remembered.clinics_date", lambda: date(2099, 1, 1))


def other_code(site, monkeypatch):
    monkeypatch.setattr("imsinfo.editions.fingerprint.of_the_code", lambda: "other")


def damaged_generation(site, monkeypatch):
    os.truncate(newest_whole(generations_folder()).path / "content" / "index.md", 0)


def damaged_memory(site, monkeypatch):
    os.truncate(generations_folder() / "told.json", 10)


def no_memory(site, monkeypatch):
    (generations_folder() / "told.json").unlink()


@pytest.mark.parametrize(
    "change",
    [
        *(changed_page, new_file, unreadable_folder, next_day, other_code),
        *(damaged_generation, damaged_memory, no_memory),
    ],
)
def test_whatever_differs_is_checked_again(publish_now, checks, small_site, monkeypatch, change):
    publish_now()
    before = len(checks)
    change(small_site, monkeypatch)
    publish_now()
    assert len(checks) > before


def test_memory_that_cannot_be_written_stops_nothing(publish_now, checks):
    publish_now()
    (generations_folder() / "told.json").unlink()
    (generations_folder() / "told.json").mkdir()
    assert publish_now().problems == (FAULT,)
    assert publish_now().problems == (FAULT,)


def test_a_shipped_file_that_changes_under_an_own_one_is_told(
    small_site, checks, settings, tmp_path
):
    own = tmp_path / "clinic"
    own.mkdir()
    (own / "aftercare.md").write_text((small_site / "aftercare.md").read_text())
    settings.CONTENT_ROOTS = [small_site, own]
    forget_content()
    publish(generations_folder(), MONDAY)
    before = len(checks)
    publish(generations_folder(), MONDAY)
    assert len(checks) == before
    (small_site / "aftercare.md").write_text("Corrected.")
    publish(generations_folder(), MONDAY)
    assert len(checks) > before
