"""Enquiries that go on being sent while something is broken, and what became of them."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from tests.faults.answers import carried_by_the_questions
from tests.faults.figures import percentile
from tests.faults.outcome import Outcome
from tests.faults.patient import Patient
from tests.faults.records import Records
from tests.faults.site import Site
from tests.faults.stored import incomplete, read_stored, wrong_with

CLINIC_PHONE = """
import json
from imsinfo.clinic import get_clinic
print(json.dumps(get_clinic().phone))
"""
CLIENTS = 8
PAUSE = 0.2  # seconds between two enquiries of a client
MOST = 5000  # enquiries of one fault
COUNTED = (
    *("503 with the text kept", "503 that lack something", "other 5xx", "unexpected answers"),
    *("given up", "connections lost or refused"),
)


class Served(Protocol):
    """What enquiries can be sent to: a site, or what stands before several."""

    @property
    def port(self) -> int: ...

    def shell(self, code: str) -> Any: ...


@contextmanager
def sending(site: Served, clients: int = CLIENTS, pause: float = PAUSE) -> Iterator[Records]:
    """Let clients send until the block ends, and let them finish what they have begun."""
    records = Records(MOST, site.shell(CLINIC_PHONE))
    carried = carried_by_the_questions(site.port)
    patients = [Patient(site.port, records, carried, pause) for _ in range(clients)]
    for patient in patients:
        patient.start()
    try:
        yield records
        records.enough.set()
    finally:
        # Where the block was broken off, nobody is waited for.
        if not records.enough.is_set():
            records.ended.set()
        for patient in patients:
            patient.join()


def wait_for_more(records: Records, count: int, seconds: float = 60) -> None:
    """Wait until so many more enquiries are acknowledged; it is a violation if they are not."""
    wanted, until = len(records.acknowledged) + count, time.monotonic() + seconds
    while len(records.acknowledged) < wanted:
        if time.monotonic() > until:
            records.violated(f"{count} more enquiries were not acknowledged in {seconds:.0f} s")
            return
        time.sleep(0.05)


def outcome_of(
    fault: str, site: Site, records: Records, began: float, wrong: Sequence[str] = ()
) -> Outcome:
    """Compare what the clients were told with what a site holds; began: by time.monotonic()."""
    site.wait_until_ready()
    stored = read_stored(site)
    markers = {row.marker for row in stored}
    found = [*records.violations, *wrong_with(records, stored), *incomplete(site), *wrong]
    return Outcome(
        fault=fault,
        database="postgresql" if site.cluster else "sqlite",
        seconds=time.monotonic() - began,
        sent=records.counts["sent"],
        acknowledged=len(records.acknowledged),
        stored=len(stored),
        lost=len(records.acknowledged.keys() - markers),
        stored_twice=len(stored) - len(markers),
        p95=percentile(records.waited, 0.95) if records.waited else None,
        rows={name: records.counts[name] for name in COUNTED},
        wrong=found + _left_behind(site),
    )


def _left_behind(site: Site) -> list[str]:
    left = []
    if orphans := site.orphans():
        left.append(f"{len(orphans)} processes of stopped servers still run")
    if b"storm-" in site.log.read_bytes():
        left.append("the log holds what was typed")
    return left
