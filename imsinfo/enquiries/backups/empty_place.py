"""What must not be in a database that a backup is put into."""

from collections.abc import Callable, Iterable

from django.contrib.auth.models import User

from imsinfo.enquiries.backups import BackupFault
from imsinfo.enquiries.models import Enquiry, Tombstone

# A database that holds one row of any of these is somebody's work.
SOMEBODYS = (Enquiry, User, Tombstone)


def refuse_occupied(
    where: str, tables: Iterable[str], ask: Callable[[str], tuple[int, ...] | None]
) -> None:
    """Raise BackupFault where a database is not empty.

    where: the database, as its operator knows it; tables: those that it has; ask: returns the
    first row that a statement finds.
    """
    there = set(tables)
    for model in SOMEBODYS:
        table = model._meta.db_table
        [count] = ask(f'SELECT count(*) FROM "{table}"') or (0,) if table in there else (0,)  # noqa: S608
        if count:
            names = model._meta.verbose_name if count == 1 else model._meta.verbose_name_plural
            raise BackupFault(
                f"The database {where} is not empty: it holds {count} {names}. A backup is put "
                "into an empty place alone. Stop the site, move that database away (do not delete "
                "it), then run this again. Nothing was changed."
            )
