"""How a worker comes by its prepared pages, and what it does where there are none."""

import shutil
import sqlite3
from datetime import UTC, date, datetime

import pytest

from imsinfo.content import in_force
from imsinfo.editions import following
from imsinfo.editions.following import Follower, prepared_pages
from imsinfo.editions.generations import generations_folder, touch_current
from imsinfo.editions.prepared import prepared_folder
from imsinfo.editions.published import lines_of_faults
from imsinfo.editions.publishing import prepare_shown, publish

MONDAY = datetime(2026, 11, 23, 18, tzinfo=UTC)


@pytest.fixture
def today(monkeypatch):
    """Return a function that makes it another day at the clinic."""

    def today(day):
        for place in ("following", "preparing"):
            monkeypatch.setattr(f"imsinfo.editions.{place}.clinics_date", lambda: day)

    today(date(2026, 11, 23))
    return today


@pytest.fixture
def say(small_site, settings, write_page, today):
    """Return a function that publishes words on the page of aftercare."""
    settings.PREPARED = True

    def say(words):
        write_page(small_site / "aftercare.md", words)
        return publish(generations_folder(), MONDAY, tuple)

    return say


@pytest.fixture
def runs(monkeypatch):
    """Prepares where a worker asks for it, in this process; how often is its length."""
    found = []

    def run():
        found.append(prepare_shown(generations_folder()))

    monkeypatch.setattr(following, "prepare_again", run)
    return found


@pytest.fixture
def follower(say, runs):
    say("As it was.")
    return Follower(generations_folder())


def text():
    page = prepared_pages().get("/aftercare/")
    return page.answer({}).body.decode() if page else ""


def test_worker_shows_pages_that_are_prepared(follower, runs):
    follower.begin()
    assert "As it was." in text()
    follower.look()
    assert runs == []


def test_worker_needs_no_article_for_prepared_pages(follower, monkeypatch):
    def fail():
        raise AssertionError("an article was rendered")

    monkeypatch.setattr("imsinfo.articles.library.read_library", fail)
    follower.begin()
    assert in_force().prepared is not None


def test_new_content_comes_with_its_pages(follower, say):
    follower.begin()
    say("As it is now.")
    follower.look()
    assert "As it is now." in text()


def test_missing_pages_are_made_after_the_start(follower, runs):
    shutil.rmtree(prepared_folder())
    follower.begin()
    assert (in_force().prepared, runs) == (None, [])
    follower.look()
    assert "As it was." in text()
    assert len(runs) == 1


def test_damaged_pages_are_made_again(follower, runs):
    for path in prepared_folder().iterdir():
        (path / "pages").write_bytes(b"")
    follower.begin()
    follower.look()
    assert "As it was." in text()


def test_pages_are_made_anew_on_the_next_day(follower, runs, today):
    follower.begin()
    today(date(2026, 11, 24))
    before = in_force().prepared.name
    follower.look()
    assert in_force().prepared.name != before
    follower.look()
    assert len(runs) == 1


def test_pages_of_a_day_that_a_clock_ran_ahead_to_are_shown_when_it_comes(follower, runs, today):
    follower.begin()
    names = [in_force().prepared.name]
    for day in (24, 23, 24):
        today(date(2026, 11, day))
        follower.look()
        names.append(in_force().prepared.name)
    assert names[:2] == names[2:]
    assert names[0] != names[1]


def test_pages_of_yesterday_are_shown_to_nobody_while_todays_are_made(follower, today, monkeypatch):
    shown = []
    follower.begin()
    monkeypatch.setattr(following, "prepare_again", lambda: shown.append(in_force().prepared))
    today(date(2026, 11, 24))
    follower.look()
    assert shown == [None]


def test_pages_that_cannot_be_made_are_asked_for_once(follower, monkeypatch):
    asked = []
    monkeypatch.setattr(following, "prepare_again", lambda: asked.append(1))
    shutil.rmtree(prepared_folder())
    follower.begin()
    for _ in range(3):
        follower.look()
    assert (len(asked), in_force().prepared) == (1, None)


def test_pages_are_asked_for_again_once_somebody_has_prepared(follower, runs):
    shutil.rmtree(prepared_folder())
    follower.begin()
    prepared_folder().write_text("no folder")
    follower.look()
    assert in_force().prepared is None
    prepared_folder().unlink()
    touch_current(generations_folder())
    follower.look()
    assert "As it was." in text()


def test_without_the_setting_every_page_goes_through_django(follower, settings, runs):
    settings.PREPARED = False
    follower.begin()
    follower.look()
    assert (in_force().prepared, runs) == (None, [])
    assert follower.shown


@pytest.mark.parametrize(
    "fault",
    [OSError(28, "No space left on device"), sqlite3.OperationalError("database or disk is full")],
)
def test_pages_that_cannot_be_made_keep_no_content_from_readers(say, monkeypatch, fault):
    def fail(*args):
        raise fault

    monkeypatch.setattr("imsinfo.editions.publishing.prepare", fail)
    published = say("As it is now.")
    assert (published.is_new, published.unprepared) == (True, str(fault))
    assert lines_of_faults(published)[-1].endswith(str(fault))


@pytest.mark.parametrize("fault", [OSError, following.subprocess.TimeoutExpired("prepare", 300)])
def test_preparing_that_fails_takes_nothing_down(monkeypatch, caplog, fault):
    def fail(*args, **options):
        raise fault

    monkeypatch.setattr(following.subprocess, "run", fail)
    following.prepare_again()
    assert "could not be prepared" in caplog.text
