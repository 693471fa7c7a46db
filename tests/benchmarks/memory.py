"""What each worker keeps in memory once every page was visited."""

from tests.benchmarks.figures import Figure, Part, Table
from tests.benchmarks.pages import running
from tests.benchmarks.processes import memory_of
from tests.benchmarks.site import ASKED, BenchmarkFault, ProductionSite, ask
from tests.benchmarks.starting import LARGE, named
from tests.faults.answers import Page
from tests.faults.figures import tell
from tests.faults.load import enquiries, send_all

# MiB a worker at most, by the number of articles.
MOST = {0: 70.0, LARGE: 110.0}
# Which worker answers is left to chance: with so many visits both have shown nearly every page.
VISITS = 4
EVERY_PAGE = "import json\nfrom tests.pages import every_page\nprint(json.dumps(every_page()))"


def measure() -> Part:
    """Visit everything on sites of both sizes and look at their workers."""
    part = Part("Memory of each worker")
    rows = []
    for articles, most in MOST.items():
        tell(f"  {named(articles)} …")
        with running(articles) as site:
            visit_everything(site)
            found = [memory_of(worker) for worker in site.workers()]
        rows += [
            (f"{named(articles)}, worker {number}", each.rss, each.pss)
            for number, each in enumerate(found, 1)
        ]
        part.raw[named(articles)] = [each._asdict() for each in found]
        # What one worker more would cost; what all share, such as Python, is there but once.
        largest = max((each.pss for each in found), default=float("nan"))
        part.figures.append(Figure(f"{named(articles)}, PSS, MiB", largest, most=most))
    part.tables = [Table(("after every page, a search and an enquiry", "RSS MiB", "PSS MiB"), rows)]
    part.notes.append("RSS counts what workers share in each of them; PSS counts a share of it")
    return part


def visit_everything(site: ProductionSite) -> None:
    """Ask for every page and send enquiries, so often that each worker has had its part."""
    pages = [path for path in site.shell(EVERY_PAGE) if path != "/no-such-page/"]
    for path in pages * VISITS:
        if ask(site.port, path).status >= 400:
            raise BenchmarkFault(f"{path} was not answered with a page.")
    send_enquiries(site, VISITS * 2)


def send_enquiries(site: ProductionSite, count: int) -> None:
    questions = Page(ask(site.port, "/enquiry/questions/").text)
    made = enquiries(questions.hidden, count)
    sent = send_all(site.port, [(body, headers | ASKED) for body, headers in made], 2)
    refused = [each.status for each in sent if each.status != 303]
    if refused:
        raise BenchmarkFault(f"An enquiry was answered with {refused[0]}, not 303.")
