"""What an operator must know of database, disk, files, proxies and versions."""

import ipaddress
import os
import platform
import ssl
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import django
from django.conf import settings
from django.core.checks import Tags, run_checks
from django.db import connection

from imsinfo.editions.fingerprint import of_the_code
from imsinfo.operating.database_state import (
    FAULTS,
    unknown_migrations,
    waiting_migrations,
    words_of,
    write_fault,
)
from imsinfo.operating.disk import (
    FULL,
    NEARLY_FULL,
    disk_of,
    free_bytes,
    in_words,
    network_file_system,
)
from imsinfo.operating.own_connection import own_connection
from imsinfo.operating.ownership import owner_fault, readable_by_others
from imsinfo.operating.proxies import noticed, proxies_folder
from imsinfo.operating.status import Line, Mark, tells

PATIENCE = 2.0  # seconds
DAY = 24 * 60 * 60


def has_database() -> bool:
    """Whether there is a database to be asked, with the tables of this version."""
    try:
        with own_connection(PATIENCE):
            return not waiting_migrations()
    except FAULTS:
        return False


def database_path() -> Path | None:
    """Return SQLite's file; None for another database."""
    database = settings.DATABASES["default"]
    return Path(database["NAME"]) if "sqlite3" in database["ENGINE"] else None


@tells(0, "server")
def server_line() -> Iterator[Line]:
    """Ask the server of this machine whether it is ready."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.BIND, settings.BIND)  # noqa: S104 -- compared, not bound
    place = f"[{host}]:{settings.PORT}" if _is_ipv6(host) else f"{host}:{settings.PORT}"
    scheme = "https" if settings.TLS_CERTIFICATE else "http"
    # By address no certificate can be checked, and nothing secret is said.
    context = ssl._create_unverified_context()  # noqa: S323
    try:
        urllib.request.urlopen(f"{scheme}://{place}/readyz", timeout=PATIENCE, context=context)  # noqa: S310 -- our own address
    except urllib.error.HTTPError as error:
        error.close()
        yield Line("server", Mark.FAULT, f"not ready at {place}", "the log tells why")
    except OSError:
        repair = "manage.py serve, or the service that runs it"
        mark = Mark.FAULT if settings.PRODUCTION else Mark.LOOK
        yield Line("server", mark, f"nobody answers at {place}", repair)
    else:
        yield Line("server", Mark.OK, f"ready at {place}")


def _is_ipv6(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).version == 6
    except ValueError:
        return False


@tells(10, "database")
def database_lines() -> Iterator[Line]:
    """Tell kind, size, whether it takes a write, whether tables and pages are whole."""
    try:
        with own_connection(PATIENCE):
            yield _database_line()
            yield _tables_line()
            yield _integrity_line()
    except FAULTS as error:
        told = f"does not answer: {words_of(error)}"
        yield Line("database", Mark.FAULT, told, "see whether it runs, and DATABASE_URL")


def _database_line() -> Line:
    fault = write_fault()
    kind = f"{connection.display_name} {_version()}, {in_words(_size())}"
    if fault:
        told = f"{kind}, takes no write: {fault}"
        return Line("database", Mark.FAULT, told, "see disk, owner and rights of its files")
    return Line("database", Mark.OK, f"{kind}, takes writes")


def _version() -> str:
    return ".".join(map(str, connection.get_database_version()))


def _size() -> int:
    path = database_path()
    if path:
        return sum(each.stat().st_size for each in path.parent.glob(f"{path.name}*"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return cursor.fetchone()[0]


def _tables_line() -> Line:
    if unknown := unknown_migrations():
        repair = "right after a roll-back by one version; otherwise start the newer version"
        return Line("tables", Mark.LOOK, f"of a newer version: {', '.join(unknown)}", repair)
    if waiting := waiting_migrations():
        return Line(
            "tables", Mark.FAULT, f"migrations that wait: {len(waiting)}", "manage.py migrate"
        )
    return Line("tables", Mark.OK, "of this version")


def _integrity_line() -> Line:
    """Have SQLite look at every page; PostgreSQL does so itself as it reads, with checksums."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SHOW data_checksums")
            told = f"PostgreSQL's data checksums are {cursor.fetchone()[0]}"
            return Line("integrity", Mark.OK, told)
        cursor.execute("PRAGMA quick_check(1)")
        [found] = cursor.fetchone()
    if found == "ok":
        return Line("integrity", Mark.OK, "every page of the file is whole")
    return Line("integrity", Mark.FAULT, f"damaged: {found}", "stop the site; restore a backup")


@tells(15, "durability", needs_database=True)
def durability_lines() -> Iterator[Line]:
    """Tell what the checks of the database find; those of the keys have a line of their own."""
    found = run_checks(tags=[Tags.database], databases=["default"])
    unsafe = [each for each in found if (each.id or "").startswith("imsinfo.")]
    for each in unsafe:
        mark = Mark.FAULT if each.is_serious() else Mark.LOOK
        yield Line("durability", mark, each.msg, each.hint or "")
    if not unsafe:
        yield Line("durability", Mark.OK, "what is stored stays stored, through a power cut too")


@tells(30, "disk")
def disk_lines() -> Iterator[Line]:
    """Tell how much room there is; of places on one disk once."""
    where = database_path()
    places = {"VAR_DIR": Path(settings.VAR_DIR), "BACKUP_DIR": Path(settings.BACKUP_DIR)}
    places |= {"database": where.parent} if where else {}
    disks: dict[int, list[str]] = {}
    for name, place in places.items():
        disks.setdefault(disk_of(place), []).append(name)
    for names in disks.values():
        yield _room_line(", ".join(names), places[names[0]])
    if where and (kind := network_file_system(where)):
        told, repair = f"SQLite lies on {kind}", "SQLite needs a disk of this machine"
        yield Line("disk", Mark.FAULT, told, repair)


def _room_line(names: str, place: Path) -> Line:
    try:
        free = free_bytes(place)
    except OSError as error:
        return Line("disk", Mark.FAULT, f"of {names}: cannot be read ({error.strerror})")
    mark = Mark.FAULT if free < FULL else Mark.LOOK if free < NEARLY_FULL else Mark.OK
    repair = "make room, before the site can store nothing more" if mark else ""
    return Line("disk", mark, f"{in_words(free)} free for {names}", repair)


@tells(31, "files")
def file_lines() -> Iterator[Line]:
    var_dir = Path(settings.VAR_DIR)
    if fault := owner_fault(var_dir, database_path()):
        yield Line("files", Mark.FAULT, fault)
    elif readable_by_others(var_dir):
        told = f"every user of this machine may look into {var_dir}"
        yield Line("files", Mark.LOOK, told, f"chmod o-rwx {var_dir}")
    else:
        yield Line("files", Mark.OK, "belong to the user that runs this")


@tells(80, "proxies")
def proxy_lines() -> Iterator[Line]:
    """Tell what the workers have noticed since yesterday."""
    found = list(noticed(proxies_folder(settings.VAR_DIR), time.time() - DAY))
    for told, repair in found:
        yield Line("proxies", Mark.LOOK, told, repair)
    if not found:
        yield Line("proxies", Mark.OK, f"as TRUSTED_PROXIES says ({settings.TRUSTED_PROXIES or 0})")


@tells(90, "versions")
def version_lines() -> Iterator[Line]:
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]
    told = (
        f"imsinfo {project['version']} (code {of_the_code()[:8]}), Django {django.__version__}, "
        f"Python {platform.python_version()}, on {os.uname().sysname} {os.uname().release}"
    )
    yield Line("versions", Mark.OK, told)
