"""Whether what the site has written belongs to the user that runs it.

A command that was run as root by mistake leaves files that the site can no longer write: among
them those of SQLite's log, without which no enquiry is stored.
"""

import os
import pwd
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

# What the site makes itself, below VAR_DIR. Deeper down hundreds of files lie, made by one hand.
MADE = (
    *("keys", "keys/*", "generations", "generations/*", "prepared", "mail", "proxies", "backups"),
    "erasures.journal",
)
SQLITE_ENDS = ("", "-wal", "-shm")
OTHERS = stat.S_IRWXO


def owned_places(var_dir: Path, database: Path | None) -> list[Path]:
    """Return what is there of what the site makes. database: SQLite's file, None for another."""
    made = [path for name in MADE for path in sorted(var_dir.glob(name))]
    if database:
        files = (database.with_name(database.name + end) for end in SQLITE_ENDS)
        made += [path for path in files if path.exists()]
    return made


def foreign(places: Iterable[Path], user: int) -> Iterator[tuple[Path, str]]:
    """Yield each place that belongs to somebody else, with the owner's name. user: a number."""
    for place in places:
        try:
            owner = place.stat().st_uid
        except OSError:
            continue
        if owner != user:
            yield place, name_of(owner)


def owner_fault(var_dir: Path, database: Path | None) -> str:
    """Return what is wrong with the owner of the site's files and how to mend it, or ""."""
    found = list(foreign(owned_places(var_dir, database), os.geteuid()))
    if found:
        place, owner = found[0]
        others = f" and {len(found) - 1} more" if len(found) > 1 else ""
        me = name_of(os.geteuid())
        return (
            f"{place}{others} belongs to {owner}, and this runs as {me}: what one of them writes "
            f"the other cannot. Run everything as the user of the site; if that is {me}: "
            f"chown -R {me} {var_dir}"
        )
    if var_dir.exists() and not os.access(var_dir, os.R_OK | os.W_OK | os.X_OK):
        return f"{var_dir} cannot be written by {name_of(os.geteuid())}: chown it to this user."
    return ""


def readable_by_others(var_dir: Path) -> bool:
    """Whether every user of this machine may look into the folder."""
    try:
        return bool(var_dir.stat().st_mode & OTHERS)
    except OSError:
        return False


def name_of(user: int) -> str:
    """Return the name of a user's number; the number where it has none, as in a container."""
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"user {user}"
