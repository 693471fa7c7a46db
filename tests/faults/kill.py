"""Kill retention, erasure, rotation and backup in their midst; nothing may be half done.

Each is started as a process on a site of its own, killed by SIGKILL at another moment each time,
looked at, and run again to its end. Exit 1 where a row is half gone, a value is lost, a second
run does not finish, or too few kills came in the midst of the work to prove anything.
"""

import argparse
import os
import subprocess
import sys
import time
from collections import Counter

from tests.faults import outcome
from tests.faults.figures import table, tell
from tests.faults.outcome import Outcome
from tests.faults.site import ROOT, Site, served_site

RUN_TIMEOUT = 120  # seconds for one run that nobody kills
GONE_TIMEOUT = 30  # seconds until PostgreSQL has noticed that a client is dead
LEAST_IN_THE_MIDST = 0.5  # of the kills


def main() -> int:
    given = _options()
    return outcome.run(lambda: _made(given), given, "kill")


def _made(options: argparse.Namespace) -> Outcome:
    found, began = Outcome("kill", options.database), time.monotonic()
    with served_site(options.database, options.seconds) as site:
        site.stop()
        _set_up_django(site)
        # Only now is there a site whose models these are.
        from tests.faults.killed import Erasure, Retention, Rotation  # noqa: PLC0415
        from tests.faults.killed_backup import Backup  # noqa: PLC0415

        # Rotation comes last: it leaves the enquiries under keys that the others are not given.
        works = [kind(options.enquiries) for kind in (Retention, Erasure, Backup, Rotation)]
        works = [work for work in works if options.only in {work.name, None}]
        found.wrong = [fault for work in works for fault in _rounds(site, work, options.kills)]
    found.rows["kills"] = len(works) * options.kills
    found.seconds = time.monotonic() - began
    return found


def _options():
    parser = outcome.options("kill", __doc__)
    parser.add_argument("--only", choices=("retention", "erasure", "rotation", "backup"))
    parser.add_argument("--kills", type=int, default=20, help="of each of them")
    parser.add_argument("--enquiries", type=int, default=200, help="that each has to do with")
    parser.add_argument("--seconds", type=int, default=1500, help="after which it ends as failed")
    return parser.parse_args()


def _set_up_django(site: Site) -> None:
    os.environ.update(site.environment, DJANGO_SETTINGS_MODULE="imsinfo.settings")
    import django  # noqa: PLC0415 -- after the environment that its settings are read from

    django.setup()


def _rounds(site: Site, work, kills: int) -> list[str]:
    """Kill one work so often and return what was wrong, each with its round."""
    began, wrong, counts = time.monotonic(), [], Counter()
    work.prepare()
    seconds = _working_time(site, work)
    wrong += [f"{work.name}, not killed: {fault}" for fault in work.unfinished()]
    for number in range(1, kills + 1):
        work.prepare()
        # From the first change to the last, at even distances.
        counts[_killed(site, work, seconds * (number - 0.5) / kills)] += 1
        faults = list(work.halves())
        _run(site, work)
        faults += [*work.halves(), *work.unfinished()]
        wrong += [f"{work.name}, kill {number}: {fault}" for fault in faults]
    if counts["in the midst"] < LEAST_IN_THE_MIDST * kills:
        wrong.append(f"{work.name}: {counts['in the midst']} of {kills} kills came in the midst")
    tell(f"{work.name}: {kills} kills, {work.count} enquiries each")
    rows = {f"killed {when}": counts[when] for when in ("at the start", "in the midst", "too late")}
    table(rows | {"seconds of work": seconds, "faults": len(wrong)})
    table({"seconds in all": time.monotonic() - began})
    return wrong


def _started(site: Site, work) -> subprocess.Popen:
    with site.log.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "manage.py", *work.arguments],
            cwd=ROOT,
            env=site.environment | work.environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


def _run(site: Site, work) -> None:
    if _started(site, work).wait(RUN_TIMEOUT):
        raise RuntimeError(
            f"{work.name} ended with a fault; see the last lines of the log:\n{_log(site)}"
        )


def _working_time(site: Site, work) -> float:
    """Let it run to its end; return how many seconds passed since its first change was seen."""
    process = _started(site, work)
    _wait_for_first_change(process, work, work.done_so_far())
    began = time.monotonic()
    if process.wait(RUN_TIMEOUT):
        raise RuntimeError(f"{work.name} ended with a fault:\n{_log(site)}")
    return time.monotonic() - began


def _killed(site: Site, work, after: float) -> str:
    """Start it, kill it so many seconds after its first change, and tell where that was."""
    process, before = _started(site, work), work.done_so_far()
    _wait_for_first_change(process, work, before)
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        process.kill()
    was_killed = process.wait(RUN_TIMEOUT) != 0
    _wait_until_gone()
    if not was_killed:
        return "too late"
    return "in the midst" if work.done_so_far() > before else "at the start"


def _wait_for_first_change(process: subprocess.Popen, work, before: int) -> None:
    until = time.monotonic() + RUN_TIMEOUT
    while process.poll() is None and work.done_so_far() == before:
        if time.monotonic() > until:
            raise TimeoutError(f"{work.name} changed nothing in {RUN_TIMEOUT} seconds")
        time.sleep(0.01)


def _wait_until_gone() -> None:
    """Wait until PostgreSQL has ended what the dead client had begun."""
    from django.db import connection  # noqa: PLC0415 -- needs the settings

    if connection.vendor != "postgresql":
        return
    others = (
        "SELECT state, left(query, 200) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
        "AND backend_type = 'client backend' AND datname = current_database() AND state <> 'idle'"
    )
    until = time.monotonic() + GONE_TIMEOUT
    while True:
        with connection.cursor() as cursor:
            cursor.execute(others)
            found = cursor.fetchall()
        if not found:
            return
        if time.monotonic() > until:
            raise TimeoutError(f"PostgreSQL kept dead clients for {GONE_TIMEOUT} seconds: {found}")
        time.sleep(0.01)


def _log(site: Site) -> str:
    return "\n".join(site.log.read_text("utf-8", "replace").splitlines()[-5:])


if __name__ == "__main__":
    sys.exit(main())
