"""The two plain texts that programs look for: robots.txt and security.txt."""

from datetime import date

# The staff's pages, and what only editors see. The search says itself that it is for no index.
NOT_FOR_SEARCH_ENGINES = ("/admin/", "/style-guide/")
# RFC 9116 recommends less than a year; a month that is not over keeps the text the same.
VALID_MONTHS = 7


def robots_text(site_url: str) -> str:
    """Return robots.txt. site_url: scheme and host of the site."""
    refused = "".join(f"Disallow: {path}\n" for path in NOT_FOR_SEARCH_ENGINES)
    return f"User-agent: *\n{refused}\nSitemap: {site_url}/sitemap.xml\n"


def security_text(contact: str, site_url: str, today: date) -> str:
    """Return security.txt as RFC 9116 has it: whom to tell of a hole in the site.

    contact: a mailto: or https: address; today: from it follows until when the text holds.
    """
    return (
        f"Contact: {contact}\n"
        f"Expires: {_expiry(today).isoformat()}T00:00:00Z\n"
        "Preferred-Languages: en\n"
        f"Canonical: {site_url}/.well-known/security.txt\n"
    )


def _expiry(today: date) -> date:
    """The first day of a month to come."""
    months = today.year * 12 + today.month - 1 + VALID_MONTHS
    return date(months // 12, months % 12 + 1, 1)
