from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.utils import timezone

from imsinfo.enquiries.backups import BackupFault
from imsinfo.enquiries.choices import MailKind
from imsinfo.enquiries.models import OutgoingMail
from imsinfo.enquiries.status_lines import (
    backup_line,
    clock_line,
    digest_line,
    keys_line,
    mail_line,
    retention_line,
)
from imsinfo.operating.status import Mark
from imsinfo.staff import audit
from imsinfo.staff.choices import AuditAction

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def told(lines):
    [line] = lines
    return line.mark, line.told


def owe(enquiry, age, **changes):
    owed = timezone.now() - age
    kept = {"kind": MailKind.STAFF, "owed_since": owed, "next_try_at": owed}
    return OutgoingMail.objects.create(enquiry=enquiry, **kept | changes)


@pytest.mark.parametrize(
    ("age", "given_up", "mark", "words"),
    [
        (timedelta(minutes=1), False, Mark.OK, "1 waiting, 0 late, 0 given up"),
        (timedelta(hours=3), False, Mark.FAULT, "1 waiting, 1 late, 0 given up"),
        (timedelta(days=4), True, Mark.FAULT, "0 waiting, 0 late, 1 given up"),
    ],
)
def test_mails_that_do_not_go_out_are_a_fault(make_enquiry, age, given_up, mark, words):
    owe(make_enquiry(), age, given_up_at=timezone.now() if given_up else None)
    found, said = told(mail_line())
    assert (found, said.startswith(words)) == (mark, True)


def test_age_of_the_oldest_mail_is_told(make_enquiry):
    owe(make_enquiry(), timedelta(hours=3, minutes=5))
    assert told(mail_line())[1].endswith("the oldest owed for 3 hours")


@pytest.fixture
def backups(settings, tmp_path):
    settings.BACKUP_DIR = tmp_path
    return tmp_path


def test_no_backup_is_a_fault(backups):
    assert told(backup_line()) == (Mark.FAULT, "there is none in BACKUP_DIR")


def test_a_backup_of_another_kind_is_to_be_looked_at(backups):
    (backups / "dump.gz").write_bytes(b"dump")
    assert told(backup_line())[0] == Mark.LOOK


def test_a_backup_that_is_none_is_a_fault(backups):
    (backups / "imsinfo-20261122T003000Z-sqlite.backup").write_bytes(b"nonsense\n\n")
    mark, said = told(backup_line())
    assert (mark, "is no backup of this site" in said) == (Mark.FAULT, True)
    assert BackupFault.__name__ not in said


@pytest.fixture
def rotating(settings, make_enquiry):
    """A site with an enquiry, given a new key before the one that it was stored with."""
    make_enquiry()
    settings.FIELD_KEYS = (Fernet.generate_key().decode(), *settings.FIELD_KEYS)


def test_no_key_stands_in_the_line_of_the_keys(rotating, settings):
    [line] = keys_line()
    assert [key for key in settings.FIELD_KEYS if key in str(line)] == []


def test_a_rotation_that_has_not_ended_is_to_be_looked_at(rotating):
    [line] = keys_line()
    assert (line.mark, line.repair) == (Mark.LOOK, "manage.py rotate_keys")


def test_wrong_keys_are_a_fault(rotating, settings):
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    assert told(keys_line())[0] == Mark.FAULT


def test_a_way_round_wrong_keys_that_is_left_open_is_to_be_looked_at(settings):
    settings.OLD_KEYS_LOST = True
    mark, said = told(keys_line())
    assert (mark, "OLD_KEYS_LOST is set" in said) == (Mark.LOOK, True)


def test_last_run_of_retention_is_told():
    audit.record(AuditAction.RETENTION, at=timezone.now() - timedelta(hours=5, minutes=1))
    assert told(retention_line()) == (Mark.OK, "last run 5 hours ago")


def test_retention_that_nobody_applies_is_a_fault(make_enquiry):
    make_enquiry(received_at=timezone.now() - timedelta(days=10))
    assert told(retention_line())[0] == Mark.FAULT


@pytest.mark.parametrize(("days", "mark"), [(1, Mark.OK), (9, Mark.LOOK)])
def test_a_site_that_has_begun_has_its_first_digest_within_a_week(days, mark):
    audit.record(AuditAction.RECEIVED, at=timezone.now() - timedelta(days=days))
    assert told(digest_line()) == (mark, "has not run yet")


@pytest.mark.parametrize(("days", "mark"), [(1, Mark.OK), (9, Mark.LOOK)])
def test_a_digest_that_does_not_come_is_to_be_looked_at(days, mark):
    owe(None, timedelta(days=days), kind=MailKind.DIGEST, sent_at=timezone.now())
    assert told(digest_line())[0] == mark


@pytest.mark.parametrize(
    ("ahead", "mark"), [(timedelta(minutes=30), Mark.OK), (timedelta(days=1), Mark.FAULT)]
)
def test_a_clock_behind_the_newest_row_is_a_fault(ahead, mark):
    audit.record(AuditAction.RECEIVED, at=timezone.now() + ahead)
    assert told(clock_line())[0] == mark
