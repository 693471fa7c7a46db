"""Let another process lock the database for six seconds, again and again, while people send.

SQLite: its one lock for writing, waited out without a refusal. PostgreSQL: the table of
enquiries, longer than a statement may wait; who is refused keeps the text.
"""

import subprocess
import sys
import time

from tests.faults import outcome
from tests.faults.outcome import Outcome
from tests.faults.site import ROOT, Site, served_site
from tests.faults.under_load import outcome_of, sending, wait_for_more

LOCKED_FOR = 6  # seconds
TIMES = 3
MOST_SECONDS = 300
LOCK = """
import sys, time
from django.db import connection
from django.db.transaction import atomic
sql = "LOCK TABLE enquiries_enquiry" if connection.vendor == "postgresql" else "SELECT 1"
with atomic(), connection.cursor() as cursor:
    cursor.execute(sql)
    print("locked", flush=True)
    time.sleep(float({seconds}))
"""


def main() -> int:
    given = outcome.options("locked", __doc__).parse_args()
    return outcome.run(lambda: _made(given.database), given, "locked")


def _made(database: str) -> Outcome:
    began = time.monotonic()
    with served_site(database, MOST_SECONDS) as site:
        with sending(site) as records:
            for _ in range(TIMES):
                wait_for_more(records, 20)
                _lock(site)
            wait_for_more(records, 20)
        found = outcome_of("locked", site, records, began)
        refused = records.counts["503 with the text kept"]
        if database == "sqlite" and refused:
            found.wrong.append(f"{refused} refused, although the lock was gone in time")
        return found


def _lock(site: Site) -> None:
    """Hold the lock from now on for its time, from a process of its own."""
    locker = subprocess.Popen(
        [
            sys.executable,
            "manage.py",
            "shell",
            "--no-imports",
            "-c",
            LOCK.format(seconds=LOCKED_FOR),
        ],
        cwd=ROOT,
        env=site.environment,
        stdout=subprocess.PIPE,
    )
    assert locker.stdout
    if locker.stdout.readline() != b"locked\n" or locker.wait(LOCKED_FOR + 30):
        raise RuntimeError("the database was not locked")


if __name__ == "__main__":
    sys.exit(main())
