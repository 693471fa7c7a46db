"""Put the clock a day forward, back, and a day back, while people send; nothing may be lost.

The site alone lives by that clock: each of its Python processes reads a file that says how many
seconds it is wrong. Its timers go on as they would, since no such jump reaches the monotonic clock.
With the clock wrong the site is also restarted, its mails are sent, and what is over is deleted:
nothing.
"""

import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from tests.faults import outcome
from tests.faults.outcome import Outcome
from tests.faults.site import Site, served_site
from tests.faults.under_load import outcome_of, sending, wait_for_more

DAY = 24 * 60 * 60
JUMPS = (DAY, 0, -DAY, 0)
MOST_SECONDS = 400
# In each process: the clock as the file says, and a thread that goes on reading it.
TURN = """
import os, threading, time
from datetime import timedelta
from pathlib import Path

import time_machine

clock, sleep = Path(os.environ["CLOCK_IS_WRONG_BY"]), time.sleep
wrong_by = int(clock.read_text())
turned = time_machine.travel(time.time() + wrong_by, tick=True).start()


def follow():
    global wrong_by
    while True:
        sleep(0.2)
        now = int(clock.read_text())
        if now != wrong_by:
            turned.shift(timedelta(seconds=now - wrong_by))
            wrong_by = now


def begin():
    threading.Thread(target=follow, daemon=True).start()


begin()
os.register_at_fork(after_in_child=begin)
"""
NOW = "import json, time; print(json.dumps(time.time()))"


def main() -> int:
    given = outcome.options("clock", __doc__).parse_args()
    return outcome.run(lambda: _made(given.database), given, "clock")


def _made(database: str) -> Outcome:
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="imsinfo-clock-") as folder:
        clock = Path(folder) / "clock"
        clock.write_text("0")
        with served_site(database, MOST_SECONDS, _by(clock)) as site:
            wrong = []
            with sending(site) as records:
                for jump in JUMPS:
                    wait_for_more(records, 20)
                    _turn(clock, jump)
                    wait_for_more(records, 20)
                    wrong += _live_by(site, jump)
                wait_for_more(records, 20)
            return outcome_of("clock", site, records, began, wrong)


def _by(clock: Path) -> dict[str, str]:
    """Return the environment of a process that lives by the clock in a file."""
    # Python runs this module by itself at the start of each process.
    (clock.parent / "sitecustomize.py").write_text(TURN)
    return {"PYTHONPATH": str(clock.parent), "CLOCK_IS_WRONG_BY": str(clock)}


def _turn(clock: Path, jump: int) -> None:
    """Replaced as a whole: half a line would be another time."""
    draft = clock.with_name("draft")
    draft.write_text(str(jump))
    draft.replace(clock)
    time.sleep(1)  # Each process looks at it five times a second.


def _live_by(site: Site, jump: int) -> list[str]:
    """Do what happens in such a time: the daily deletion, and a restart."""
    turned = site.shell(NOW) - time.time()
    # Where the clock lags behind what is recorded, it refuses to delete anything.
    with suppress(subprocess.CalledProcessError):
        site.manage("apply_retention")
    site.stop()
    site.start()
    if abs(turned - jump) > 60:
        return [f"{jump} s: the site's clock was turned by {turned:.0f} s"]
    return []


if __name__ == "__main__":
    sys.exit(main())
