"""Hold slow connections of each kind while others visit as usual; the visits must be served.

Each kind for itself, then all at once. Exit 1 where a figure is worse than required.
"""

import argparse
import sys
import time

from tests.faults import outcome
from tests.faults.answers import carried_by_the_questions
from tests.faults.figures import table, tell
from tests.faults.load import enquiries
from tests.faults.outcome import Outcome
from tests.faults.processes import wait_until_all_serve, workers_of
from tests.faults.site import Site, served_site
from tests.faults.slow_clients import KINDS, Holder, Kind
from tests.faults.visits import ENQUIRY_EVERY, Figures, Visitors, figures_of, newcomer

LEAST_SERVED = 0.99
MOST_SECONDS = 2.0  # p95
PACE = 10  # visits a second
SETTLE = 3  # seconds until all slow connections are there
AROUND = 120  # seconds for the start and the end


def main() -> int:
    given = _options()
    return outcome.run(lambda: _made(given), given, "slow")


def _made(options: argparse.Namespace) -> Outcome:
    found, began = Outcome("slow", options.database), time.monotonic()
    ways = {kind.name: (kind,) for kind in KINDS} | {"all at once": KINDS}
    wanted = options.kind or list(ways)
    most = AROUND + len(wanted) * (options.seconds + 30)
    with served_site(options.database, most) as site:
        wait_until_all_serve(site)
        tell(f"{options.connections} slow connections of a kind, {options.seconds} s each")
        _tell_workers(site, "at first")
        for name in wanted:
            figures = _hold(site, name, ways[name], options)
            found.wrong += missed_by(name, figures)
            found.p95 = max(found.p95 or 0, figures.p95)
    found.seconds = time.monotonic() - began
    return found


def _options():
    parser = outcome.options("slow", __doc__)
    parser.add_argument("--seconds", type=int, default=20, help="how long each kind is held")
    parser.add_argument("--connections", type=int, default=200, help="of each kind")
    names = [*(kind.name for kind in KINDS), "all at once"]
    parser.add_argument("--kind", action="append", choices=names, help="one alone; may be repeated")
    return parser.parse_args()


def _hold(site: Site, name: str, kinds: tuple[Kind, ...], options) -> Figures:
    """Visit while the slow ones are there."""
    made = enquiries(
        carried_by_the_questions(site.port), options.seconds * PACE // ENQUIRY_EVERY + 1
    )
    holders = [Holder(kind, site.port, options.connections) for kind in kinds]
    for holder in holders:
        holder.start()
    time.sleep(SETTLE)
    with Visitors(newcomer(site.port, made), PACE) as visitors:
        time.sleep(options.seconds)
        tell(f"\n{name}")
        _tell_workers(site, "meanwhile")
    for holder in holders:
        holder.end()
    for holder in holders:
        seen = ", ".join(f"{count} {what}" for what, count in sorted(holder.seen.items()))
        tell(f"  {holder.kind.name}: {holder.usually_held} held ({seen})")
    return _told(name, figures_of(visitors.visits))


def _told(name: str, figures: Figures) -> Figures:
    table(
        {
            "visits": figures.visits,
            "served, %": 100 * figures.share,
            "p50, seconds": figures.p50,
            "p95": figures.p95,
            "slowest": figures.slowest,
            **figures.failures,
        }
    )
    tell(f"  {'NOT held' if missed_by(name, figures) else 'held'}")
    return figures


def missed_by(name: str, figures: Figures) -> list[str]:
    """Return which of the required figures the visits beside a kind of connection miss."""
    missed = []
    if figures.share < LEAST_SERVED:
        missed.append(f"{name}: {figures.share:.2%} served, {LEAST_SERVED:.0%} required")
    if figures.p95 >= MOST_SECONDS:
        missed.append(f"{name}: p95 {figures.p95:.2f} s, below {MOST_SECONDS} s required")
    return missed


def _tell_workers(site: Site, when: str) -> None:
    for worker in workers_of(site):
        tell(f"  worker {when}: {worker.memory:.0f} MiB, {worker.threads} threads")


if __name__ == "__main__":
    sys.exit(main())
