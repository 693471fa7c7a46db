"""What the journals of erasures ask of a restored backup, and erasing it once more."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from imsinfo.enquiries.backups.journal import BACKUP, NO_REFERENCE, RESTORE, Journal, Line
from imsinfo.enquiries.choices import ErasurePath
from imsinfo.enquiries.erasure import bury, locked
from imsinfo.enquiries.models import Enquiry

# By how much the clocks of two machines may differ, and an erasure may wait for a lock.
CLOCKS_DIFFER_BY = timedelta(hours=1)
REASON = "Erased again after a restore; the reason itself was lost with the database."


class Asked(NamedTuple):
    """lines: the erasures that came after a backup; until: up to when the journals know them,
    None where none of them can be said to know that time."""

    lines: tuple[Line, ...]
    until: datetime | None


def asked_by(own: Journal, named: Sequence[Journal], made_at: datetime) -> Asked:
    """Return what was erased after a backup. made_at: as its manifest says.

    own: the journal that lies where the site keeps it. It counts only with the line of the run
    that made the backup: on a new machine it may have been begun yesterday. named: those that the
    operator vouches for.
    """
    lines = [line for journal in (own, *named) for line in _after(journal, made_at)]
    knowing = [own, *named] if _run_of(own, made_at) is not None else named
    times = [line.at for journal in knowing for line in journal.lines if line.path != RESTORE]
    until = max(times, default=None)
    return Asked(tuple(lines), until if until and until >= made_at else None)


def came_back(journal: Journal) -> tuple[Line, ...]:
    """Return the erasures on request whose enquiries are here all the same: from a database that
    was put back. What is on hold is left out: somebody looks into it.
    """
    lines = {line.reference: line for line in journal.lines if line.path == ErasurePath.REQUEST}
    held = set(Enquiry.objects.filter(on_hold=True).values_list("reference", flat=True))
    return tuple(lines[reference] for _, reference in _there(lines) if reference not in held)


def erase_again(lines: Sequence[Line], now: datetime) -> int:
    """Erase every enquiry that was erased before; return how many.

    A hold does not keep it: when it was erased there was none. now: of a machine whose clock is
    right; what retention erased later than that was erased by a wrong clock, and retention itself
    looks at it again.
    """
    erased = 0
    by_reference = {line.reference: line for line in lines if _counts(line, now)}
    for pk, reference in _there(by_reference):
        line = by_reference[reference]
        path = ErasurePath(line.path)
        with transaction.atomic():
            enquiry = locked(pk)
            # A reference is drawn at random; whatever came after an erasure is another enquiry.
            if enquiry is not None and enquiry.received_at <= line.at + CLOCKS_DIFFER_BY:
                bury(enquiry, path, line.at, None, REASON if path == ErasurePath.REQUEST else "")
                erased += 1
    return erased


def _after(journal: Journal, made_at: datetime) -> Iterator[Line]:
    """Yield the erasures that a journal puts after a backup: after the line of its own run where
    there is one, for no clock has a say in that; else by their times."""
    run = _run_of(journal, made_at)
    for place, line in enumerate(journal.lines):
        is_later = place > run if run is not None else line.at >= made_at - CLOCKS_DIFFER_BY
        if is_later and line.reference != NO_REFERENCE:
            yield line


def _run_of(journal: Journal, made_at: datetime) -> int | None:
    """The place of the line that the run left which made the backup."""
    sought = Line(made_at, NO_REFERENCE, BACKUP)
    return journal.lines.index(sought) if sought in journal.lines else None


def _counts(line: Line, now: datetime) -> bool:
    on_request = line.path == ErasurePath.REQUEST
    return line.path in ErasurePath and (on_request or line.at <= now + CLOCKS_DIFFER_BY)


def _there(references: dict[str, Line]) -> list[tuple[int, str]]:
    rows = Enquiry.objects.order_by("pk").values_list("pk", "reference")
    return [(pk, reference) for pk, reference in rows.iterator() if reference in references]
