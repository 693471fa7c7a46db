"""manage.py restore FILE: put a backup into an empty place."""

import sqlite3
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError

from imsinfo.enquiries.backups import BackupFault
from imsinfo.enquiries.backups.restoring import WITHOUT_JOURNAL, Restored, Wishes, restore
from imsinfo.enquiries.brakes import CLOCK_IS_RIGHT
from imsinfo.operating.database_state import words_of


class Command(BaseCommand):
    help = (
        "Put a backup in the place of an empty database: with the keys that it was made with, "
        "brought up to this version, without what was erased since. Stop the site first."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", type=Path, help="a backup of this site")
        parser.add_argument(
            "--check", action="store_true", help="open and count all of it, change nothing"
        )
        parser.add_argument(
            "--journal",
            metavar="FILE",
            type=Path,
            action="append",
            default=[],
            help="a copy of the journal of erasures; may be given again",
        )
        parser.add_argument(
            WITHOUT_JOURNAL,
            action="store_true",
            help="although what was erased since the backup comes back",
        )
        parser.add_argument(
            CLOCK_IS_RIGHT, action="store_true", help="although the backup is that old"
        )

    def handle(self, *args, file, **options):
        wishes = Wishes(
            journals=tuple(options["journal"]),
            without_journal=options["without_journal"],
            clock_is_right=options["clock_is_right"],
            only_check=options["check"],
        )
        if wishes.journals and wishes.without_journal:
            raise CommandError(f"Give --journal or {WITHOUT_JOURNAL}, not both.")
        try:
            done = restore(file, wishes)
        except BackupFault as why:
            raise CommandError(str(why)) from why
        except OSError as error:
            told = f"{error.filename}: {error.strerror}" if error.filename else str(error)
            raise CommandError(f"Nothing was restored. {told}.{_repair(error)}") from error
        except (DatabaseError, InterfaceError, sqlite3.Error) as error:
            raise CommandError(f"Nothing was restored. {words_of(error)}.") from error
        for line in _checked(done) if wishes.only_check else _restored(done, wishes):
            self.stdout.write(line)


def _repair(error: OSError) -> str:
    if not isinstance(error, PermissionError):
        return ""
    return (
        " The user that runs the site must be able to read it: copy it into BACKUP_DIR, with that "
        "user as its owner (install -o imsinfo -g imsinfo -m 600)."
    )


def _checked(done: Restored):
    yield from _about(done)
    yield "Every row is there, and every value can be read, but for those that it names."
    yield "Nothing was changed."


def _restored(done: Restored, wishes: Wishes):
    yield from _about(done)
    yield f"Erased again, because the journal of erasures says so: {done.erased_again}."
    yield f"Erased, because their time is over: {done.out_of_time}."
    yield f"In place now: {done.enquiries} enquiries."
    yield from done.warnings
    at = f"{done.made_at:%Y-%m-%d %H:%M:%S} UTC"
    yield "What to do before the site starts:"
    yield (
        f"- Enquiries that came in after {at} are lost, and what staff wrote since. The mails to "
        "staff from then on name their references. Ring whom staff remember, and say on the site "
        "that people who wrote since then should write again."
    )
    yield (
        f"- Accounts, passwords, phones and recovery codes are as they were at {at}. Repeat what "
        "was changed since: accounts of people who have left, stolen phones, passwords."
    )
    yield "- Mails that waited at that time are sent again, with the same Message-ID."
    if wishes.without_journal:
        yield f"- Without a journal: what people had erased after {at} is back. Erase it again."
    elif done.until:
        yield (
            f"- The journals know of erasures up to {done.until:%Y-%m-%d %H:%M:%S} UTC. Erase "
            "again what staff erased on request after that."
        )


def _about(done: Restored):
    manifest = done.manifest
    total = manifest.counts.get("enquiries_enquiry", 0)
    yield (
        f"Backup of {done.made_at:%Y-%m-%d %H:%M:%S} UTC, made by version {manifest.code} on "
        f"{manifest.database}: {total} enquiries. Keys: {', '.join(manifest.keys)}."
    )
    if manifest.unreadable:
        yield f"{manifest.unreadable} values could be read with no key when it was made."
