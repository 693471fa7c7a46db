import re
from dataclasses import replace

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from imsinfo.articles.library import ADDRESSES, read_library
from imsinfo.articles.outline import outline_of
from imsinfo.articles.pages import MOST_SIBLINGS, Library
from tests.extent import some

PAGES = [
    "/",
    "/what-is-ims/",
    "/glossary/",
    "/aftercare/",
    "/conditions/",
    "/conditions/neck-pain/",
    "/warning-signs/",
]


def place(section, order, kind="guide"):
    return f"""---
title: {section} {order}
summary: S.
kind: {kind}
section: {section}
order: {order}
sources_checked: 2026-11-21
next_review: 2028-11-21
---
Text.
"""


@pytest.fixture
def library(write):
    write("index.md", place("about-ims", 1, "home"))
    write("b.md", place("about-ims", 20))
    write("a.md", place("about-ims", 30))
    write("conditions/index.md", place("conditions", 1, "list"))
    write("conditions/neck.md", place("conditions", 5))
    write("README.md", "Not a page.")
    return read_library()


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_address_that_an_article_may_link_to_is_answered(client, address):
    assert client.get(address).status_code == 200


def test_the_shipped_content_has_no_problem():
    assert read_library().problems == ()


def test_pages_stand_at_the_paths_of_their_files_in_reading_order(library):
    urls = ["/", "/b/", "/a/", "/conditions/", "/conditions/neck/"]
    assert [article.url for article in library.articles] == urls


def test_the_menu_leads_to_the_first_page_of_each_section(library):
    menu = outline_of(library).menu("/conditions/neck/")
    assert [(link.label, link.url, link.current) for link in menu] == [
        ("About IMS", "/b/", False),
        ("Conditions", "/conditions/", True),
    ]


def test_a_list_shows_the_pages_of_its_folder(library):
    children = library.children(library.get("/conditions/"))
    assert [article.url for article in children] == ["/conditions/neck/"]


def test_siblings_are_the_other_pages_of_the_section(library):
    assert [article.url for article in library.siblings(library.get("/a/"))] == ["/b/"]


def test_siblings_in_a_long_section_are_the_next_ones(library):
    page = library.get("/b/")
    many = [replace(page, url=f"/{number}/") for number in range(MOST_SIBLINGS + 5)]
    section = Library(tuple(many), ())
    urls = [each.url for each in section.siblings(many[-2])]
    assert urls == [many[-1].url, *(each.url for each in many[: MOST_SIBLINGS - 1])]


def test_breadcrumbs_lead_from_home_over_the_folder(library):
    crumbs = library.breadcrumbs(library.get("/conditions/neck/"))
    assert [(crumb.label, crumb.url) for crumb in crumbs] == [
        ("Home", "/"),
        ("conditions 1", "/conditions/"),
        ("conditions 5", ""),
    ]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_public_and_can_be_revalidated(client, path):
    response = client.get(path)
    assert set(response["Cache-Control"].split(", ")) == {"public", "max-age=60"}
    again = client.get(path, headers={"If-None-Match": response["ETag"]})
    assert (response.status_code, again.status_code) == (200, 304)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_sets_no_cookie_and_does_not_vary_by_one(client, path):
    response = client.get(path)
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_says_that_no_clinician_has_reviewed_it(client, path):
    assertContains(client.get(path), "Not yet reviewed by a clinician at this clinic.")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_script_and_no_style_of_its_own(client, path):
    page = client.get(path)
    # What it says of itself to programs is data, which no browser runs.
    assertContains(page, "<script", count=1)
    assertContains(page, '<script type="application/ld+json">', count=1)
    for forbidden in ("<style", " style=", " onclick=", "{clinic."):
        assertNotContains(page, forbidden)


@pytest.mark.parametrize("path", PAGES)
def test_sources_are_numbered_as_a_reader_meets_them(client, path):
    body = client.get(path).content.decode().split('id="references"')[0]
    met = list(dict.fromkeys(re.findall(r'href="#ref-(\w+)"', body)))
    assert [int(number) for number in met] == list(range(1, len(met) + 1))


@pytest.mark.parametrize("path", PAGES)
def test_every_id_is_single_and_every_anchor_is_there(client, path, parsed):
    page = parsed(client.get(path))
    ids = page.with_attribute("id")
    anchors = {href[1:] for href in page.with_attribute("href") if href.startswith("#")}
    assert len(ids) == len(set(ids))
    assert anchors - set(ids) == set()


@pytest.mark.django_db
@pytest.mark.parametrize("path", some(PAGES, 3))
def test_every_inner_link_leads_somewhere(client, path, parsed):
    inner = {h for h in parsed(client.get(path)).with_attribute("href") if h.startswith("/")}
    pages = {href.split("#")[0] for href in inner if not href.startswith("/static/")}
    assert {href for href in pages if client.get(href).status_code != 200} == set()


def test_a_missing_final_slash_leads_to_the_page(client):
    response = client.get("/aftercare")
    assert (response.status_code, response["Location"]) == (301, "/aftercare/")


@pytest.mark.parametrize("path", ["/enquiry", "/enquiry/questions", "/admin", "/search"])
def test_a_missing_final_slash_leads_to_the_other_parts_of_the_site(client, path):
    response = client.get(path)
    assert (response.status_code, response["Location"]) == (301, f"{path}/")


@pytest.mark.parametrize("path", ["//elsewhere.example", "//elsewhere.example/enquiry", "///x"])
def test_no_address_leads_to_another_site(client, path):
    assert client.generic("GET", "/", PATH_INFO=path).status_code == 404


@pytest.mark.parametrize("path", ["/nothing/", "/nothing", "/README/", "/conditions/nothing/"])
def test_what_is_not_there_is_a_404(client, path):
    assert client.get(path).status_code == 404


def test_the_condition_page_keeps_its_order(client):
    page = client.get("/conditions/neck-pain/").content.decode()
    order = [
        "At a glance",
        'id="symptoms"',
        'id="what-usually-happens',
        'id="what-you-can-do-yourself"',
        'id="get-help"',
        'id="the-choices-side-by-side"',
        'class="evidence"',
        'id="what-we-do-not-know"',
        'id="questions-to-ask"',
        'id="more-from-others"',
        'id="references"',
        'id="about-this-page"',
    ]
    places = [page.index(mark) for mark in order]
    assert places == sorted(places)


def test_aftercare_keeps_its_order(client):
    page = client.get("/aftercare/").content.decode()
    order = [
        "care-card--emergency",
        "care-card--urgent",
        "care-card--non-urgent",
        'id="what-is-normal"',
        "do-list",
    ]
    body = page[page.index("<main") :]
    places = [body.index(mark) for mark in order]
    assert places == sorted(places)


def test_a_saved_change_shows_at_once_in_development(client, write_article, settings):
    settings.DEBUG = True
    write_article("Before.")
    assertContains(client.get("/page/"), "Before.")
    write_article("Afterwards.")
    assertContains(client.get("/page/"), "Afterwards.")
