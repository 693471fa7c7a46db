"""The rules of the Observatory tell what is wrong, and our table of headers has every bonus."""

import pytest

from imsinfo.web.headers import security_headers
from tests.outside.client import HOST
from tests.outside.observatory import Seen, points_of, score

ELSEWHERE = "https://elsewhere.example"
GOOD = Seen(
    HOST,
    {name.lower(): value for name, value in security_headers(https=True, include_subdomains=True)},
    "",
    (),
    (301, f"https://{HOST}/"),
    {},
)
CSP = "content-security-policy"


def test_the_table_of_headers_has_every_bonus_that_needs_no_cookie():
    assert (score(GOOD), points_of(GOOD)[CSP]) == (130, 10)


@pytest.mark.parametrize(
    ("name", "value", "test", "points"),
    [
        (CSP, "", CSP, -25),
        (CSP, "default-src 'self'", CSP, 5),
        (CSP, "default-src 'none'; script-src 'unsafe-inline'", CSP, -20),
        (CSP, "default-src 'none'; object-src *", CSP, -20),
        (CSP, "default-src 'none'; img-src http:", CSP, -20),
        (CSP, "default-src 'none'; script-src 'unsafe-eval'", CSP, -10),
        (CSP, "default-src 'none'; style-src 'unsafe-inline'", CSP, 0),
        (CSP, "default-src 'none'; default-src 'self'", CSP, -25),
        (CSP, "default-src 'none'", "x-frame-options", 0),
        ("referrer-policy", "unsafe-url", "referrer-policy", -5),
        ("referrer-policy", "nonsense", "referrer-policy", -5),
        ("referrer-policy", "", "referrer-policy", 0),
        ("strict-transport-security", "", "strict-transport-security", -20),
        ("strict-transport-security", "max-age=86400", "strict-transport-security", -10),
        ("x-content-type-options", "", "x-content-type-options", -5),
        ("cross-origin-resource-policy", "nonsense", "cross-origin-resource-policy", -5),
        ("cross-origin-resource-policy", "cross-origin", "cross-origin-resource-policy", 0),
    ],
)
def test_rule_tells_a_header_that_is_wrong(name, value, test, points):
    assert points_of(GOOD._replace(headers={**GOOD.headers, name: value}))[test] == points


@pytest.mark.parametrize(
    ("cookie", "points"),
    [
        ("session=1; Secure; HttpOnly; SameSite=Lax", 5),
        ("session=1; Secure; HttpOnly", 0),
        ("session=1; Secure; SameSite=Lax", -30),
        ("session=1; HttpOnly; SameSite=Lax", -10),
        ("csrf=1; Secure; HttpOnly", -20),
        ("staff=1; Secure; HttpOnly; SameSite=None", -20),
        ("staff=1; SameSite=Lax", -5),
    ],
)
def test_rule_tells_a_cookie_that_is_not_safe(cookie, points):
    assert points_of(GOOD._replace(cookies=(cookie,)))["cookies"] == points


@pytest.mark.parametrize(
    ("by_http", "points"),
    [((200, ""), -20), ((301, "http://x.test/"), -20), ((301, "https://x.test/"), -5)],
)
def test_rule_tells_what_does_not_lead_to_https(by_http, points):
    assert points_of(GOOD._replace(by_http=by_http))["redirection"] == points


@pytest.mark.parametrize(
    ("script", "points"),
    [
        ('src="/a.js"', 0),
        ('src="https://x.test/a.js"', -5),
        ('src="//x.test/a.js"', -50),
        ('src="https://x.test/a.js" integrity="sha384-x"', 5),
    ],
)
def test_rule_tells_a_script_from_elsewhere(script, points):
    page = GOOD._replace(
        headers={**GOOD.headers, "content-type": "text/html"}, body=f"<script {script}></script>"
    )
    assert points_of(page)["subresource-integrity"] == points


def test_rule_tells_what_another_site_may_read_with_our_cookies():
    across = {
        "access-control-allow-origin": ELSEWHERE,
        "access-control-allow-credentials": "true",
    }
    seen = GOOD._replace(cross_origin=across)
    assert (points_of(seen)["cross-origin-resource-sharing"], score(seen)) == (-50, 50)
