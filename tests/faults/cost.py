"""What an enquiry costs: against a bare insert of its rows, and with 200 senders at once.

Exit 1 where a figure is worse than required.
"""

import argparse
import statistics
import sys
import time
from http.client import HTTPConnection
from itertools import cycle
from threading import Event, Thread

from tests.faults.answers import carried_by_the_questions
from tests.faults.figures import percentile, table, tell, verdict
from tests.faults.load import Sent, enquiries, send_all
from tests.faults.own_rows import BareDatabase, Row, new_rows
from tests.faults.site import HOST, Site, served_site

# Enquiries a second through the site, as a share of the bare inserts: at least, and aimed at.
SHARES = {"sqlite": (0.08, 0.2), "postgresql": (0.10, 0.3)}
SENDERS = 16
WARM_UP = 200
CROWD = 200
MOST_FOR_CROWD = 5.0  # seconds, p95
MOST_FOR_READERS = 0.5
ARTICLES = ("/aftercare/", "/conditions/neck-pain/")
COUNT_STORED = """
import json
from imsinfo.enquiries.models import Enquiry
print(json.dumps(Enquiry.objects.count()))
"""


def main() -> int:
    options = _options()
    with served_site(options.database, options.seconds) as site:
        carried = carried_by_the_questions(site.port)
        database = BareDatabase(site)
        rows = _rows_of_one(site, database, carried)
        tell(f"on {options.database}; one enquiry makes {_named(rows)}")
        send_all(site.port, enquiries(carried, WARM_UP), SENDERS)
        missed = _against_bare(site, database, rows, carried, options)
        for _ in range(options.rounds):
            missed += _crowd(site, carried)
    return verdict(missed)


def _options():
    parser = argparse.ArgumentParser(prog="python -m tests.faults.cost", description=__doc__)
    parser.add_argument("--database", choices=tuple(SHARES), default="sqlite")
    parser.add_argument("--count", type=int, default=1000, help="enquiries in a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=900, help="after which it ends as failed")
    return parser.parse_args()


def _rows_of_one(site: Site, database: BareDatabase, carried) -> list[Row]:
    before = database.rows()
    [sent] = send_all(site.port, enquiries(carried, 1), 1)
    rows = new_rows(before, database.rows())
    if sent.status != 303 or not rows:
        raise SystemExit(f"An enquiry was answered with {sent.status} and made {len(rows)} rows.")
    return rows


def _named(rows: list[Row]) -> str:
    names = [row.table.name for row in rows]
    return ", ".join(f"{names.count(name)} {name}" for name in dict.fromkeys(names))


def _against_bare(site: Site, database: BareDatabase, rows: list[Row], carried, options):
    """Take turns, so that whatever else the machine does weighs on both."""
    required, aimed_at = SHARES[options.database]
    missed, shares = [], []
    for number in range(1, options.rounds + 1):
        made = enquiries(carried, options.count)
        bare = options.count / database.insert_again(rows, options.count)
        before = site.shell(COUNT_STORED)
        sent = send_all(site.port, made, SENDERS)
        missed += _unanswered(sent, site.shell(COUNT_STORED) - before, f"round {number}")
        through_site = len(sent) / _span(sent)
        shares.append(through_site / bare)
        tell(f"round {number}")
        table({"bare inserts a second": bare, "enquiries a second": through_site})
    share = statistics.median(shares)
    table({"share, median": share, "required": required, "aimed at": aimed_at})
    if share < required:
        missed.append(f"{share:.3f} of the bare inserts a second, {required} required")
    return missed


def _span(sent: list[Sent]) -> float:
    return max(each.ended for each in sent) - min(each.began for each in sent)


def _unanswered(sent: list[Sent], stored: int, where: str) -> list[str]:
    refused = [each.status for each in sent if each.status != 303]
    missed = [f"{where}: answered with {refused[:5]} …, {len(refused)} times"] if refused else []
    if stored != len(sent):
        missed.append(f"{where}: {len(sent)} sent, {stored} stored")
    return missed


def _crowd(site: Site, carried) -> list[str]:
    """All send at once, while somebody reads."""
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
    tell(f"{CROWD} senders at once")
    figures = {
        "p50 of the senders, seconds": percentile(waited, 0.5),
        "p95 of the senders": percentile(waited, 0.95),
        "slowest sender": max(waited),
        "pages read meanwhile": len(meanwhile),
        "p95 of the readers, seconds": percentile(meanwhile, 0.95),
    }
    table(figures)
    missed += _unanswered(sent, site.shell(COUNT_STORED) - before, "the crowd")
    if figures["p95 of the senders"] > MOST_FOR_CROWD:
        missed.append(f"p95 of the senders above {MOST_FOR_CROWD} s")
    if figures["p95 of the readers, seconds"] > MOST_FOR_READERS:
        missed.append(f"p95 of the readers above {MOST_FOR_READERS} s")
    return missed


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
