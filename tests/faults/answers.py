"""What the clients type, and how they read the site's pages."""

import secrets
import urllib.request
from html.parser import HTMLParser

from tests.faults.site import HOST

FORM_TYPE = "application/x-www-form-urlencoded"


def message(marker: str) -> str:
    """Return a message that holds the marker, and what often gets mangled on its way."""
    return f'{marker}: "stiff" & <sore>, 50 % – naïve'


def new_address() -> str:
    """Return a random address for X-Forwarded-For, so that no limit for one sender bites."""
    octets = (11 + secrets.randbelow(80), *(1 + secrets.randbelow(254) for _ in range(3)))
    return ".".join(map(str, octets))


class Page(HTMLParser):
    """A page of the form: its hidden fields, its text, and the reference it shows."""

    def __init__(self, html: str):
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.text = self.reference = ""
        self._in_reference = False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "input" and found.get("type") == "hidden":
            self.hidden[found["name"]] = found.get("value") or ""
        self._in_reference = "panel__reference" in (found.get("class") or "").split()

    def handle_endtag(self, tag):
        self._in_reference = False

    def handle_data(self, data):
        self.text += data
        if self._in_reference:
            self.reference += data.strip()


def carried_by_the_questions(port: int) -> dict[str, str]:
    """Return the hidden fields of the page with the questions, which a browser sends back."""
    with urllib.request.urlopen(f"http://{HOST}:{port}/enquiry/questions/", timeout=10) as page:
        return Page(page.read().decode()).hidden
