"""The addresses that search engines shall know, with the day of each page's last change."""

from datetime import date
from urllib.parse import urlsplit

from django.contrib.sitemaps import Sitemap

from imsinfo.articles.machines.changes import last_change
from imsinfo.articles.pages import Library

# Beside the articles; nobody writes down when these change.
FURTHER = ("/enquiry/", "/enquiry/on-paper/", "/leaflets/", "/references/", "/changes/")


class SiteMap(Sitemap):
    """Every published page, under the address of the site itself and not of the request."""

    limit = 50_000

    def __init__(self, library: Library, site_url: str):
        self.dates: dict[str, date | None] = {
            **{article.url: last_change(article) for article in library.articles},
            **dict.fromkeys(FURTHER),
        }
        self.protocol, self.host = urlsplit(site_url)[:2]

    def items(self):
        return list(self.dates)

    def location(self, item):
        return item

    def lastmod(self, item):
        return self.dates[item]

    def get_domain(self, site=None):
        return self.host
