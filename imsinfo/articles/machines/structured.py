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
    """Return the page as a MedicalWebPage of schema.org.

    site_url: scheme and host of the site. reviewedBy is there only while the sign-off is that of
    the text as it stands; an example clinic is not passed off as a publisher.
    """
    url = f"{site_url}{article.url}"
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "MedicalWebPage",
        "@id": url,
        "url": url,
        "name": article.title,
        "description": article.summary,
        "inLanguage": "en",
        "lastReviewed": article.last_reviewed.isoformat(),
        "isPartOf": {"@type": "WebSite", "name": clinic.name, "url": f"{site_url}/"},
    }
    if article.kind == "condition":
        data["about"] = {"@type": "MedicalCondition", "name": article.title}
    if article.review.signed and article.review.state == "current":
        data["reviewedBy"] = _reviewer(article)
    if not clinic.example:
        data["publisher"] = {
            "@type": "MedicalOrganization",
            "name": clinic.name,
            "telephone": clinic.phone,
        }
    if article.references:
        data["citation"] = [
            {"@type": "CreativeWork", "name": reference.text, "url": reference.url}
            for reference in article.references
        ]
    if breadcrumbs:
        data["breadcrumb"] = _breadcrumb_list(breadcrumbs, url, site_url)
    return data


def json_ld(data: dict[str, Any]) -> SafeString:
    """Return the data as the text of a script element of type application/ld+json."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)
    return mark_safe(text)  # noqa: S308 -- the signs of markup are escaped above


def _reviewer(article: Article) -> dict[str, str]:
    signed = article.review.signed
    assert signed is not None  # noqa: S101 -- the caller has looked
    return {
        "@type": "Person",
        "name": signed.name,
        "jobTitle": signed.role,
        "identifier": signed.registration,
    }


def _breadcrumb_list(breadcrumbs: Sequence[Crumb], url: str, site_url: str) -> dict[str, Any]:
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "name": crumb.label,
                "item": f"{site_url}{crumb.url}" if crumb.url else url,
            }
            for position, crumb in enumerate(breadcrumbs, start=1)
        ],
    }
