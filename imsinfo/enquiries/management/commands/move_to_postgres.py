"""manage.py move_to_postgres: copy a SQLite site into the PostgreSQL that DATABASE_URL names."""

from pathlib import Path

from django.conf import settings
from django.core.checks import Tags
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError, connection

from imsinfo.enquiries.relocation import Moved, NotMovedError, listed, move


class Command(BaseCommand):
    help = (
        "Copy a stopped SQLite site, row by row as it is stored, into the empty PostgreSQL "
        "database that DATABASE_URL names, and prove both equal. May be killed and run again."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--sqlite",
            type=Path,
            default=settings.VAR_DIR / "imsinfo.sqlite3",
            metavar="FILE",
            help="the SQLite file (default: %(default)s)",
        )
        parser.add_argument(
            "--also-unreadable",
            action="store_true",
            help="although there are values that no key in FIELD_KEYS opens",
        )

    def handle(self, *args, sqlite, also_unreadable, **options):
        if connection.vendor != "postgresql":
            raise CommandError("Set DATABASE_URL to the PostgreSQL that takes the site over.")
        self.check(tags=[Tags.database], databases=["default"])
        try:
            moved = move(sqlite.absolute(), also_unreadable)
        except NotMovedError as why:
            raise CommandError(f"Nothing was moved. {why}") from None
        except (DatabaseError, InterfaceError) as error:
            # The words of such an error may hold a row; the log of PostgreSQL has them too.
            raise CommandError(
                f"A database failed ({type(error).__name__}), and the SQLite file is as it was. "
                "Look into PostgreSQL's log, then run this again."
            ) from None
        self.tell(moved)

    def tell(self, moved: Moved):
        if moved.was_there:
            self.stdout.write("An earlier run had copied everything; this one has compared it.")
        self.stdout.write(f"{'rows':>8}  {'sum':16}  table")
        for name, found in sorted(moved.sums.items()):
            self.stdout.write(f"{found.rows:>8}  {found.digest[:16]}  {name}")
        total = sum(found.rows for found in moved.sums.values())
        self.stdout.write(
            f"{total} rows of {len(moved.sums)} tables are in PostgreSQL, the same as in SQLite."
        )
        if moved.unreadable:
            told = listed(moved.unreadable)
            self.stdout.write(f"No key in FIELD_KEYS opens these values: {told}.")
        else:
            self.stdout.write("Every encrypted value can be read with FIELD_KEYS.")
        self.stdout.write(
            f"The SQLite file is now {moved.file}. It still holds every enquiry: start the site "
            "with this DATABASE_URL, make a backup, then delete that file."
        )
