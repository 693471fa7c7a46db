"""Break the content while people read and send: broken, cut short, not UTF-8, 50 MB, missing.

After each fault the content is published as its editor does. Every page must stay as it was, the
workers must not grow by what is broken, and the site must start again on a folder full of faults.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.faults import outcome
from tests.faults.figures import percentile
from tests.faults.outcome import Outcome
from tests.faults.processes import wait_until_all_serve, workers_of
from tests.faults.site import ROOT, Site, served_site
from tests.faults.under_load import outcome_of, sending, wait_for_more
from tests.faults.visits import SERVED, Visitors, newcomer

PAGES = ("/conditions/neck-pain/", "/aftercare/", "/", "/enquiry/questions/", "/contact/")
FILES = ("conditions/neck-pain.md", "clinic.yaml", "red-flags.yaml")
HUGE = 50 * 1024 * 1024  # bytes
PACE = 10  # visits a second
MOST_GROWTH = 64  # MiB of a worker
MOST_SECONDS = 600


def _half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _missing(path: Path) -> None:
    path.unlink()
    path.mkdir()


FAULTS: dict[str, Callable[[Path], object]] = {
    "broken": lambda path: path.write_text("name: [\n---\n{"),
    "not UTF-8": lambda path: path.write_bytes(path.read_bytes() + b"\xff\xfe caf\xe9"),
    "half-written": _half,
    "of 50 MB": lambda path: path.write_bytes(path.read_bytes() + b"x" * HUGE),
    "a folder in its place": _missing,
}


def main() -> int:
    given = outcome.options("content", __doc__).parse_args()
    return outcome.run(lambda: _made(given.database), given, "content")


def _made(database: str) -> Outcome:
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="imsinfo-faults-") as place:
        folder = Path(place) / "content"
        shutil.copytree(ROOT / "content", folder)
        with served_site(database, MOST_SECONDS, {"CONTENT_DIR": str(folder)}) as site:
            wait_until_all_serve(site)
            before = _largest(site)
            with sending(site, clients=2) as records:
                with Visitors(newcomer(site.port, (), PAGES), PACE) as visitors:
                    wrong = _break_each(site, folder)
                    wait_for_more(records, 10)
                grown = _largest(site) - before
                _break_all(folder)
                site.stop()
                site.start()
                wait_for_more(records, 10)
            found = outcome_of("content", site, records, began, wrong)
    failed = [f"{each.path}: {each.outcome}" for each in visitors.visits if each.outcome != SERVED]
    found.wrong += failed
    if grown > MOST_GROWTH:
        found.wrong.append(f"a worker has grown by {grown:.0f} MiB")
    found.rows |= {
        "faults of content": len(FAULTS) * len(FILES),
        "pages read": len(visitors.visits),
        "p95 of the readers": percentile([each.seconds for each in visitors.visits], 0.95),
        "a worker has grown by, MiB": grown,
    }
    return found


def _break_each(site: Site, folder: Path) -> list[str]:
    """Break every file in every way, publish, and mend it; return what was taken for good."""
    wrong = []
    for name in FILES:
        path = folder / name
        whole = path.read_bytes()
        for fault, make in FAULTS.items():
            make(path)
            if _publish(site) == 0:
                wrong.append(f"{name}, {fault}: it was published without a word")
            if path.is_dir():
                path.rmdir()
            path.write_bytes(whole)
    return wrong


def _break_all(folder: Path) -> None:
    for name, make in zip(FILES, FAULTS.values(), strict=False):
        make(folder / name)


def _publish(site: Site) -> int:
    done = subprocess.run(
        [sys.executable, "manage.py", "prepare"],
        cwd=ROOT,
        env=site.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=120,
        check=False,
    )
    return done.returncode


def _largest(site: Site) -> float:
    return max(each.memory for each in workers_of(site))


if __name__ == "__main__":
    sys.exit(main())
