import pytest

from imsinfo.articles.library import read_library
from imsinfo.articles.rendering import Link
from tests.articles.conftest import DRAWING


@pytest.fixture
def links(write_article):
    """Write a page beside other.md, and return where it leads within the site."""

    def links(text):
        write_article("## There", name="other.md")
        write_article(text, name="a.md")
        articles = {article.name: article for article in read_library().articles}
        return articles["a.md"].rendered.links

    return links


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a](other.md)", [Link("other.md", "", 10)]),
        ("x\n\n[a](other.md#there)", [Link("other.md", "there", 12)]),
        ("x\n\n[a](#here)", [Link("", "here", 12)]),
        ("[a][b]\n\n[b]: other.md#there", [Link("other.md", "there", 12)]),
        ("[a](other.md) [b](other.md)", [Link("other.md", "", 10)]),
        ("[a](https://example.org/#x) [b](/enquiry/#x) [c](mailto:a@b.example)", []),
    ],
)
def test_links_within_the_site_are_told_with_their_lines(links, text, expected):
    assert list(links(text)) == expected


def test_a_link_of_a_shared_piece_is_told_where_the_piece_stands(links, write):
    write("shared/ask.md", "See\n[a](other.md#there) and [b](#here).")
    assert set(links("x\n\n::: shared ask\n:::")) == {
        Link("other.md", "there", 12),
        Link("", "here", 12),
    }


def test_a_link_of_a_picture_is_told_where_the_picture_stands(links, write):
    more = '<a href="other.md#there"><title>There</title><path d="M0 0"/></a>'
    write("images/band.svg", DRAWING.format(more=more))
    assert links('x\n\n![x](images/band.svg "C")') == (Link("other.md", "there", 12),)


def test_a_link_of_a_picture_leads_to_the_page(links, write):
    more = '<a href="other.md#there"><title>There</title><path d="M0 0"/></a>'
    write("images/band.svg", DRAWING.format(more=more))
    links('![x](images/band.svg "C")')
    [article, _] = read_library().articles
    assert '<a href="/other/#there"><title>There</title>' in article.body


def test_a_term_leads_to_its_place_in_the_glossary(links, written, write_article):
    write_article("::: glossary\n:::", name="glossary.md")
    assert links("x\n\n{term:trigger-point}") == (Link("glossary.md", "trigger-point", 12),)


@pytest.mark.parametrize(
    "text",
    [
        "Text.",
        "Text [@kim_2012].",
        "## One\n\n## Two\n\n## Three",
        "## One\n\n## Two\n\n## Three\n\n## Four",
        "::: emergency A\nx\n:::\n\n::: question Why?\nx\n:::",
    ],
)
def test_anchors_are_the_ids_of_the_page_as_readers_get_it(client, write_article, parsed, text):
    write_article(text)
    [article] = read_library().articles
    ids = set(parsed(client.get("/page/")).with_attribute("id"))
    assert article.rendered.anchors == ids


def test_anchors_of_the_shipped_pages_are_on_them(client, parsed):
    articles = read_library().articles
    missing = {
        (article.url, anchor)
        for article in articles
        for anchor in article.rendered.anchors
        - set(parsed(client.get(article.url)).with_attribute("id"))
    }
    assert (missing, bool(articles)) == (set(), True)
