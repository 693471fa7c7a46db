from datetime import date, timedelta

import pytest

from imsinfo.articles.machines.texts import robots_text, security_text

SITE = "https://ims.clinic.test"


def test_robots_may_read_all_but_what_is_not_for_readers():
    assert robots_text(SITE) == (
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
def test_security_text_says_whom_to_tell_and_how_long_it_holds(today, expires):
    assert security_text("mailto:a@clinic.example", SITE, today) == (
        f"Contact: mailto:a@clinic.example\nExpires: {expires}T00:00:00Z\n"
        f"Preferred-Languages: en\nCanonical: {SITE}/.well-known/security.txt\n"
    )


@pytest.mark.parametrize("days", range(0, 800, 7))
def test_security_text_never_holds_for_a_year(days):
    today = date(2027, 1, 1) + timedelta(days=days)
    expires = security_text("mailto:a@clinic.example", SITE, today).split("\n")[1]
    left = date.fromisoformat(expires.removeprefix("Expires: ")[:10]) - today
    assert timedelta(days=180) < left < timedelta(days=365)
