from xml.etree import ElementTree

from imsinfo.articles.library import get_library
from imsinfo.articles.machines.changes import last_change

SITE = "http://127.0.0.1:8000"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
CHANGES = "changes:\n  - {date: 2026-12-24, what: Said more., why: A new trial.}\n"

BESIDE = [
    (f"{SITE}{path}", None)
    for path in ("/enquiry/", "/enquiry/on-paper/", "/leaflets/", "/references/", "/changes/")
]


def listed(client):
    """Return the address and day of each entry, as the schema of sitemaps.org orders them."""
    root = ElementTree.fromstring(client.get("/sitemap.xml").content)  # noqa: S314 -- our own
    assert (root.tag, root.attrib) == (f"{MAP}urlset", {})
    assert {tuple(each.tag for each in url) for url in root} <= {
        (f"{MAP}loc", f"{MAP}lastmod"),
        (f"{MAP}loc",),
    }
    return [(url.findtext(f"{MAP}loc"), url.findtext(f"{MAP}lastmod")) for url in root]


def test_sitemap_lists_every_page_with_its_last_change(client):
    articles = get_library().articles
    assert listed(client) == [
        *((f"{SITE}{each.url}", last_change(each).isoformat()) for each in articles),
        *BESIDE,
    ]


def test_sitemap_gives_the_address_of_the_site_and_not_of_the_request(client):
    client.defaults["HTTP_HOST"] = "localhost"
    assert [address for address, _ in listed(client) if not address.startswith(f"{SITE}/")] == []


def test_sitemap_knows_no_draft(client, write_article):
    write_article("Text.", more=CHANGES)
    write_article("Text.", name="new.md", more="draft: true\n")
    assert listed(client) == [
        (f"{SITE}/page/", "2026-12-24"),
        *BESIDE,
    ]


def test_every_address_of_the_sitemap_is_a_page(client):
    addresses = [address.removeprefix(SITE) for address, _ in listed(client)]
    answers = {client.get(address).status_code for address in addresses}
    assert answers == {200}
