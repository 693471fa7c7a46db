"""How much a first view loads: bytes of HTML and CSS, and the number of requests."""

from dataclasses import dataclass
from html.parser import HTMLParser

from tests.benchmarks.figures import Figure, Part, Table
from tests.benchmarks.memory import EVERY_PAGE
from tests.benchmarks.pages import running
from tests.benchmarks.site import BROWSER, ProductionSite, ask

# Ten packets of 1,460 bytes, which a server may send at once (RFC 6928).
MOST = 14_600
LARGEST = 3
# What a browser loads of a <link>; the others only say where something is.
LOADED = {"stylesheet", "icon", "preload", "modulepreload"}


class Needs(HTMLParser):
    """What a page names that a browser loads with it. sheets: those it draws the page with."""

    def __init__(self, html: str):
        super().__init__()
        self.sheets: list[str] = []
        self.loaded: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "link":
            self._link(given)
        elif tag in {"img", "script", "source", "iframe"} and given.get("src"):
            self.loaded.add(given["src"])

    def _link(self, given):
        kinds = set((given.get("rel") or "").split())
        if not kinds & LOADED:
            return
        self.loaded.add(given["href"])
        # A browser does not wait for a sheet of another medium.
        if "stylesheet" in kinds and given.get("media", "all") in {"all", "screen"}:
            self.sheets.append(given["href"])


@dataclass(frozen=True)
class View:
    """The first view of one page. Bytes as they are sent; requests: that of the page included."""

    path: str
    html: int
    css: int
    requests: int

    @property
    def total(self) -> int:
        return self.html + self.css


def measure() -> Part:
    """Ask for every page as a browser does that has nothing yet."""
    part = Part("What a first view loads")
    with running() as site:
        views = all_views(site)
    largest = sorted(views, key=lambda view: -view.total)[:LARGEST]
    rows = [(view.path, view.html, view.css, view.total, view.requests) for view in largest]
    part.tables = [Table(("largest pages", "HTML", "CSS", "together", "requests"), rows)]
    most = max(view.requests for view in views)
    part.figures = [
        Figure("HTML and CSS of the largest page, bytes", largest[0].total, most=MOST),
        Figure("requests of a first view, at most", most),
        Figure("requests of a first view, at least", min(view.requests for view in views)),
    ]
    part.raw["views"] = [vars(view) for view in views]
    part.notes.append(
        f"{len(views)} pages; requests that the HTML names, with sheets for print and the icon; "
        "fonts come beside them where CSS alone names them"
    )
    return part


def all_views(site: ProductionSite) -> list[View]:
    """Return the first view of every page that there is."""
    sheets: dict[str, int] = {}
    views = []
    for path in site.shell(EVERY_PAGE):
        page = ask(site.port, path, **BROWSER)
        if page.status != 200:
            continue
        needs = Needs(page.text)
        for sheet in needs.sheets:
            if sheet not in sheets:
                sheets[sheet] = len(ask(site.port, sheet, **BROWSER).body)
        css = sum(sheets[sheet] for sheet in needs.sheets)
        views.append(View(path, len(page.body), css, 1 + len(needs.loaded)))
    return views
