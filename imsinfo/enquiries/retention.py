"""How long an enquiry is kept, and the erasing of those whose time is over.

What the enquirer agreed to decides: "deleted 90 days after the enquiry is closed, and after 365
days at the latest". So nothing that is done after the closing prolongs it, and an enquiry that
was promised fewer days than the settings say today goes after those.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.db import transaction

from imsinfo import throttle
from imsinfo.enquiries import safety_stops
from imsinfo.enquiries.backups import journal
from imsinfo.enquiries.backups.replay import came_back, erase_again
from imsinfo.enquiries.choices import ClosedReason, ErasurePath
from imsinfo.enquiries.erasure import READ_TO_ERASE, bury, locked
from imsinfo.enquiries.models import Enquiry, Tombstone
from imsinfo.enquiries.promises import promised_days
from imsinfo.enquiries.workflow.refusals import WITHOUT_ADVICE
from imsinfo.staff import audit
from imsinfo.staff.choices import AuditAction
from imsinfo.staff.models import AuditEvent

logger = logging.getLogger("imsinfo.enquiries")


class Rules(NamedTuple):
    """In days: after closing, after closing as spam, after receipt in any case."""

    closed: int
    spam: int
    at_most: int


class End(NamedTuple):
    """When the time of an enquiry is over, and by which rule."""

    at: datetime
    path: ErasurePath


class Due(NamedTuple):
    """An enquiry whose time is over."""

    pk: int
    reference: str
    end: End


@dataclass
class Plan:
    """What a run finds. total: the number of all enquiries; due: what goes, the oldest first.

    without_line, held: the references of those that would go too, but for the record line that
    is missing, or for a hold.
    """

    total: int = 0
    due: list[Due] = field(default_factory=list)
    without_line: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)


def rules_in_force() -> Rules:
    closed = settings.KEEP_CLOSED_DAYS
    return Rules(closed, min(settings.KEEP_SPAM_DAYS, closed), settings.KEEP_AT_MOST_DAYS)


def end_of(enquiry: Enquiry, rules: Rules) -> End:
    """Return when the time of an enquiry is over: where neither hold nor record line keeps it."""
    latest = _latest(enquiry, rules)
    if enquiry.closed_at is None:
        return End(latest, ErasurePath.RETENTION)
    if enquiry.closed_reason == ClosedReason.SPAM:
        return End(min(latest, enquiry.closed_at + timedelta(days=rules.spam)), ErasurePath.SPAM)
    promised = promised_days(enquiry.consent_version, enquiry.consent_text)
    days = min(rules.closed, promised.closed) if promised else rules.closed
    return End(min(latest, enquiry.closed_at + timedelta(days=days)), ErasurePath.RETENTION)


def wants_line(enquiry: Enquiry, rules: Rules, now: datetime) -> bool:
    """Whether it stays until somebody says if advice belongs in the patient record.

    Only those closed before that was asked for lack the line. After the longest time it goes all
    the same: that was promised without any condition.
    """
    if enquiry.closed_at is None or enquiry.advice or enquiry.closed_reason in WITHOUT_ADVICE:
        return False
    return _latest(enquiry, rules) > now


def kept_until(enquiry: Enquiry, rules: Rules, now: datetime) -> datetime:
    """Return the moment after which an enquiry goes, if nobody touches it and no hold keeps it."""
    if wants_line(enquiry, rules, now):
        return _latest(enquiry, rules)
    return end_of(enquiry, rules).at


def _latest(enquiry: Enquiry, rules: Rules) -> datetime:
    promised = promised_days(enquiry.consent_version, enquiry.consent_text)
    days = min(rules.at_most, promised.at_most) if promised else rules.at_most
    return enquiry.received_at + timedelta(days=days)


def is_due(enquiry: Enquiry, rules: Rules, now: datetime) -> bool:
    over = end_of(enquiry, rules).at <= now
    return over and not enquiry.on_hold and not wants_line(enquiry, rules, now)


def planned(enquiries: Iterable[Enquiry], rules: Rules, now: datetime) -> Plan:
    """Sort all enquiries into what goes and what stays although its time is over."""
    plan = Plan()
    for enquiry in enquiries:
        plan.total += 1
        end = end_of(enquiry, rules)
        if end.at > now:
            continue
        if enquiry.on_hold:
            plan.held.append(enquiry.reference)
        elif wants_line(enquiry, rules, now):
            plan.without_line.append(enquiry.reference)
        else:
            plan.due.append(Due(enquiry.pk, enquiry.reference, end))
    plan.due.sort(key=lambda due: (due.end.at, due.pk))
    return plan


def plan_of_today(now: datetime) -> Plan:
    """Return what would go now. Nothing is decrypted for it."""
    rows = Enquiry.objects.only(*READ_TO_ERASE).order_by("pk")
    return planned(rows.iterator(chunk_size=1000), rules_in_force(), now)


def erase_due(due: Sequence[Due], now: datetime) -> int:
    """Erase each in a transaction of its own, if its time is over still; return how many."""
    rules, erased = rules_in_force(), 0
    for each in due:
        with transaction.atomic(durable=True):
            enquiry = locked(each.pk)
            # Since the plan somebody may have reopened it, put it on hold or erased it.
            if enquiry is not None and is_due(enquiry, rules, now):
                bury(enquiry, end_of(enquiry, rules).path, now)
                erased += 1
    return erased


def apply(plan: Plan, now: datetime, vouched: str = "") -> int:
    """Erase what is due and what else has had its time; return how many enquiries.

    Killed at any moment, it leaves nothing half done, and the next run goes on. vouched: by which
    options a brake was let go, for the audit.
    """
    if behind := journal.bring_in_line(journal.RETENTION, now):
        logger.error("%s", behind)
    erased = erase_due(plan.due, now) + _erase_what_came_back(now)
    _delete_old_records(now)
    detail = f"{erased} erased, {len(plan.without_line)} without record line {vouched}".strip()
    audit.record(AuditAction.RETENTION, detail=detail, at=now)
    return erased


def _erase_what_came_back(now: datetime) -> int:
    """Erase again what an older database has brought back; return how many enquiries."""
    try:
        lines = came_back(journal.read(journal.journal_path()))
    except OSError:
        # Told above.
        return 0
    # They stand in the journal already.
    with journal.paused():
        erased = erase_again(lines, now)
    if erased:
        logger.warning("Of what had been erased on request, %d had come back: erased again", erased)
    return erased


def _delete_old_records(now: datetime) -> None:
    """Delete what lies beside the enquiries and has had its time."""
    oldest = now - timedelta(days=settings.KEEP_AUDIT_DAYS)
    # What was done to an enquiry on hold is part of what is looked into.
    held = Enquiry.objects.filter(on_hold=True).values("reference")
    AuditEvent.objects.filter(at__lt=oldest).exclude(reference__in=held).delete()
    Tombstone.objects.filter(erased_at__lt=oldest).delete()
    LogEntry.objects.filter(action_time__lt=oldest).delete()
    throttle.delete_ended(now.timestamp())
    safety_stops.delete_old(now.date())
    call_command("clearsessions")
