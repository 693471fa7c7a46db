"""What an enquiry costs: against a bare insert of its rows, and with 200 senders at once.

Exit 1 where a figure is worse than required.
"""

import argparse
import statistics
import sys

from tests.faults.answers import carried_by_the_questions
from tests.faults.crowd import COUNT_STORED, CROWD, crowd, unanswered
from tests.faults.figures import table, tell, verdict
from tests.faults.load import Sent, enquiries, send_all
from tests.faults.own_rows import BareDatabase, Row, new_rows
from tests.faults.site import Site, served_site

# Enquiries a second through the site, as a share of the bare inserts: at least, and aimed at.
SHARES = {"sqlite": (0.08, 0.2), "postgresql": (0.10, 0.3)}
SENDERS = 16
WARM_UP = 200


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
            come = crowd(site, carried)
            tell(f"{CROWD} senders at once")
            table(come.figures)
            missed += come.missed
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
        missed += unanswered(sent, site.shell(COUNT_STORED) - before, f"round {number}")
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


if __name__ == "__main__":
    sys.exit(main())
