"""What holds for the HTML of every public page, every state of the form and every error."""

import re
from html.parser import HTMLParser

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from imsinfo.enquiries.urls import app_name, urlpatterns
from imsinfo.web.representations import compressed
from tests.nothing_built import nothing_built
from tests.pages import FORM, every_html, looked_at
from tests.settings import STORAGES

# What a server may send at once: ten packets of 1,460 bytes (RFC 6928).
ONE_ROUND_TRIP = 14_600
DELIVERED = {"staticfiles": {"BACKEND": "imsinfo.web.static.OneStylesheet"}}
# These two answer a POST alone; to a GET they send back to the start.
SENT_TO = {"/enquiry/check/", "/enquiry/send/"}
PAGES = every_html(looked_at())


@pytest.fixture(scope="module")
def static(collected_static):
    """The folder of static files as `make run` delivers them, whose names stand in the pages."""
    # What is built already holds the addresses of other stylesheets.
    delivered = override_settings(STORAGES=STORAGES | DELIVERED, STATIC_ROOT=collected_static)
    with delivered, nothing_built():
        yield collected_static


@pytest.fixture(scope="module")
def rendered():
    """What has been rendered already, by its name in PAGES."""
    return {}


@pytest.fixture(params=PAGES)
def html(request, db, static, rendered):
    if request.param not in rendered:
        rendered[request.param] = PAGES[request.param](Client())
    return rendered[request.param]


def test_every_step_of_the_form_is_visited():
    steps = {reverse(f"{app_name}:{step.name}") for step in urlpatterns}
    assert steps == {*FORM} | SENT_TO


def test_html_and_stylesheets_of_a_screen_come_in_one_round_trip(html, static):
    # The sheet for print has media="print": a browser draws the page without waiting for it.
    names = re.findall(r'<link rel="stylesheet" href="/static/([^"]+)">', html)
    css = sum((static / f"{name}.br").stat().st_size for name in names)
    page = len(compressed(html.encode())["br"])
    assert names
    assert page + css <= ONE_ROUND_TRIP, (
        f"{page:,} bytes of HTML and {css:,} of CSS are {page + css:,} with brotli, "
        f"{page + css - ONE_ROUND_TRIP:,} more than come in one round trip"
    )


def test_page_leads_a_worried_patient_to_help_in_one_tap(html):
    header = html.partition("</header>")[0]
    assert '<a class="urgent-link" href="/aftercare/#get-help">' in header


class Intruders(HTMLParser):
    """Collects what a page must not hold: script, style, handlers, and what lies elsewhere."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag in {"style", "iframe", "object", "embed", "base"}:
            self.found.append(tag)
        if tag == "script" and given != {"type": "application/ld+json"}:
            self.found.append(f"script {given}")
        self.found += [f"{tag} {name}" for name in given if name == "style" or name[:2] == "on"]
        loaded = given.get("href") if tag == "link" else given.get("src")
        is_ours = loaded is None or (loaded[:1] == "/" and loaded[:2] != "//")
        if not is_ours and given.get("rel") != "canonical":
            self.found.append(f"{tag} {loaded}")


def test_page_runs_no_script_and_loads_nothing_from_elsewhere(html):
    assert Intruders(html).found == []


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<script type="application/ld+json">{}</script>', []),
        ('<link rel="canonical" href="https://ims.clinic.test/">', []),
        ('<img src="/static/x.svg" alt="">', []),
        ("<script>x()</script>", ["script {}"]),
        ('<script src="/x.js"></script>', ["script {'src': '/x.js'}"]),
        ('<p style="color: red">', ["p style"]),
        ('<p onclick="x()">', ["p onclick"]),
        ("<style>p { top: 0 }</style>", ["style"]),
        ('<img src="//elsewhere.test/x.png" alt="">', ["img //elsewhere.test/x.png"]),
        (
            '<link rel="stylesheet" href="https://elsewhere.test/x.css">',
            ["link https://elsewhere.test/x.css"],
        ),
    ],
)
def test_intruders_are_found(html, found):
    assert Intruders(html).found == found
