"""Making a backup while the site runs: copied, read to the last value, sealed, opened again."""

import hashlib
import secrets
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.utils import timezone

from imsinfo.editions.generations import sync
from imsinfo.enquiries.backups import BackupFault, database, folder, journal
from imsinfo.enquiries.backups.contents import ENQUIRIES, MIGRATIONS, Contents, contents_of
from imsinfo.enquiries.backups.keys import fingerprint
from imsinfo.enquiries.backups.sealed import Manifest, read_manifest, seal, unseal
from imsinfo.enquiries.brakes import clock_jump
from imsinfo.operating.disk import free_bytes, in_words

COPY = folder.part_of("database")
# So much stays free for the site, whose enquiries matter more than a backup of them.
LEFT_FREE = 128 * 1024 * 1024


class Made(NamedTuple):
    """enquiries: how many it holds; expired: how many older backups were deleted; warnings: what
    the operator must see to although the backup is whole."""

    path: Path
    size: int
    enquiries: int
    expired: int
    warnings: tuple[str, ...]


def make_backup() -> Made:
    """Make a backup in BACKUP_DIR and delete those whose days are over.

    Nothing counts before it is whole and has been read again. Raises BackupFault, OSError, or what
    a database raises.
    """
    target = Path(settings.BACKUP_DIR)
    with folder.held(target), drafts() as own:
        _refuse_full(target, own)
        _refuse_no_tables()
        # Everything that was acknowledged before this moment is in it; an erasure that comes later
        # comes after it in the journal.
        made_at = _free_moment(target)
        behind = journal.bring_in_line(journal.BACKUP, made_at)
        copy = own / COPY
        database.of_this_site().copy_into(copy)
        manifest = _manifest(copy, made_at)
        path = _sealed(copy, target, manifest, made_at)
        held_back = clock_jump(made_at)
        gone = [] if held_back else _delete_expired(target, made_at)
    warnings = (behind, _unreadable(manifest), held_back and _not_expired(held_back))
    told = tuple(warning for warning in warnings if warning)
    return Made(path, path.stat().st_size, manifest.counts[ENQUIRIES], len(gone), told)


def _free_moment(target: Path) -> datetime:
    """Return the time that it is; of two runs in one second the later one waits for the next."""
    while (target / folder.name_of(now := timezone.now(), database.kind())).exists():
        time.sleep(0.1)
    return now


@contextmanager
def drafts() -> Iterator[Path]:
    """Hold the folder for copies in the making, beside the database; nothing stays in it."""
    own = Path(settings.VAR_DIR) / "backup-drafts"
    with folder.held(own):
        try:
            yield own
        finally:
            folder.remove_left_over(own)


def _refuse_full(*places: Path) -> None:
    """Raise BackupFault where a copy and a backup, each as large as the database, have no room."""
    needed = database.of_this_site().size()
    on_one_disk = len({place.stat().st_dev for place in places}) == 1
    wanted = needed * (len(places) if on_one_disk else 1) + LEFT_FREE
    for place in places:
        if (free := free_bytes(place)) < wanted:
            raise BackupFault(
                f"The disk of {place} has {in_words(free)} free; a backup wants "
                f"{in_words(wanted)}, so that the site keeps {in_words(LEFT_FREE)}. Make room, or "
                "set BACKUP_DIR to another disk."
            )


def _refuse_no_tables() -> None:
    if not {MIGRATIONS, ENQUIRIES} <= set(connection.introspection.table_names()):
        raise BackupFault(
            "The database has no tables of this site. Is it the one that DATABASE_URL means? "
            "A new one gets them from manage.py migrate."
        )


def _manifest(copy: Path, made_at: datetime) -> Manifest:
    found = contents_of(database.of_this_site().tables_of(copy), settings.FIELD_KEYS)
    _refuse_useless(found)
    newest = fingerprint(settings.FIELD_KEYS[0])
    with copy.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Manifest(
        made_at=made_at.astimezone(UTC).isoformat(timespec="microseconds"),
        database=database.kind(),
        code=_version(),
        migrations=tuple(found.migrations),
        counts=found.counts,
        keys=tuple(sorted({*found.opened, newest})),
        sealed_with=newest,
        unreadable=found.unreadable,
        sha256=digest,
        size=copy.stat().st_size,
        salt=secrets.token_hex(16),
    )


def _refuse_useless(found: Contents) -> None:
    if found.unreadable and not found.opened and not settings.OLD_KEYS_LOST:
        raise BackupFault(
            f"No key in FIELD_KEYS opens any of the {found.unreadable} encrypted values: these "
            "are not the keys of this database. Give the site its own keys back."
        )


def _sealed(copy: Path, target: Path, manifest: Manifest, made_at: datetime) -> Path:
    """Write the backup, open it again, and let it count."""
    path = target / folder.name_of(made_at, manifest.database)
    part = target / folder.part_of(path.name)
    key = settings.FIELD_KEYS[0]
    seal(copy, part, manifest, key)
    unseal(part, key)
    part.rename(path)
    sync(target)
    return path


def _delete_expired(target: Path, now: datetime) -> list[Path]:
    gone = folder.expired(target, now, _newest_good(target))
    for path in gone:
        path.unlink()
    return gone


def _newest_good(target: Path) -> Path | None:
    """The newest backup in which every value could be read."""
    for path in reversed(folder.backups_in(target)):
        try:
            if not read_manifest(path).unreadable:
                return path
        except (BackupFault, OSError):
            continue
    return None


def _unreadable(manifest: Manifest) -> str:
    if not manifest.unreadable or settings.OLD_KEYS_LOST:
        return ""
    return (
        f"{manifest.unreadable} encrypted values could be read with no key in FIELD_KEYS. They are "
        "in the backup as they are. Find the key that they were stored with; manage.py "
        "rotate_keys names their fields. The newest backup without such values is kept."
    )


def _not_expired(why: str) -> str:
    return f"No older backup was deleted: {why}"


def _version() -> str:
    text = (settings.BASE_DIR / "pyproject.toml").read_text("utf-8")
    return tomllib.loads(text)["project"]["version"]
