"""How the kind of database that the site runs on is copied and put back."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Literal, Protocol, cast

from django.db import connection

from imsinfo.enquiries.backups import postgresql, sqlite
from imsinfo.enquiries.backups.contents import Table


class Database(Protocol):
    """What sqlite.py and postgresql.py both hold; each function is explained there."""

    def size(self) -> int: ...
    def copy_into(self, target: Path) -> None: ...
    def tables_of(self, copy: Path) -> Iterator[Table]: ...
    def put_back(self, copy: Path) -> AbstractContextManager[None]: ...


Kind = Literal["sqlite", "postgresql"]


def kind() -> Kind:
    """Return the kind of the site's database."""
    return cast("Kind", connection.vendor)


def of_this_site() -> Database:
    kinds: dict[str, Database] = {"sqlite": sqlite, "postgresql": postgresql}
    return kinds[kind()]
