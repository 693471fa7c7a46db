import os
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connection

from imsinfo.enquiries.backups import BackupFault, postgresql
from imsinfo.enquiries.backups.making import make_backup
from tests.enquiries.backups.conftest import run

pytestmark = [pytest.mark.db, pytest.mark.only_on("postgresql")]
SCRIPT = rb"""--
-- PostgreSQL database dump
\restrict abc
SET statement_timeout = 0;
SET transaction_timeout = 0;
SELECT pg_catalog.set_config('search_path', '', false);
CREATE SCHEMA public;
COMMENT ON SCHEMA public IS 'standard public schema';
CREATE TABLE public.note (
    id bigint NOT NULL,
    "user" text
);
COPY public.note (id, "user") FROM stdin;
1	\N
2	-- not a comment
\.
COPY public."User" (id) FROM stdin;
\.
SELECT pg_catalog.setval('public.note_id_seq', 2, true);
\unrestrict abc
"""


@pytest.fixture
def asked(db, monkeypatch):
    """The commands and environments with which programs were run."""
    calls, original = [], postgresql.subprocess.run

    def run(command, **named):
        calls.append((command, named.get("env")))
        return original(command, **named)

    monkeypatch.setattr(postgresql.subprocess, "run", run)
    return calls


def test_a_script_is_read_as_sql_and_rows():
    found = []
    for part in postgresql._parts(SCRIPT.splitlines(keepends=True)):
        if isinstance(part, str):
            found.append(part)
        else:
            found.append((part.table, part.columns, [*map(postgresql._values, part.lines)]))
    assert found == [
        'CREATE TABLE public.note (\n    id bigint NOT NULL,\n    "user" text\n);\n',
        ("note", ["id", "user"], [["1", None], ["2", "-- not a comment"]]),
        ("User", ["id"], []),
        "SELECT pg_catalog.setval('public.note_id_seq', 2, true);\n",
    ]


def test_the_password_is_in_no_command(asked, tmp_path, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "planted-password")
    postgresql.copy_into(tmp_path / "copy")
    [env] = [env for command, env in asked if "--format=custom" in command]
    assert not any("planted-password" in word for command, _ in asked for word in command)
    assert (env["PGPASSWORD"], env["PGDATABASE"]) == (
        "planted-password",
        connection.settings_dict["NAME"],
    )


def test_a_program_that_is_not_there_is_told(db, tmp_path, monkeypatch):
    monkeypatch.setattr(postgresql.shutil, "which", lambda name: None)
    with pytest.raises(BackupFault, match=r"pg_dump is not installed.* postgresql-client-\d+"):
        postgresql.copy_into(tmp_path / "copy")


def test_a_program_older_than_the_server_is_told(db, tmp_path, monkeypatch):
    said = SimpleNamespace(stdout="pg_dump (PostgreSQL) 9.6.24")
    monkeypatch.setattr(postgresql.subprocess, "run", lambda *args, **named: said)
    with pytest.raises(BackupFault, match=r"is of version 9, the server of version \d+"):
        postgresql.copy_into(tmp_path / "copy")


def test_a_server_that_is_not_reached_is_told(db, tmp_path, monkeypatch):
    nowhere = dict(os.environ, PGHOST=str(tmp_path), PGCONNECT_TIMEOUT="2")
    monkeypatch.setattr(postgresql, "_environment", lambda: nowhere)
    with pytest.raises(BackupFault, match="pg_dump failed: "):
        postgresql.copy_into(tmp_path / "copy")


def test_a_copy_that_is_none_is_told(db, tmp_path):
    (tmp_path / "copy").write_bytes(b"no dump")
    with pytest.raises(BackupFault, match="pg_restore cannot read the copy: "):
        list(postgresql.tables_of(tmp_path / "copy"))


def test_a_table_that_is_not_ours_is_left_alone(site, empty_place):
    path = make_backup().path
    with empty_place():
        run("CREATE TABLE other (id int)", "INSERT INTO other VALUES (7)")
        call_command("restore", str(path), stdout=StringIO())
        assert {"other", "enquiries_enquiry"} <= set(connection.introspection.table_names())
