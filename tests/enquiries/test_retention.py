from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.utils import timezone

from imsinfo.enquiries import retention, safety_stops
from imsinfo.enquiries.brakes import clock_jump, too_many
from imsinfo.enquiries.consents import CONSENTS
from imsinfo.enquiries.lookup import hashes_of
from imsinfo.enquiries.models import (
    ContactAttempt,
    Enquiry,
    ExportReason,
    LookupHash,
    Note,
    OutgoingMail,
    Tombstone,
)
from imsinfo.enquiries.outbox import mails_owed
from imsinfo.enquiries.promises import Promised, promised_days
from imsinfo.enquiries.retention import Rules, end_of, is_due
from imsinfo.enquiries.retention_warnings import not_applied, open_too_long
from imsinfo.models import Throttle
from imsinfo.staff import audit
from imsinfo.staff.choices import AuditAction
from imsinfo.staff.models import AuditEvent

pytestmark = [pytest.mark.django_db, pytest.mark.db]
NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
RULES = Rules(closed=90, spam=30, at_most=365)
CLOSED = {"state": "closed", "closed_reason": "withdrew", "advice": "none"}


def days_before(days, moment=NOW):
    return moment - timedelta(days=days)


def enquiry_of(closed=None, received=200, **changes):
    """An enquiry that is in no database. closed, received: so many days before NOW."""
    state = CLOSED | {"closed_at": days_before(closed)} if closed is not None else {}
    return Enquiry(received_at=days_before(received), **state | changes)


@pytest.fixture
def make_old(make_enquiry):
    """Store an enquiry that was closed, so many days ago."""

    def make(days=91, **changes):
        closed_at = days_before(days, timezone.now())
        received = {"received_at": closed_at - timedelta(days=1)}
        return make_enquiry(**received | CLOSED | {"closed_at": closed_at} | changes)

    return make


def run(*options):
    out = StringIO()
    call_command("apply_retention", *options, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("enquiry", "due"),
    [
        (enquiry_of(closed=89), False),
        (enquiry_of(closed=90), True),
        (enquiry_of(closed=29, closed_reason="spam"), False),
        (enquiry_of(closed=30, closed_reason="spam"), True),
        (enquiry_of(received=364), False),
        (enquiry_of(received=365), True),
        (enquiry_of(received=365, closed=1), True),
        (enquiry_of(received=400, closed=100, on_hold=True), False),
        (enquiry_of(closed=90, advice=""), False),
        (enquiry_of(closed=90, advice="", closed_reason="test"), True),
        (enquiry_of(closed=90, advice="", received=365), True),
    ],
)
def test_time_is_over_by_the_rule_that_applies(enquiry, due):
    assert is_due(enquiry, RULES, NOW) == due


def test_what_is_done_after_the_closing_prolongs_nothing():
    enquiry = enquiry_of(closed=90, state_since=days_before(1), version=9)
    assert is_due(enquiry, RULES, NOW)


@pytest.mark.parametrize(("closed", "at_most"), [(60, 365), (90, 120)])
def test_an_enquiry_goes_on_the_day_it_was_promised_whatever_the_settings_say_now(closed, at_most):
    version = "2026-11"
    text = CONSENTS[version].format(clinic="A", closed_days=closed, open_days=at_most)
    enquiry = enquiry_of(closed=61, received=121, consent_version=version, consent_text=text)
    assert end_of(enquiry, RULES).at <= NOW


@pytest.mark.parametrize("version", CONSENTS)
def test_every_consent_names_the_days_that_it_promises(version):
    text = CONSENTS[version].format(clinic="Dr. {A} (B)\n", closed_days=7, open_days=42)
    assert promised_days(version, text) == Promised(7, 42)


@pytest.mark.parametrize(("version", "text"), [("2026-11", "I agree"), ("none", "")])
def test_a_text_without_days_promises_none(version, text):
    assert promised_days(version, text) is None


def test_spam_is_not_kept_longer_than_what_is_closed(settings):
    settings.KEEP_CLOSED_DAYS = 7
    assert retention.rules_in_force().spam == 7


def test_an_erased_enquiry_takes_all_with_it_and_leaves_a_tombstone(make_old, admin_user):
    old = make_old(channel="call")
    Note.objects.create(enquiry=old, author=admin_user, text="Zora called")
    ContactAttempt.objects.create(enquiry=old, author=admin_user, way="phone", outcome="reached")
    LookupHash.objects.bulk_create(hashes_of(old))
    OutgoingMail.objects.bulk_create(mails_owed(old))
    run()
    left = (Enquiry, Note, ContactAttempt, LookupHash, OutgoingMail)
    assert [model.objects.count() for model in left] == [0] * len(left)
    tombstone = Tombstone.objects.get()
    assert (tombstone.reference, tombstone.received_at) == (old.reference, old.received_at)
    assert (tombstone.closed_at, tombstone.closed_reason) == (old.closed_at, "withdrew")
    assert (tombstone.channel, tombstone.path) == ("call", "retention")
    assert (tombstone.erased_by, tombstone.reason) == (None, "")


def test_an_erasure_is_in_the_audit_by_its_reference(make_old):
    old = make_old(closed_reason="spam")
    run()
    event = AuditEvent.objects.get(action=AuditAction.ERASED)
    assert (event.reference, event.detail, event.user) == (old.reference, "spam", None)


def test_a_run_is_in_the_audit_with_its_counts(make_old):
    make_old()
    make_old(advice="")
    run()
    event = AuditEvent.objects.get(action=AuditAction.RETENTION)
    assert event.detail == "1 erased, 1 without record line"


def test_a_correction_of_what_is_erased_stays(make_old, make_enquiry):
    correction = make_enquiry(corrects=make_old())
    run()
    assert Enquiry.objects.get() == correction
    assert Enquiry.objects.get().corrects is None


def test_command_says_how_many_were_erased_and_which_lack_the_record_line(make_old):
    make_old()
    unlined, held = make_old(advice=""), make_old(on_hold=True)
    assert run() == (
        "1 enquiry erased.\n"
        "Kept although their time is over, because the record line is missing; open each and fill "
        f"in the record line: {unlined}.\n"
        f"Kept, because they are on hold: {held}.\n"
    )


def test_dry_run_tells_what_would_go_and_changes_nothing(make_old):
    old = make_old(days=95)
    day = (old.closed_at + timedelta(days=90)).date()
    assert run("--dry-run") == (
        f"{old}  {day}  Time was over\n"
        "1 enquiry of 1 would be erased (Time was over: 1).\nNothing was changed.\n"
    )
    assert (Enquiry.objects.count(), AuditEvent.objects.count()) == (1, 0)


@pytest.mark.parametrize("change", [{"on_hold": True}, {"state": "new", "closed_reason": ""}])
def test_what_was_held_or_reopened_since_the_plan_stays(make_old, change):
    old, now = make_old(), timezone.now()
    plan = retention.plan_of_today(now)
    reopened = {"closed_at": None} if "state" in change else {}
    Enquiry.objects.filter(pk=old.pk).update(**change | reopened)
    assert retention.erase_due(plan.due, now) == 0
    assert Enquiry.objects.get() == old


def test_what_somebody_else_erased_since_the_plan_is_passed_over(make_old):
    now = timezone.now()
    make_old()
    plan = retention.plan_of_today(now)
    retention.erase_due(plan.due, now)
    assert retention.erase_due(plan.due, now) == 0
    assert Tombstone.objects.count() == 1


@pytest.mark.parametrize(
    ("due", "total", "held"),
    [(20, 20, False), (21, 21, True), (21, 105, False), (22, 105, True), (0, 0, False)],
)
def test_brake_holds_more_than_a_fifth_and_more_than_twenty(due, total, held):
    assert bool(too_many(due, total)) == held


def test_brake_deletes_nothing_until_it_is_told_to(make_old):
    for _ in range(21):
        make_old()
    Throttle.objects.create(key="ended", ends_at=1, count=1)
    with pytest.raises(CommandError, match=r"21 of 21 enquiries .* run this once with --also-many"):
        run()
    assert (Enquiry.objects.count(), Throttle.objects.count()) == (21, 1)
    assert not AuditEvent.objects.exists()
    assert run("--also-many").startswith("21 enquiries erased.")
    assert AuditEvent.objects.get(action="retention").detail.endswith("--also-many")


def test_dry_run_tells_that_the_brake_would_hold(make_old):
    for _ in range(21):
        make_old()
    assert "The brake would hold: 21 of 21 enquiries" in run("--dry-run")


@pytest.mark.parametrize(("days", "held"), [(40, False), (41, True)])
def test_a_clock_long_after_the_last_run_is_held(db, days, held):
    audit.record(AuditAction.RETENTION, at=days_before(days))
    assert ("after the last run" in clock_jump(NOW)) == held


@pytest.mark.parametrize(("hours", "held"), [(0.9, False), (1.1, True)])
def test_a_clock_before_what_was_recorded_is_held(db, hours, held):
    audit.record(AuditAction.RETENTION, at=days_before(1))
    audit.record(AuditAction.RECEIVED, at=NOW + timedelta(hours=hours))
    assert ("which is later" in clock_jump(NOW)) == held


def test_a_clock_that_was_vouched_for_is_not_held_again(make_old):
    audit.record(AuditAction.RECEIVED, at=timezone.now() + timedelta(days=400))
    make_old()
    with pytest.raises(CommandError, match="run this once with --clock-is-right"):
        run()
    assert run("--clock-is-right").startswith("1 enquiry erased.")
    assert run().startswith("0 enquiries erased.")


def test_a_first_run_has_nothing_to_measure_the_clock_by(db):
    assert clock_jump(NOW) == ""


def test_records_beside_the_enquiries_go_after_two_years(settings, admin_user):
    old = days_before(settings.KEEP_AUDIT_DAYS + 1, timezone.now())
    audit.record(AuditAction.READ, at=old)
    stone = {"received_at": old, "channel": "online", "path": "request"}
    Tombstone.objects.create(reference="OLD", erased_at=old, **stone)
    Tombstone.objects.create(reference="NEW", **stone)
    entry = LogEntry.objects.create(user=admin_user, object_repr="X", action_flag=CHANGE)
    LogEntry.objects.filter(pk=entry.pk).update(action_time=old)
    run()
    assert Tombstone.objects.get().reference == "NEW"
    assert (LogEntry.objects.count(), AuditEvent.objects.get().action) == (0, "retention")


def test_the_reason_of_an_export_goes_with_its_event(settings, admin_user):
    old = days_before(settings.KEEP_AUDIT_DAYS + 1, timezone.now())
    for at, reason in [(old, "Old"), (None, "New")]:
        event = audit.record(AuditAction.EXPORTED, admin_user, at=at)
        ExportReason.objects.create(event=event, text=reason)
    run()
    assert ExportReason.objects.get().text == "New"


def test_ended_sessions_and_counts_are_deleted(db):
    ended = days_before(1, timezone.now())
    Session.objects.create(session_key="ended", session_data="", expire_date=ended)
    Throttle.objects.create(key="ended", ends_at=1, count=1)
    run()
    assert (Session.objects.count(), Throttle.objects.count()) == (0, 0)


def test_counts_of_stops_are_deleted_after_half_a_year(db, settings, tmp_path):
    settings.VAR_DIR, long_ago = tmp_path, days_before(200, timezone.now()).date()
    safety_stops.count("emergency", long_ago)
    assert safety_stops.counts([long_ago])[0]["emergency"] == 1
    run()
    assert safety_stops.counts([long_ago])[0]["emergency"] == 0


@pytest.mark.parametrize("on_hold", [True, False])
def test_what_was_done_is_kept_as_long_as_a_hold(make_enquiry, on_hold):
    enquiry = make_enquiry(on_hold=on_hold)
    long_ago = timezone.now() - timedelta(days=800)
    audit.record(AuditAction.READ, reference=enquiry.reference, at=long_ago)
    run()
    assert AuditEvent.objects.filter(reference=enquiry.reference).exists() == on_hold


def test_open_enquiries_are_warned_of_after_half_a_year(make_enquiry):
    late = make_enquiry(received_at=days_before(181))
    make_enquiry(received_at=days_before(179))
    make_old = CLOSED | {"closed_at": days_before(1), "received_at": days_before(200)}
    make_enquiry(**make_old)
    assert open_too_long(NOW).startswith(f"Open for more than 180 days: 1 ({late}).")


def test_a_warning_names_no_more_than_asked_for(make_enquiry):
    for _ in range(3):
        make_enquiry(received_at=days_before(200))
    told = open_too_long(NOW, most_named=2)
    assert told.count("-") == 2 * 2
    assert told.startswith("Open for more than 180 days: 3 (")


@pytest.mark.parametrize(("ran", "warned"), [(None, True), (4, True), (2, False)])
def test_overview_is_told_that_nobody_applies_retention(make_enquiry, ran, warned):
    make_enquiry(received_at=days_before(4))
    if ran is not None:
        audit.record(AuditAction.RETENTION, at=days_before(ran))
    assert bool(not_applied(NOW)) == warned


def test_a_new_site_is_not_warned(make_enquiry):
    make_enquiry(received_at=days_before(2))
    assert not_applied(NOW) == ""
