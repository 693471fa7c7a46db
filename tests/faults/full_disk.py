"""Fill the disk while people send, and free it again: nobody may be thanked for what is not there.

The site and its database lie on a small disk of their own, which only root can make (tmpfs).
Meanwhile everybody is told 503 with the text kept, and readers read on.
"""

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.faults import outcome
from tests.faults.outcome import NotPossibleError, Outcome
from tests.faults.records import Records
from tests.faults.site import HOST, Site, served_site
from tests.faults.under_load import outcome_of, sending, wait_for_more

# Of PostgreSQL more is there before the first enquiry.
MEBIBYTES = {"sqlite": 64, "postgresql": 256}
CHUNK = 64 * 1024
FULL_FOR = 8  # seconds
TIMES = 2
MOST_SECONDS = 400
READ = ("/", "/conditions/neck-pain/", "/enquiry/questions/")


def main() -> int:
    given = outcome.options("full_disk", __doc__).parse_args()
    return outcome.run(lambda: _made(given.database), given, "full_disk")


def _made(database: str) -> Outcome:
    with (
        small_disk(MEBIBYTES[database]) as disk,
        served_site(database, MOST_SECONDS, place=disk) as site,
    ):
        return _filled(site, disk)


def _filled(site: Site, disk: Path) -> Outcome:
    began = time.monotonic()
    with sending(site) as records:
        for _ in range(TIMES):
            wait_for_more(records, 20)
            _fill_and_free(site, records, disk)
            _start_database_again(site)
        wait_for_more(records, 20)
    found = outcome_of("full_disk", site, records, began)
    if not records.counts["503 with the text kept"]:
        found.wrong.append("nobody was refused: the disk was never full")
    return found


@contextmanager
def small_disk(mebibytes: int) -> Iterator[Path]:
    """Give a disk in memory of this size until the block ends."""
    if os.getuid():
        raise NotPossibleError("only root can make a small disk (mount -t tmpfs)")
    folder = Path(tempfile.mkdtemp(prefix="imsinfo-disk-"))
    size = f"size={mebibytes}m,mode=755"
    try:
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", folder], check=False)
        if done.returncode:
            raise NotPossibleError("this machine lets nobody mount a small disk (tmpfs)")
        try:
            yield folder
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)
    finally:
        folder.rmdir()


def _fill_and_free(site: Site, records: Records, disk: Path) -> None:
    """Keep the disk full for its time, whatever else writes to it or deletes."""
    ballast, until = disk / "ballast", time.monotonic() + FULL_FOR
    with ballast.open("wb", buffering=0) as file:
        while time.monotonic() < until:
            # In ever smaller pieces: the last page of the disk is taken too.
            for size in (CHUNK, 4096):
                with suppress(OSError):
                    while file.write(bytes(size)) == size:
                        pass
            _read_on(site, records)
            time.sleep(0.1)
    ballast.unlink()


def _read_on(site: Site, records: Records) -> None:
    for path in READ:
        try:
            with urllib.request.urlopen(f"http://{HOST}:{site.port}{path}", timeout=10) as page:
                page.read()
        except OSError as error:
            records.violated(f"{path} was not shown on a full disk: {error}")


def _start_database_again(site: Site) -> None:
    """PostgreSQL ends where it cannot write its log; its service manager starts it again."""
    if site.cluster and not (site.cluster.folder / "data/postmaster.pid").exists():
        site.cluster.start()


if __name__ == "__main__":
    sys.exit(main())
