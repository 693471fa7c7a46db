"""Two servers on one PostgreSQL behind nginx: each is killed whole, then PostgreSQL crashes.

Enquiries go on being sent. A server that dies costs nobody an answer: nginx asks the other one.
While PostgreSQL is down, who sends is told so and keeps the text.
"""

import os
import secrets
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet

from tests.faults import outcome
from tests.faults.cluster import Cluster
from tests.faults.outcome import Outcome
from tests.faults.proxy import Proxy, need_nginx, proxy_before
from tests.faults.records import Records
from tests.faults.site import HOST, Site
from tests.faults.under_load import outcome_of, sending, wait_for_more

MOST_SECONDS = 900
# Seconds that PostgreSQL stays down: a restart, and long enough that a pool which waits ever
# longer between its tries would show it.
DOWN_FOR = (2, 2, 25)
MOST_SECONDS_AFTER = 15.0  # until an enquiry is stored again, PostgreSQL's own recovery included


@dataclass
class Pair:
    """Two sites with the same keys and database. port: of the proxy before them."""

    sites: tuple[Site, Site]
    cluster: Cluster
    proxy: Proxy

    @property
    def port(self) -> int:
        return self.proxy.port

    def shell(self, code: str):
        return self.sites[0].shell(code)


@contextmanager
def served_pair() -> Iterator[Pair]:
    """Serve two sites behind nginx until the block ends; then nothing is left of them."""
    # As behind one more proxy: each enquiry of a run may come from an address of its own.
    settings = {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYS": Fernet.generate_key().decode(),
        "TRUSTED_PROXIES": "2",
    }
    with ExitStack() as stack:
        cluster = Cluster.made_in(_folder())
        stack.callback(cluster.remove)
        sites = [_started(stack, cluster, settings) for _ in range(2)]
        folder = _folder()
        stack.callback(shutil.rmtree, folder)
        proxy = stack.enter_context(proxy_before([site.port for site in sites], folder))
        yield Pair((sites[0], sites[1]), cluster, proxy)


def _started(stack: ExitStack, cluster: Cluster, settings: dict[str, str]) -> Site:
    folder = _folder()
    stack.callback(shutil.rmtree, folder)
    site = Site(folder, cluster, settings)
    stack.callback(site.end)
    _start(site)
    return site


def _start(site: Site) -> None:
    """Start beside a server that is at work: on a slow machine that takes twice as long."""
    try:
        site.start()
    except TimeoutError:
        site.wait_until_ready()


def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="imsinfo-faults-"))


def kill_and_start(pair: Pair, site: Site, records: Records, each: int) -> None:
    """Kill all of one server, as a machine that loses its power; start it again under load."""
    os.killpg(site.process.pid, signal.SIGKILL)
    site.process.wait()
    records.saw("servers killed")
    wait_for_more(records, each)
    _start(site)
    before = _answered_by(pair, site)
    wait_for_more(records, each)
    until = time.monotonic() + 60
    while _answered_by(pair, site) == before:
        if time.monotonic() > until:
            records.violated("nginx passes nothing to the server that was started again")
            return
        time.sleep(0.1)


def crash_database(pair: Pair, records: Records, seconds: float, each: int) -> float:
    """Crash PostgreSQL and start it after so many seconds; return those until one is stored."""
    pair.cluster.crash()
    time.sleep(seconds)
    began = time.monotonic()
    pair.cluster.start()
    records.saw("database restarts")
    wait_for_more(records, 1)
    took = time.monotonic() - began
    wait_for_more(records, each)
    return took


def made(servers: int = 2, down_for: tuple[float, ...] = DOWN_FOR, each: int = 30) -> Outcome:
    """Make the faults and compare. servers: how many are killed; each: enquiries between."""
    need_nginx()
    began, took = time.monotonic(), []
    with served_pair() as pair:
        with sending(pair) as records:
            wait_for_more(records, each)
            for site in pair.sites[::-1][:servers]:
                kill_and_start(pair, site, records, each)
            for seconds in down_for:
                took.append(crash_database(pair, records, seconds, each))
        found = outcome_of("two servers", pair.sites[0], records, began)
        found.wrong += _wrong_beside(pair, took)
        found.rows |= _rows(pair, records, took)
        return found


def _wrong_beside(pair: Pair, took: list[float]) -> Iterator[str]:
    if orphans := pair.sites[1].orphans():
        yield f"{len(orphans)} processes of the second server outlived it"
    if b"storm-" in pair.sites[1].log.read_bytes():
        yield "the second server's log holds what was typed"
    if made_by_nginx := [each for each in pair.proxy.passed() if each.status in {500, 502, 504}]:
        yield f"{len(made_by_nginx)} answers 500, 502 or 504"
    yield from (
        f"{seconds:.1f} seconds until an enquiry was stored after a restart of PostgreSQL"
        for seconds in took
        if seconds > MOST_SECONDS_AFTER
    )


def _rows(pair: Pair, records: Records, took: list[float]) -> dict[str, float | int | str]:
    passed = pair.proxy.passed()
    again = [each for each in passed if len(each.servers) > 1]
    return {
        "servers killed": records.counts["servers killed"],
        "database restarts": records.counts["database restarts"],
        "requests that nginx asked both for": len(again),
        "of these POST": sum(each.method == "POST" for each in again),
        "answers by the first server": _answered_by(pair, pair.sites[0]),
        "answers by the second server": _answered_by(pair, pair.sites[1]),
        "answers 500, 502, 504": sum(each.status in {500, 502, 504} for each in passed),
        "longest until stored after a restart": max(took, default=0.0),
    }


def _answered_by(pair: Pair, site: Site) -> int:
    address = f"{HOST}:{site.port}"
    return sum(each.servers[-1] == address for each in pair.proxy.passed())


def main() -> int:
    parser = outcome.options("two_servers", __doc__)
    parser.set_defaults(database="postgresql")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    signal.signal(signal.SIGALRM, lambda *_: sys.exit(f"not over after {MOST_SECONDS} seconds"))
    signal.alarm(MOST_SECONDS)
    return outcome.run(made, parser.parse_args(), "two servers")


if __name__ == "__main__":
    sys.exit(main())
