"""Publish new content again and again, then kill workers, while others visit; nobody may notice.

Where a worker is killed, only visits on a connection to it may fail. Exit 1 where more does.
"""

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from imsinfo.operating.workers import WORKERS
from tests.faults import outcome
from tests.faults.answers import carried_by_the_questions
from tests.faults.editions import (
    PATHS,
    inconsistent,
    not_whole,
    shown_by,
    tagged,
    write_edition,
)
from tests.faults.figures import table, tell
from tests.faults.load import enquiries
from tests.faults.outcome import Outcome
from tests.faults.processes import listening, workers_of
from tests.faults.site import Site, served_site
from tests.faults.visits import (
    LOST,
    PAGES,
    SERVED,
    Regular,
    Visit,
    Visitors,
    figures_of,
    newcomer,
)

SWAPS, KILLS = 5, 3
# Where a worker ends so soon after its start granian gives up, and the parent starts all anew.
SPARED = 6  # seconds
PACE = 15  # visits a second of newcomers, and as many of those who stay
ENQUIRIES = 100
# So many visits in a row that show the new content, and it is everywhere.
IN_A_ROW = 30
MOST_UNTIL_SHOWN = 30  # seconds after prepare has ended
MOST_UNTIL_REPLACED = 60
# A connection may seem to have been opened so much after the kill: it is not over at once.
MOMENT = 0.1


def main() -> int:
    given = _options()
    return outcome.run(lambda: _made(given.seconds), given, "swap")


def _options():
    parser = outcome.options("swap", __doc__)
    parser.add_argument("--seconds", type=int, default=20, help="each of the two lasts at least")
    return parser.parse_args()


def _made(seconds: int) -> Outcome:
    found, began = Outcome("swap", "sqlite"), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="imsinfo-faults-") as content:
        write_edition(Path(content), 0)
        most = 400 + 2 * seconds
        with served_site("sqlite", most, {"CONTENT_DIR": content}) as site:
            _wait_for(lambda: _is_settled(site), MOST_UNTIL_REPLACED)
            found.wrong += _swap(site, Path(content), seconds) + _kill(site, seconds)
    found.seconds = time.monotonic() - began
    return found


def _swap(site: Site, folder: Path, seconds: int) -> list[str]:
    """Publish one edition after the other; each must come up everywhere, and no visit may fail."""
    newcomers = Visitors(newcomer(site.port, (), PATHS), PACE)
    regulars = Visitors(Regular(site.port, PATHS), PACE)
    until, number, waited, missed = time.monotonic() + seconds, 0, [], []
    with newcomers, regulars:
        while number < SWAPS or time.monotonic() < until:
            number += 1
            write_edition(folder, number)
            site.prepare()
            began = time.monotonic()
            if not _wait_for(_shows(number, (newcomers, regulars)), MOST_UNTIL_SHOWN):
                missed.append(f"edition {number} was not shown after {MOST_UNTIL_SHOWN} s")
            waited.append(time.monotonic() - began)
    visits = newcomers.visits + regulars.visits
    missed += [f"{each.path}: {each.outcome}" for each in visits if each.outcome != SERVED]
    missed += not_whole(visits) + inconsistent(visits)
    rows = {
        "swaps": number,
        "most seconds until shown": max(waited),
        "with an ETag": tagged(visits),
    }
    _tell("swaps of the content", visits, rows)
    return _told(missed)


def _shows(number: int, visitors: Sequence[Visitors]) -> Callable[[], bool]:
    """Return whether all of late, whether new or there for long, see this edition and no other."""
    return lambda: all(shown_by(each.visits[-IN_A_ROW:]) == {number} for each in visitors)


def _kill(site: Site, seconds: int) -> list[str]:
    """Kill one worker after the other; each must be replaced."""
    made = enquiries(carried_by_the_questions(site.port), ENQUIRIES)
    newcomers = Visitors(newcomer(site.port, made), PACE)
    regulars = Visitors(Regular(site.port, PAGES), PACE)
    until, waited, missed = time.monotonic() + seconds, [], []
    kills: list[float] = []
    with newcomers, regulars:
        while len(kills) < KILLS or time.monotonic() < until:
            os.kill(min(each.pid for each in workers_of(site)), signal.SIGKILL)
            kills.append(time.monotonic())
            if not _is_replaced(site):
                missed.append(f"a killed worker was not replaced in {MOST_UNTIL_REPLACED} s")
                break
            waited.append(time.monotonic() - kills[-1])
            _wait_for(lambda: _is_settled(site), MOST_UNTIL_REPLACED)
    visits = newcomers.visits + regulars.visits
    missed += unexcused(visits, kills)
    _tell(
        "kills",
        visits,
        {"kills": len(kills), "most seconds until replaced": max(waited, default=0.0)},
    )
    return _told(missed)


def unexcused(visits: Sequence[Visit], kills: Sequence[float]) -> list[str]:
    """Name the visits that failed otherwise than with the connection to a worker that was killed.

    kills: when, on the clock of the visits.
    """
    return [
        f"{each.path}: {each.outcome}"
        for each in visits
        if each.outcome not in {SERVED, LOST}
        or (each.outcome == LOST and not _died_with_worker(each, kills))
    ]


def _died_with_worker(lost: Visit, kills: Sequence[float]) -> bool:
    """Whether a worker was killed while the connection was there."""
    ended = lost.began + lost.seconds
    return any(lost.opened <= kill + MOMENT and kill <= ended for kill in kills)


def _is_replaced(site: Site) -> bool:
    """Wait until a worker is gone and another takes visitors in its place; whether that came."""
    gone = _wait_for(lambda: listening(site) < WORKERS, MOST_UNTIL_REPLACED)
    return gone and _wait_for(lambda: listening(site) == WORKERS, MOST_UNTIL_REPLACED)


def _is_settled(site: Site) -> bool:
    """Whether all workers serve, and one may be killed without ending the others too."""
    pids = {each.pid for each in workers_of(site)} & set(site.children(older_than=SPARED))
    return len(pids) == WORKERS == listening(site)


def _wait_for(is_so: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def _tell(what: str, visits: Sequence[Visit], rows: Mapping[str, object]) -> None:
    figures = figures_of(visits)
    tell(f"\n{what}")
    table(
        {
            **rows,
            "visits": figures.visits,
            "served, %": 100 * figures.share,
            "p95, seconds": figures.p95,
            "slowest": figures.slowest,
            **figures.failures,
        }
    )


def _told(missed: list[str]) -> list[str]:
    tell(f"  {'NOT held' if missed else 'held'}")
    return missed


if __name__ == "__main__":
    sys.exit(main())
