"""Pages against nginx with the same bytes, and against the usual way through Django."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks import client, nginx, wrk
from tests.benchmarks.figures import Figure, Part, Sample, Table, middle, ratio
from tests.benchmarks.site import (
    ARTICLE,
    ASKED,
    Answer,
    BenchmarkFault,
    ProductionSite,
    ask,
    production_site,
    temporary_folder,
)
from tests.faults.figures import tell
from tests.faults.site import HOST
from tests.nginx import MISSING, program

SITE, NGINX, USUAL = "site", "nginx", "usual"
# Leaves the prepared pages out, so that every request goes through Django and WhiteNoise.
UNPREPARED: dict[str, str] = {"PREPARED": "false"}
RATE, COST, SLOW = attrgetter("rate"), attrgetter("cost"), attrgetter("p99")
MOST_TO_NGINX, MOST_TO_USUAL, LEAST_RATE, MOST_P99 = 2.5, 0.20, 0.45, 15.0
# The form's first page is as fast as an article; runs differ by a little even of one page.
LEAST_OF_ARTICLE = 0.95
WARM_UP = 1  # seconds


@dataclass(frozen=True)
class Target:
    """What is asked for. own: by the small client, since wrk cannot ask with HEAD."""

    name: str
    path: str
    method: str = "GET"
    not_modified: bool = False
    own: bool = False

    @property
    def status(self) -> int:
        return 304 if self.not_modified else 200


class Server(NamedTuple):
    """leader: of the group of its processes."""

    name: str
    port: int
    leader: int


Samples = dict[tuple[str, str], list[Sample]]


def targets(article: Answer) -> list[Target]:
    """Return what is measured, of what an article tells the stylesheet that its page needs."""
    found = re.search(r'href="(/static/css/[^"]+)"', article.text)
    if not found:
        raise BenchmarkFault(f"{ARTICLE} names no stylesheet below /static/css/.")
    return [
        Target("article", ARTICLE),
        Target("article, 304", ARTICLE, not_modified=True),
        Target("article, own client", ARTICLE, own=True),
        Target("article, HEAD, own client", ARTICLE, method="HEAD", own=True),
        Target("form, first page", "/enquiry/"),
        Target("conditions", "/conditions/"),
        Target("home", "/"),
        Target("stylesheet, hashed", found[1]),
    ]


def _text(answer: Answer) -> str:
    import brotli  # noqa: PLC0415 -- only here

    return brotli.decompress(answer.body).decode()


def measure(seconds: float, rounds: int) -> Part:
    """Ask each server for each page in turn, so many times."""
    part = Part("Pages at the door")
    if not wrk.is_here():
        part.notes.append(f"LEFT OUT: {wrk.MISSING}")
        return part
    with ExitStack() as ending:
        servers, wanted = _servers(ending, part)
        for server in servers:
            part.faults += _wrong(server, wanted)
            _sample(server, wanted[0], WARM_UP)
        samples = _rounds(servers, wanted, seconds, rounds)
        part.faults += [fault for server in servers for fault in _wrong(server, wanted)]
    part.tables = [table(samples)]
    part.figures = figures(samples)
    part.raw = {
        "samples": [
            {"page": page, "server": server, "rounds": list(map(asdict, found))}
            for (page, server), found in samples.items()
        ]
    }
    return part


def _servers(ending: ExitStack, part: Part) -> tuple[list[Server], list[Target]]:
    site = ending.enter_context(running())
    usual = ending.enter_context(running(0, **UNPREPARED))
    wanted = targets(ask(site.port, ARTICLE))
    workers = len(site.workers())
    servers = [Server(SITE, site.port, site.process.pid)]
    if program():
        answers = {target.path: ask(site.port, target.path) for target in wanted}
        folder = ending.enter_context(temporary_folder())
        other = ending.enter_context(nginx.serving(Path(folder), answers, workers))
        servers.append(Server(NGINX, other.port, other.pid))
    else:
        part.notes.append(f"LEFT OUT: {MISSING}")
    servers.append(Server(USUAL, usual.port, usual.process.pid))
    part.notes.append(f"{workers} workers each; {wrk.CONNECTIONS} connections that stay open")
    return servers, wanted


@contextmanager
def running(articles: int = 0, **settings: str) -> Iterator[ProductionSite]:
    """Serve a real site, which has come to rest, until the block ends."""
    with production_site(articles, **settings) as site:
        site.first_answer()
        site.settle()
        yield site


def _wrong(server: Server, wanted: list[Target]) -> list[str]:
    """Tell which pages are not answered as they should be: wrk counts no more than errors."""
    found = [(target, _asked(server, target).status) for target in wanted]
    return [
        f"{target.name} on {server.name}: answered with {status}, not {target.status}"
        for target, status in found
        if status != target.status
    ]


def _asked(server: Server, target: Target) -> Answer:
    return ask(server.port, target.path, target.method, **_condition(server, target))


def _condition(server: Server, target: Target) -> dict[str, str]:
    if not target.not_modified:
        return {}
    return {"If-None-Match": ask(server.port, target.path).header("ETag")}


def _rounds(servers, wanted, seconds, rounds) -> Samples:
    samples: Samples = {(each.name, server.name): [] for each in wanted for server in servers}
    for number in range(rounds):
        tell(f"  round {number + 1} of {rounds} …")
        for target in wanted:
            for server in servers:
                samples[target.name, server.name].append(_sample(server, target, seconds))
    return samples


def _sample(server: Server, target: Target, seconds: float) -> Sample:
    headers = ASKED | _condition(server, target)
    if target.own:
        body = 0 if target.method == "HEAD" else len(ask(server.port, target.path).body)
        request = client.request(target.method, target.path, headers)
        asked = client.Asked(request, target.status, body)
        return wrk.sample(server.leader, partial(client.run, server.port, asked, seconds))
    url = f"http://{HOST}:{server.port}{target.path}"
    return wrk.sample(server.leader, partial(wrk.run, url, headers, seconds))


def table(samples: Samples) -> Table:
    """Return medians of every page and server; the ratios are the site's to that server's."""
    heads = ("page", "server", "requests/s", "CPU µs", "p50 ms", "p99 ms", "faults")
    rows = []
    for (page, server), found in samples.items():
        ours = samples[page, SITE]
        ratios: tuple[object, object] = ("", "")
        if server != SITE:
            ratios = (ratio(ours, found, RATE), ratio(ours, found, COST))
        medians = [middle(found, of) for of in (RATE, COST, attrgetter("p50"), SLOW)]
        faults = sum(each.faults for each in found)
        rows.append((page, server, *medians, faults, *ratios))
    return Table((*heads, "site's requests", "site's CPU"), rows)


def figures(samples: Samples) -> list[Figure]:
    """Return what is required of the pages, as far as it was measured."""
    article, form = samples["article", SITE], samples["form, first page", SITE]
    found = []
    if ("article", NGINX) in samples:
        theirs = samples["article", NGINX]
        found = [
            Figure("article: CPU to nginx's", ratio(article, theirs, COST), most=MOST_TO_NGINX),
            Figure(
                "article: requests a second to nginx's (aim 0.90)",
                ratio(article, theirs, RATE),
                least=LEAST_RATE,
            ),
        ]
    usual = ratio(article, samples["article", USUAL], COST)
    found.append(Figure("article: CPU to the usual way's", usual, most=MOST_TO_USUAL))
    found += _compared(samples)
    found += [
        Figure(f"{page}: p99, ms", middle(samples[page, SITE], SLOW), most=MOST_P99)
        for page in ("article", "article, 304", "form, first page")
    ]
    rate = ratio(form, article, RATE)
    found.append(Figure("form: requests a second to the article's", rate, least=LEAST_OF_ARTICLE))
    faults = sum(each.faults for sampled in samples.values() for each in sampled)
    return [*found, Figure("requests without a good answer", faults, most=0)]


def _compared(samples: Samples) -> list[Figure]:
    """304 and HEAD to the whole page, each by the same client."""
    pairs = [
        ("304: CPU to the page's", "article, 304", "article"),
        ("HEAD: CPU to the page's", "article, HEAD, own client", "article, own client"),
    ]
    return [
        Figure(name, ratio(samples[ours, SITE], samples[whole, SITE], COST), most=1.0)
        for name, ours, whole in pairs
    ]
