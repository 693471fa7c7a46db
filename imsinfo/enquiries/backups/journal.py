"""The journal of erasures: what a backup does not know, because it was erased afterwards.

    2026-11-22T00:30:00.000000+00:00 - backup
    2026-11-22T09:12:44.120331+00:00 K7M-9QX-2HRD request

A line for each erasure: when, which reference, what led to it; no word of what an enquiry held.
"-" stands in the lines that tell when the journal was compared with the tombstones, and why. The
tombstones in the database are the truth: a line is written once an erasure is committed, and each
backup, each run of retention and each restore adds what a crash or a full disk has left out. The
order of the lines is the order of what happened.
"""

import fcntl
import logging
import os
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from imsinfo.editions.generations import sync
from imsinfo.enquiries.backups import folder
from imsinfo.enquiries.models import Tombstone

logger = logging.getLogger("imsinfo.enquiries")

LINE = re.compile(
    r"(?P<at>[0-9T:.+-]{25,32}) (?P<reference>[A-Z0-9-]{1,12}) (?P<path>[a-z-]{1,12})"
)
NO_REFERENCE = "-"
# What the journal is compared for.
BACKUP, RETENTION, RESTORE = "backup", "retention", "restore"
LOCK = ".lock"
LONGEST_WAIT = 5.0  # seconds, for another process that writes
# It is compared once a day at least.
LATE = timedelta(hours=36)

_is_paused: ContextVar[bool] = ContextVar("journal_is_paused", default=False)


class Line(NamedTuple):
    """at: when; reference: of the enquiry that was erased, or NO_REFERENCE; path: what led to it,
    or what the journal was compared for."""

    at: datetime
    reference: str
    path: str

    def __str__(self) -> str:
        return f"{self.at.isoformat(timespec='microseconds')} {self.reference} {self.path}"


class Journal(NamedTuple):
    """What a file held. unreadable: the numbers of the lines that cannot be understood."""

    path: Path
    lines: tuple[Line, ...] = ()
    unreadable: tuple[int, ...] = ()

    @property
    def references(self) -> set[str]:
        return {line.reference for line in self.lines} - {NO_REFERENCE}


def journal_path() -> Path:
    return Path(settings.ERASURE_JOURNAL)


def read(path: Path) -> Journal:
    """Return a journal; an empty one where there is no file. Raises OSError."""
    try:
        written = path.read_text("utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return Journal(path)
    lines = [_parsed(each) for each in written]
    unreadable = tuple(number for number, line in enumerate(lines, start=1) if line is None)
    return Journal(path, tuple(line for line in lines if line), unreadable)


def note(tombstone: Tombstone) -> None:
    """Write down an erasure that is committed. What cannot be written is logged: it is added later.

    The erasure itself was promised to somebody, and no full disk takes that back.
    """
    if _is_paused.get():
        return
    try:
        with _held():
            _append([_line_of(tombstone)])
    except OSError as error:
        logger.error(
            "An erasure is not in the journal of erasures, %s: %s. Make the file writable; the "
            "next backup or run of retention adds what is missing",
            *(journal_path(), error.strerror or error),
        )


@contextmanager
def paused() -> Iterator[None]:
    """Write nothing of what is erased inside: a restore that fails has erased nothing."""
    token = _is_paused.set(True)
    try:
        yield
    finally:
        _is_paused.reset(token)


def bring_in_line(occasion: str, now: datetime) -> str:
    """Add every erasure that the journal lacks, note why it was compared, drop what is too old.

    occasion: BACKUP, RETENTION or RESTORE. A restore itself adds nothing: what it erased because
    the time was over may be a fault of clock or settings, and then another restore brings it back.
    Return why it was not possible, "" where it was.
    """
    if _is_paused.get():
        return ""
    try:
        with _held():
            journal = read(journal_path())
            oldest = _oldest_kept(now)
            tombstones = Tombstone.objects.filter(erased_at__gte=oldest).order_by("pk")
            if occasion == RESTORE:
                tombstones = tombstones.none()
            missing, mark = _missing(journal, tombstones), Line(now, NO_REFERENCE, occasion)
            if any(line.at < oldest for line in journal.lines):
                kept = [line for line in journal.lines if line.at >= oldest]
                _rewrite([*kept, *missing, mark])
            else:
                _append([*missing, mark])
    except OSError as error:
        return _cannot(str(journal_path()), error.strerror or str(error))
    return ""


def warning(now: datetime | None = None) -> str:
    """Return what staff and operators are told of a journal that is not kept, or ""."""
    path = journal_path()
    try:
        if not _is_writable(path):
            return _cannot(path.name, "this user may not write it")
        lines = read(path).lines
        if not path.exists() and Tombstone.objects.exists():
            return _lost(path)
    except OSError as error:
        return _cannot(path.name, error.strerror or str(error))
    compared = [line.at for line in lines if line.reference == NO_REFERENCE]
    since = max(compared) if compared else min((line.at for line in lines), default=None)
    if since is None or since >= (now or timezone.now()) - LATE:
        return ""
    return (
        f"The journal of erasures was last compared with the database on {since:%-d %B %Y}: what "
        "it lacks, a restored backup would bring back. Tell whoever runs the site: manage.py "
        "apply_retention does it, and must run every day on each machine."
    )


def _lost(path: Path) -> str:
    return (
        f"The journal of erasures, {path.name}, is gone: a restored backup would bring back what "
        "was erased after it. Put it back; or let manage.py apply_retention begin a new one with "
        "the erasures that this database knows of."
    )


def _cannot(where: str, why: str) -> str:
    return (
        f"The journal of erasures cannot be kept ({where}: {why}): a restored backup would bring "
        "back what was erased after it. Make it writable for the user that runs the site, with "
        "room on its disk; see ERASURE_JOURNAL."
    )


def _is_writable(path: Path) -> bool:
    there = next(each for each in (path, *path.parents) if each.exists())
    return os.access(there, os.W_OK)


def _missing(journal: Journal, tombstones: QuerySet[Tombstone]) -> list[Line]:
    known = journal.references
    # The tables may be older than this code: a backup is made before they are brought up.
    lines = (_line_of(each) for each in tombstones.only("reference", "erased_at", "path"))
    return [line for line in lines if line.reference not in known]


def _line_of(tombstone: Tombstone) -> Line:
    return Line(tombstone.erased_at, tombstone.reference, tombstone.path)


def _parsed(written: str) -> Line | None:
    found = LINE.fullmatch(written)
    try:
        at = datetime.fromisoformat(found["at"]) if found else None
    except ValueError:
        return None
    return Line(at, found["reference"], found["path"]) if found and at and at.tzinfo else None


def _oldest_kept(now: datetime) -> datetime:
    """No line goes that a backup could still need, however short the audit is kept."""
    backups = folder.backups_in(Path(settings.BACKUP_DIR))
    times = [at for path in backups if (at := folder.made_at(path))]
    least = timedelta(days=folder.DAYS_KEPT)
    return min(now - timedelta(days=settings.KEEP_AUDIT_DAYS), min([now - least, *times]) - least)


@contextmanager
def _held() -> Iterator[None]:
    """Keep every other process from writing; raises OSError where that takes too long."""
    path = journal_path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path.with_name(f".{path.name}{LOCK}"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        until = time.monotonic() + LONGEST_WAIT
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.01)
        yield
    finally:
        os.close(handle)


def _append(lines: Sequence[Line]) -> None:
    """Add lines, all of them or none, and see them safely on the disk."""
    path = journal_path()
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        before = os.fstat(handle).st_size
        # What a crash has cut off in its midst stays a line of its own.
        is_cut = before and os.pread(handle, 1, before - 1) != b"\n"
        try:
            _write(handle, "\n" * bool(is_cut) + "".join(f"{line}\n" for line in lines))
        except OSError:
            os.ftruncate(handle, before)
            raise
    finally:
        os.close(handle)
    sync(path.parent)


def _write(handle: int, text: str) -> None:
    left = memoryview(text.encode())
    while left:
        left = left[os.write(handle, left) :]
    os.fsync(handle)


def _rewrite(lines: Sequence[Line]) -> None:
    path = journal_path()
    draft = path.with_name(f".{path.name}.part")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        _write(handle, "".join(f"{line}\n" for line in lines))
    finally:
        os.close(handle)
    draft.replace(path)
    sync(path.parent)
