"""The folder of the backups: their names, what is left of a failure, and when a backup expires.

imsinfo-20261122T003000Z-sqlite.backup     made at that time, UTC; whole and checked
.imsinfo-….part                            in the making, or left of a run that was killed
.lock                                      held by the one run that makes a backup
"""

import errno
import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from imsinfo.enquiries.backups import BackupFault

NAME = re.compile(r"imsinfo-(?P<at>[0-9]{8}T[0-9]{6})Z-(?:sqlite|postgresql)\.backup")
AT = "%Y%m%dT%H%M%S"
PART, LOCK = ".part", ".lock"
# As /privacy/ tells enquirers of the copies against loss.
DAYS_KEPT = 30


def name_of(made_at: datetime, database: str) -> str:
    """Return the name of a backup. database: sqlite or postgresql."""
    return f"imsinfo-{made_at.astimezone(UTC):{AT}}Z-{database}.backup"


def made_at(path: Path) -> datetime | None:
    """Return when a backup was made, by its name; None for a file that is none of ours."""
    found = NAME.fullmatch(path.name)
    try:
        return datetime.strptime(found["at"], AT).replace(tzinfo=UTC) if found else None
    except ValueError:
        return None


def backups_in(folder: Path) -> list[Path]:
    """Return the backups in a folder, the oldest first; none where there is no folder."""
    found = folder.iterdir() if folder.is_dir() else ()
    times = {path: at for path in found if (at := made_at(path)) and path.is_file()}
    return sorted(times, key=lambda path: (times[path], path.name))


def expired(folder: Path, now: datetime, good: Path | None = None) -> list[Path]:
    """Return the backups whose days are over. Never the newest, nor the newest good one.

    good: the newest that could be read to the last value, where that is not the newest.
    """
    oldest = now - timedelta(days=DAYS_KEPT)
    times = ((path, made_at(path)) for path in backups_in(folder)[:-1] if path != good)
    return [path for path, at in times if at and at < oldest]


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Make the folder, or close it to others, and be the only run that works in it.

    What killed runs have left is removed. Raises BackupFault where another run is at work, and
    OSError.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid != os.geteuid():
        reason = "it belongs to another user: run this as the user that runs the site"
        raise PermissionError(errno.EPERM, reason, str(folder))
    folder.chmod(0o700)
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(handle, folder)
        remove_left_over(folder)
        yield
    finally:
        os.close(handle)


def part_of(name: str) -> str:
    """Return under which name a file is made: hidden, and not counted."""
    return f".{name}{PART}"


def remove_left_over(folder: Path) -> None:
    """Remove every file in the making; for whoever holds the folder."""
    for path in folder.iterdir():
        # Beside SQLite's file lie those of its log.
        if path.name.startswith(".") and PART in path.name:
            path.unlink(missing_ok=True)


def _lock(handle: int, folder: Path) -> None:
    try:
        # Freed by the system when the process ends, however it ends.
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise BackupFault(
            f"Another backup or restore is at work in {folder}. Wait until it has ended."
        ) from error
