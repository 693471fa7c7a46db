import pytest

from imsinfo.articles.library import get_library

ALTERNATIVE = "A fine needle reaches one tight bundle of muscle fibres."
SITE = "http://127.0.0.1:8000"
PAGES = [article.url for article in get_library().articles]


@pytest.mark.parametrize("path", PAGES)
def test_shared_link_shows_title_summary_and_picture(shipped_page, path):
    page = shipped_page(path)
    summary = page.text("p[@class='lead']")
    assert page.metas["description"] == summary
    shared = {name: text for name, text in page.metas.items() if name.startswith("og:")}
    assert shared == {
        "og:type": "website" if path == "/" else "article",
        "og:title": page.text("h1"),
        "og:description": summary,
        "og:url": f"{SITE}{path}",
        "og:site_name": "Example IMS Clinic",
        "og:locale": "en_CA",
        "og:image": f"{SITE}/static/images/social.png",
        "og:image:alt": ALTERNATIVE,
    }


@pytest.mark.parametrize("path", [*PAGES, "/changes/", "/enquiry/"])
def test_canonical_address_is_that_of_the_site_and_not_of_the_request(client, read_page, path):
    client.defaults["HTTP_HOST"] = "localhost"
    assert read_page(f"{path}?from=elsewhere").canonical == f"{SITE}{path}"


def test_old_address_leads_to_the_canonical_one(client, read_page, write_article):
    write_article("Text.", more="aliases: [/old-name/]\n")
    answer = client.get("/old-name/")
    assert (answer.status_code, answer["Location"]) == (301, "/page/")
    assert read_page("/page/").canonical == f"{SITE}/page/"


def test_head_names_the_feed(read_page):
    links = read_page("/").all("link[@rel='alternate']")
    assert [(link.get("type"), link.get("href")) for link in links] == [
        ("application/atom+xml", "/feed.xml")
    ]


def test_error_page_has_no_address_of_its_own(read_page):
    page = read_page("/nothing/")
    assert page.all("link[@rel='canonical']") + page.all("script") == []


def test_draft_says_nothing_to_machines(write_article, read_page, settings):
    settings.DEBUG = True
    write_article("Text.", more="draft: true\n")
    page = read_page("/page/")
    assert page.metas["robots"] == "noindex"
    assert page.all("script") == []
    assert [name for name in page.metas if name.startswith("og:")] == []
