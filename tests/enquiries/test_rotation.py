import os
import signal
import sqlite3
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection

from imsinfo.enquiries import rotation
from imsinfo.enquiries.choices import LookupKind
from imsinfo.enquiries.lookup import found_by, hashes_of
from imsinfo.enquiries.models import Enquiry, LookupHash, Note
from imsinfo.enquiries.rotation import encrypted_fields, rotate

pytestmark = [pytest.mark.django_db, pytest.mark.db]
ROOT = Path(__file__).parent.parent.parent


def new_key():
    return Fernet.generate_key().decode()


@pytest.fixture
def add_key(settings):
    """Return a function that puts a new key before those in force, and returns the key."""

    def add():
        settings.FIELD_KEYS = (new_key(), *settings.FIELD_KEYS)
        return settings.FIELD_KEYS[0]

    return add


@pytest.fixture
def hashed_enquiry(make_enquiry):
    """Return a function that stores an enquiry with its hashes."""

    def make(**changes):
        enquiry = make_enquiry(**changes)
        LookupHash.objects.bulk_create(hashes_of(enquiry))
        return enquiry

    return make


def test_every_encrypted_field_is_known():
    found = {f"{model.__name__}.{name}" for model, name in encrypted_fields()}
    enquiry = ("message", "name", "link", "their_first_name", "phone", "email", "help_needed")
    beside = {"Note.text", "Tombstone.reason", "ErasureRequest.reason", "ExportReason.text"}
    assert found == beside | {f"Enquiry.{name}" for name in enquiry}


def test_after_a_rotation_the_newest_key_alone_reads_everything(
    hashed_enquiry, admin_user, add_key, settings
):
    hashed_enquiry(message="Zwölf Jahre").notes.create(author=admin_user, text="Phoned")
    newest = add_key()
    rotate()
    settings.FIELD_KEYS = (newest,)
    stored = Enquiry.objects.get()
    assert (stored.name, stored.message) == ("Zora Quillfeather", "Zwölf Jahre")
    assert Note.objects.get().text == "Phoned"


def test_an_enquiry_is_found_before_while_and_after_its_rotation(hashed_enquiry, add_key, settings):
    enquiry = hashed_enquiry()
    newest = add_key()
    assert list(found_by(LookupKind.NAME, ["quillfeather"])) == [enquiry]
    rotate()
    settings.FIELD_KEYS = (newest,)
    assert list(found_by(LookupKind.NAME, ["quillfeather"])) == [enquiry]


def test_a_second_rotation_finds_nothing_to_do(hashed_enquiry, add_key):
    hashed_enquiry()
    add_key()
    first, second = rotate(), rotate()
    assert (first.values.total(), first.hashes) == (2, 1)
    assert (second.values.total(), second.hashes) == (0, 0)


def test_blank_stays_blank(hashed_enquiry, add_key):
    hashed_enquiry(message="")
    add_key()
    rotate()
    with connection.cursor() as cursor:
        cursor.execute("SELECT message FROM enquiries_enquiry")
        assert cursor.fetchone() == ("",)


def test_a_value_that_was_written_meanwhile_is_not_overwritten(
    hashed_enquiry, add_key, monkeypatch
):
    enquiry = hashed_enquiry()
    add_key()
    opens = rotation._opens

    def while_somebody_writes(*args):
        Enquiry.objects.filter(pk=enquiry.pk).update(name="Written meanwhile")
        return opens(*args)

    monkeypatch.setattr(rotation, "_opens", while_somebody_writes)
    rotate()
    assert Enquiry.objects.get().name == "Written meanwhile"


def test_more_rows_than_are_read_at_once_are_all_rotated(hashed_enquiry, add_key, monkeypatch):
    monkeypatch.setattr(rotation, "ROWS_AT_ONCE", 2)
    for _ in range(5):
        hashed_enquiry()
    add_key()
    assert rotate().values["Enquiry.name"] == 5


def test_an_unreadable_value_is_told_and_left_as_it_is(hashed_enquiry, settings):
    enquiry = hashed_enquiry()
    before = set(LookupHash.objects.values_list("digest", flat=True))
    old, settings.FIELD_KEYS = settings.FIELD_KEYS, (new_key(),)
    with pytest.raises(CommandError, match=r"Enquiry\.name: 1, Enquiry\.phone: 1"):
        call_command("rotate_keys", stdout=StringIO())
    settings.FIELD_KEYS = old
    assert Enquiry.objects.get(pk=enquiry.pk).name == "Zora Quillfeather"
    assert set(LookupHash.objects.values_list("digest", flat=True)) == before


@pytest.mark.parametrize(
    ("keys", "told"), [(1, "the one key that FIELD_KEYS holds"), (2, "Leave the older keys out")]
)
def test_the_command_says_what_to_do_next(hashed_enquiry, add_key, keys, told):
    hashed_enquiry()
    for _ in range(keys - 1):
        add_key()
    said = StringIO()
    call_command("rotate_keys", stdout=said)
    assert told in said.getvalue()


FILL = """
from uuid import uuid4
from imsinfo.enquiries.models import Enquiry
Enquiry.objects.bulk_create(
    Enquiry(submission_id=uuid4(), area="neck", duration="over-a-year", caution="no",
        name=f"Zora {number}", reply_by="phone", phone="", consent_version="2026-11")
    for number in range(300)
)
"""
READ = """
from imsinfo.enquiries.models import Enquiry
print(sorted(int(name.split()[-1]) for name in Enquiry.objects.values_list("name", flat=True)))
"""


def under_newest(path):
    """How many names differ from those first stored: the work of a rotation, seen from outside."""
    with sqlite3.connect(path, timeout=20) as database:
        return set(database.execute("SELECT id, name FROM enquiries_enquiry"))


@pytest.mark.thorough
@pytest.mark.only_on("sqlite")
def test_a_killed_rotation_is_finished_by_the_next(run_manage, clean_environment, tmp_path):
    old, new = new_key(), new_key()
    path = tmp_path / "var" / "imsinfo.sqlite3"
    path.parent.mkdir()
    assert run_manage("migrate", FIELD_KEYS=old).returncode == 0
    assert run_manage("shell", "-c", FILL, FIELD_KEYS=old).returncode == 0
    first = under_newest(path)
    both = clean_environment(FIELD_KEYS=f"{new},{old}")
    rotating = subprocess.Popen([sys.executable, "manage.py", "rotate_keys"], cwd=ROOT, env=both)
    while len(under_newest(path) - first) < 20:
        assert rotating.poll() is None
    os.kill(rotating.pid, signal.SIGKILL)
    rotating.wait()
    assert 20 <= len(under_newest(path) - first) < 300
    assert run_manage("rotate_keys", FIELD_KEYS=f"{new},{old}").returncode == 0
    read = run_manage("shell", "--no-imports", "-c", READ, FIELD_KEYS=new)
    assert read.stdout.strip() == str(list(range(300)))
