"""Putting a backup into an empty place: opened, counted, brought up to this code, erased anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from imsinfo.enquiries import retention
from imsinfo.enquiries.backups import BackupFault, database, journal
from imsinfo.enquiries.backups.contents import ENQUIRIES, contents_of
from imsinfo.enquiries.backups.keys import by_fingerprint
from imsinfo.enquiries.backups.making import COPY, drafts
from imsinfo.enquiries.backups.replay import Asked, asked_by, erase_again
from imsinfo.enquiries.backups.sealed import Manifest, read_manifest, unseal
from imsinfo.enquiries.brakes import BACKWARDS, CLOCK_IS_RIGHT, FORWARDS, too_many
from imsinfo.enquiries.encryption import Unreadable
from imsinfo.enquiries.models import Enquiry
from imsinfo.enquiries.rotation import encrypted_fields
from imsinfo.staff import audit
from imsinfo.staff.choices import AuditAction

NOTHING_CHANGED = "Nothing was changed."
WITHOUT_JOURNAL = "--without-journal"
MANY_OUT_OF_TIME = (
    "More than a fifth of the enquiries were erased because their time is over. Look at the clock "
    "of this machine and at KEEP_CLOSED_DAYS, KEEP_SPAM_DAYS and KEEP_AT_MOST_DAYS before the site "
    "starts. If one is wrong, set it right, move this database away and restore again: the backup "
    "still holds them."
)


@dataclass(frozen=True)
class Wishes:
    """journals: files to read beside ERASURE_JOURNAL; without_journal: read none at all;
    clock_is_right: although a backup of that time is a surprise; only_check: change nothing."""

    journals: Sequence[Path] = ()
    without_journal: bool = False
    clock_is_right: bool = False
    only_check: bool = False


@dataclass
class Restored:
    """What was found and done. until: up to when the journals know of erasures; erased_again, and
    out_of_time: how many enquiries went by the journals and by retention; warnings: what the
    operator must see to."""

    manifest: Manifest
    made_at: datetime
    until: datetime | None = None
    erased_again: int = 0
    out_of_time: int = 0
    enquiries: int = 0
    warnings: tuple[str, ...] = ()


def restore(file: Path, wishes: Wishes) -> Restored:
    """Put a backup in the place of the site's empty database, or only look whether it could be.

    Everything is done on a copy or in one transaction: until the end nothing is changed. Raises
    BackupFault, OSError, or what a database raises.
    """
    manifest = read_manifest(file)
    key = _key_of(manifest)
    _refuse_other_kind(manifest)
    _refuse_newer(manifest)
    done = Restored(manifest, datetime.fromisoformat(manifest.made_at))
    now = timezone.now()
    if wishes.only_check:
        with drafts() as own:
            _opened(file, key, own, manifest)
        done.enquiries = manifest.counts[ENQUIRIES]
        return done
    _refuse_odd_time(done.made_at, now, wishes)
    asked, done.warnings = _asked(done.made_at, wishes)
    done.until = asked.until
    with drafts() as own:
        copy = _opened(file, key, own, manifest)
        with journal.paused(), database.of_this_site().put_back(copy):
            _bring_up(done, asked, now)
    behind = journal.bring_in_line(journal.RESTORE, timezone.now())
    done.warnings += (behind,) if behind else ()
    return done


def _key_of(manifest: Manifest) -> str:
    """Return the key that opens the file, once it is sure that all its keys are there."""
    ours = by_fingerprint(settings.FIELD_KEYS)
    if missing := [each for each in manifest.keys if each not in ours]:
        raise BackupFault(
            f"FIELD_KEYS lacks a key that this backup needs, with the fingerprint "
            f"{' and '.join(missing)}; it holds {', '.join(ours) or 'none'}. Without that key "
            "nobody can read the enquiries: take it from where you keep a copy of the keys, put it "
            f"into FIELD_KEYS, after the others, and run this again. {NOTHING_CHANGED}"
        )
    return ours[manifest.sealed_with]


def _refuse_other_kind(manifest: Manifest) -> None:
    if manifest.database != database.kind():
        # From SQLite there is a way to PostgreSQL, and none back.
        then = ", then go over" if manifest.database == "sqlite" else ""
        raise BackupFault(
            f"This is a backup of {manifest.database}, and the site is set up for "
            f"{database.kind()}. Set DATABASE_URL for {manifest.database}, restore{then}: see "
            f'"PostgreSQL" in the README. {NOTHING_CHANGED}'
        )


def _refuse_newer(manifest: Manifest) -> None:
    """Raise where the backup has seen a migration of an app of ours that this code lacks."""
    loader = MigrationLoader(None)
    known = {f"{app}.{name}" for app, name in loader.disk_migrations}
    for each in loader.disk_migrations.values():
        known |= {f"{app}.{name}" for app, name in each.replaces}
    ours = {config.label for config in apps.get_app_configs()}
    newer = [name for name in manifest.migrations if name.partition(".")[0] in ours]
    if unknown := sorted(set(newer) - known):
        raise BackupFault(
            f"The backup was made by a newer version of the site ({manifest.code}): this one does "
            f"not know {', '.join(unknown)}. Install that version, or a newer one, and run this "
            f"again. {NOTHING_CHANGED}"
        )


def _refuse_odd_time(made_at: datetime, now: datetime, wishes: Wishes) -> None:
    """What is erased because its time is over is erased by this machine's clock."""
    if wishes.clock_is_right or made_at - BACKWARDS <= now <= made_at + FORWARDS:
        return
    raise BackupFault(
        f"The clock of this machine says {now:%Y-%m-%d %H:%M} UTC, and the backup was made at "
        f"{made_at:%Y-%m-%d %H:%M} UTC. Set the clock right. If it is, and the backup is that old, "
        f"run this with {CLOCK_IS_RIGHT}. {NOTHING_CHANGED}"
    )


def _asked(made_at: datetime, wishes: Wishes) -> tuple[Asked, tuple[str, ...]]:
    """Return what the journals ask to be erased again, and what they leave open."""
    if wishes.without_journal:
        return Asked((), None), ()
    for path in wishes.journals:
        if not path.is_file():
            raise BackupFault(f"There is no journal {path}. {NOTHING_CHANGED}")
    own, named = journal.read(journal.journal_path()), [journal.read(p) for p in wishes.journals]
    journals, asked = [own, *named], asked_by(own, named, made_at)
    if asked.until is None:
        raise BackupFault(
            f"No journal of erasures knows of the time since {made_at:%Y-%m-%d %H:%M:%S} UTC, when "
            f"the backup was made. Looked at: {', '.join(str(each.path) for each in journals)}. "
            f"Name a copy of the journal that was kept then with --journal FILE. If there is none "
            f"any more, run this with {WITHOUT_JOURNAL}: then what people had erased since comes "
            f"back, and must be found and erased again. {NOTHING_CHANGED}"
        )
    return asked, tuple(
        f"{each.path}: line {number} cannot be read. If it told of an erasure, that enquiry is "
        "back: look for a request to erase from that time."
        for each in journals
        for number in each.unreadable
    )


def _opened(file: Path, key: str, own: Path, manifest: Manifest) -> Path:
    """Write the database of a backup to a draft, and see that all of it is what was put in."""
    copy = own / COPY
    unseal(file, key, copy)
    found = contents_of(database.of_this_site().tables_of(copy), settings.FIELD_KEYS)
    if (found.counts, found.unreadable) != (manifest.counts, manifest.unreadable):
        raise BackupFault(
            f"{file} does not hold what its manifest says: rows are missing, or values cannot be "
            f"read. Take the backup before it. {NOTHING_CHANGED}"
        )
    return copy


def _bring_up(done: Restored, asked: Asked, now: datetime) -> None:
    """Make of the restored database one that this code may serve."""
    call_command("migrate", verbosity=0, interactive=False)
    done.erased_again = erase_again(asked.lines, now)
    # No brake here: it guards what cannot be brought back, and the backup stays as it is.
    plan = retention.plan_of_today(now)
    done.out_of_time = retention.apply(plan, now, "after a restore")
    if too_many(len(plan.due), plan.total):
        done.warnings += (MANY_OUT_OF_TIME,)
    done.enquiries = Enquiry.objects.count()
    detail = f"of {done.made_at:%Y-%m-%d %H:%M:%S} UTC, {done.enquiries} enquiries"
    audit.record(AuditAction.RESTORED, detail=detail)
    _refuse_less(done)


def _refuse_less(done: Restored) -> None:
    expected = done.manifest.counts[ENQUIRIES] - done.erased_again - done.out_of_time
    unreadable = sum(
        isinstance(value, Unreadable)
        for model, name in encrypted_fields()
        for value in model._default_manager.values_list(name, flat=True).iterator()
    )
    if done.enquiries != expected or unreadable > done.manifest.unreadable:
        raise BackupFault(
            f"After the restore there are {done.enquiries} enquiries, {expected} are expected; "
            f"{unreadable} values cannot be read, {done.manifest.unreadable} are expected. "
            f"{NOTHING_CHANGED}"
        )
