import json
from datetime import date
from html.parser import HTMLParser
from xml.etree.ElementTree import TreeBuilder

import pytest

from imsinfo.articles.frontmatter import NEUTRAL, Change, ClinicalReview, Draft
from imsinfo.articles.library import read_library
from imsinfo.articles.pages import Article
from imsinfo.articles.rendering import Body
from imsinfo.articles.reviews import Review

VOID = {"br", "col", "hr", "img", "input", "link", "meta", "wbr"}
SIGNED = """clinical_review:
  name: A. B.
  role: Physio
  register: R 1
  date: 2027-03-03
  hash: {hash}
"""
SIGNATURE = ClinicalReview(
    name="A. B.", role="Physio", register="R 1", date=date(2027, 3, 3), hash="0" * 64
)


class HtmlTree(HTMLParser):
    """A page as a tree, which must close every element that it opens."""

    def __init__(self, html):
        super().__init__()
        self.builder = TreeBuilder()
        self.feed(html)
        self.root = self.builder.close()

    def handle_starttag(self, tag, attrs):
        self.builder.start(tag, {name: value or "" for name, value in attrs})
        if tag in VOID:
            self.builder.end(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.builder.end(tag).tag == tag

    def handle_data(self, text):
        self.builder.data(text)


class PrintedPage:
    """What readers and programs find on a page, by the places that structured data speaks of."""

    def __init__(self, html):
        self.root = HtmlTree(html).root

    def all(self, path):
        return self.root.findall(f".//{path}")

    def text(self, path):
        [element] = self.all(path)
        return words(element)

    def days(self, path):
        return [time.get("datetime") for time in self.all(f"section[@class='review-block']/{path}")]

    @property
    def canonical(self):
        [link] = self.all("link[@rel='canonical']")
        return link.get("href")

    @property
    def metas(self):
        named = ((each.get("property") or each.get("name"), each) for each in self.all("meta"))
        return {name: each.get("content") for name, each in named if name}

    @property
    def references(self):
        """Text and address of each source."""
        items = self.all("ol[@class='references']/li")
        return [(item.text.strip(), item.find("a").get("href")) for item in items]

    @property
    def breadcrumbs(self):
        """Label and address of each step; the last is the page itself."""
        steps = self.all("nav[@class='breadcrumbs']/ol/li")
        return [(words(step), step[0].get("href")) for step in steps]

    @property
    def says(self):
        [script] = self.all("script[@type='application/ld+json']")
        return json.loads(script.text)


def words(element):
    return " ".join("".join(element.itertext()).split())


@pytest.fixture
def read_page(client):
    return lambda path: PrintedPage(client.get(path).content.decode())


@pytest.fixture(scope="package")
def read_already():
    return {}


@pytest.fixture
def shipped_page(read_page, read_already):
    """Return a function that reads a shipped page once for all that is asked of it: (path)."""

    def shipped_page(path):
        if path not in read_already:
            read_already[path] = read_page(path)
        return read_already[path]

    return shipped_page


@pytest.fixture
def write_signed(write_article):
    """Return a function that writes a page signed as it stands on 3 March 2027: (text)."""

    def write_signed(text):
        write_article(text)
        [article] = read_library().articles
        fields = SIGNED.format(hash=article.review.text_hash)
        write_article(text, more=fields)
        return fields

    return write_signed


@pytest.fixture
def make_change():
    """Return a function that makes a change of a day such as 2026-12-24: (day, what, why)."""

    def make_change(day, what="Said more.", why="A new trial."):
        return Change(date=date.fromisoformat(day), what=what, why=why)

    return make_change


@pytest.fixture
def make_article():
    """Return a function that makes a page without a file: (*changes, url, state of sign-off)."""

    def make_article(*changes, url="/page/", state="none"):
        told = {"title": "A page", "sources_checked": date(2026, 11, 21), "changes": changes}
        source = Draft("page.md", NEUTRAL.model_copy(update=told), "", 1)
        review = Review(state, "0" * 64, None if state == "none" else SIGNATURE)
        return Article("page.md", url, source, Body("", (), ()), review)

    return make_article
