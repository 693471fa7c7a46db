"""The move as a whole: hold the file, copy in one transaction, prove it equal, mark the file."""

from dataclasses import dataclass
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, transaction

from imsinfo.enquiries.relocation import source, target
from imsinfo.enquiries.relocation.refusals import NotMovedError
from imsinfo.enquiries.relocation.tables import Sum, Table, rows, sum_of, tables


@dataclass(frozen=True)
class Moved:
    """What was moved: each table with its sum, and the new name of the SQLite file.

    was_there: whether a run that was broken off at its very end had copied it all.
    """

    sums: dict[str, Sum]
    file: Path
    was_there: bool
    unreadable: dict[str, int]


def move(path: Path, also_unreadable: bool = False) -> Moved:
    """Copy the site in the SQLite file into the empty PostgreSQL database that is the site's own.

    Raises NotMovedError, and Django's database errors where PostgreSQL goes away: then nothing has
    changed, or everything is there and the next run finishes. also_unreadable: go on although
    there are values that no key opens.
    """
    known = tables()
    with source.held(path):
        source.refuse_unfit(path, known)
        target.make_tables(known)
        with transaction.atomic(durable=True):
            target.take(known)
            was_there = _copy(known)
            sums = _proved(known)
            unreadable = dict(target.unreadable())
            if unreadable and not also_unreadable:
                raise NotMovedError(
                    f"No key in FIELD_KEYS opens these values: {listed(unreadable)}. Add the key "
                    "they were stored with, or move them as they are with --also-unreadable."
                )
        # Only now: whatever happens before leaves the file as it was.
        return Moved(sums, source.mark(path), was_there, unreadable)


def _copy(known: list[Table]) -> bool:
    """Copy every row, or return True where they are all there already."""
    if there := target.filled(known):
        if all(_sums(table)[0] == _sums(table)[1] for table in known):
            return True
        raise NotMovedError(
            f"The PostgreSQL database is not empty ({listed(there)}), and what it holds is not "
            "this site. Make an empty one (createdb) and name it in DATABASE_URL."
        )
    target.clear()
    for table in known:
        target.insert(table, rows(table, source.SOURCE))
    target.check_references()
    target.go_on_counting(known, source.last_numbers())
    return False


def _proved(known: list[Table]) -> dict[str, Sum]:
    """Return the sums, which are the same on both sides, or raise NotMovedError."""
    sums = {}
    for table in known:
        here, there = _sums(table)
        if here != there:
            raise NotMovedError(
                f"{table.name}: {here.rows} rows on SQLite, {there.rows} on PostgreSQL, and they "
                "are not the same."
            )
        sums[table.name] = there
    return sums


def _sums(table: Table) -> tuple[Sum, Sum]:
    """The sums on SQLite and on PostgreSQL, each from what that database gives back."""
    return sum_of(rows(table, source.SOURCE)), sum_of(rows(table, DEFAULT_DB_ALIAS))


def listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name}: {count}" for name, count in sorted(counts.items()))
