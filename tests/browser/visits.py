"""How a browser comes to every page and state, and what it then measures there."""

from itertools import product
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT

from tests.browser.outlines import GROWING, OUTLINED, outline
from tests.extent import WHOLE, some
from tests.pages import CORRECTED, SENT, STATES, looked_at, style_guide

Size = dict[str, int]
DESK = {"width": 1280, "height": 800}
IN_PAGE = (Path(__file__).parent / "in_page.js").read_text(encoding="utf-8")
RUN_AXE = """() => axe.run({resultTypes: ["violations"], preload: false}).then(
  (results) => results.violations.map((each) =>
    `${each.id}: ${each.nodes.map((node) => node.target.join(" ")).join(", ")}`))"""
SEND = """([path, fields]) => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = path;
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement("input");
    input.name = name;
    input.value = value;
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}"""
ERROR_PAGE = (
    "import json\nfrom imsinfo.errors import error_page\nprint(json.dumps(error_page({}).decode()))"
)
# Nothing that a visitor does brings these up, so they are taken from the site and shown.
ERRORS = ("error 500", "error 503")
# Each of these is laid out as another place is that stays; a whole run looks at them too.
LIKE_ANOTHER = (
    *("/what-is-ims/", "/search/?q=neck", "/search/?q=nekc", "/search/?q=suicide"),
    *("/enquiry/today/", "/enquiry/doctor-first/", "/enquiry/agreement/", "/enquiry/questions/"),
    *("/enquiry/questions/someone/", "/enquiry/questions/doctor-first/", "/references/trials/"),
    *("/conditions/", "/search/", "/leaflets/", "/enquiry/doctor-first/someone/", "/enquiry/sent/"),
    *("/enquiry/under-18/", "/contact/", "/warning-signs/", "/leaflets/questions-to-ask/"),
    *("/references/", "question errors", "sent", "correction", "error 500", "/search/?q=zxqv"),
    *("/risks/", "/compare/", "errors for someone", "/enquiry/questions/doctor-first/someone/"),
)


def looks(phone: Size, desk: Size) -> tuple[tuple[Size, str], ...]:
    """Return the sizes and colour schemes for axe: what most readers see, or all when WHOLE.

    That every colour can be read on its ground, the tests of the tokens reckon for both schemes.
    """
    return tuple(some([*product((phone, desk), ("light", "dark"))], 1))


def places() -> tuple[str, ...]:
    """Return what to look at: each layout, or every page with IMSINFO_ALL_PAGES."""
    if WHOLE:
        return (*looked_at(), *STATES, *ERRORS, *style_guide())
    every = (*looked_at(), *STATES, *ERRORS)
    return tuple(place for place in every if place not in LIKE_ANOTHER)


def visit(page, site, place):
    """Bring a page of the browser to a place: an address, a state of the form or an error."""
    if place in STATES:
        _send(page, site, place)
    elif place in ERRORS:
        html = site.shell(ERROR_PAGE.format(place.removeprefix("error ")))
        page.route(
            f"{site.url}/fails/", lambda route: route.fulfill(body=html, content_type="text/html")
        )
        page.goto(f"{site.url}/fails/")
    else:
        page.goto(site.url + place)
    page.evaluate(AXE_SCRIPT)
    page.evaluate(IN_PAGE)


def _send(page, site, state):
    path, fields = STATES[state]
    if fields == CORRECTED:
        page.request.post(site.url + path, form=SENT)
    page.goto(f"{site.url}/enquiry/")
    with page.expect_navigation():
        page.evaluate(SEND, [path, fields])


def outline_of(page, site, name):
    """Return what a screen reader is told of a page, by the name of its outline.

    page: of a browser with the size DESK, to be brought there.
    """
    visit(page, site, OUTLINED[name])
    snapshot = page.locator("body").aria_snapshot()
    return outline(snapshot, grows=name in GROWING, has_frame=name == "home")
