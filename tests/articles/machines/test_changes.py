from datetime import date

import pytest

from imsinfo.articles.library import read_library
from imsinfo.articles.machines.changes import change_notes, last_change
from imsinfo.articles.pages import Library

CHRISTMAS = "  - {date: 2026-12-24, what: Said more., why: A new trial.}\n"
FIRST = "  - {date: 2026-11-21, what: First published., why: New.}\n"


def told(*pages):
    """Return what was changed and the mark of it, for each change of these pages."""
    return [(note.what, note.mark) for note in change_notes(Library(pages, ()))]


@pytest.mark.parametrize("day", ["2026-11-21", "2026-12-24", "2027-01-01"])
@pytest.mark.parametrize("is_first", [True, False])
def test_marks_stay_when_a_change_is_added(make_article, make_change, day, is_first):
    new = make_change(day, "Another.")
    old = [make_change("2026-12-24", "Said more."), make_change("2026-11-21", "First published.")]
    after = dict(told(make_article(*([new, *old] if is_first else [*old, new]))))
    assert after == dict(told(make_article(*old))) | {"Another.": after["Another."]}


def test_marks_differ_where_a_page_tells_the_same_twice(make_article, make_change):
    days = ["2026-12-24", "2026-12-24", "2026-12-25"]
    assert len(set(told(make_article(*map(make_change, days))))) == 3


def test_notes_of_one_day_stand_in_the_order_of_the_pages(make_article, make_change):
    changes = [make_change("2026-11-21"), make_change("2026-12-24")]
    pages = tuple(make_article(*changes, url=url) for url in ("/b/", "/a/"))
    notes = change_notes(Library(pages, ()))
    assert [(note.date.month, note.article.url) for note in notes] == [
        *[(12, "/b/"), (12, "/a/")],
        *[(11, "/b/"), (11, "/a/")],
    ]


def test_drafts_are_in_no_list_of_changes(write_article):
    write_article("Text.", more=f"draft: true\nchanges:\n{FIRST}")
    assert change_notes(read_library()) == ()


@pytest.mark.parametrize(
    ("days", "state", "expected"),
    [
        ([], "none", date(2026, 11, 21)),
        (["2025-01-01"], "none", date(2026, 11, 21)),
        (["2026-12-24", "2026-11-21"], "none", date(2026, 12, 24)),
        (["2026-12-24"], "current", date(2027, 3, 3)),
        (["2026-12-24"], "changed", date(2027, 3, 3)),
        (["2027-04-01"], "current", date(2027, 4, 1)),
    ],
)
def test_last_change_is_the_newest_day_that_the_page_prints(
    make_article, make_change, days, state, expected
):
    assert last_change(make_article(*map(make_change, days), state=state)) == expected


def test_page_of_changes_groups_them_by_day(read_page, write_article):
    write_article("Text.", name="a.md", more=f"changes:\n{FIRST}{CHRISTMAS}")
    write_article("Text.", name="b.md", more=f"changes:\n{FIRST}")
    page = read_page("/changes/")
    lists = page.root.find(".//main").iter("ul")
    days = [time.get("datetime") for time in page.all("h2/time")]
    found = [[link.get("href") for link in each.iter("a")] for each in lists]
    assert dict(zip(days, found, strict=True)) == {
        "2026-12-24": ["/a/"],
        "2026-11-21": ["/a/", "/b/"],
    }


def test_page_of_changes_tells_each_in_its_editors_words(client, write_article):
    what = "changes:\n  - {date: 2026-12-24, what: p < 0.05, why: A & B.}\n"
    write_article("Text.", more=what)
    line = '<li><a href="/page/">A page</a>: p &lt; 0.05 A &amp; B.</li>'
    assert line in client.get("/changes/").content.decode()


def test_page_of_changes_leads_back_to_the_start(read_page):
    assert read_page("/changes/").breadcrumbs == [("Home", "/"), ("Changes", None)]


def test_page_of_changes_says_so_when_there_are_none(read_page, write_article):
    write_article("Text.")
    page = read_page("/changes/")
    assert page.text("main/p[2]") == "No change has been written down yet."


def test_every_page_leads_to_the_changes(read_page):
    [link] = [each for each in read_page("/").all("footer//a") if each.get("href") == "/changes/"]
    assert link.text == "Changes to these pages"
