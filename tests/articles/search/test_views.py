import functools
import logging
import sqlite3
from html.parser import HTMLParser
from urllib.parse import quote, urlencode

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st
from pytest_django.asserts import assertContains, assertInHTML, assertNotContains

from imsinfo.articles.search import views
from imsinfo.articles.search.answers import Found
from imsinfo.articles.search.index import SearchIndex
from imsinfo.articles.search.words import tidied
from imsinfo.operating.logs import LineFormatter

NOBODY = "Zyxwvut"
BOX = (
    '<input class="input" id="search" name="q" type="search" value="{}" maxlength="200"'
    ' dir="auto" autocomplete="off" enterkeyhint="search">'
)
HEADER_BOX = (
    '<label class="site-search__label"><span class="visually-hidden">Words to look for</span>'
    '<input class="site-search__input" name="q" type="search" maxlength="200"'
    ' autocomplete="off" enterkeyhint="search"></label>'
)


class Elements(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def names(self):
        return {(tag, name) for tag, attributes in self.found for name in (*attributes, "")}

    def typed(self):
        [value] = [a["value"] for _, a in self.found if a.get("id") == "search"]
        return value


@pytest.fixture
def search(client):
    return lambda query: client.get("/search/", {"q": query})


def words_of(response):
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize(
    "path", ["/search/", "/search/?q=", "/search/?q=%20", "/search/?other=neck"]
)
def test_without_a_query_there_is_the_box_alone(client, path):
    response = client.get(path)
    assertContains(response, BOX.format(""), html=True)
    assertNotContains(response, "found")


def test_the_query_is_shown_back_in_the_box(search):
    assertContains(search("neck pain"), BOX.format("neck pain"), html=True)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/search/?q=knee&q=neck", "neck"),
        ("/search/?q=caf%E9", "caf\ufffd"),
        ("/search/?q=%00neck", "neck"),
        ("/search/?q=%ED%A0%80", "\ufffd" * 3),
        ("/search/?q=" + "x" * 3000, "x" * 200),
    ],
)
def test_an_odd_address_is_read_as_well_as_it_can(client, path, query):
    response = client.get(path)
    assert (response.status_code, Elements(response.content.decode()).typed()) == (200, query)


@pytest.mark.parametrize("charset", ["utf-16", "utf-7", "latin-1", "nonsense"])
def test_an_odd_charset_is_no_failure(client, charset):
    kind = f"text/plain; charset={charset}"
    assert client.get("/search/?q=caf%C3%A9", CONTENT_TYPE=kind).status_code == 200


def test_too_many_fields_are_refused(client):
    assert client.get("/search/?" + "&".join(["q=neck"] * 101)).status_code == 400


def test_the_page_is_kept_by_nobody(search):
    assert search("neck")["Cache-Control"] == "private, no-store"


def test_the_page_sets_no_cookie(search):
    response = search("neck")
    assert (dict(response.cookies), response.get("Vary")) == ({}, "Accept-Encoding")


def test_the_page_is_in_no_index(search):
    assertContains(search("neck"), '<meta name="robots" content="noindex">', html=True)


def test_other_pages_are_in_the_index_of_others(client):
    assertNotContains(client.get("/aftercare/"), "noindex")


def test_the_query_is_neither_in_the_title_nor_in_the_canonical_address(search, settings):
    head = search(NOBODY).content.decode().split("</head>")[0]
    assert NOBODY not in head
    assertInHTML(f'<link rel="canonical" href="{settings.SITE_URL}/search/">', head)


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_only_reading_is_answered(client, method):
    assert getattr(client, method)("/search/").status_code == 405


def test_a_result_leads_to_the_page_and_the_place(search):
    response = search("stiff neck")
    title = '<h2 class="hit__title"><a href="/conditions/neck-pain/">Neck pain</a></h2>'
    assertContains(response, title, html=True)
    assertContains(response, '<a href="/conditions/neck-pain/#symptoms">Symptoms</a>', html=True)


@pytest.mark.parametrize(
    ("total", "shown", "told"),
    [
        (0, 0, "No page found for “x”."),
        (1, 1, "One page found for “x”."),
        (9, 9, "Nine pages found for “x”."),
        (10, 10, "10 pages found for “x”."),
        (30, 20, "30 pages found for “x”. The first 20 are shown."),
    ],
)
def test_the_number_of_results_is_told(total, shown, told):
    assert views.told(Found(("hit",) * shown, total), "x") == told


def test_results_with_some_words_are_told_as_such(search):
    assertContains(
        search("neck zxqv"),
        '<p class="search__count" role="status">No page has all your words: “neck zxqv”.'
        " These have some of them.</p>",
        html=True,
    )


def test_another_query_is_offered(search):
    assertContains(search("nek pain"), 'Did you mean <a href="?q=neck%20pain">neck pain</a>?')


@pytest.mark.parametrize(
    "words",
    [
        "Check the spelling.",
        '<a href="/conditions/">',
        '<a href="/aftercare/">',
        '<a href="/what-is-ims/">',
        '<a href="tel:6045550123">604 555 0123</a>',
        '<strong>In an emergency</strong> call <a href="tel:911">911</a>',
    ],
)
def test_no_result_helps_on(search, words):
    assertContains(search("zxqv"), words)


def test_a_good_result_needs_no_advice(search):
    assertNotContains(search("stiff neck"), "Check the spelling")


def test_an_emergency_shows_whom_to_call_before_anything_else(search):
    main = words_of(search("chest pain")).split("<main")[1]
    parts = ["care-card--emergency", 'In an emergency call <a href="tel:911">911</a>']
    parts += ['href="/aftercare/#get-help"', 'href="tel:6045550123"', "<form", "hit__title"]
    places = [main.index(part) for part in parts]
    assert places == sorted(places)


def test_self_harm_shows_the_crisis_line_before_anything_else(search):
    main = words_of(search("suicide")).split("<main")[1]
    crisis = 'Call 9-8-8 Suicide Crisis Helpline: <a href="tel:988">988</a>'
    places = [
        main.index(part) for part in ["care-card--emergency", crisis, 'href="tel:911"', "<form"]
    ]
    assert places == sorted(places)


def test_self_harm_is_offered_no_other_words(search):
    assertNotContains(search("nek suicide"), "Did you mean")


def test_an_ordinary_query_shows_no_card(search):
    assertNotContains(search("stiff neck"), "care-card--emergency")


@pytest.mark.parametrize("path", ["/", "/aftercare/", "/enquiry/", "/no-such-page/"])
def test_the_header_of_every_page_has_the_box(client, path):
    page = client.get(path).content.decode()
    assertInHTML(HEADER_BOX, page)
    assert 'action="/search/" role="search" aria-label="Search this site"' in page


def test_the_header_of_the_search_page_has_no_second_box(search):
    assert search("neck").content.decode().count('role="search"') == 1


def test_the_box_of_the_header_is_not_printed(client):
    assertContains(client.get("/"), '<form class="site-search no-print"')


def test_a_page_that_is_not_found_offers_the_search(client):
    assertContains(client.get("/no-such-page/"), BOX.format(""), status_code=404, html=True)


def test_another_error_does_not(client):
    assertNotContains(client.post("/"), 'id="search"', status_code=405)


@functools.cache
def known_names():
    """Every element and attribute of the pages that ordinary queries give."""
    queries = ("neck", "nek pain", "zxqv", "chest pain", "suicide", "")
    pages = (Client().get("/search/", {"q": query}).content.decode() for query in queries)
    return frozenset().union(*(Elements(page).names() for page in pages))


@pytest.mark.parametrize(
    "query", ["<script>alert(1)</script>", '"><b onclick="x', "&lt;b&gt;", "'"]
)
def test_the_query_comes_back_escaped(search, query):
    page = Elements(search(query).content.decode())
    assert (page.typed(), page.names() - known_names()) == (query, set())


@tuned(deadline=None)
@given(st.text(max_size=300) | st.text("<>\"&'/=neck ", max_size=60))
def test_any_query_gives_a_page_of_the_known_elements(query):
    response = Client().get("/search/?" + urlencode({"q": query}, errors="replace"))
    page = Elements(response.content.decode())
    assert response.status_code == 200
    assert page.typed() == tidied(query.encode(errors="replace").decode())
    assert page.names() - known_names() == set()


@pytest.fixture
def lines(wsgi, caplog, capfd):
    """Return a function that asks for a query and returns the status and all that was logged."""

    def lines(query):
        caplog.set_level(logging.DEBUG)
        answer = wsgi("GET", f"/search/?q={quote(query)}")
        written = [LineFormatter().format(record) for record in caplog.records]
        return answer.status, "\n".join([*written, *capfd.readouterr()])

    return lines


def test_a_query_is_in_no_log(lines):
    status, told = lines(NOBODY)
    assert (status, NOBODY in told) == (200, False)


@pytest.mark.parametrize("kind", [sqlite3.OperationalError, ValueError, RuntimeError])
def test_a_query_is_in_no_log_where_the_search_fails(lines, monkeypatch, kind):
    def fail(self, query):
        raise kind(f"fts5: syntax error near {query}")

    monkeypatch.setattr(SearchIndex, "search", fail)
    status, told = lines(NOBODY)
    assert (status, NOBODY in told, kind.__name__ in told) == (500, False, True)
