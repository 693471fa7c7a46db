import pytest

from imsinfo.articles.between_pages import problems_between
from imsinfo.articles.library import read_library, read_manuscripts

DRAFT = "draft: true\n"


@pytest.fixture
def told(write_article):
    """Write pages, {name: (text, further fields)}, and return what is told between them."""

    def told(pages):
        for name, (text, more) in pages.items():
            write_article(text, name=name, more=more)
        library = read_library()
        assert library.problems == ()
        found = problems_between(read_manuscripts().drafts, library)
        return [str(problem).removeprefix("content/") for problem in found]

    return told


GOOD = {
    "a.md": ("## One\n\nTo [b](b.md#two), [here](#one), [b](b.md).", "related: [b.md]\n"),
    "b.md": ("## Two", "related: [a.md]\naliases: [/old-b/]\n"),
}
ALIAS = "an alias that is taken already"
BOTH = "expected: an old address of this page, not the address of content/{}; repair: remove"


def test_pages_that_agree_have_no_fault(told):
    assert told(GOOD) == []


FAULTS = {
    "alias of a page": (
        {"a.md": ("T.", "aliases: [/b/]\n"), "b.md": ("T.", "")},
        [f"a.md:9: {ALIAS}; found: /b/; {BOTH.format('b.md')} the alias from one of them"],
    ),
    "alias of two pages": (
        {"a.md": ("T.", "aliases: [/x/]\n"), "b.md": ("T.", "aliases: [/x/]\n")},
        [
            f"a.md:9: {ALIAS}; found: /x/; {BOTH.format('b.md')} the alias from one of them",
            f"b.md:9: {ALIAS}; found: /x/; {BOTH.format('a.md')} the alias from one of them",
        ],
    ),
    "alias of the form": (
        {"a.md": ("T.", "aliases: [/enquiry/start/]\n")},
        [
            f"a.md:9: {ALIAS}; found: /enquiry/start/; expected: an old address of this page, not "
            "an address of another part of the site; repair: remove the alias from one of them"
        ],
    ),
    "related page that is not there": (
        {"a.md": ("T.", "related: [gone.md]\n")},
        [
            "a.md:9: a related page that is not there; found: gone.md; expected: the name of "
            "another page's file; repair: correct the name, or remove it"
        ],
    ),
    "related to itself": (
        {"a.md": ("T.", "related: [a.md]\n")},
        [
            "a.md:9: a related page that is not there; found: a.md; expected: the name of "
            "another page's file; repair: correct the name, or remove it"
        ],
    ),
    "related on one side": (
        {"a.md": ("T.", "related: [b.md]\n"), "b.md": ("T.", "")},
        [
            "a.md:9: a related page that does not name this one; found: b.md; expected: related: "
            "[a.md] there; repair: add a.md to related in content/b.md"
        ],
    ),
    "related to a draft": (
        {"a.md": ("T.", "related: [b.md]\n"), "b.md": ("T.", f"related: [a.md]\n{DRAFT}")},
        [
            "a.md:9: a related page that is a draft; found: b.md; expected: the name of a "
            "published page; repair: publish it first, or remove the name"
        ],
    ),
    "link to a draft": (
        {"a.md": ("T.\n\nTo [b](b.md).", ""), "b.md": ("T.", DRAFT)},
        [
            "a.md:12: a link to a draft; found: b.md; expected: a published page; repair: publish "
            "the page first, or remove the link"
        ],
    ),
    "dead anchor on another page": (
        {"a.md": ("T.\n\nTo [b](b.md#three).", ""), "b.md": ("## Two\n\n## Four", "")},
        [
            "a.md:12: a link to a place that is not on the page; found: b.md#three; expected: "
            "the anchor of a heading or a question there; repair: correct what follows #"
        ],
    ),
    "dead anchor on the same page": (
        {"a.md": ("## One\n\nTo [here](#ones).", "")},
        [
            "a.md:12: a link to a place that is not on the page; found: #ones; expected: the "
            "anchor of a heading or a question there, such as one; repair: correct what follows #"
        ],
    ),
    "copy that was kept": (
        {"gout.md": ("T.", ""), "gout-old.md": ("T.", ""), "old-gout.md": ("T.", DRAFT)},
        [
            "gout-old.md:2: a copy of another page, it seems; found: A page; expected: another "
            "title than that of content/gout.md; repair: move it out of the folder, or write "
            "draft: true in its front matter"
        ],
    ),
}


@pytest.mark.parametrize(("pages", "expected"), FAULTS.values(), ids=FAULTS)
def test_a_fault_between_pages_is_told(told, pages, expected):
    assert told(pages) == expected


def test_a_draft_may_name_a_draft(told):
    pages = {
        "a.md": ("To [b](b.md).", f"related: [b.md]\n{DRAFT}"),
        "b.md": ("T.", f"related: [a.md]\n{DRAFT}"),
    }
    assert told(pages) == []


def test_faults_between_pages_take_no_page_down(told):
    told(FAULTS["dead anchor on another page"][0])
    assert [article.url for article in read_library().articles] == ["/a/", "/b/"]


def test_a_page_that_cannot_be_shown_is_there_all_the_same(write_article):
    write_article("T.", name="a.md", more="related: [b.md]\n")
    write_article("<b>", name="b.md", more="related: [a.md]\n")
    assert problems_between(read_manuscripts().drafts, read_library()) == []
