import logging
import stat
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from imsinfo.enquiries.backups import journal
from imsinfo.enquiries.backups.folder import name_of
from imsinfo.enquiries.backups.journal import Line, bring_in_line, note, paused, read, warning
from imsinfo.enquiries.choices import ErasurePath
from imsinfo.enquiries.erasure import bury as bury_enquiry
from imsinfo.enquiries.erasure import erase
from imsinfo.enquiries.models import Enquiry, Tombstone
from imsinfo.enquiries.status_lines import erasures_line
from imsinfo.operating.status import Mark

pytestmark = [pytest.mark.django_db, pytest.mark.db]
NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def written(places):
    """Return a function that tells what stands in the journal."""
    return lambda: [(line.reference, line.path) for line in read(places.journal).lines]


@pytest.fixture
def bury():
    """Return a function that makes a tombstone, erased so many days before now."""

    def make(reference, days=0.0, path="request"):
        at = timezone.now() - timedelta(days=days)
        given = {"received_at": at, "erased_at": at, "channel": "online", "path": path}
        return Tombstone.objects.create(reference=reference, **given)

    return make


@pytest.mark.django_db(transaction=True)
def test_an_erasure_is_written_once_it_is_committed(places, make_enquiry, admin_user, written):
    enquiry = make_enquiry()
    erase(enquiry.pk, ErasurePath.REQUEST, admin_user, "asked for it", timezone.now())
    assert written() == [(enquiry.reference, "request")]
    assert stat.S_IMODE(places.journal.stat().st_mode) == 0o600


@pytest.mark.django_db(transaction=True)
def test_an_erasure_that_is_not_committed_is_not_written(places, make_enquiry):
    enquiry = make_enquiry()
    with transaction.atomic():
        bury_enquiry(enquiry, ErasurePath.REQUEST, timezone.now())
        transaction.set_rollback(True)
    assert not places.journal.exists()


@pytest.mark.django_db(transaction=True)
def test_a_journal_that_cannot_be_written_stops_no_erasure(
    places, make_enquiry, admin_user, caplog
):
    places.journal.mkdir(parents=True)
    enquiry = make_enquiry()
    erase(enquiry.pk, ErasurePath.REQUEST, admin_user, "asked for it", timezone.now())
    assert not Enquiry.objects.exists()
    assert "An erasure is not in the journal of erasures" in caplog.text


def test_a_full_disk_leaves_no_half_line(places, bury, monkeypatch, caplog):
    note(bury("AAA"))
    before = places.journal.read_bytes()
    write = journal.os.write

    def half(handle, raw):
        write(handle, raw[:5])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(journal.os, "write", half)
    note(bury("BBB"))
    assert places.journal.read_bytes() == before
    assert "No space left on device" in caplog.text


def test_no_word_of_an_enquiry_is_written(places, make_enquiry, bury):
    enquiry = make_enquiry(name="Zora", message="planted")
    note(bury(enquiry.reference))
    assert len(places.journal.read_text().split()) == 3


def test_what_a_crash_has_left_out_is_added_once(bury, written):
    bury("AAA")
    note(bury("BBB"))
    for _ in range(2):
        assert bring_in_line(journal.BACKUP, timezone.now()) == ""
    assert written() == [
        ("BBB", "request"),
        ("AAA", "request"),
        *[("-", "backup")] * 2,
    ]


def test_a_line_that_was_cut_off_stays_a_line_of_its_own(places, bury, written):
    note(bury("AAA"))
    with places.journal.open("a") as file:
        file.write("2027-03-01T09:00:00.000000+00:00 BB")
    note(bury("CCC"))
    with places.journal.open("a") as file:
        file.write("2027-03-01T09:00:00.0")
    note(bury("DDD"))
    assert written() == [(name, "request") for name in ("AAA", "CCC", "DDD")]
    assert read(places.journal).unreadable == (2, 4)


def test_nothing_is_written_while_a_restore_is_at_work(places, bury):
    with paused():
        note(bury("AAA"))
        assert bring_in_line(journal.RETENTION, timezone.now()) == ""
    assert not places.journal.exists()


@pytest.mark.parametrize(
    ("keep", "backup", "days", "kept"),
    [
        (730, 0, 729, True),
        (730, 0, 731, False),
        (10, 0, 59, True),
        (10, 0, 61, False),
        (10, 90, 119, True),
        (10, 90, 121, False),
    ],
)
def test_old_lines_go_once_no_backup_needs_them(
    places, settings, bury, written, keep, backup, days, kept
):
    settings.KEEP_AUDIT_DAYS, now = keep, timezone.now()
    places.backups.mkdir()
    (places.backups / name_of(now - timedelta(days=backup), "sqlite")).touch()
    note(bury("OLD", days))
    note(bury("NEW"))
    bring_in_line(journal.RETENTION, now)
    assert (("OLD", "request") in written(), written()[-2:]) == (
        kept,
        [("NEW", "request"), ("-", "retention")],
    )


def test_a_tombstone_whose_line_has_gone_is_not_added_again(bury, written):
    bury("OLD", 800)
    bring_in_line(journal.RETENTION, timezone.now())
    assert written() == [("-", "retention")]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "2027-03-01T09:00:00.000000 AAA request",
        "2027-13-01T09:00:00.000000+00:00 AAA request",
        "2027-03-01T09:00:00.000000+00:00 AAA request x",
        "2027-03-01T09:00:00.000000+00:00 Zora request",
        "\0\0\0",
    ],
)
def test_a_line_that_is_none_is_counted_and_passed_over(tmp_path, line):
    path = tmp_path / "journal"
    path.write_text(f"{line}\n{Line(NOW, 'AAA', 'request')}\n")
    assert read(path) == (path, (Line(NOW, "AAA", "request"),), (1,))


def test_no_file_is_an_empty_journal(tmp_path):
    assert read(tmp_path / "none").lines == ()


@pytest.mark.parametrize(("hours", "warned"), [(35, False), (37, True)])
@pytest.mark.parametrize("first", ["erasure", "comparison"])
def test_a_journal_that_nobody_compares_is_warned_of(places, bury, first, hours, warned):
    if first == "erasure":
        note(bury("AAA", hours / 24))
    else:
        bring_in_line(journal.BACKUP, timezone.now() - timedelta(hours=hours))
        note(bury("AAA"))
    assert warning().startswith("The journal of erasures was last compared") == warned
    bring_in_line(journal.RETENTION, timezone.now())
    assert warning() == ""


def test_a_site_that_has_erased_nothing_is_not_warned(places):
    assert warning() == ""


def test_a_journal_that_cannot_be_read_is_warned_of(places):
    places.journal.mkdir(parents=True)
    assert "cannot be kept (erasures.journal: Is a directory)" in warning()


def test_a_run_that_cannot_write_the_journal_says_so(places):
    places.journal.mkdir(parents=True)
    told = bring_in_line(journal.BACKUP, timezone.now())
    assert told.startswith(f"The journal of erasures cannot be kept ({places.journal}: Is a dir")


def test_another_process_is_waited_for_and_then_told(places, bury, monkeypatch, caplog):
    monkeypatch.setattr(journal, "LONGEST_WAIT", 0.01)
    tombstone = bury("AAA")
    with journal._held(), caplog.at_level(logging.ERROR):
        note(tombstone)
    assert "An erasure is not in the journal" in caplog.text
    assert not places.journal.exists()


@pytest.mark.parametrize("name", ["backups/erasures.journal", "backups"])
def test_a_start_refuses_a_journal_among_the_backups(run_manage, tmp_path, name):
    done = run_manage(
        "check",
        BACKUP_DIR=str(tmp_path / "backups"),
        ERASURE_JOURNAL=str(tmp_path / Path(name)),
    )
    assert done.returncode == 2
    assert "which lies in BACKUP_DIR" in done.stderr


def test_managers_are_told_of_a_journal_that_cannot_be_kept(places, staff_client):
    places.journal.mkdir(parents=True)
    response = staff_client("Manager").get("/admin/")
    assertContains(response, "The journal of erasures cannot be kept")
    assertNotContains(response, str(places.var))


def test_a_journal_that_is_gone_is_warned_of_until_there_is_a_new_one(places, bury):
    bury("AAA")
    assert warning().startswith("The journal of erasures, erasures.journal, is gone")
    bring_in_line(journal.RETENTION, timezone.now())
    assert warning() == ""


@pytest.fixture
def comes_back(places, make_enquiry, admin_user):
    """Return a function that erases an enquiry, and puts it back as an older database would."""

    def comes_back(path, **changes):
        enquiry = make_enquiry(received_at=timezone.now() - timedelta(days=1))
        bury_enquiry(Enquiry.objects.get(pk=enquiry.pk), path, timezone.now(), admin_user, "Asked")
        note(Tombstone.objects.get(reference=enquiry.reference))
        Tombstone.objects.all().delete()
        return make_enquiry(reference=enquiry.reference, received_at=enquiry.received_at, **changes)

    return comes_back


def erasures_told():
    return [(line.mark, line.told) for line in erasures_line()]


def test_what_was_erased_on_request_and_comes_back_is_erased_again(comes_back, places, caplog):
    back = comes_back(ErasurePath.REQUEST)
    [(mark, told)] = erasures_told()
    assert (mark, told.partition(" on")[0]) == (Mark.FAULT, "1 erased")
    call_command("apply_retention", "--also-many", stdout=StringIO())
    assert not Enquiry.objects.exists()
    assert Tombstone.objects.get().reference == back.reference
    assert "1 had come back: erased again" in caplog.text
    assert [mark for mark, _ in erasures_told()] == [Mark.OK]
    assert [line.reference for line in read(places.journal).lines].count(back.reference) == 1


@pytest.mark.parametrize(
    ("path", "changes"), [(ErasurePath.RETENTION, {}), (ErasurePath.REQUEST, {"on_hold": True})]
)
def test_what_comes_back_and_may_stay_is_left(comes_back, path, changes):
    comes_back(path, **changes)
    assert [mark for mark, _ in erasures_told()] == [Mark.OK]
    call_command("apply_retention", "--also-many", stdout=StringIO())
    assert Enquiry.objects.count() == 1
