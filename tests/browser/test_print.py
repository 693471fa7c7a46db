"""What comes out of the printer, on A4 and on Letter."""

import re
import shutil
import subprocess
from functools import cache
from xml.etree import ElementTree

import pytest
from django.utils.dateformat import format as format_date
from playwright.sync_api import expect

from imsinfo.articles.leaflets import LEAFLETS
from imsinfo.articles.library import get_library
from imsinfo.clinic import get_clinic
from tests.collected import SHOWN
from tests.extent import some

pytestmark = pytest.mark.browser

COUNTED = [leaflet for leaflet in LEAFLETS if leaflet.sides]
ARTICLES = ["/", "/what-is-ims/", "/conditions/neck-pain/", "/aftercare/", "/warning-signs/"]
PAGES = [*ARTICLES, "/conditions/", "/changes/", "/leaflets/", *(each.url for each in COUNTED[1:])]
MOST_TELLING = ("/aftercare/", "/conditions/neck-pain/", "/enquiry/on-paper/")
AROUND = [
    *("Skip to main content", "Worried after treatment?", "Ask us", "Search", "Home", "Related"),
    *("Changes to these pages", "Leaflets to print", "On this page", "Back to text", "Write to"),
]
# Of these two, the titles of their own pages.
TITLES = {"/changes/": "Changes to these pages", "/leaflets/": "Leaflets to print"}
each_paper = pytest.mark.parametrize("paper", some(["Letter", "A4"], 1))
# A leaflet, a long article and the paper form break in most ways.
each_page = pytest.mark.parametrize(
    "path", some(sorted(PAGES, key=lambda path: path not in MOST_TELLING), len(MOST_TELLING))
)
NUMBER = re.compile(r"Page \d+ of \d+")
XHTML = "{http://www.w3.org/1999/xhtml}"
POINTS_A_MM = 72 / 25.4
SIZES = """all => all.filter((each) => each.checkVisibility({visibilityProperty: true})).map(
  (each) => parseFloat(getComputedStyle(each).fontSize) * 0.75)"""
HEIGHT = """([selector, part]) => [...document.querySelectorAll(selector)].map(
  (each) => parseFloat(getComputedStyle(each, part).blockSize) / 96 * 25.4)"""


@pytest.fixture(scope="module")
def page(browser, site):
    page = browser.new_page()
    yield page
    page.close()


@pytest.fixture(scope="module")
def printed(page, site, tmp_path_factory):
    """Return a function that prints a page: (path, paper). It returns the name of the file."""
    if shutil.which("pdftotext") is None:
        pytest.skip("PRINT TESTS NOT RUN: apt-get install poppler-utils")
    folder = tmp_path_factory.mktemp("print")

    @cache
    def print_page(path, paper):
        page.goto(site.url + path)
        file = folder / f"{path.strip('/').replace('/', '-')}-{paper}.pdf"
        page.pdf(path=file, format=paper)
        return file

    return print_page


@pytest.fixture(scope="module")
def sides(printed):
    """Return a function that prints a page and returns the text of each side: (path, paper)."""

    def sides(path, paper="A4"):
        command = ["pdftotext", "-raw", printed(path, paper), "-"]
        text = subprocess.run(command, capture_output=True, check=True, text=True).stdout
        return text.split("\f")[:-1]

    return sides


@pytest.fixture(scope="module")
def boxes(printed):
    """Return a function that prints a page: (path, paper). For each side, its size and words."""

    def boxes(path, paper):
        command = ["pdftotext", "-bbox", printed(path, paper), "-"]
        html = subprocess.run(command, capture_output=True, check=True, text=True).stdout
        for side in ElementTree.fromstring(html).iter(f"{XHTML}page"):  # noqa: S314 -- our own
            size = float(side.get("width")), float(side.get("height"))
            yield size, [(word.text, *_corners(word)) for word in side.iter(f"{XHTML}word")]

    return boxes


def _corners(word):
    return tuple(float(word.get(name)) for name in ("xMin", "yMin", "xMax", "yMax"))


def packed(text):
    """Text without blanks: where a line of paper ends, none is lost or added."""
    return re.sub(r"\s", "", text)


@each_paper
@pytest.mark.parametrize("leaflet", COUNTED, ids=lambda leaflet: leaflet.url)
def test_leaflet_takes_the_sides_that_the_list_tells(sides, leaflet, paper):
    assert len(sides(leaflet.url, paper)) == leaflet.sides


@each_paper
@pytest.mark.parametrize("path", ["/what-is-ims/", "/conditions/neck-pain/"])
def test_ordinary_page_takes_four_sides_at_most(sides, path, paper):
    assert 2 <= len(sides(path, paper)) <= 4


@each_paper
@each_page
def test_no_side_is_empty_and_each_tells_its_number(sides, path, paper):
    texts = sides(path, paper)
    numbers = [NUMBER.search(text)[0] for text in texts]
    assert numbers == [f"Page {number} of {len(texts)}" for number in range(1, len(texts) + 1)]
    assert min(len(text.split()) for text in texts) > 30


@each_paper
@each_page
def test_nothing_is_cut_off_at_the_edge_of_the_paper(boxes, path, paper):
    # Printers leave up to 6.4 mm (a quarter of an inch) white.
    edge = 6.4 * POINTS_A_MM
    outside = [
        word
        for (width, height), words in boxes(path, paper)
        for word, left, top, right, bottom in words
        if min(left, top) < edge or right > width - edge or bottom > height - edge
    ]
    assert outside == []


@each_page
def test_paper_holds_every_word_of_the_page_itself(page, site, sides, path):
    page.emulate_media(media="print")
    page.goto(site.url + path)
    shown = page.evaluate("document.querySelector('main').innerText").split()
    on_paper = packed(" ".join(sides(path)))
    assert [word for word in shown if packed(word) not in on_paper] == []


@each_page
def test_paper_tells_where_the_newest_text_is_and_whom_to_call(sides, path):
    clinic, text = get_clinic(), packed(" ".join(sides(path)))
    wanted = [
        f"Printed pages do not update. The newest text: {SHOWN['SITE_URL']}{path}",
        f"In an emergency call {clinic.emergency_number}",
        f"{clinic.urgent_advice.name}: {clinic.urgent_advice.phone}",
        f"Phone: {clinic.phone}",
    ]
    if path == "/aftercare/":
        wanted[0] = f"numbered sources: {SHOWN['SITE_URL']}{path}"
    assert [each for each in wanted if packed(each) not in text] == []


@pytest.mark.parametrize("path", some(ARTICLES[2:] + ARTICLES[:2], 2))
def test_paper_tells_when_the_page_was_and_will_be_checked(sides, path):
    article, text = get_library().get(path), packed(" ".join(sides(path)))
    dates = [format_date(day, "j F Y") for day in (article.sources_checked, article.next_review)]
    wanted = ["Not yet reviewed by a clinician", dates[0], f"by {dates[1]}"]
    assert [each for each in wanted if packed(each) not in text] == []


@each_page
def test_paper_shows_nothing_of_the_way_around_the_site(sides, path):
    text = " ".join(" ".join(sides(path)).split())
    assert [words for words in AROUND if words in text and TITLES.get(path) != words] == []


def test_screen_shows_what_paper_leaves_out(page, site):
    page.emulate_media(media="screen")
    page.goto(f"{site.url}/conditions/neck-pain/")
    page.locator("details").evaluate_all("all => all.forEach((each) => { each.open = true })")
    text = page.evaluate("document.body.innerText")
    assert [words for words in AROUND if words not in text and words != "Related"] == []
    expect(page.locator(".leaflet-foot")).to_be_hidden()


@each_paper
def test_aftercare_begins_with_the_emergency(sides, paper):
    [text] = sides("/aftercare/", paper)
    title = get_library().get("/aftercare/").title
    lines = [line for line in text.partition(title)[2].split("\n") if line.strip()]
    assert lines[:2] == ["Each sign, and what to do", f"Call {get_clinic().emergency_number} now"]


def test_sources_are_opened_with_their_addresses(page, site, sides):
    path = "/conditions/neck-pain/"
    text = packed(" ".join(sides(path)))
    addresses = page.locator(".references a:not(.no-print)")
    found = [link.get_attribute("href") for link in addresses.all()]
    assert found
    assert [address for address in found if address not in text] == []


@pytest.mark.parametrize(
    ("path", "selector", "least"),
    [
        ("/aftercare/", "main li", 9),
        ("/aftercare/", "main p:not(.byline)", 9),
        ("/enquiry/on-paper/", "main li", 9),
        ("/enquiry/on-paper/", ".paper__hint", 7.5),
        ("/conditions/neck-pain/", ".page__body > p", 9),
        ("/conditions/neck-pain/", ".references li", 6.5),
    ],
)
def test_letters_on_paper_are_large_enough(page, site, path, selector, least):
    page.emulate_media(media="print")
    page.goto(site.url + path)
    sizes = page.locator(selector).evaluate_all(SIZES)
    assert sizes
    assert min(sizes) >= least


@pytest.mark.parametrize(
    ("path", "selector", "part", "lines"),
    [
        ("/enquiry/on-paper/", ".write-line", None, 10),
        ("/leaflets/questions-to-ask/", ".write-line", None, 4),
        ("/leaflets/questions-to-ask/", ".answer-room li", "::after", 5),
    ],
)
def test_lines_to_write_on_are_eight_millimetres_apart(page, site, path, selector, part, lines):
    page.emulate_media(media="print")
    page.goto(site.url + path)
    heights = page.evaluate(HEIGHT, [selector, part])
    assert len(heights) == lines
    assert min(heights) >= 8


def test_paper_is_black_on_white_for_readers_of_the_dark_look_too(page, site):
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(f"{site.url}/aftercare/")
    look = """selector => {
      const style = getComputedStyle(document.querySelector(selector));
      return [style.color, style.backgroundColor, style.printColorAdjust];
    }"""
    black, white = "rgb(0, 0, 0)", "rgb(255, 255, 255)"
    assert page.evaluate(look, "body")[:2] == [black, white]
    title = ".care-card--{} .care-card__title"
    assert page.evaluate(look, title.format("emergency")) == [white, black, "exact"]
    assert page.evaluate(look, title.format("urgent"))[:2] == [black, white]


@each_paper
@pytest.mark.parametrize("path", some(ARTICLES[2:] + ARTICLES[:2], 2))
def test_no_heading_stands_alone_at_the_end_of_a_side(page, site, sides, path, paper):
    texts = sides(path, paper)
    page.goto(site.url + path)
    headings = {packed(each) for each in page.locator("h2, h3").all_text_contents()}
    # The number of the side is printed before all else.
    ends = [text.strip().split("\n")[-1] for text in texts]
    assert [line for line in ends if packed(line) in headings or NUMBER.match(line)] == []
