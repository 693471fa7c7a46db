"""What a PostgreSQL must be, read from the server itself: unsafe durability is refused."""

from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.core.checks import WARNING, CheckMessage, Error, Tags, register
from django.db import DatabaseError, InterfaceError, NotSupportedError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from imsinfo.operating.databases import MOVED, POSTGRESQL_TIMEOUTS

# With any of them off, a power cut loses enquiries that were acknowledged, or the whole database.
DURABLE = ("fsync", "full_page_writes", "synchronous_commit")
# /privacy/ promises that no copy outlives an enquiry for longer.
KEEP_MOVED_DAYS = 30
READ = """
SELECT name, setting, source FROM pg_settings WHERE name = ANY(%s)
UNION ALL SELECT 'in_recovery', pg_is_in_recovery()::text, ''
UNION ALL SELECT 'read_only', current_setting('transaction_read_only'), ''
"""


class Setting(NamedTuple):
    """One setting as it is in force for the site. source: where it was set, as PostgreSQL says."""

    value: str
    source: str


@register(Tags.database)
def check_postgresql(databases=None, **kwargs) -> list[CheckMessage]:
    """Read back what PostgreSQL does for the site's own role, in the site's own database."""
    found: list[CheckMessage] = []
    for alias in databases or []:
        if connections[alias].vendor == "postgresql":
            found += _checked(_without_pool(alias))
    return found


def _checked(connection: BaseDatabaseWrapper) -> list[CheckMessage]:
    try:
        read = read_settings(connection)
    except NotSupportedError as error:
        return [_too_old(error)]
    except (DatabaseError, InterfaceError) as error:
        return [_unreachable(error)]
    finally:
        connection.close()
    return [*faults(read), *moved_file()]


def _without_pool(alias: str) -> BaseDatabaseWrapper:
    """A connection of its own: from a pool one learns only that none came in time, not why."""
    connection = connections[alias].copy()
    connection.settings_dict["OPTIONS"].pop("pool", None)
    return connection


def read_settings(connection: BaseDatabaseWrapper) -> dict[str, Setting]:
    """Return the settings by name; raises what Django raises where it cannot connect."""
    # Django itself looks at the first connection of a process alone.
    connection.check_database_version_supported()
    names = [*DURABLE, *POSTGRESQL_TIMEOUTS, "server_encoding"]
    with connection.cursor() as cursor:
        cursor.execute(READ, [names])
        return {name: Setting(value, source) for name, value, source in cursor.fetchall()}


def faults(read: dict[str, Setting]) -> list[CheckMessage]:
    """Return what must not be. read: as read_settings returns it."""
    found = [_not_durable(name, read[name]) for name in DURABLE if read[name].value == "off"]
    if read["server_encoding"].value != "UTF8":
        found.append(_not_utf8(read["server_encoding"].value))
    if read["in_recovery"].value == "true":
        found.append(_standby())
    elif read["read_only"].value == "on":
        found.append(_read_only())
    for name, wanted in POSTGRESQL_TIMEOUTS.items():
        if read[name].value != str(wanted):
            found.append(_other_timeout(name, read[name].value, wanted))
    return found


def _not_durable(name: str, setting: Setting) -> CheckMessage:
    return Error(
        f"PostgreSQL's {name} is off (set by: {setting.source}); on is needed: a power cut would "
        "lose enquiries whose senders were told that we have them.",
        hint=_how_to_set(name, setting.source),
        id="imsinfo.E011",
    )


def _how_to_set(name: str, source: str) -> str:
    """What sets it right. source: as PostgreSQL tells it in pg_settings."""
    places = {
        "user": f"ALTER ROLE … RESET {name};",
        "database": f"ALTER DATABASE … RESET {name};",
        "database user": f"ALTER ROLE … IN DATABASE … RESET {name};",
        "command line": f"Take {name} out of the server's command line and restart it.",
        "client": f"Take {name} out of DATABASE_URL.",
        "environment variable": "Unset PGOPTIONS.",
    }
    everywhere = f"ALTER SYSTEM RESET {name}; or correct postgresql.conf; then reload PostgreSQL."
    return places.get(source, everywhere)


def _not_utf8(encoding: str) -> CheckMessage:
    return Error(
        f"The database's encoding is {encoding}; UTF8 is needed: names would be refused or spoilt.",
        hint="Make it anew: createdb --encoding=UTF8 --template=template0 --owner=imsinfo imsinfo",
        id="imsinfo.E012",
    )


def _too_old(error: Exception) -> CheckMessage:
    return Error(str(error), hint="Upgrade PostgreSQL (pg_upgradecluster).", id="imsinfo.E013")


def _standby() -> CheckMessage:
    return Error(
        "This PostgreSQL is a standby, which stores nothing.",
        hint="Name the primary in DATABASE_URL, or add target_session_attrs=read-write to it.",
        id="imsinfo.E014",
    )


def _read_only() -> CheckMessage:
    return Error(
        "This PostgreSQL is read-only for the site (default_transaction_read_only is on).",
        hint="ALTER ROLE, ALTER DATABASE or ALTER SYSTEM: RESET default_transaction_read_only.",
        id="imsinfo.E015",
    )


def _other_timeout(name: str, found: str, wanted: int) -> CheckMessage:
    return Error(
        f"PostgreSQL's {name} is {found} ms for the site; {wanted} ms is needed: a visitor would "
        "wait without an end.",
        hint="The site asks for it as it connects. Connect to PostgreSQL itself, not to a pooler.",
        id="imsinfo.E016",
    )


def _unreachable(error: Exception) -> CheckMessage:
    told = " ".join(str(error).split())
    return Error(
        f"PostgreSQL cannot be reached: {told}",
        hint="Compare DATABASE_URL with `psql -l`, and see whether the service postgresql runs.",
        id="imsinfo.E017",
    )


def moved_file() -> list[CheckMessage]:
    """Warn of a SQLite file that was moved over and still lies there after its time."""
    moved = Path(settings.VAR_DIR) / f"imsinfo.sqlite3{MOVED}"
    try:
        age = timezone.now().timestamp() - moved.stat().st_ctime
    except OSError:
        return []
    if age < KEEP_MOVED_DAYS * 24 * 60 * 60:
        return []
    message = f"{moved} still holds the enquiries of the day on which they were moved."
    hint = f"Delete it: what is erased on the site stays in it. It is over {KEEP_MOVED_DAYS} days."
    return [CheckMessage(WARNING, message, hint=hint, id="imsinfo.W018")]
