from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from cryptography.fernet import Fernet
from django.db import connection

from imsinfo.enquiries.backups.keys import fingerprint
from imsinfo.enquiries.backups.making import make_backup
from imsinfo.enquiries.backups.other_database import other_database
from imsinfo.enquiries.backups.sealed import Manifest


@pytest.fixture
def places(tmp_path, settings):
    """Folders of this test alone for backups, drafts and the journal."""
    settings.VAR_DIR = tmp_path / "site"
    settings.BACKUP_DIR = tmp_path / "backups"
    settings.ERASURE_JOURNAL = tmp_path / "site" / "erasures.journal"
    return SimpleNamespace(
        var=settings.VAR_DIR, backups=settings.BACKUP_DIR, journal=settings.ERASURE_JOURNAL
    )


@pytest.fixture
def site(transactional_db, places, make_enquiry):
    """A site with three enquiries that a backup can be made of; its places."""
    for _ in range(3):
        make_enquiry(message="Zwölf\tJahre\\ \n👍", consent_text="I\tagree\\N \n")
    return places


@pytest.fixture
def backup(site):
    """A backup of the site."""
    return make_backup().path


@pytest.fixture(scope="session")
def second_database(django_db_setup, django_db_blocker):
    """The name of a database on PostgreSQL beside that of the tests; "" on SQLite."""
    if connection.vendor == "sqlite":
        yield ""
        return
    with django_db_blocker.unblock():
        name = f"{connection.settings_dict['NAME']}_second"
        drop = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
        # A checkpoint of the whole server is part of it.
        patient, usual = "SET statement_timeout = 0", "RESET statement_timeout"
        run(patient, drop, f'CREATE DATABASE "{name}"', usual)
        yield name
        run(patient, drop, usual)


def run(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture
def empty_place(transactional_db, tmp_path, second_database):
    """Return a context in which Django works on an empty database of the same kind."""
    name = second_database or str(tmp_path / "new" / "empty.sqlite3")
    (tmp_path / "new").mkdir()
    if second_database:
        with other_database({"NAME": name}):
            run("DROP SCHEMA public CASCADE", "CREATE SCHEMA public")

    @contextmanager
    def place():
        with other_database({"NAME": name}):
            yield

    return place


def new_key():
    return Fernet.generate_key().decode()


@pytest.fixture
def field_key():
    return new_key()


@pytest.fixture
def make_manifest(field_key):
    """Return a function that makes a manifest with the given differences."""

    def make(**changes):
        given = {
            "made_at": datetime(2026, 11, 22, tzinfo=UTC).isoformat(timespec="microseconds"),
            "database": "sqlite",
            "code": "1",
            "migrations": ("enquiries.0001_initial",),
            "counts": {"enquiries_enquiry": 3},
            "keys": (fingerprint(field_key),),
            "sealed_with": fingerprint(field_key),
            "unreadable": 0,
            "sha256": "",
            "size": 0,
            "salt": "00",
        }
        return Manifest(**given | changes)

    return make
