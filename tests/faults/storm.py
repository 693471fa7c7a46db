"""Send thousands of enquiries while the site is broken again and again; none may be lost.

What the site has acknowledged is compared with what it holds in the end. Exit 1 where an
acknowledged enquiry is not there, one is there twice, or an answer was not as it must be.
"""

import argparse
import sys
import time

from tests.faults.answers import carried_by_the_questions
from tests.faults.fault_maker import FaultMaker
from tests.faults.figures import table, tell, verdict
from tests.faults.patient import Patient
from tests.faults.records import Records
from tests.faults.site import Site, served_site
from tests.faults.stored import Stored, incomplete, read_stored, wrong_with

CLINIC_PHONE = """
import json
from imsinfo.clinic import get_clinic
print(json.dumps(get_clinic().phone))
"""
AROUND = 300  # seconds for the start, the last answers, and reading what is stored
COUNTED = (
    *("503 with the text kept", "503 that lack something", "other 5xx", "unexpected answers"),
    *("given up", "connections lost or refused", "processes killed", "server restarts"),
    *("database restarts", "server ended by itself"),
)


def main() -> int:
    options = _options()
    with served_site(options.database, options.seconds + AROUND) as site:
        records = Records(options.count, site.shell(CLINIC_PHONE))
        seconds = _rage(site, records, options)
        site.wait_until_ready()
        stored = read_stored(site)
        wrong = records.violations + wrong_with(records, stored) + incomplete(site)
        wrong += _left_behind(site)
    tell(f"storm on {options.database}, {options.clients} clients")
    table(_rows(records, stored, seconds))
    return verdict(wrong)


def _options():
    parser = argparse.ArgumentParser(prog="python -m tests.faults.storm", description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
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
    return seconds


def _left_behind(site: Site) -> list[str]:
    left = []
    if orphans := site.orphans():
        left.append(f"{len(orphans)} processes of stopped servers still run")
    if b"storm-" in site.log.read_bytes():
        left.append("the log holds what was typed")
    return left


def _rows(records: Records, stored: list[Stored], seconds: float) -> dict[str, object]:
    markers = {row.marker for row in stored}
    return {
        "enquiries sent": records.counts["sent"],
        "acknowledged": len(records.acknowledged),
        "stored": len(stored),
        "stored twice": len(stored) - len(markers),
        "acknowledged and lost": len(records.acknowledged.keys() - markers),
        **{name: records.counts[name] for name in COUNTED},
        "seconds": seconds,
    }


if __name__ == "__main__":
    sys.exit(main())
