"""What the pages show around their articles."""

from datetime import date

import pytest
from pytest_django.asserts import assertContains, assertInHTML, assertNotContains

from imsinfo.articles.library import read_library
from imsinfo.articles.outline import outline_of

IMS = "  - {method: ims, grade: not-enough, statement: One trial., sources: []}\n"
NEEDLING = "  - {method: dry-needling, grade: none-found, statement: None., sources: []}\n"
CONDITION = """---
title: {title}
summary: S.
kind: condition
section: conditions
order: {order}
sources_checked: 2026-11-21
next_review: 2028-11-21
body: [{body}]
evidence:
{evidence}---
Text.
"""
LIST = """---
title: Conditions
summary: S.
kind: list
section: conditions
order: 1
sources_checked: 2026-11-21
next_review: 2028-11-21
---
Text.
"""
SIGNED = """clinical_review:
  name: A Clinician
  role: physiotherapist
  register: R 1
  date: 2026-11-21
  hash: "{hash}"
"""


@pytest.fixture
def conditions(write):
    write("conditions/index.md", LIST)
    write("conditions/guide.md", LIST.replace("list", "guide").replace("Conditions", "A guide"))
    for order, (title, body) in enumerate({"Knee": "leg", "Whiplash": "neck, head"}.items(), 2):
        text = CONDITION.format(title=title, order=order, body=body, evidence=IMS + NEEDLING)
        write(f"conditions/{title.lower()}.md", text)


def test_conditions_are_listed_by_part_of_the_body(client, conditions):
    page = client.get("/conditions/").content.decode()
    parts = ["body-head", "body-neck", "body-leg"]
    assert sorted(parts, key=lambda part: page.index(f'id="{part}"')) == parts


def test_a_listed_condition_tells_both_lines_of_evidence_in_words(client, conditions):
    page = client.get("/conditions/").content.decode()
    grades = (
        ("IMS (Gunn)", "not-enough", "not enough evidence"),
        ("Dry needling", "none-found", "no studies found"),
    )
    lines = "".join(
        f'<p>{method}: <span class="evidence__grade evidence__grade--{grade}">{words}</span></p>'
        for method, grade, words in grades
    )
    assertInHTML(f'<li><a href="/conditions/knee/">Knee</a>{lines}</li>', page)


def test_a_condition_of_two_parts_is_named_under_the_other(client, conditions):
    page = client.get("/conditions/").content.decode()
    assertInHTML('<p>See also: <a href="/conditions/whiplash/">Whiplash</a></p>', page)


def test_a_page_of_the_folder_that_is_no_condition_is_listed_too(client, conditions):
    page = client.get("/conditions/").content.decode()
    assertInHTML('<li><a href="/conditions/guide/">A guide</a><p>S.</p></li>', page)


def test_pages_about_the_clinic_stand_at_the_foot_and_not_in_the_menu(client, write):
    write(
        "about.md", LIST.replace("list", "guide").replace("section: conditions", "section: clinic")
    )
    outline = outline_of(read_library())
    assert [page.url for page in outline.policies] == ["/about/"]
    assert outline.menu("/about/") == ()
    assertContains(client.get("/about/"), '<li><a href="/about/">Conditions</a></li>', html=True)


def test_the_head_of_a_page_tells_when_its_sources_were_checked_and_that_nobody_signed(
    client, write_article
):
    write_article("Text.")
    line = (
        '<p class="byline">Sources checked 21 November 2026. Not yet reviewed by a clinician at '
        'this clinic. <a class="no-print" href="#about-this-page">About this page</a></p>'
    )
    assertContains(client.get("/page/"), line, html=True)


@pytest.mark.parametrize("current", [True, False])
def test_the_head_of_a_page_names_a_clinician_only_for_the_text_as_it_stands(
    client, write_article, current
):
    write_article("Text.", more=SIGNED.format(hash="0" * 64))
    [article] = read_library().articles
    digest = article.review.text_hash if current else "0" * 64
    write_article("Text.", more=SIGNED.format(hash=digest))
    told = "Reviewed by A Clinician, physiotherapist."
    check = assertContains if current else assertNotContains
    check(client.get("/page/"), told)


def test_the_foot_of_an_article_tells_when_its_sources_were_checked(client, write_article):
    write_article("Text.")
    told = "The sources of this page were checked on 21 November 2026."
    assertContains(client.get("/page/"), told)
    assertNotContains(client.get("/search/"), "The sources of this page")


def test_a_missing_page_offers_search_and_the_main_doors(client):
    response = client.get("/no-such-page/")
    assertContains(response, '<form class="search', status_code=404)
    for href in ("/what-is-ims/", "/aftercare/", "/enquiry/", "/does-it-work/"):
        assertContains(response, f'<a href="{href}">', status_code=404)


CONTACT = """---
title: Contact us
summary: How to reach us.
kind: contact
section: clinic
order: 10
sources_checked: 2026-11-21
next_review: 2028-11-21
---
Before you come, phone.
"""


def test_the_contact_page_begins_with_addresses_and_closed_days(client, write, monkeypatch):
    write("contact.md", CONTACT)
    day = date(2026, 12, 1)
    monkeypatch.setattr("imsinfo.templatetags.clinic_days.clinics_date", lambda: day)
    page = client.get("/contact/").content.decode()
    main = page.partition("<main")[2].partition("Before you come")[0]
    assert "1 Example Street" in main
    assert "Christmas Day" in main


@pytest.mark.parametrize("kind", ["legal", "contact"])
def test_a_page_that_is_not_on_health_speaks_of_no_clinician_and_no_treatment(
    client, write, write_article, kind
):
    write("page.md", CONTACT.replace("kind: contact", f"kind: {kind}"))
    page = client.get("/page/")
    assertContains(page, "Last checked on")
    for words in ("clinician", "The sources of this page", "Could IMS suit you?", "lastReviewed"):
        assertNotContains(page, words)
