"""Let 200 people send at the same moment, each from an address of their own, while others read."""

import sys
import time
from http.client import HTTPConnection
from itertools import cycle
from threading import Event, Thread
from typing import NamedTuple

from tests.faults import outcome
from tests.faults.answers import carried_by_the_questions
from tests.faults.figures import percentile
from tests.faults.load import Sent, enquiries, send_all
from tests.faults.outcome import Outcome
from tests.faults.processes import wait_until_all_serve
from tests.faults.site import HOST, Site, served_site
from tests.faults.stored import read_stored

CROWD = 200
WARM_UP, SENDERS = 50, 8
MOST_FOR_CROWD = 5.0  # seconds, p95
MOST_FOR_READERS = 0.5
MOST_SECONDS = 300
ARTICLES = ("/aftercare/", "/conditions/neck-pain/")
COUNT_STORED = """
import json
from imsinfo.enquiries.models import Enquiry
print(json.dumps(Enquiry.objects.count()))
"""
P95, P95_READERS = "p95 of the senders", "p95 of the readers, seconds"


class Crowd(NamedTuple):
    """What came of one crowd; missed: what does not hold."""

    sent: list[Sent]
    figures: dict[str, float]
    missed: list[str]


def main() -> int:
    parser = outcome.options("crowd", __doc__)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    return outcome.run(lambda: _made(given.database, given.rounds), given, "crowd")


def _made(database: str, rounds: int) -> Outcome:
    found, began = Outcome("crowd", database), time.monotonic()
    with served_site(database, MOST_SECONDS) as site:
        wait_until_all_serve(site)
        carried = carried_by_the_questions(site.port)
        send_all(site.port, enquiries(carried, WARM_UP), SENDERS)
        for number in range(1, rounds + 1):
            come = crowd(site, carried)
            found.sent += len(come.sent)
            found.acknowledged += sum(each.status == 303 for each in come.sent)
            found.p95 = max(found.p95 or 0, come.figures[P95])
            found.rows |= {f"round {number}, {name}": it for name, it in come.figures.items()}
            found.wrong += come.missed
        stored = read_stored(site)
    found.stored = len(stored) - WARM_UP
    found.stored_twice = len(stored) - len({row.marker for row in stored})
    found.lost = max(0, found.acknowledged - found.stored)
    found.seconds = time.monotonic() - began
    return found


def unanswered(sent: list[Sent], stored: int, where: str) -> list[str]:
    """Name what was not stored or not thanked for."""
    refused = [each.status for each in sent if each.status != 303]
    missed = [f"{where}: answered with {refused[:5]} …, {len(refused)} times"] if refused else []
    if stored != len(sent):
        missed.append(f"{where}: {len(sent)} sent, {stored} stored")
    return missed


def crowd(site: Site, carried: dict[str, str]) -> Crowd:
    """Let all send at once, while somebody reads."""
    before, read, missed, ended = site.shell(COUNT_STORED), [], [], Event()
    reader = Thread(target=_read, args=(site.port, read, missed, ended), daemon=True)
    made = enquiries(carried, CROWD)
    reader.start()
    sent = send_all(site.port, made, CROWD)
    ended.set()
    reader.join()
    waited = [each.ended - each.began for each in sent]
    began, until = min(each.began for each in sent), max(each.ended for each in sent)
    meanwhile = [seconds for at, seconds in read if at + seconds >= began and at <= until]
    figures = {
        "p50 of the senders, seconds": percentile(waited, 0.5),
        P95: percentile(waited, 0.95),
        "slowest sender": max(waited),
        "pages read meanwhile": len(meanwhile),
        P95_READERS: percentile(meanwhile, 0.95),
    }
    missed += unanswered(sent, site.shell(COUNT_STORED) - before, "the crowd")
    if figures[P95] > MOST_FOR_CROWD:
        missed.append(f"p95 of the senders above {MOST_FOR_CROWD} s")
    if figures[P95_READERS] > MOST_FOR_READERS:
        missed.append(f"p95 of the readers above {MOST_FOR_READERS} s")
    return Crowd(sent, figures, missed)


def _read(port: int, read: list[tuple[float, float]], missed: list[str], ended: Event) -> None:
    """Read articles, each on a connection of its own, as people who come from a search do.

    read: gets when each began and its seconds; missed: what was not answered with the article.
    """
    for path in cycle(ARTICLES):
        if ended.is_set():
            return
        began = time.monotonic()
        connection = HTTPConnection(HOST, port, timeout=60)
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        connection.close()
        read.append((began, time.monotonic() - began))
        if response.status != 200:
            missed.append(f"{path} was answered with {response.status}")


if __name__ == "__main__":
    sys.exit(main())
