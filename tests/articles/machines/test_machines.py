import json
from datetime import date
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from django.core.management import call_command

from imsinfo.articles.library import get_library, read_library
from imsinfo.articles.machines.changes import change_notes
from imsinfo.articles.machines.structured import json_ld, structured_data
from imsinfo.articles.machines.texts import security_text
from imsinfo.clinic import get_clinic

SITE = "http://127.0.0.1:8000"
PAGES = [article.url for article in get_library().articles]
PATHS = ["/sitemap.xml", "/feed.xml", "/robots.txt", "/.well-known/security.txt", "/changes/"]
ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEW = "changes:\n  - {date: 2026-12-24, what: Said more., why: A new trial.}\n"


class Page(HTMLParser):
    """What a reader finds on a page, by the places that structured data speaks of."""

    def __init__(self, html):
        super().__init__()
        self.open, self.data, self.metas, self.links = [], [], {}, {}
        self.found = {name: [] for name in ("h1", "lead", "crumbs", "references", "review")}
        self.dates, self.hrefs = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "meta":
            self.metas[found.get("property") or found.get("name")] = found.get("content")
        elif tag == "link":
            self.links[found["rel"]] = found["href"]
        else:
            self._note(tag, found)
            self.open.append((tag, found.get("class") or "", found))

    def _note(self, tag, found):
        if tag == "li":
            for place, mark in (("crumbs", "breadcrumbs"), ("references", "references")):
                if self._inside(mark):
                    self.found[place].append("")
        if tag == "time" and self._inside("review-block"):
            self.dates.append(found["datetime"])
        if tag == "a" and (self._inside("breadcrumbs") or self._inside("references")):
            self.hrefs.append(found["href"])

    def _inside(self, name):
        return any(name in css.split() for _, css, _ in self.open)

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, text):
        if self.open and self.open[-1][0] == "script":
            self.data.append(text)
        elif self._inside("lead"):
            self.found["lead"].append(text)
        elif any(tag == "h1" for tag, _, _ in self.open):
            self.found["h1"].append(text)
        elif self._inside("review-block"):
            self.found["review"].append(text)
        else:
            for place, mark in (("crumbs", "breadcrumbs"), ("references", "references")):
                if self._inside(mark) and self.found[place]:
                    self.found[place][-1] += text

    @property
    def says(self):
        [text] = self.data
        return json.loads(text)


@pytest.fixture
def read_page(client):
    return lambda path: Page(client.get(path).content.decode())


@pytest.mark.parametrize("path", PAGES)
def test_structured_data_says_what_the_page_prints(read_page, path):
    page = read_page(path)
    says = page.says
    assert says["name"] == "".join(page.found["h1"]).strip()
    assert says["description"] == "".join(page.found["lead"]).strip()
    assert says["url"] == page.links["canonical"] == f"{SITE}{path}"
    assert says["lastReviewed"] == page.dates[0]


@pytest.mark.parametrize("path", PAGES)
def test_structured_data_lists_the_references_of_the_page_in_order(read_page, path):
    page = read_page(path)
    cited = page.says.get("citation", [])
    assert len(cited) == len(page.found["references"])
    for source, printed in zip(cited, page.found["references"], strict=True):
        assert printed.strip().startswith(source["name"])
        assert source["url"] in page.hrefs


@pytest.mark.parametrize("path", PAGES)
def test_structured_data_leads_back_as_the_page_does(read_page, path):
    page = read_page(path)
    crumbs = page.says.get("breadcrumb", {}).get("itemListElement", [])
    assert [crumb["name"] for crumb in crumbs] == [text.strip() for text in page.found["crumbs"]]
    assert [crumb["position"] for crumb in crumbs] == list(range(1, len(crumbs) + 1))
    for crumb in crumbs[:-1]:
        assert crumb["item"].removeprefix(SITE) in page.hrefs


@pytest.mark.parametrize("path", PAGES)
def test_no_reviewer_is_named_where_the_page_names_none(read_page, path):
    page = read_page(path)
    assert "Not yet reviewed by a clinician" in "".join(page.found["review"])
    assert "reviewedBy" not in page.says


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_claimed_that_no_page_prints(read_page, path):
    says = read_page(path).says
    known = {"@context", "@type", "@id", "url", "name", "description", "inLanguage", "isPartOf"}
    known |= {"lastReviewed", "citation", "breadcrumb", "about"}
    assert set(says) - known == set()
    assert says["@type"] == "MedicalWebPage"


@pytest.fixture
def signed(content, write_article, clinic_text):
    (content / "clinic.yaml").write_text(clinic_text)
    write_article("Text.")
    call_command("sign_review", "page.md", name="A. B.", role="Physio", register="R 1")


def test_a_signed_page_names_its_reviewer_in_both_ways(signed, read_page):
    page = read_page("/page/")
    who = {"@type": "Person", "name": "A. B.", "jobTitle": "Physio", "identifier": "R 1"}
    assert page.says["reviewedBy"] == who
    assert "Reviewed by A. B., Physio (R 1), on" in "".join(page.found["review"])
    assert page.says["lastReviewed"] in page.dates


def test_a_page_changed_since_names_no_reviewer(signed, read_page, content, write):
    text = (content / "page.md").read_text()
    write("page.md", text.replace("Text.", "Other."))
    page = read_page("/page/")
    assert "reviewedBy" not in page.says
    assert page.says["lastReviewed"] == "2026-11-21" == page.dates[0]


def test_a_condition_is_named_as_one(read_page):
    about = {"@type": "MedicalCondition", "name": "Neck pain"}
    assert read_page("/conditions/neck-pain/").says["about"] == about


def test_a_real_clinic_publishes_under_its_name(signed, read_page):
    assert read_page("/page/").says["publisher"] == {
        "@type": "MedicalOrganization",
        "name": get_clinic().name,
        "telephone": get_clinic().phone,
    }


@pytest.mark.parametrize("hostile", ["</script><b>", "<!--<script>", "&amp; ' \" \\", "\u2028"])
def test_no_text_ends_the_data(hostile):
    text = json_ld({"name": hostile})
    assert not set(text) & set("<>&\u2028")
    assert json.loads(text) == {"name": hostile}


def test_a_hostile_title_stays_data(write_article, read_page, client):
    write_article("Text.")
    [article] = read_library().articles
    front = article.front.model_copy(update={"title": "</script><script>alert(1)</script>"})
    hostile = type(article)(
        article.name,
        article.url,
        type(article.source)("f", front, "", 1),
        article.rendered,
        article.review,
    )
    text = json_ld(structured_data(hostile, (), get_clinic(), SITE))
    assert "<" not in text


@pytest.mark.parametrize("path", PAGES)
def test_a_shared_link_shows_title_summary_and_picture(read_page, path):
    page = read_page(path)
    metas = page.metas
    assert metas["og:title"] == page.says["name"]
    assert metas["og:description"] == metas["description"] == page.says["description"]
    assert metas["og:url"] == page.links["canonical"]
    assert metas["og:image"].startswith(f"{SITE}/static/icons/touch-icon")
    assert metas["og:locale"] == "en_CA"


def test_an_error_page_has_no_address_of_its_own(client):
    html = client.get("/nothing/").content.decode()
    assert 'rel="canonical"' not in html
    assert "ld+json" not in html


def test_a_draft_says_nothing_to_machines(write_article, client, settings):
    settings.DEBUG = True
    write_article("Text.", more="draft: true\n")
    html = client.get("/page/").content.decode()
    assert "ld+json" not in html
    assert '<meta name="robots" content="noindex">' in html


@pytest.mark.parametrize("path", PATHS)
def test_machines_may_read_and_keep_it_for_a_minute(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert set(response["Cache-Control"].split(", ")) == {"public", "max-age=60"}
    assert not response.cookies
    assert client.head(path).status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_nothing_else_than_reading_is_answered(client, path):
    response = client.post(path)
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


def test_the_sitemap_lists_every_page_with_a_day(client):
    root = ElementTree.fromstring(client.get("/sitemap.xml").content)  # noqa: S314 -- our own
    found = {
        url.findtext(f"{MAP}loc"): url.findtext(f"{MAP}lastmod") for url in root.iter(f"{MAP}url")
    }
    dated = {address for address, day in found.items() if day and date.fromisoformat(day)}
    assert dated == {f"{SITE}{path}" for path in PAGES}
    assert found.keys() - dated == {f"{SITE}/enquiry/", f"{SITE}/changes/"}


def test_the_sitemap_knows_no_draft_and_the_latest_change(client, write_article):
    write_article("Text.", more=NEW)
    write_article("Text.", name="new.md", more="draft: true\n")
    text = client.get("/sitemap.xml").content.decode()
    assert "/new/" not in text
    assert "<lastmod>2026-12-24</lastmod>" in text


def entries(client):
    root = ElementTree.fromstring(client.get("/feed.xml").content)  # noqa: S314 -- our own
    return [
        {child.tag.removeprefix(ATOM): child.text or child.get("href") for child in entry}
        for entry in root.iter(f"{ATOM}entry")
    ]


def test_the_feed_tells_each_change_newest_first(client, write_article):
    write_article("Text.", more=NEW + "  - {date: 2026-11-21, what: First published., why: New.}\n")
    assert entries(client) == [
        {
            "title": "A page: Said more.",
            "link": f"{SITE}/page/",
            "published": "2026-12-24T00:00:00-08:00",
            "updated": "2026-12-24T00:00:00-08:00",
            "id": f"{SITE}/page/#change-2026-12-24-1",
            "summary": "Said more. A new trial.",
        },
        {
            "title": "A page: First published.",
            "link": f"{SITE}/page/",
            "published": "2026-11-21T00:00:00-08:00",
            "updated": "2026-11-21T00:00:00-08:00",
            "id": f"{SITE}/page/#change-2026-11-21-1",
            "summary": "First published. New.",
        },
    ]


def test_ids_of_the_feed_stay_when_a_change_is_added(client, write_article):
    write_article("Text.", more=NEW)
    before = {entry["id"] for entry in entries(client)}
    write_article("Text.", more=NEW + "  - {date: 2026-12-24, what: B., why: C.}\n")
    assert before < {entry["id"] for entry in entries(client)}


def test_the_feed_is_valid_without_a_change(client, write_article):
    write_article("Text.")
    assert entries(client) == []


def test_the_feed_ends_after_fifty_entries(client, write_article):
    lines = "".join(f"  - {{date: 2026-11-21, what: W{n}., why: Y.}}\n" for n in range(60))
    write_article("Text.", more=f"changes:\n{lines}")
    assert len(entries(client)) == 50


def test_drafts_are_in_no_list_of_changes(write_article):
    write_article("Text.", more=f"draft: true\n{NEW}")
    assert change_notes(read_library()) == ()


def test_the_page_of_changes_groups_them_by_day(client, write_article):
    write_article("Text.", name="a.md", more=NEW)
    write_article("Text.", name="b.md", more=NEW.replace("12-24", "11-21"))
    html = client.get("/changes/").content.decode()
    marks = ["24 December 2026", '<a href="/a/">', "21 November 2026", '<a href="/b/">']
    places = [html.index(mark) for mark in marks]
    assert places == sorted(places)


def test_the_page_of_changes_says_so_when_there_are_none(client, write_article):
    write_article("Text.")
    assert "No change has been written down yet." in client.get("/changes/").content.decode()


def test_robots_may_read_all_but_what_is_not_for_readers(client):
    assert client.get("/robots.txt").content.decode() == (
        "User-agent: *\nDisallow: /admin/\nDisallow: /style-guide/\n\n"
        f"Sitemap: {SITE}/sitemap.xml\n"
    )


@pytest.mark.parametrize(
    ("today", "expires"),
    [
        (date(2026, 11, 21), "2027-06-01"),
        (date(2026, 11, 1), "2027-06-01"),
        (date(2026, 5, 31), "2026-12-01"),
        (date(2027, 6, 30), "2028-01-01"),
    ],
)
def test_security_txt_holds_for_half_a_year(today, expires):
    assert security_text("mailto:a@clinic.example", SITE, today) == (
        f"Contact: mailto:a@clinic.example\nExpires: {expires}T00:00:00Z\n"
        f"Preferred-Languages: en\nCanonical: {SITE}/.well-known/security.txt\n"
    )


def test_security_txt_names_the_clinics_own_contact(client):
    text = client.get("/.well-known/security.txt").content.decode()
    assert text.startswith(f"Contact: {get_clinic().security_uri}\n")
