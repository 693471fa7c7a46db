"""What a copy of the database holds: rows by table, and whether the keys open what is encrypted."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cryptography.fernet import Fernet, InvalidToken
from django.db.models import Field

from imsinfo.enquiries.backups.keys import by_fingerprint
from imsinfo.enquiries.models import Enquiry
from imsinfo.enquiries.rotation import encrypted_fields

MIGRATIONS = "django_migrations"
ENQUIRIES = Enquiry._meta.db_table
# Counts of clients, and sign-ins: both would come back to life. Their tables are copied empty.
LEFT_EMPTY = ("django_session", "imsinfo_throttle")


class Table(NamedTuple):
    """A table as it was read: each row holds its values in the order of the columns."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Any]]


@dataclass
class Contents:
    """counts: rows by table; migrations: those applied; opened: how many values each key opened,
    by its fingerprint; unreadable: how many none opened."""

    counts: dict[str, int] = field(default_factory=dict)
    migrations: list[str] = field(default_factory=list)
    opened: Counter[str] = field(default_factory=Counter)
    unreadable: int = 0


def contents_of(tables: Iterable[Table], field_keys: Sequence[str]) -> Contents:
    """Read every row of every table, and open every encrypted value with one of the keys."""
    found = Contents()
    ciphers = {name: Fernet(key) for name, key in by_fingerprint(field_keys).items()}
    encrypted = encrypted_columns()
    for table in tables:
        places = [at for at, name in enumerate(table.columns) if (table.name, name) in encrypted]
        count = 0
        for row in table.rows:
            count += 1
            _open_each((row[at] for at in places), ciphers, found)
            if table.name == MIGRATIONS:
                values = dict(zip(table.columns, row, strict=True))
                found.migrations.append(f"{values['app']}.{values['name']}")
        found.counts[table.name] = count
    found.migrations.sort()
    return found


def encrypted_columns() -> set[tuple[str, str | None]]:
    """Return (table, column) of everything that is encrypted."""
    fields = (
        (model._meta.db_table, model._meta.get_field(name)) for model, name in encrypted_fields()
    )
    return {(table, field.column) for table, field in fields if isinstance(field, Field)}


def _open_each(tokens: Iterator[Any], ciphers: dict[str, Fernet], found: Contents) -> None:
    for token in tokens:
        if not token:
            continue
        name = next((name for name, cipher in ciphers.items() if _opens(cipher, token)), None)
        if name is None:
            found.unreadable += 1
        else:
            found.opened[name] += 1


def _opens(cipher: Fernet, token: str | bytes) -> bool:
    try:
        cipher.decrypt(token)
    except InvalidToken:
        return False
    return True
