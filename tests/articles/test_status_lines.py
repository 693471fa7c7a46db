from datetime import UTC, date, datetime

import pytest

from imsinfo.articles.status_lines import content_lines
from imsinfo.editions.generations import generations_folder, newest_whole
from imsinfo.editions.publishing import publish
from imsinfo.operating.status import Mark


@pytest.fixture
def told(small_site):
    """Return a function that gives the lines of a small site: of its content, of its reviews."""
    return lambda: tuple(content_lines())


def publish_it():
    return publish(generations_folder(), datetime.now(UTC))


def test_nothing_published_is_a_fault(told):
    assert told()[0].mark == Mark.FAULT


def test_what_is_published_is_told_with_its_generation(told):
    publish_it()
    name = newest_whole(generations_folder()).path.name
    assert told()[0].told.startswith(f"generation {name}; pages: 2, faults: 0")


def test_a_page_with_a_fault_is_to_be_looked_at(told, small_site):
    (small_site / "new.md").write_text("broken")
    publish_it()
    content, _ = told()
    assert (content.mark, "pages: 2, faults: 1" in content.told) == (Mark.LOOK, True)


def test_a_damaged_generation_is_a_fault(told, small_site):
    publish_it()
    (small_site / "index.md").write_text((small_site / "index.md").read_text() + "More.\n")
    publish_it()
    (newest_whole(generations_folder()).path / "content" / "index.md").write_text("damaged")
    content, _ = told()
    assert (content.mark, "newer one is damaged" in content.told) == (Mark.FAULT, True)


def test_a_page_past_its_review_is_counted(told, small_site, monkeypatch):
    page = small_site / "index.md"
    page.write_text(page.read_text().replace("next_review: 2028", "next_review: 2027"))
    publish_it()
    monkeypatch.setattr("imsinfo.articles.status_lines.clinics_date", lambda: date(2028, 1, 1))
    _, reviews = told()
    assert (reviews.mark, reviews.told) == (Mark.LOOK, "past their next review: 1")
