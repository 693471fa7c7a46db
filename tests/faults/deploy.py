"""Bring in new releases while people read and send, one of them with a power cut in its midst.

Each is prepared beside the running site: its static files, its migrations, its content. Forms
that were opened before are sent after; what an older page names must still be there. In the end
the first release takes over again, on what the newer ones have left.
"""

import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from tests.faults import outcome
from tests.faults.editions import editions_in, write_edition
from tests.faults.outcome import Outcome
from tests.faults.records import Records
from tests.faults.site import HOST, ROOT, Site, served_site
from tests.faults.under_load import outcome_of, sending, wait_for_more
from tests.faults.visits import LOST, REFUSED, SERVED, Visitors, newcomer

RELEASES = 3
BROKEN_OFF = 2  # the release with the power cut
PARTS = ("imsinfo", "templates", "static", "content")
COMMANDS = (
    ("collectstatic", "--no-input", "--verbosity", "0"),
    ("migrate", "--verbosity", "0"),
    ("prepare",),
)
PAGE = "/conditions/neck-pain/"
PACE = 10  # visits a second
EACH = 15  # enquiries before and after each change
MOST_UNTIL_SHOWN = 60
MOST_SECONDS = 800


def main() -> int:
    given = outcome.options("deploy", __doc__).parse_args()
    return outcome.run(lambda: _made(given.database), given, "deploy")


def _made(database: str) -> Outcome:
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="imsinfo-faults-") as place:
        releases = [_release(Path(place), number) for number in range(RELEASES + 1)]
        with served_site(database, MOST_SECONDS) as site:
            wrong: list[str] = []
            with (
                sending(site, clients=4) as records,
                Visitors(newcomer(site.port, ()), PACE) as visitors,
            ):
                for number in (*range(1, RELEASES + 1), 0):
                    wrong += _bring_in(site, records, releases[number], number)
            found = outcome_of("deploy", site, records, began, wrong)
    failures = [each for each in visitors.visits if each.outcome not in {SERVED, LOST, REFUSED}]
    found.wrong += [f"{each.path}: {each.outcome}" for each in failures]
    away = sum(each.outcome in {LOST, REFUSED} for each in visitors.visits)
    found.rows |= {"pages read": len(visitors.visits), "visits in the seconds of a restart": away}
    return found


def _release(place: Path, number: int) -> Path:
    """Make a release that differs in its code, its stylesheets and its content."""
    folder = place / f"release-{number}"
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manage.py", folder)
    for stylesheet in (folder / "static").rglob("*.css"):
        stylesheet.write_text(f"{stylesheet.read_text()}\n.release-{number} {{ margin: 0 }}\n")
    with (folder / "imsinfo" / "urls.py").open("a") as code:
        code.write(f"\n# Release {number}.\n")
    write_edition(folder / "content", number)
    return folder


def _bring_in(site: Site, records: Records, release: Path, number: int) -> list[str]:
    wait_for_more(records, EACH)
    before = _stylesheet(site)
    if number == BROKEN_OFF:
        _lose_power(site, release)
        wait_for_more(records, EACH)
    for command in COMMANDS:
        _begun(site, release, command).wait(120)
    wait_for_more(records, EACH)
    site.stop()
    site.code = release
    site.start()
    wait_for_more(records, EACH)
    wrong = [] if _is_there(site, before) else [f"release {number}: {before} is gone"]
    if not _shows(site, number):
        wrong.append(f"release {number} was not shown after {MOST_UNTIL_SHOWN} s")
    return wrong


def _lose_power(site: Site, release: Path) -> None:
    """Break every command off in its midst, and the site too; the old release starts again."""
    for command in COMMANDS:
        process = _begun(site, release, command)
        try:
            process.wait(1)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    site.stop(signal.SIGKILL)
    site.start()


def _begun(site: Site, release: Path, command: tuple[str, ...]) -> subprocess.Popen:
    with site.log.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "manage.py", *command],
            cwd=release,
            env=site.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


def _asked(site: Site, path: str) -> bytes:
    with urllib.request.urlopen(f"http://{HOST}:{site.port}{path}", timeout=30) as answer:
        return answer.read()


def _stylesheet(site: Site) -> str:
    found = re.search(rb'href="(/static/[^"]+\.css)"', _asked(site, PAGE))
    if not found:
        raise RuntimeError(f"{PAGE} names no stylesheet")
    return found[1].decode()


def _is_there(site: Site, path: str) -> bool:
    try:
        return bool(_asked(site, path))
    except OSError:
        return False


def _shows(site: Site, number: int) -> bool:
    until = time.monotonic() + MOST_UNTIL_SHOWN
    while editions_in(_asked(site, PAGE)) != {number}:
        if time.monotonic() > until:
            return False
        time.sleep(0.2)
    return True


if __name__ == "__main__":
    sys.exit(main())
