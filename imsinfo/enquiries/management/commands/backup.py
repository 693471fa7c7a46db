"""manage.py backup: a checked copy of the database in BACKUP_DIR. For a daily timer."""

import sqlite3

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError

from imsinfo.enquiries.backups import BackupFault
from imsinfo.enquiries.backups.making import make_backup
from imsinfo.operating.database_state import words_of


class Command(BaseCommand):
    help = (
        "Copy the database into BACKUP_DIR while the site runs, sealed with the first of "
        "FIELD_KEYS, and check the copy; delete backups that are older than 30 days."
    )
    requires_system_checks = []

    def handle(self, *args, **options):
        try:
            made = make_backup()
        except BackupFault as why:
            raise CommandError(f"No backup was made. {why}") from why
        except OSError as error:
            told = f"{error.filename}: {error.strerror}" if error.filename else str(error)
            raise CommandError(f"No backup was made. {told}.") from error
        except (DatabaseError, InterfaceError, sqlite3.Error) as error:
            raise CommandError(
                f"No backup was made. The database cannot be read: {words_of(error)}."
            ) from error
        self.stdout.write(f"{made.path}: {made.enquiries} enquiries, {made.size:,} bytes.")
        if made.expired:
            self.stdout.write(f"Older than 30 days and deleted: {made.expired}.")
        if made.warnings:
            raise CommandError("The backup is whole. But:\n" + "\n".join(made.warnings))
