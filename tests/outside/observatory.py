"""How the Mozilla (MDN) HTTP Observatory scores an answer: its ten tests, each with its points.

After mdn/mdn-http-observatory 1.4.8, algorithm 4, src/analyzer/tests/*.js and src/grader/charts.js.
Left out: lists of preloaded hosts (5 points more) and invalid certificates, which are no matter of
an application. What the Observatory reads from a <meta>, our pages may not have at all.
"""

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urlsplit

BASE, LEAST_FOR_BONUSES = 100, 90
SIX_MONTHS = 15_552_000  # seconds
BROAD = frozenset(["ftp:", "http:", "https:", "*", "http://*", "http://*.*", "https://*"])
UNSAFE = BROAD | {"'unsafe-inline'", "data:"}
PRIVATE = ("no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin")
LEAKING = ("origin", "origin-when-cross-origin", "unsafe-url", "no-referrer-when-downgrade")
CORP_POINTS = {"same-origin": 10, "same-site": 10, "cross-origin": 0, "": 0}

Headers = Mapping[str, str]
Policy = Mapping[str, frozenset[str]]


class Seen(NamedTuple):
    """What a scan has seen of one address; headers by lower-case names.

    cookies: each Set-Cookie of the session; by_http: status and Location of the same address
    asked for by http; cross_origin: what was answered to a question from another origin.
    """

    host: str
    headers: Headers
    body: str
    cookies: tuple[str, ...]
    by_http: tuple[int, str]
    cross_origin: Headers


class _Scripts(HTMLParser):
    """The scripts of a page that have an address: it, and whether it is bound to a hash."""

    def __init__(self, html: str):
        super().__init__()
        self.found: list[tuple[str, bool]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script" and given.get("src"):
            self.found.append((given["src"] or "", bool(given.get("integrity"))))


def score(seen: Seen) -> int:
    """Return the score; bonuses count only where the faults leave 90 points."""
    points = points_of(seen).values()
    with_faults = BASE + sum(each for each in points if each < 0)
    return BASE + sum(points) if with_faults >= LEAST_FOR_BONUSES else max(0, with_faults)


def points_of(seen: Seen) -> dict[str, int]:
    """Return the points of each test: negative for a fault, positive for a bonus."""
    policy = _policy(seen.headers)
    return {
        "content-security-policy": _csp(policy),
        "cookies": _cookies(seen),
        "cross-origin-resource-sharing": _cors(seen.cross_origin),
        "redirection": _redirection(seen),
        "referrer-policy": _referrer(seen.headers),
        "strict-transport-security": _hsts(seen.headers),
        "subresource-integrity": _integrity(seen),
        "x-content-type-options": 0
        if _is(seen.headers, "x-content-type-options", "nosniff")
        else -5,
        "x-frame-options": _framing(policy, seen.headers),
        "cross-origin-resource-policy": _corp(seen.headers),
    }


def _policy(headers: Headers) -> Policy | None:
    """Return the sources by directive, {} for no policy, None for one that cannot be read."""
    policy: dict[str, frozenset[str]] = {}
    for part in headers.get("content-security-policy", "").split(";"):
        name, *sources = part.lower().split() or [""]
        if name in policy:
            return None
        if name:
            default = ["'none'"] if name.endswith("-src") else []
            policy[name] = frozenset(sources or default)
    return policy


def _csp(policy: Policy | None) -> int:
    if not policy:
        return -25
    default = policy.get("default-src", frozenset("*"))
    scripts, objects, styles = (
        policy.get(name, default) for name in ("script-src", "object-src", "style-src")
    )
    active = frozenset().union(*policy.values())
    if scripts & UNSAFE or objects & BROAD or any(each.startswith("http:") for each in active):
        return -20
    if "'unsafe-eval'" in scripts | styles:
        return -10
    if styles & UNSAFE:
        return 0
    return 10 if default == {"'none'"} else 5


def _cookies(seen: Seen) -> int:
    points = [_cookie(each, protected=_hsts(seen.headers) == 0) for each in seen.cookies]
    return min(points, default=0)


def _cookie(line: str, *, protected: bool) -> int:
    """Score one cookie. protected: whether HSTS keeps it from crossing a network in the open."""
    pair, *attributes = line.split(";")
    given = dict(_named(each) for each in attributes)
    name = pair.partition("=")[0].strip().lower()
    is_session, is_token = "sess" in name or "login" in name, "csrf" in name
    faults = [
        (is_session and "secure" not in given, -10 if protected else -40),
        (is_session and "httponly" not in given, -30),
        (given.get("samesite", "lax") not in {"lax", "strict"}, -20),
        (is_token and "samesite" not in given, -20),
        ("secure" not in given, -5 if protected else -20),
    ]
    found = [points for applies, points in faults if applies]
    return min(found, default=5 if "samesite" in given else 0)


def _named(attribute: str) -> tuple[str, str]:
    name, _, value = attribute.strip().lower().partition("=")
    return name, value.strip()


def _cors(answered: Headers) -> int:
    """Only an origin that is repeated, with leave to send cookies, costs anything."""
    origin = answered.get("access-control-allow-origin", "*")
    with_cookies = answered.get("access-control-allow-credentials", "").strip().lower() == "true"
    return -50 if with_cookies and origin != "*" else 0


def _redirection(seen: Seen) -> int:
    status, location = seen.by_http
    address = urlsplit(location)
    if status not in {301, 302, 303, 307, 308} or address.scheme != "https":
        return -20
    return 0 if address.hostname == seen.host else -5


def _referrer(headers: Headers) -> int:
    given = [each.strip() for each in headers.get("referrer-policy", "").lower().split(",")]
    known = [each for each in given if each in PRIVATE + LEAKING]
    if known:
        return 5 if known[-1] in PRIVATE else -5
    return -5 if any(given) else 0


def _hsts(headers: Headers) -> int:
    header = headers.get("strict-transport-security", "").lower()
    age = re.search(r"(?:^|;)\s*max-age=(\d+)", header)
    if not age or "," in header:
        return -20
    return 0 if int(age[1]) >= SIX_MONTHS else -10


def _integrity(seen: Seen) -> int:
    if not seen.headers.get("content-type", "").startswith(("text/html", "application/xhtml+xml")):
        return 0
    points = [_script(*each, seen.host) for each in _Scripts(seen.body).found]
    return min(points, default=0)


def _script(address: str, is_bound: bool, host: str) -> int:
    parts = urlsplit(address)
    if parts.hostname in {None, host}:
        return 5 if is_bound else 0
    if is_bound:
        return 5 if parts.scheme == "https" else -20
    return -5 if parts.scheme == "https" else -50


def _framing(policy: Policy | None, headers: Headers) -> int:
    if policy and "frame-ancestors" in policy:
        return 5
    allowed = ("deny", "sameorigin")
    return 0 if any(_is(headers, "x-frame-options", each) for each in allowed) else -20


def _corp(headers: Headers) -> int:
    return CORP_POINTS.get(headers.get("cross-origin-resource-policy", "").strip().lower(), -5)


def _is(headers: Headers, name: str, value: str) -> bool:
    return headers.get(name, "").strip().lower() == value
