from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from imsinfo.enquiries.backups.journal import Journal, Line
from imsinfo.enquiries.backups.replay import REASON, asked_by, erase_again
from imsinfo.enquiries.models import Enquiry, Tombstone

MADE_AT = datetime(2027, 3, 1, 9, tzinfo=UTC)
RUN = Line(MADE_AT, "-", "backup")


def line(reference, hours, path="request"):
    return Line(MADE_AT + timedelta(hours=hours), reference, path)


def journal_of(*lines):
    return Journal(Path("journal"), lines)


NONE = journal_of()


def references(asked):
    return [each.reference for each in asked.lines]


def test_what_stands_after_the_run_of_the_backup_is_asked_for_whatever_the_clock():
    own = journal_of(line("BEFORE", 5), RUN, line("BEHIND", -9), line("AFTER", 1))
    assert references(asked_by(own, [], MADE_AT)) == ["BEHIND", "AFTER"]


def test_without_that_run_the_times_decide():
    named = journal_of(line("BEFORE", -2), line("NEAR", -0.5), line("AFTER", 1))
    assert references(asked_by(NONE, [named], MADE_AT)) == ["NEAR", "AFTER"]


def test_all_journals_are_read():
    own, named = journal_of(RUN, line("HERE", 1)), journal_of(line("THERE", 2))
    assert references(asked_by(own, [named], MADE_AT)) == ["HERE", "THERE"]


def test_journals_know_up_to_their_last_line():
    own = journal_of(RUN, line("AAA", 2), line("-", 3, "retention"), line("-", 9, "restore"))
    assert asked_by(own, [], MADE_AT).until == MADE_AT + timedelta(hours=3)


def test_a_journal_that_was_begun_on_a_new_machine_knows_nothing():
    own = journal_of(line("-", 2, "retention"), line("AAA", 3))
    assert asked_by(own, [], MADE_AT).until is None


def test_a_journal_that_ends_before_the_backup_knows_nothing():
    assert asked_by(NONE, [journal_of(line("AAA", -1))], MADE_AT).until is None


def test_a_journal_that_the_operator_names_is_believed():
    assert asked_by(NONE, [journal_of(line("AAA", 2))], MADE_AT).until


@pytest.fixture
def enquiry(make_enquiry):
    return make_enquiry(received_at=MADE_AT, on_hold=True)


@pytest.mark.django_db
@pytest.mark.db
@pytest.mark.parametrize(("path", "reason"), [("request", REASON), ("spam", "")])
def test_what_was_erased_is_erased_again_though_held(enquiry, make_enquiry, path, reason):
    other = make_enquiry()
    asked = line(enquiry.reference, 2, path)
    assert erase_again([asked, asked, line("AAA", 1)], MADE_AT + timedelta(days=1)) == 1
    assert Enquiry.objects.get() == other
    stone = Tombstone.objects.get()
    assert (stone.reference, stone.erased_at) == (enquiry.reference, asked.at)
    assert (stone.path, stone.reason) == (path, reason)


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "erased"), [("request", 1), ("retention", 0), ("unknown", 0)])
def test_what_a_wrong_clock_erased_is_left_to_retention(enquiry, path, erased):
    assert erase_again([line(enquiry.reference, 30, path)], MADE_AT) == erased


@pytest.mark.django_db
def test_an_enquiry_that_came_after_the_erasure_is_another_one(enquiry):
    assert erase_again([line(enquiry.reference, -2)], MADE_AT) == 0
    assert Enquiry.objects.exists()
