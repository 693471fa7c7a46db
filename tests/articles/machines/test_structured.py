import json

import pytest

from imsinfo.articles.library import get_library, read_library
from imsinfo.articles.machines.structured import json_ld, structured_data
from imsinfo.articles.pages import Crumb
from imsinfo.clinic import get_clinic

SITE = "http://127.0.0.1:8000"
PAGES = [article.url for article in get_library().articles]
ON_HEALTH = [article.url for article in get_library().articles if article.is_for_clinicians]
REVIEWER = {"@type": "Person", "name": "A. B.", "jobTitle": "Physio", "identifier": "R 1"}


@pytest.mark.parametrize("path", PAGES)
def test_data_says_what_the_page_prints(shipped_page, path):
    page = shipped_page(path)
    printed = {
        "name": page.text("h1"),
        "description": page.text("p[@class='lead']"),
        "url": page.canonical,
        "inLanguage": page.root.get("lang"),
        "lastReviewed": page.days("p/time")[0] if path in ON_HEALTH else None,
        "dateModified": max(page.days("ul/li/time"), default=None),
    }
    assert {name: page.says.get(name) for name in printed} == printed


@pytest.mark.parametrize("path", PAGES)
def test_data_cites_the_references_of_the_page_in_order(shipped_page, path):
    page = shipped_page(path)
    assert page.says.get("citation", []) == [url for _, url in page.references]


@pytest.mark.parametrize("path", PAGES)
def test_data_leads_back_as_the_page_does(shipped_page, path):
    page = shipped_page(path)
    steps = page.says.get("breadcrumb", {"itemListElement": []})["itemListElement"]
    assert [(step["position"], step["name"], step["item"]) for step in steps] == [
        (position, label, f"{SITE}{url or path}")
        for position, (label, url) in enumerate(page.breadcrumbs, start=1)
    ]


@pytest.mark.parametrize("path", ON_HEALTH)
def test_data_names_no_reviewer_where_the_page_names_none(shipped_page, path):
    page = shipped_page(path)
    block = page.text("section[@class='review-block']")
    assert "Not yet reviewed by a clinician at this clinic." in block
    assert "reviewedBy" not in page.says


@pytest.mark.parametrize("path", PAGES)
def test_data_claims_nothing_that_no_page_prints(shipped_page, path):
    says = shipped_page(path).says
    always = {"@context", "@type", "@id", "url", "name", "description", "inLanguage", "isPartOf"}
    always |= {"lastReviewed"} if path in ON_HEALTH else set()
    assert always <= set(says) <= always | {"dateModified", "citation", "breadcrumb", "about"}
    assert says["@type"] == ("MedicalWebPage" if path in ON_HEALTH else "WebPage")


def test_the_clinics_own_pages_are_not_on_health():
    own = {"/about/", "/contact/", "/privacy/", "/accessibility/", "/disclaimer/"}
    assert set(PAGES) - set(ON_HEALTH) == own


def test_data_of_a_page_without_sources_or_changes_is_whole(write_article):
    write_article("Text.")
    [article] = read_library().articles
    way = (Crumb("Home", "/"), Crumb("A page", ""))
    assert structured_data(article, way, get_clinic(), SITE) == {
        "@context": "https://schema.org",
        "@type": "MedicalWebPage",
        "@id": f"{SITE}/page/",
        "url": f"{SITE}/page/",
        "name": "A page",
        "description": "What it says.",
        "inLanguage": "en",
        "lastReviewed": "2026-11-21",
        "isPartOf": {"@type": "WebSite", "name": get_clinic().name, "url": f"{SITE}/"},
        "breadcrumb": {
            "@type": "BreadcrumbList",
            "itemListElement": [
                {"@type": "ListItem", "position": 1, "name": "Home", "item": f"{SITE}/"},
                {"@type": "ListItem", "position": 2, "name": "A page", "item": f"{SITE}/page/"},
            ],
        },
    }


def test_data_tells_the_newest_change(make_article, make_change):
    article = make_article(make_change("2026-12-24"), make_change("2026-11-21"))
    assert structured_data(article, (), get_clinic(), SITE)["dateModified"] == "2026-12-24"


def test_data_of_a_signed_page_names_the_reviewer_as_printed(write_signed, read_page):
    write_signed("Text.")
    page = read_page("/page/")
    printed = "Reviewed by A. B., Physio (R 1), on 3 March 2027."
    assert printed in page.text("section[@class='review-block']")
    assert (page.says["reviewedBy"], page.says["lastReviewed"]) == (REVIEWER, "2027-03-03")
    assert "2027-03-03" in page.days("p/time")


def test_data_of_a_page_changed_since_names_no_reviewer(write_signed, write_article, read_page):
    write_article("Other.", more=write_signed("Text."))
    page = read_page("/page/")
    assert "An earlier version was reviewed" in page.text("section[@class='review-block']")
    assert "reviewedBy" not in page.says
    assert page.says["lastReviewed"] == "2026-11-21" == page.days("p/time")[0]


def test_data_of_a_condition_names_it(read_page):
    about = {"@type": "MedicalCondition", "name": "Neck pain"}
    assert read_page("/conditions/neck-pain/").says["about"] == about


def test_data_of_a_real_clinic_names_it_as_its_footer_does(
    write, write_article, clinic_text, read_page
):
    write("clinic.yaml", clinic_text)
    write_article("Text.")
    page = read_page("/page/")
    footer = page.text("footer")
    publisher = page.says["publisher"]
    assert publisher == {
        "@type": "MedicalOrganization",
        "name": get_clinic().name,
        "telephone": get_clinic().phone,
        "address": [", ".join(site.address) for site in get_clinic().sites],
    }
    lines = [line for site in get_clinic().sites for line in site.address]
    told = [publisher["name"], publisher["telephone"], *lines]
    assert [line for line in told if " ".join(line.split()) not in footer] == []


@pytest.mark.parametrize(
    "hostile",
    ["</script><b>", "</SCRIPT >", "<!--<script>", "-->", "&amp; ' \" \\", "\u2028\u2029", "]]>"],
)
def test_json_ld_ends_no_script_element(hostile):
    text = json_ld({"name": hostile})
    assert set(text) & set("<>&\u2028\u2029") == set()
    assert json.loads(text) == {"name": hostile}


@pytest.mark.parametrize(
    "hostile", ["</script><b>x", "<!--<script>", "A & B &amp; C", "' \\\" \\\\"]
)
def test_hostile_words_stay_words(write, write_article, read_page, content, hostile):
    write_article("Text.")
    text = (content / "page.md").read_text().replace("title: A page", f'title: "{hostile}"')
    write("page.md", text.replace("What it says.", f'"{hostile}"'))
    page = read_page("/page/")
    meant = hostile.replace('\\"', '"').replace("\\\\", "\\")
    says = page.says
    assert (says["name"], says["description"]) == (meant, meant)
    assert (page.text("h1"), page.metas["og:title"]) == (meant, meant)
