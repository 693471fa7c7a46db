"""Why nothing can be done with a database, in words for the operator."""

from math import inf
from pathlib import Path

from django.conf import settings

from imsinfo.operating.database_state import FAULTS, waiting_migrations, words_of
from imsinfo.operating.disk import free_bytes
from imsinfo.operating.own_connection import own_connection
from imsinfo.operating.places import sqlite_file

# Below this SQLite cannot even make the files that it keeps beside a database in use.
NO_ROOM = 256 * 1024  # bytes
PATIENCE = 5.0  # seconds; a database that has just been started may need some


def useless_database(*, may_wait: bool = True) -> str:
    """Return why the database is of no use to this version of the site, "" where it is.

    Tables of a newer version are no reason: the code before an upgrade runs on them, so that a
    site can be rolled back without losing what came since. may_wait: whether its tables may be
    older, because they are about to be migrated.
    """
    try:
        with own_connection(PATIENCE):
            waiting = waiting_migrations()
    except FAULTS as error:
        if full := full_disks():
            return (
                f"The database does not answer: {words_of(error)}. The disk of {full[0]} is full, "
                "and nothing that was stored is lost. Make room, then start again."
            )
        return (
            f"The database does not answer: {words_of(error)}. See whether it runs, DATABASE_URL, "
            "and the owner and rights of its files; a damaged one is replaced by a backup: "
            "manage.py restore."
        )
    if may_wait or not waiting:
        return ""
    return "The database is not up to date. Run first: manage.py migrate"


def full_disks() -> list[Path]:
    """Return the places of the site that lie on a disk without any room."""
    own = (Path(settings.VAR_DIR), *dict(sqlite_file(settings.DATABASES["default"])).values())
    return [place for place in own if _free(place) < NO_ROOM]


def _free(place: Path) -> float:
    try:
        return free_bytes(place)
    except OSError:
        return inf
