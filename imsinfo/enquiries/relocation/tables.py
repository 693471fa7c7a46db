"""Every table of the site, its rows as they are stored, and a sum over them."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models.functions import Cast

from imsinfo.enquiries.encryption import EncryptedTextField

ROWS_AT_ONCE = 500
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Table:
    """A table of the site, by the model whose rows it holds."""

    model: type[models.Model]

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    @property
    def fields(self) -> list[models.Field]:
        return list(self.model._meta.local_concrete_fields)

    @property
    def columns(self) -> list[str]:
        return [str(field.column) for field in self.fields]

    @property
    def key(self) -> models.Field:
        return next(field for field in self.fields if field.primary_key)

    @property
    def counts(self) -> bool:
        """Whether the database numbers the rows."""
        return isinstance(self.key, models.AutoField)


@dataclass(frozen=True)
class Sum:
    """How many rows there are, and a hash over all of them in any order."""

    rows: int
    digest: str


def tables() -> list[Table]:
    """Return every table that a model of the site has, those between two models included."""
    found = apps.get_models(include_auto_created=True)
    return [Table(model) for model in found if model._meta.managed and not model._meta.proxy]


def rows(table: Table, alias: str) -> Iterator[Row]:
    """Yield the rows in the database of this alias, in order, a few in memory at a time."""
    found = table.model._base_manager.using(alias).order_by("pk")
    stored = found.values_list(*map(_as_stored, table.fields))
    return stored.iterator(chunk_size=ROWS_AT_ONCE)


def _as_stored(field: models.Field) -> Any:
    """What reads a field; of an encrypted one the bytes as they are, which no key has opened."""
    if isinstance(field, EncryptedTextField):
        return Cast(field.attname, models.TextField())
    return field.attname


def sum_of(found: Iterable[Row]) -> Sum:
    """Add up the hashes of all rows: two databases sort texts in different orders."""
    count = total = 0
    for row in found:
        count += 1
        total += int.from_bytes(sha256(repr(tuple(map(_plain, row))).encode()).digest())
    return Sum(count, f"{total % 2**256:064x}")


def _plain(value: Any) -> Any:
    """The same value from either database in the same words."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, list | dict):
        return json.dumps(value, sort_keys=True)
    return value
