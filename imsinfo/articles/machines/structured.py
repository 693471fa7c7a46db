"""What a page says of itself in JSON-LD: nothing that it does not print."""

import json
from collections.abc import Sequence
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from imsinfo.articles.pages import Article, Crumb
from imsinfo.clinic import Clinic

# So that no text can end the script element that holds the data, or begin another.
ESCAPES = {ord(sign): f"\\u{ord(sign):04X}" for sign in "<>&\u2028\u2029"}


def structured_data(
    article: Article, breadcrumbs: Sequence[Crumb], clinic: Clinic, site_url: str
) -> dict[str, Any]:
    """Return the page as a MedicalWebPage of schema.org, or a WebPage if it is not on health.

    site_url: scheme and host of the site. reviewedBy is there only while the sign-off is that of
    the text as it stands; an example clinic is not passed off as a publisher.
    """
    url = f"{site_url}{article.url}"
    return {
        "@context": "https://schema.org",
        "@type": "MedicalWebPage" if article.is_for_clinicians else "WebPage",
        "@id": url,
        "url": url,
        "name": article.title,
        "description": article.summary,
        "inLanguage": "en",
        **_last_reviewed(article),
        "isPartOf": {"@type": "WebSite", "name": clinic.name, "url": f"{site_url}/"},
        **_date_modified(article),
        **_about(article),
        **_reviewed_by(article),
        **_publisher(clinic),
        **_citation(article),
        **_breadcrumb(breadcrumbs, url, site_url),
    }


def json_ld(data: dict[str, Any]) -> SafeString:
    """Return the data as the text of a script element of type application/ld+json."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)
    return mark_safe(text)  # noqa: S308 -- the signs of markup are escaped above


def _last_reviewed(article: Article) -> dict[str, str]:
    """Of a page on health alone: schema.org means the accuracy of its content."""
    return {"lastReviewed": article.last_reviewed.isoformat()} if article.is_for_clinicians else {}


def _date_modified(article: Article) -> dict[str, str]:
    days = [change.date for change in article.changes]
    return {"dateModified": max(days).isoformat()} if days else {}


def _about(article: Article) -> dict[str, Any]:
    is_condition = article.kind == "condition"
    return {"about": {"@type": "MedicalCondition", "name": article.title}} if is_condition else {}


def _reviewed_by(article: Article) -> dict[str, Any]:
    signed = article.review.signed
    if signed is None or article.review.state != "current":
        return {}
    person = {"name": signed.name, "jobTitle": signed.role, "identifier": signed.registration}
    return {"reviewedBy": {"@type": "Person"} | person}


def _publisher(clinic: Clinic) -> dict[str, Any]:
    """The clinic as the foot of every page names it."""
    if clinic.example:
        return {}
    organisation = {
        "@type": "MedicalOrganization",
        "name": clinic.name,
        "telephone": clinic.phone,
        "address": [", ".join(site.address) for site in clinic.sites],
    }
    return {"publisher": organisation}


def _citation(article: Article) -> dict[str, Any]:
    """The sources by their addresses; their words stand in the page, and would weigh double."""
    works = [reference.source.address for reference in article.references]
    return {"citation": works} if works else {}


def _breadcrumb(breadcrumbs: Sequence[Crumb], url: str, site_url: str) -> dict[str, Any]:
    steps = [
        {
            "@type": "ListItem",
            "position": position,
            "name": crumb.label,
            "item": f"{site_url}{crumb.url}" if crumb.url else url,
        }
        for position, crumb in enumerate(breadcrumbs, start=1)
    ]
    return {"breadcrumb": {"@type": "BreadcrumbList", "itemListElement": steps}} if steps else {}
