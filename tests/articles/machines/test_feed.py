import html
from xml.etree import ElementTree

import pytest

from imsinfo.articles.machines.feed import atom_feed
from imsinfo.articles.pages import Library
from imsinfo.clinic import get_clinic

SITE = "https://ims.clinic.test"
ATOM = "{http://www.w3.org/2005/Atom}"


def parse(library):
    text = atom_feed(library, get_clinic(), SITE)
    return ElementTree.fromstring(text.encode())  # noqa: S314 -- our own


@pytest.fixture
def feed(make_article):
    """Return a function that parses the feed of one page with these changes."""
    return lambda *changes: parse(Library((make_article(*changes),), ()))


@pytest.fixture
def winter(make_change):
    return make_change("2026-12-24")


@pytest.fixture
def summer(make_change):
    return make_change("2026-07-01", "First published.", "New.")


def fields(element):
    """Return what an element holds; a link as what it leads to."""
    return {
        child.get("rel") or child.tag.removeprefix(ATOM): child.text or child.get("href")
        for child in element
        if child.tag not in {f"{ATOM}entry", f"{ATOM}author"}
    }


def entries(feed):
    found = [fields(entry) for entry in feed.iter(f"{ATOM}entry")]
    return [{name: text for name, text in each.items() if name != "id"} for each in found]


def test_feed_names_itself_the_clinic_and_its_day(feed, winter, summer):
    found = feed(summer, winter)
    assert found.findtext(f"{ATOM}author/{ATOM}name") == get_clinic().name
    assert fields(found) == {
        "title": f"Changes to the pages of {get_clinic().name}",
        "alternate": f"{SITE}/changes/",
        "self": f"{SITE}/feed.xml",
        "id": f"{SITE}/changes/",
        "updated": "2026-12-24T00:00:00-08:00",
    }


def test_feed_tells_each_change_newest_first_at_the_clinics_midnight(feed, winter, summer):
    assert entries(feed(summer, winter)) == [
        {
            "title": "A page: Said more.",
            "alternate": f"{SITE}/page/",
            "published": "2026-12-24T00:00:00-08:00",
            "updated": "2026-12-24T00:00:00-08:00",
            "summary": "Said more. A new trial.",
        },
        {
            "title": "A page: First published.",
            "alternate": f"{SITE}/page/",
            "published": "2026-07-01T00:00:00-07:00",
            "updated": "2026-07-01T00:00:00-07:00",
            "summary": "First published. New.",
        },
    ]


def test_feed_gives_each_change_an_id_of_its_page_and_day(feed, winter):
    [entry] = feed(winter).iter(f"{ATOM}entry")
    page, _, mark = entry.findtext(f"{ATOM}id").partition("#")
    assert (page, mark[:18]) == (f"{SITE}/page/", "change-2026-12-24-")


def test_feed_has_no_id_twice(make_article, winter, summer):
    pages = [make_article(summer, url="/a/"), make_article(summer, summer, winter, url="/b/")]
    ids = [found.text for found in parse(Library(tuple(pages), ())).iter(f"{ATOM}id")]
    assert len(ids) == len(set(ids)) == 5


@pytest.mark.parametrize("words", ["p < 0.05 & so on", "<script>alert(1)</script>", "&lt;b&gt;"])
def test_feed_shows_words_as_they_were_written(feed, make_change, words):
    [entry] = feed(make_change("2026-12-24", words, "B.")).iter(f"{ATOM}entry")
    summary = entry.find(f"{ATOM}summary")
    assert entry.findtext(f"{ATOM}title") == f"A page: {words}"
    assert (summary.get("type"), html.unescape(summary.text)) == ("html", f"{words} B.")
    assert set(summary.text) & set("<>") == set()


def test_feed_can_be_read_whatever_signs_a_change_holds(feed, make_change):
    [entry] = entries(feed(make_change("2026-12-24", "A \ufffe \U0001f600", "\uffff.")))
    assert entry["title"] == "A page: A \ufffd \U0001f600"
    assert entry["summary"] == "A \ufffd \U0001f600 \ufffd."


def test_feed_can_be_read_whatever_signs_the_clinics_name_holds(make_article, winter):
    clinic = get_clinic().model_copy(update={"name": "A \x01 B & <C>"})
    text = atom_feed(Library((make_article(winter),), ()), clinic, SITE)
    found = ElementTree.fromstring(text.encode())  # noqa: S314 -- our own
    assert found.findtext(f"{ATOM}author/{ATOM}name") == "A \ufffd B & <C>"


def test_feed_without_a_change_takes_its_day_from_the_pages(feed):
    found = feed()
    assert entries(found) == []
    assert found.findtext(f"{ATOM}updated") == "2026-11-21T00:00:00-08:00"


def test_feed_without_a_page_is_the_same_at_any_time():
    assert parse(Library((), ())).findtext(f"{ATOM}updated") == "2000-01-01T00:00:00-08:00"


def test_feed_ends_after_fifty_entries(feed, make_change):
    changes = [make_change("2026-11-21", f"W{n}.") for n in range(60)]
    titles = [entry["title"] for entry in entries(feed(*changes))]
    assert titles == [f"A page: W{n}." for n in range(50)]
