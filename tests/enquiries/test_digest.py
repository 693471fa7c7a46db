import threading
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from imsinfo.clinic import get_clinic
from imsinfo.enquiries import digest
from imsinfo.enquiries.digest import Waiting, in_short, in_words, owe_digest, waiting
from imsinfo.enquiries.mail_queue import Outcome, send_due
from imsinfo.enquiries.models import Enquiry, OutgoingMail
from imsinfo.enquiries.outbox import KEEP_DIGESTS, delete_old_digests, mails_owed

pytestmark = [pytest.mark.db, pytest.mark.django_db]
# Ten in the morning at the clinic, which works from Monday to Friday.
MONDAY = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def counts(now=MONDAY):
    """Return what waits, but for what does not."""
    return {name: count for name, count in vars(waiting(get_clinic(), now)).items() if count}


@pytest.fixture
def stored(make_enquiry, admin_user):
    """Store an enquiry that somebody owns and that is due some day, but for the changes."""

    def make(**changes):
        given = {"state": "in-review", "owner": admin_user, "received_at": MONDAY}
        return make_enquiry(**given | {"due_on": date(2026, 12, 31)} | changes)

    return make


CLOSED = {"state": "closed", "closed_reason": "withdrew", "closed_at": MONDAY}


@pytest.mark.parametrize(
    ("changes", "waits"),
    [
        ({}, {}),
        ({"state": "new", "owner": None}, {"without_owner": 1}),
        ({"owner": None}, {"without_owner": 1}),
        ({"state": "awaiting-clinician", "owner": None}, {"for_clinician": 1}),
        ({"caution": "yes", "owner": None}, {"for_clinician": 1}),
        ({"caution": "yes", "clinician_answer": "book"}, {}),
        ({"received_at": MONDAY - 180 * DAY}, {}),
        ({"received_at": MONDAY - 181 * DAY}, {"open_too_long": 1}),
        ({"on_hold": True}, {"on_hold": 1}),
        (CLOSED | {"on_hold": True}, {"on_hold": 1}),
        (CLOSED | {"received_at": MONDAY - 181 * DAY, "owner": None, "caution": "yes"}, {}),
    ],
)
def test_an_enquiry_waits_for_what_it_needs(stored, changes, waits):
    stored(**changes)
    assert counts() == waits


@pytest.mark.parametrize(
    ("due_on", "waits"),
    [
        (date(2026, 11, 24), {}),
        (date(2026, 11, 23), {"due_today": 1}),
        (date(2026, 11, 22), {"little_late": 1}),
        (date(2026, 11, 20), {"little_late": 1}),
        (date(2026, 11, 19), {"little_late": 1}),
        (date(2026, 11, 18), {"late": 1}),
        (date(2026, 1, 5), {"late": 1}),
    ],
)
def test_lateness_is_counted_in_working_days(stored, due_on, waits):
    stored(due_on=due_on)
    assert counts() == waits


def test_it_is_the_clinics_day_that_counts(stored):
    stored(due_on=date(2026, 11, 23))
    at_nine_in_the_evening = MONDAY + 11 * HOUR
    assert at_nine_in_the_evening.date() == date(2026, 11, 24)
    assert counts(at_nine_in_the_evening) == {"due_today": 1}


def test_what_is_closed_is_never_late(stored):
    stored(**CLOSED | {"due_on": date(2026, 11, 2)})
    assert counts() == {}


def test_mails_wait_that_are_an_hour_old_or_given_up(stored):
    fresh, late, sent, given_up = (stored() for _ in range(4))
    for each, changes in [
        (fresh, {"owed_since": MONDAY - HOUR + timedelta(seconds=1)}),
        (late, {"owed_since": MONDAY - HOUR}),
        (sent, {"owed_since": MONDAY - DAY, "sent_at": MONDAY}),
        (given_up, {"owed_since": MONDAY - 4 * DAY, "given_up_at": MONDAY}),
    ]:
        OutgoingMail.objects.create(enquiry=each, kind="staff", **changes)
    assert counts() == {"late_mails": 1, "given_up_mails": 1}


def test_a_digest_that_could_not_be_sent_is_no_reason_for_a_digest():
    OutgoingMail.objects.create(kind="digest", owed_since=MONDAY - DAY)
    OutgoingMail.objects.create(kind="digest", owed_since=MONDAY - DAY, given_up_at=MONDAY)
    assert counts() == {}


def test_every_number_but_a_zero_has_its_line():
    every = Waiting(*range(1, 10))
    assert [line.rpartition(": ")[2] for line in in_words(every)] == [*"123456789"]
    assert in_words(Waiting(due_today=3)) == ["Due today: 3"]


def test_the_subject_tells_of_everything_that_makes_a_digest():
    assert in_short(Waiting(*range(1, 10))) == (
        "3 late, 3 due today, 4 for a clinician, 5 without an owner, 6 open for very long, "
        "15 unsent by mail"
    )
    assert in_short(Waiting(on_hold=2)) == "nothing waiting"


def owed(now=MONDAY):
    return owe_digest(get_clinic(), now) is not None


def test_a_digest_is_owed_at_once_where_something_waits(stored):
    stored(owner=None)
    tuesday = MONDAY + DAY
    assert owed(tuesday)
    [mail] = OutgoingMail.objects.filter(kind="digest")
    assert (mail.enquiry, mail.owed_since, mail.next_try_at) == (None, tuesday, tuesday)


@pytest.mark.parametrize("hold", [False, True])
def test_where_nothing_waits_a_digest_is_owed_once_a_week(stored, hold):
    stored(on_hold=hold)
    assert [owed(MONDAY + days * DAY) for days in range(9)] == [
        *(True, False, False, False, False, False, False),
        *(True, False),
    ]


def test_once_a_week_is_on_the_first_working_day(change_clinic):
    holiday = "holidays:\n  - {date: 2026-11-23, name: Day off}"
    change_clinic("holidays:", holiday)
    assert [owed(MONDAY + days * DAY) for days in range(3)] == [False, True, False]


def test_a_day_that_was_missed_is_made_up_for():
    assert [owed(MONDAY + days * DAY) for days in (2, 3)] == [True, False]


def test_a_digest_of_that_week_that_told_of_something_is_enough(stored):
    enquiry = stored(owner=None)
    told = owed(MONDAY)
    enquiry.delete()
    assert (told, owed(MONDAY + DAY), owed(MONDAY + 7 * DAY)) == (True, False, True)


def test_a_week_without_a_working_day_is_silent(change_clinic):
    closed = "holidays:\n  - {from: 2026-11-23, to: 2026-11-29, name: Closed}"
    change_clinic("holidays:", closed)
    assert [owed(MONDAY + days * DAY) for days in range(8)] == [False] * 7 + [True]


@pytest.mark.parametrize(
    ("hours", "again"), [(0, False), (13.9, False), (14, True), (-10, False), (-10.1, True)]
)
def test_a_digest_is_owed_once_in_a_day_of_the_clinic(stored, hours, again):
    stored(owner=None, received_at=MONDAY - DAY)
    owed()
    assert owed(MONDAY + hours * HOUR) is again


def test_a_day_of_the_clinic_ends_at_its_own_midnight(stored):
    stored(owner=None, received_at=MONDAY - DAY)
    at_eight_in_the_evening = MONDAY + 10 * HOUR
    assert [owed(at_eight_in_the_evening + hours * HOUR) for hours in (0, 3, 4)] == [
        *(True, False, True)
    ]


def owed_alone():
    """The same in a thread of its own, with a connection of its own."""
    try:
        return owed()
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_owe_one_digest(stored, monkeypatch):
    stored(owner=None)
    both_inside, found, count = threading.Barrier(2), [], digest.waiting

    def meet(*args):
        # Whoever is alone in here, as one should be, goes on after a second.
        with suppress(threading.BrokenBarrierError):
            both_inside.wait(timeout=1)
        return count(*args)

    monkeypatch.setattr(digest, "waiting", meet)
    threads = [threading.Thread(target=lambda: found.append(owed_alone())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sorted(found), OutgoingMail.objects.count()) == ([False, True], 1)


@pytest.fixture
def outbox(settings, mailoutbox):
    settings.STAFF_EMAILS = ["desk@clinic.test"]
    return mailoutbox


def test_a_late_digest_tells_what_waits_when_it_is_sent(stored, outbox):
    enquiry = stored(owner=None)
    owed()
    stored(due_on=date(2026, 11, 24))
    Enquiry.objects.filter(pk=enquiry.pk).update(owner=enquiry.owner, **CLOSED)
    assert send_due(lambda: MONDAY + DAY) == Outcome(sent=1)
    assert [mail.subject for mail in outbox] == ["Enquiries: 1 due today"]


def test_a_late_digest_says_that_nothing_waits_any_more(stored, outbox):
    enquiry = stored(owner=None)
    owed()
    enquiry.delete()
    send_due(lambda: MONDAY)
    assert [mail.subject for mail in outbox] == ["Enquiries: nothing waiting"]


def test_the_command_owes_a_digest_once(stored, outbox, capsys):
    stored(owner=None)
    for _ in range(2):
        call_command("send_digest")
    assert capsys.readouterr().out.splitlines() == [
        "The digest goes out with the next mails.",
        "No digest: today's is there already, or nothing waits.",
    ]
    assert send_due(timezone.now) == Outcome(sent=1)


def test_a_digest_is_deleted_after_thirty_days_and_no_other_mail(stored):
    OutgoingMail.objects.bulk_create(mails_owed(stored(received_at=MONDAY - 2 * KEEP_DIGESTS)))
    for age in (KEEP_DIGESTS, KEEP_DIGESTS + HOUR):
        OutgoingMail.objects.create(kind="digest", owed_since=MONDAY - age)
    assert delete_old_digests(MONDAY) == 1
    left = OutgoingMail.objects.order_by("owed_since").values_list("kind", "owed_since")
    assert list(left) == [("staff", MONDAY - 2 * KEEP_DIGESTS), ("digest", MONDAY - KEEP_DIGESTS)]


def test_the_command_deletes_old_digests():
    old = OutgoingMail.objects.create(kind="digest", owed_since=timezone.now() - 2 * KEEP_DIGESTS)
    call_command("send_digest", verbosity=0)
    assert not OutgoingMail.objects.filter(pk=old.pk).exists()
