from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from imsinfo.enquiries import outbox
from imsinfo.enquiries.models import OutgoingMail, OutgoingMailQuerySet
from imsinfo.enquiries.outbox import (
    GATHERED_FOR,
    GIVE_UP_AFTER,
    LEASE,
    LEAST_TRIES,
    MOST_IN_ONE_MAIL,
    mails_owed,
    pause_after,
    record_failure,
    record_sent,
    take_next,
    try_again,
)
from tests.at_once import at_once

pytestmark = pytest.mark.db
NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RECEIPT = {"wants_receipt": True, "email": "zora@example.org"}


@pytest.fixture
def owed(make_enquiry):
    """Store an enquiry with all that it makes due, as sending it does; received at NOW."""

    def make(**changes):
        enquiry = make_enquiry(**{"received_at": NOW} | changes)
        return OutgoingMail.objects.bulk_create(mails_owed(enquiry))

    return make


def all_taken(now):
    return list(iter(lambda: take_next(now), None))


def kinds_owed(enquiry):
    return [mail.kind for mail in mails_owed(enquiry)]


def test_staff_are_told_of_every_enquiry(make_enquiry):
    assert kinds_owed(make_enquiry()) == ["staff"]


@pytest.mark.parametrize(
    ("changes", "told_after"),
    [
        ({}, GATHERED_FOR),
        ({"doctor_first": True}, timedelta(0)),
        ({"caution": "yes"}, timedelta(0)),
        ({"caution": "unsure"}, timedelta(0)),
        ({"caution": "by-phone"}, timedelta(0)),
    ],
)
def test_staff_are_told_at_once_of_what_a_clinician_should_see(make_enquiry, changes, told_after):
    enquiry = make_enquiry(received_at=NOW, **changes)
    [mail] = mails_owed(enquiry)
    assert (mail.owed_since, mail.next_try_at) == (NOW, NOW + told_after)


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        (RECEIPT, ["staff", "receipt"]),
        (RECEIPT | {"someone_else": True, "contact_whom": "asker"}, ["staff", "receipt"]),
        (RECEIPT | {"someone_else": True, "contact_whom": "person"}, ["staff"]),
        (RECEIPT | {"wants_receipt": False}, ["staff"]),
        (RECEIPT | {"email": ""}, ["staff"]),
        (RECEIPT | {"suspected_spam": True}, ["staff"]),
    ],
)
def test_a_receipt_goes_to_whoever_asks_for_it_and_to_nobody_else(make_enquiry, changes, kinds):
    assert kinds_owed(make_enquiry(**changes)) == kinds


def test_a_receipt_is_due_at_once(make_enquiry):
    [_, receipt] = mails_owed(make_enquiry(received_at=NOW, **RECEIPT))
    assert receipt.next_try_at == NOW


def test_nothing_is_taken_before_it_is_due(owed):
    owed()
    assert take_next(NOW + GATHERED_FOR - MINUTE) is None


def test_what_came_in_since_goes_along_with_the_first(owed):
    owed(reference="CCC-CCC-CCCC")
    owed(reference="DDD-DDD-DDDD", received_at=NOW + 9 * MINUTE)
    letter = take_next(NOW + GATHERED_FOR)
    assert [each.reference for each in letter.enquiries] == ["CCC-CCC-CCCC", "DDD-DDD-DDDD"]
    assert take_next(NOW + GATHERED_FOR) is None


def test_a_flagged_enquiry_takes_those_along_that_wait_and_stands_above_them(owed):
    owed(reference="CCC-CCC-CCCC")
    owed(reference="DDD-DDD-DDDD", received_at=NOW + MINUTE, caution="yes")
    letter = take_next(NOW + MINUTE)
    assert [each.reference for each in letter.enquiries] == ["DDD-DDD-DDDD", "CCC-CCC-CCCC"]


def test_a_receipt_is_a_mail_of_its_own(owed):
    owed(**RECEIPT)
    owed(**RECEIPT)
    letters = all_taken(NOW + GATHERED_FOR)
    told = sorted((letter.kind, len(letter.enquiries)) for letter in letters)
    assert told == [("receipt", 1), ("receipt", 1), ("staff", 2)]


def test_one_mail_tells_of_fifty_at_most_and_the_next_of_the_others(owed):
    for _ in range(MOST_IN_ONE_MAIL + 2):
        owed()
    letters = all_taken(NOW + GATHERED_FOR)
    assert [len(letter.enquiries) for letter in letters] == [MOST_IN_ONE_MAIL, 2]


def test_a_mail_in_hand_is_not_taken_again(owed):
    owed(caution="yes")
    take_next(NOW)
    assert take_next(NOW + LEASE - MINUTE) is None


@pytest.mark.parametrize("behind", [timedelta(milliseconds=1), timedelta(hours=1)])
def test_a_sender_whose_clock_lags_behind_leaves_a_mail_in_hand_alone(owed, behind):
    owed(caution="yes", received_at=NOW - behind)
    take_next(NOW)
    assert take_next(NOW - behind) is None


def test_a_sender_that_loses_every_mail_to_others_ends_its_look(owed, monkeypatch):
    owed(caution="yes")
    monkeypatch.setattr(OutgoingMailQuerySet, "update", lambda *args, **changes: 0)
    assert take_next(NOW) is None


def test_a_mail_whose_sender_was_killed_is_taken_by_another_under_the_same_message(owed):
    owed(caution="yes")
    killed = take_next(NOW)
    letter = take_next(NOW + LEASE)
    assert (letter.message, letter.tries, letter.until) == (killed.message, 2, NOW + 2 * LEASE)


def test_what_was_tried_under_a_message_is_never_joined_by_anything_new(owed):
    owed(caution="yes", reference="CCC-CCC-CCCC")
    killed = take_next(NOW)
    owed(caution="yes", reference="DDD-DDD-DDDD", received_at=NOW + LEASE)
    letters = all_taken(NOW + LEASE)
    told = {letter.message: [each.reference for each in letter.enquiries] for letter in letters}
    assert told[killed.message] == ["CCC-CCC-CCCC"]
    assert sorted(told.values()) == [["CCC-CCC-CCCC"], ["DDD-DDD-DDDD"]]


def test_a_mail_that_was_sent_is_never_taken_again(owed):
    owed(caution="yes")
    record_sent(take_next(NOW), NOW + MINUTE)
    assert take_next(NOW + timedelta(days=30)) is None
    assert OutgoingMail.objects.get().sent_at == NOW + MINUTE


def test_a_sender_that_was_too_slow_changes_nothing(owed):
    owed(caution="yes")
    slow, other = take_next(NOW), take_next(NOW + LEASE)
    record_sent(slow, NOW + LEASE)
    assert record_failure(slow, NOW + GIVE_UP_AFTER) is False
    mail = OutgoingMail.objects.get()
    assert (mail.sent_at, mail.given_up_at, mail.leased_until) == (None, None, other.until)


def test_a_mail_that_failed_waits_for_its_pause_and_keeps_its_message(owed):
    owed(caution="yes")
    failed = take_next(NOW)
    assert record_failure(failed, NOW) is False
    assert take_next(NOW + MINUTE - timedelta(seconds=1)) is None
    again = take_next(NOW + MINUTE)
    assert (again.message, again.enquiries) == (failed.message, failed.enquiries)


def test_the_pause_doubles_from_a_minute_to_six_hours():
    pauses = [pause_after(tries) / MINUTE for tries in range(1, 12)]
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]


def test_the_pause_is_six_hours_however_often_a_mail_was_tried():
    assert pause_after(32_000) == timedelta(hours=6)


def fail_until_given_up(now):
    """Try at every moment that a mail is due; return the moments."""
    moments = []
    while (letter := take_next(now)) is not None:
        moments.append(now)
        if record_failure(letter, now):
            break
        now = OutgoingMail.objects.get().next_try_at
    return moments


def test_a_mail_is_given_up_with_its_first_failure_after_three_days(owed):
    owed(caution="yes")
    *earlier, last = fail_until_given_up(NOW)
    assert max(earlier) < NOW + GIVE_UP_AFTER <= last
    assert OutgoingMail.objects.get().given_up_at == last
    assert take_next(last + timedelta(days=30)) is None


def test_a_mail_that_could_not_be_tried_for_days_is_tried_often_before_it_is_given_up(owed):
    owed(caution="yes")
    assert len(fail_until_given_up(NOW + 10 * GIVE_UP_AFTER)) == LEAST_TRIES


@pytest.mark.parametrize("ahead", [LEASE + timedelta(days=1), timedelta(days=1)])
def test_a_clock_that_was_a_day_ahead_holds_up_no_mail(owed, ahead):
    owed(caution="yes", received_at=NOW + timedelta(days=1))
    assert take_next(NOW + ahead) is not None
    assert take_next(NOW) is not None


def test_a_new_enquiry_is_not_given_up_because_an_old_one_stands_in_the_same_mail(owed):
    owed(caution="yes")
    owed(caution="yes", received_at=NOW + GIVE_UP_AFTER)
    letter = replace(take_next(NOW + GIVE_UP_AFTER), tries=LEAST_TRIES)
    assert len(letter.enquiries) == 2
    assert record_failure(letter, NOW + GIVE_UP_AFTER) is False


def test_what_was_given_up_can_be_tried_again_for_three_more_days(owed):
    owed(caution="yes")
    given_up_at = fail_until_given_up(NOW)[-1]
    message = OutgoingMail.objects.get().message
    assert try_again(given_up_at) == 1
    moments = fail_until_given_up(given_up_at)
    assert moments[0] == given_up_at
    assert moments[-1] >= given_up_at + GIVE_UP_AFTER
    assert OutgoingMail.objects.get().message == message


def test_try_again_leaves_what_was_sent_or_still_waits(owed):
    owed(caution="yes")
    record_sent(take_next(NOW), NOW)
    owed()
    before = list(OutgoingMail.objects.values())
    assert (try_again(NOW), list(OutgoingMail.objects.values())) == (0, before)


def test_what_is_tried_again_is_not_joined_by_anything_new(owed):
    owed(caution="yes")
    given_up_at = fail_until_given_up(NOW)[-1]
    owed(received_at=given_up_at)
    try_again(given_up_at)
    assert len(take_next(given_up_at).enquiries) == 1


def test_nothing_is_owed_any_more_for_an_enquiry_that_was_erased(owed):
    [mail] = owed(caution="yes")
    mail.enquiry.delete()
    assert take_next(NOW) is None


def test_a_digest_is_a_mail_of_its_own_and_tells_of_no_enquiry(owed):
    owed(caution="yes")
    digest = OutgoingMail.objects.create(kind="digest", owed_since=NOW, next_try_at=NOW)
    letters = {letter.kind: letter for letter in all_taken(NOW)}
    assert (letters["digest"].message, letters["digest"].enquiries) == (digest.message, ())
    assert len(letters["staff"].enquiries) == 1


def test_a_digest_is_given_up_and_tried_again_as_any_mail_is(db):
    OutgoingMail.objects.create(kind="digest", owed_since=NOW, next_try_at=NOW)
    given_up_at = fail_until_given_up(NOW)[-1]
    assert given_up_at >= NOW + GIVE_UP_AFTER
    assert (try_again(given_up_at), take_next(given_up_at).kind) == (1, "digest")


@pytest.mark.django_db(transaction=True)
def test_two_that_take_at_the_same_time_never_take_the_same_mail(owed):
    for _ in range(10):
        owed(**RECEIPT)
    letters = at_once(2, lambda: all_taken(NOW))
    assert sorted(letter.enquiries[0].pk for letter in letters) == sorted(
        OutgoingMail.objects.filter(kind="receipt").values_list("enquiry_id", flat=True)
    )
    assert len({letter.message for letter in letters}) == 10


@pytest.mark.django_db(transaction=True)
def test_two_that_take_at_the_same_time_tell_of_each_enquiry_once(owed, monkeypatch):
    monkeypatch.setattr(outbox, "MOST_IN_ONE_MAIL", 3)
    for _ in range(20):
        owed()
    letters = at_once(2, lambda: all_taken(NOW + GATHERED_FOR))
    told = sorted(enquiry.pk for letter in letters for enquiry in letter.enquiries)
    assert told == sorted(OutgoingMail.objects.values_list("enquiry_id", flat=True))
    assert len({letter.message for letter in letters}) == len(letters)


@pytest.fixture
def meanwhile(monkeypatch):
    """Let something happen once between reading what is due and taking it."""

    def between(act):
        query_set = type(OutgoingMail.objects.all())
        first = query_set.first

        def read_then_act(rows):
            found = first(rows)
            monkeypatch.setattr(query_set, "first", first)
            act()
            return found

        monkeypatch.setattr(query_set, "first", read_then_act)

    return between


def test_a_message_that_another_took_meanwhile_gets_no_second_mail(owed, meanwhile):
    owed(caution="yes")
    others = []

    def another_takes_it_and_one_more_comes_in():
        others.append(take_next(NOW))
        owed(caution="yes")

    meanwhile(another_takes_it_and_one_more_comes_in)
    assert take_next(NOW).message != others[0].message


def test_a_mail_that_another_tried_meanwhile_waits_for_its_pause(owed, meanwhile):
    owed(caution="yes")
    meanwhile(lambda: record_failure(take_next(NOW), NOW))
    assert take_next(NOW) is None


def test_a_notice_that_another_tried_meanwhile_keeps_its_message(owed, monkeypatch):
    owed(caution="yes")
    [second] = owed(received_at=NOW + MINUTE)
    listed = outbox._untried_notices

    def listed_then_tried(free):
        rows = listed(free)
        # Another sender has just tried it in vain.
        OutgoingMail.objects.filter(pk=second.pk).update(tries=1)
        return rows

    monkeypatch.setattr(outbox, "_untried_notices", listed_then_tried)
    assert len(take_next(NOW).enquiries) == 1
    assert OutgoingMail.objects.get(pk=second.pk).message == second.message
