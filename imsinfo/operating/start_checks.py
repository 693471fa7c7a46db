"""What `manage.py serve` asks before it serves: an operator's mistakes, each in its own words.

What the settings alone tell is refused earlier, by settings.py. A full disk alone is no reason not
to start: patients can still read the pages.
"""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone

from imsinfo.enquiries.clock import clock_fault
from imsinfo.operating.database_state import FAULTS, unknown_migrations
from imsinfo.operating.disk import NEARLY_FULL, free_bytes, in_words, network_file_system
from imsinfo.operating.ownership import owner_fault, readable_by_others
from imsinfo.operating.places import sqlite_file
from imsinfo.operating.useless_database import useless_database


def refuse_wrong_owner() -> None:
    """Raise CommandError where the site could not write its own files, before it tries to."""
    if fault := owner_fault(Path(settings.VAR_DIR), _database_file()):
        raise CommandError(fault)


def refuse_useless_database() -> None:
    """Raise CommandError where the database cannot be asked."""
    if fault := useless_database():
        raise CommandError(fault)


def start_warnings() -> Iterator[str]:
    """Yield what does not stop a start and must be seen to."""
    var_dir, database = Path(settings.VAR_DIR), _database_file()
    for place in (var_dir, *([database.parent] if database else ())):
        if (free := _free(place)) is not None and free < NEARLY_FULL:
            yield f"The disk of {place} has only {in_words(free)} free: make room."
    if database and (kind := network_file_system(database)):
        yield (
            f"{database} lies on a network file system ({kind}), where SQLite may lose what it "
            "has stored. Put VAR_DIR on a disk of this machine, or use PostgreSQL."
        )
    if readable_by_others(var_dir):
        yield f"Every user of this machine may look into {var_dir}: chmod o-rwx {var_dir}"
    if newer := _newer():
        yield (
            f"The tables are those of a newer version of the site ({', '.join(newer)}). After a "
            "roll-back by one version that is right; otherwise start the newer version."
        )
    if told := _clock():
        yield f"{told[0].upper()}{told[1:]}. Set the clock right."
    if settings.PRODUCTION and settings.TRUSTED_PROXIES and settings.BIND in {"0.0.0.0", "::"}:  # noqa: S104 -- compared, not bound
        yield (
            f"BIND is {settings.BIND}: whoever reaches port {settings.PORT} past the proxy can "
            "make up an address. Let a firewall keep everybody but the proxy from it."
        )


def _newer() -> list[str]:
    try:
        return unknown_migrations()
    except FAULTS:
        return []


def _clock() -> str:
    try:
        return clock_fault(timezone.now())
    except FAULTS:
        return ""


def _free(place: Path) -> int | None:
    try:
        return free_bytes(place)
    except OSError:
        return None


def _database_file() -> Path | None:
    found = dict(sqlite_file(settings.DATABASES["default"]))
    return found.get("DATABASE_URL")
