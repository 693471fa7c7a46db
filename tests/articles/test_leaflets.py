import pytest
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from imsinfo.articles.leaflets import LEAFLETS, QUESTIONS_TO_ASK, leaflets
from imsinfo.articles.library import get_library, read_library

QUESTIONS = "/leaflets/questions-to-ask/"
PIECE = "shared/questions-to-ask.md"


def listed(unavailable=()):
    return [leaflet.url for leaflet in leaflets(read_library(), unavailable)]


def entry_of(client, url):
    """Return what the list says of a leaflet."""
    entries = client.get("/leaflets/").content.decode().partition('class="page-list"')[2]
    return entries.partition(f'href="{url}"')[2].partition("</li>")[0]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("page.md", [QUESTIONS, "/enquiry/on-paper/"]),
        ("your-visit.md", ["/your-visit/", QUESTIONS, "/enquiry/on-paper/"]),
        ("risks.md", ["/risks/", QUESTIONS, "/enquiry/on-paper/"]),
    ],
)
def test_leaflet_is_listed_once_its_page_is_there(write_article, name, expected):
    write_article("Text.", name=name)
    assert listed() == expected


def test_leaflets_stand_in_the_order_of_the_list(write_article):
    for name in ("risks.md", "aftercare.md", "your-visit.md"):
        write_article("Text.", name=name)
    assert listed() == [leaflet.url for leaflet in LEAFLETS]


def test_draft_is_no_leaflet(write_article):
    write_article("Text.", name="risks.md", more="draft: true\n")
    assert "/risks/" not in listed()


def test_leaflet_that_cannot_be_shown_is_not_listed(write_article):
    write_article("Text.")
    assert listed([QUESTIONS_TO_ASK.url]) == ["/enquiry/on-paper/"]


def test_leaflet_has_the_title_and_summary_of_its_article(client, write_article, write):
    write(PIECE, "- Why?\n")
    write_article("Text.", name="your-visit.md")
    assertContains(client.get("/leaflets/"), '<a href="/your-visit/">A page</a>', html=True)
    assertContains(client.get("/leaflets/"), "<p>What it says.</p>", html=True)


def test_shipped_leaflets_are_all_there(client):
    shown = list(leaflets(get_library()))
    page = client.get("/leaflets/").content.decode()
    assert [leaflet.url for leaflet in shown if f'href="{leaflet.url}"' not in page] == []
    assert {client.get(leaflet.url).status_code for leaflet in shown} == {200}


@pytest.mark.parametrize(
    ("url", "sides"),
    [
        ("/aftercare/", "One side of A4 or Letter paper."),
        ("/enquiry/on-paper/", "2 sides of A4 or Letter paper."),
    ],
)
def test_list_tells_the_sides_that_were_counted(client, url, sides):
    assert sides in entry_of(client, url)


def test_list_tells_no_sides_that_were_not_counted(client, write_article):
    write_article("Text.", name="your-visit.md")
    assert entry_of(client, "/your-visit/").endswith("<p>What it says.</p>\n")


def test_questions_are_those_of_the_shared_piece(client, write):
    write(PIECE, "- Review after {figure:review}?\n- Call {clinic.phone}?\n")
    write("figures.yaml", "- {id: review, kind: our_rule, says: three days}\n")
    page = client.get(QUESTIONS)
    assertContains(page, "<li>Review after <span>three days</span>?</li>", html=True)
    assertContains(page, '<li>Call <a href="tel:6045550123">604 555 0123</a>?</li>', html=True)


def test_questions_name_the_sources_that_they_cite(client, write):
    write(PIECE, "- Why [@kim_2012]?\n")
    assertContains(client.get(QUESTIONS), 'id="ref-1"')


@pytest.mark.parametrize("text", [None, "- {figure:unknown}\n", "- <b>Why?</b>\n", b"\xff"])
def test_questions_that_cannot_be_shown_are_left_out(client, write_article, write, text):
    write_article("Text.")
    if text is not None:
        write(PIECE, text)
    assert client.get(QUESTIONS).status_code == 404
    assertNotContains(client.get("/leaflets/"), QUESTIONS)


def test_questions_wait_for_a_broken_file_that_they_need(client, write_article, write):
    write_article("Text.")
    write(PIECE, "- Review after {figure:review}?\n")
    write("figures.yaml", "- {id: review\n")
    assert client.get(QUESTIONS).status_code == 404


@pytest.mark.parametrize("path", ["/leaflets/", QUESTIONS])
def test_leaflet_pages_are_kept_by_caches_as_other_pages(client, path):
    cached = client.get(path)["Cache-Control"].split(", ")
    assert set(cached) == {"public", "max-age=60"}
    assert client.post(path).status_code == 405


@pytest.mark.parametrize("path", ["/leaflets/", QUESTIONS])
def test_leaflet_pages_are_found_without_the_final_slash(client, path):
    assertRedirects(client.get(path[:-1]), path, status_code=301)
