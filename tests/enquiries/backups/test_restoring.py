import os
import sqlite3
import threading
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone

from imsinfo.enquiries.backups import restoring, sqlite
from imsinfo.enquiries.backups.keys import fingerprint
from imsinfo.enquiries.backups.making import make_backup
from imsinfo.enquiries.backups.sealed import Manifest
from imsinfo.enquiries.choices import ErasurePath
from imsinfo.enquiries.erasure import erase
from imsinfo.enquiries.models import Enquiry, OutgoingMail, Tombstone
from imsinfo.models import Throttle
from imsinfo.staff.models import AuditEvent
from tests.enquiries.backups.conftest import new_key
from tests.enquiries.test_storing import cleaned, send

pytestmark = pytest.mark.db


def run(path, *options):
    said = StringIO()
    call_command("restore", str(path), *options, stdout=said)
    return said.getvalue()


@pytest.fixture
def erase_one(admin_user):
    """Return a function that erases the first enquiry as a manager does; returns its reference."""

    def erase_first():
        enquiry = Enquiry.objects.first()
        erase(enquiry.pk, ErasurePath.REQUEST, admin_user, "asked for it", timezone.now())
        return enquiry.reference

    return erase_first


@contextmanager
def three_who_write():
    """Yield the references that three threads are given, while they go on storing enquiries."""
    acknowledged, enough, stop = [], threading.Event(), threading.Event()

    def keep_writing():
        while not stop.is_set():
            acknowledged.append(send(cleaned(submission_id=uuid4())).reference)
            if len(acknowledged) > 5:
                enough.set()
        connections.close_all()

    writers = [threading.Thread(target=keep_writing) for _ in range(3)]
    for writer in writers:
        writer.start()
    try:
        assert enough.wait(60)
        yield acknowledged
    finally:
        stop.set()
        for writer in writers:
            writer.join()


def test_everything_acknowledged_before_the_backup_is_there_after_it(
    transactional_db, places, empty_place
):
    with three_who_write() as acknowledged:
        before = set(acknowledged)
        path = make_backup().path
    with empty_place():
        run(path)
        there = {each.reference: each.name for each in Enquiry.objects.all()}
        assert before <= there.keys() <= set(acknowledged)
        assert set(there.values()) == {"Zora Quillfeather"}


def test_every_value_comes_back_as_it_was(backup, empty_place):
    def rows():
        return list(Enquiry.objects.order_by("pk").values())

    before = rows()
    with empty_place():
        run(backup)
        assert rows() == before


def test_new_rows_get_numbers_of_their_own(backup, empty_place, make_enquiry):
    with empty_place():
        run(backup)
        assert make_enquiry().pk > 3


def test_what_was_erased_after_the_backup_is_erased_again(backup, empty_place, erase_one):
    reference = erase_one()
    with empty_place():
        said = run(backup)
        assert Enquiry.objects.count() == 2
        assert Tombstone.objects.get().reference == reference
    assert "the journal of erasures says so: 1." in said


def test_an_erasure_that_a_crash_kept_out_of_the_journal_is_known_after_the_next_run(
    site, backup, empty_place, erase_one
):
    reference = erase_one()
    written = site.journal.read_text().splitlines(keepends=True)
    site.journal.write_text("".join(line for line in written if reference not in line))
    call_command("apply_retention", stdout=StringIO())
    with empty_place():
        assert "the journal of erasures says so: 1." in run(backup)


def test_what_has_had_its_time_is_erased(site, make_enquiry, empty_place):
    old = timezone.now() - timedelta(days=91)
    make_enquiry(state="closed", closed_reason="spam", closed_at=old, received_at=old)
    path = make_backup().path
    with empty_place():
        assert "because their time is over: 1." in run(path)
        assert Enquiry.objects.count() == 3


def test_the_brake_of_retention_does_not_hold_a_restore(site, make_enquiry, empty_place):
    old = timezone.now() - timedelta(days=400)
    for _ in range(21):
        make_enquiry(received_at=old)
    path = make_backup().path
    with empty_place():
        said = run(path)
        assert "because their time is over: 21." in said
        assert "More than a fifth of the enquiries were erased" in said
        assert call_command("apply_retention", stdout=StringIO()) is None


def test_what_a_restore_erased_by_a_wrong_setting_comes_back_with_the_next(
    site, make_enquiry, empty_place, settings
):
    make_enquiry(received_at=timezone.now() - timedelta(days=2))
    path, settings.KEEP_AT_MOST_DAYS = make_backup().path, 1
    with empty_place():
        assert "because their time is over: 1." in run(path)
        Enquiry.objects.all().delete()
        Tombstone.objects.all().delete()
        settings.KEEP_AT_MOST_DAYS = 365
        assert "In place now: 4 enquiries." in run(path)


def test_nobody_is_signed_in_after_a_restore(site, empty_place, client, admin_user):
    client.force_login(admin_user)
    Throttle.objects.create(key="a", ends_at=1, count=1)
    path = make_backup().path
    with empty_place():
        run(path)
        assert (Session.objects.count(), Throttle.objects.count()) == (0, 0)


def test_a_mail_that_waited_is_sent_again_as_the_same_mail(transactional_db, places, empty_place):
    send(cleaned())
    [mail] = OutgoingMail.objects.all()
    path = make_backup().path
    OutgoingMail.objects.update(sent_at=timezone.now())
    with empty_place():
        run(path)
        assert OutgoingMail.objects.waiting().get().message == mail.message


def test_a_restore_is_in_the_audit_and_in_the_journal(site, backup, empty_place):
    with empty_place():
        run(backup)
        assert AuditEvent.objects.get(action="restored").detail.endswith("3 enquiries")
    assert site.journal.read_text().endswith("- restore\n")


def test_a_second_restore_is_refused(backup, empty_place):
    with empty_place():
        run(backup)
        with pytest.raises(CommandError, match="is not empty: it holds 3 enquiries"):
            run(backup)
        assert Enquiry.objects.count() == 3


def test_a_place_with_an_account_is_refused(backup, empty_place, django_user_model):
    with empty_place():
        call_command("migrate", verbosity=0)
        django_user_model.objects.create(username="ada")
        with pytest.raises(CommandError, match="is not empty: it holds 1 user"):
            run(backup)
        assert django_user_model.objects.get().username == "ada"


def test_a_place_with_empty_tables_is_taken(backup, empty_place):
    with empty_place():
        call_command("migrate", verbosity=0)
        call_command("setup_roles", stdout=StringIO())
        run(backup)
        assert Enquiry.objects.count() == 3


def test_another_key_is_refused_before_anything_else(backup, empty_place, settings):
    wanted = fingerprint(settings.FIELD_KEYS[0])
    settings.FIELD_KEYS = (new_key(),)
    os.truncate(backup, backup.stat().st_size - 1)
    with empty_place():
        with pytest.raises(CommandError, match=f"fingerprint {wanted}; it holds .* Nothing was"):
            run(backup)
        assert connection.introspection.table_names() == []


@pytest.mark.parametrize("at", [-1, 0.5])
def test_a_damaged_file_is_refused(backup, empty_place, at):
    raw = bytearray(backup.read_bytes())
    raw[at if at < 0 else int(len(raw) * at)] ^= 1
    backup.write_bytes(raw)
    with empty_place():
        with pytest.raises(CommandError, match="is damaged"):
            run(backup)
        assert connection.introspection.table_names() == []


def test_whatever_goes_wrong_at_the_end_the_place_stays_empty(backup, empty_place, monkeypatch):
    monkeypatch.setattr(restoring, "_refuse_less", lambda done: 1 / 0)
    with empty_place():
        with pytest.raises(ZeroDivisionError):
            run(backup)
        assert connection.introspection.table_names() == []


def test_a_restore_that_fails_adds_nothing_to_the_journal(
    site, make_enquiry, empty_place, monkeypatch
):
    make_enquiry(received_at=timezone.now() - timedelta(days=400))
    path, before = make_backup().path, site.journal.read_text()
    monkeypatch.setattr(restoring, "_refuse_less", lambda done: 1 / 0)
    with empty_place(), pytest.raises(ZeroDivisionError):
        run(path)
    assert site.journal.read_text() == before


def test_a_file_that_only_is_looked_at_changes_nothing(backup, empty_place):
    with empty_place():
        assert "3 enquiries" in run(backup, "--check")
        assert connection.introspection.table_names() == []


def test_without_a_journal_nothing_is_restored_unless_told_to(site, backup, empty_place):
    site.journal.unlink()
    with empty_place():
        with pytest.raises(CommandError, match="No journal of erasures knows of the time since"):
            run(backup)
        assert "what people had erased after" in run(backup, "--without-journal")


def test_a_copy_of_the_journal_will_do(site, backup, empty_place, erase_one, tmp_path):
    erase_one()
    copy = site.journal.rename(tmp_path / "copy")
    with empty_place():
        assert "journal of erasures says so: 1." in run(backup, "--journal", str(copy))


def test_a_line_that_cannot_be_read_is_told(site, backup, empty_place):
    with site.journal.open("a") as file:
        file.write("2027-03\n")
    with empty_place():
        assert "line 2 cannot be read" in run(backup)


def test_a_journal_that_is_not_there_is_told(backup, tmp_path):
    with pytest.raises(CommandError, match=r"There is no journal .*none\. Nothing was changed"):
        run(backup, "--journal", str(tmp_path / "none"))


def test_two_answers_about_the_journal_are_refused(backup):
    with pytest.raises(CommandError, match="not both"):
        run(backup, "--journal", "a", "--without-journal")


@pytest.mark.parametrize("days", [-1, 41])
def test_a_clock_far_from_the_backup_is_refused(backup, days):
    with (
        time_machine.travel(timezone.now() + timedelta(days=days)),
        pytest.raises(CommandError, match="run this with --clock-is-right"),
    ):
        run(backup)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"migrations": ("enquiries.9999_to_come",)}, "does not know enquiries.9999_to_come"),
        ({"database": "other"}, "This is a backup of other, and the site is set up for"),
    ],
)
def test_a_backup_that_does_not_fit_is_refused(backup, monkeypatch, changes, told):
    manifest = restoring.read_manifest(backup)
    changed = Manifest.model_construct(**manifest.model_dump() | changes)
    monkeypatch.setattr(restoring, "read_manifest", lambda path: changed)
    with pytest.raises(CommandError, match=told):
        run(backup)


@pytest.mark.only_on("sqlite")
def test_an_older_backup_is_brought_up_to_this_version(site, empty_place, monkeypatch):
    copied = sqlite.copy_into

    def without_a_table(target):
        copied(target)
        with sqlite3.connect(target) as older:
            older.execute("DROP TABLE imsinfo_throttle")
            older.execute("DELETE FROM django_migrations WHERE app = 'imsinfo'")

    monkeypatch.setattr(sqlite, "copy_into", without_a_table)
    path = make_backup().path
    with empty_place():
        run(path)
        assert "imsinfo_throttle" in connection.introspection.table_names()


@pytest.mark.only_on("sqlite")
@pytest.mark.thorough
def test_a_database_that_is_in_use_is_refused(backup, empty_place):
    with empty_place():
        call_command("migrate", verbosity=0)
        other = connection.copy()
        other.ensure_connection()
        with pytest.raises(CommandError, match=r"is in use\. Stop the site"):
            run(backup)
        other.close()


@pytest.mark.only_on("sqlite")
def test_what_was_stored_while_the_copy_was_made_ready_is_kept(
    backup, empty_place, tmp_path, monkeypatch
):
    def somebody_comes(done):
        with sqlite3.connect(tmp_path / "new" / "empty.sqlite3") as place:
            place.execute("CREATE TABLE auth_user (id)")
            place.execute("INSERT INTO auth_user VALUES (1)")

    monkeypatch.setattr(restoring, "_refuse_less", somebody_comes)
    with empty_place():
        with pytest.raises(CommandError, match="is not empty: it holds 1 user"):
            run(backup)
        assert connection.introspection.table_names() == ["auth_user"]


@pytest.mark.only_on("sqlite")
def test_a_log_without_its_database_is_not_deleted(backup, empty_place, tmp_path):
    log = tmp_path / "new" / "empty.sqlite3-wal"
    log.write_bytes(b"what was written last")
    with empty_place(), pytest.raises(CommandError, match="is there without its database"):
        run(backup)
    assert log.read_bytes() == b"what was written last"
