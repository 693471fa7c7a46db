"""Send thousands of enquiries while the site is broken again and again; none may be lost.

What the site has acknowledged is compared with what it holds in the end. Exit 1 where an
acknowledged enquiry is not there, one is there twice, or an answer was not as it must be.
"""

import argparse
import sys
import time

from tests.faults import outcome
from tests.faults.answers import carried_by_the_questions
from tests.faults.fault_maker import FaultMaker
from tests.faults.outcome import Outcome
from tests.faults.patient import Patient
from tests.faults.records import Records
from tests.faults.site import served_site
from tests.faults.under_load import CLINIC_PHONE, outcome_of

STARTED_AGAIN = b"it is started again"
AROUND = 300  # seconds for the start, the last answers, and reading what is stored
MADE = (*("processes killed", "server restarts", "database restarts", "server ended by itself"),)


def main() -> int:
    given = _options()
    return outcome.run(lambda: _made(given), given, "storm")


def _made(given: argparse.Namespace) -> Outcome:
    began = time.monotonic()
    with served_site(given.database, given.seconds + AROUND) as site:
        records = Records(given.count, site.shell(CLINIC_PHONE))
        _rage(site, records, given)
        found = outcome_of("storm", site, records, began)
        found.rows |= {name: records.counts[name] for name in MADE}
        found.rows["started again by the parent"] = site.log.read_bytes().count(STARTED_AGAIN)
        return found


def _options():
    parser = outcome.options("storm", __doc__)
    parser.add_argument(
        "--count",
        type=int,
        default=3000,
        help="enquiries to send; with few it is over before all faults are made, and failed",
    )
    parser.add_argument("--clients", type=int, default=12, help="who send them")
    parser.add_argument("--seconds", type=int, default=1500, help="after which it ends as failed")
    return parser.parse_args()


def _rage(site, records, options):
    """Let the clients send and the fault-maker break until the last enquiry is over."""
    carried = carried_by_the_questions(site.port)
    patients = [Patient(site.port, records, carried) for _ in range(options.clients)]
    fault_maker = FaultMaker(site, records)
    began = time.monotonic()
    try:
        for thread in (fault_maker, *patients):
            thread.start()
        for patient in patients:
            patient.join(max(0, began + options.seconds - time.monotonic()))
        seconds = time.monotonic() - began
        if records.finished < records.count:
            records.violated(f"not over after {seconds:.0f} seconds")
    finally:
        # Also where the storm is broken off: nobody may start the site again while it is removed.
        records.ended.set()
        for thread in (fault_maker, *patients):
            thread.join()
    # Such as with too few enquiries: a storm without its faults proves nothing.
    if fault_maker.planned:
        records.violated(f"over before {len(fault_maker.planned)} planned faults were made")


if __name__ == "__main__":
    sys.exit(main())
