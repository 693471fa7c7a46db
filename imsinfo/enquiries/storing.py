"""Storing an enquiry: once, whatever the network or an impatient finger does."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction

from imsinfo import throttle
from imsinfo.clinic import get_clinic
from imsinfo.enquiries.choices import Channel, LookupKind, State
from imsinfo.enquiries.gate import written
from imsinfo.enquiries.lookup import answers_of, digest, digests, hashes_of
from imsinfo.enquiries.models import KEPT, Enquiry, LookupHash, OutgoingMail
from imsinfo.enquiries.outbox import mails_owed
from imsinfo.enquiries.references import new_reference
from imsinfo.enquiries.spam import Verdict
from imsinfo.enquiries.workflow import opened
from imsinfo.staff import audit
from imsinfo.staff.choices import AuditAction

logger = logging.getLogger("imsinfo.enquiries")

# Who sends all the same answers again in this time has lost the way, and wants one reply.
SAME_FOR = timedelta(days=1)


class OtherAnswers(Exception):  # noqa: N818 -- a question to the enquirer, not an error
    """The submission id is known already, with other answers than these."""

    def __init__(self, existing: Enquiry):
        self.existing = existing
        super().__init__(existing.reference)


@dataclass(frozen=True)
class Submission:
    """All that one press of "Send" brings.

    answers: the cleaned answers, with the submission_id minted on the check page; consent_text:
    the words that were agreed to; limits: of how often this client may send; channel, entered_by:
    how it came, and who of the staff typed it.
    """

    answers: dict[str, Any]
    consent_version: str
    consent_text: str
    verdict: Verdict
    limits: Sequence[throttle.Limit] = ()
    channel: str = Channel.ONLINE
    entered_by: User | None = None


def store(submission: Submission, start: float) -> Enquiry:
    """Return the enquiry, on disk with all that belongs to it before this returns.

    The same id with the same answers gives the enquiry that is there; with others, OtherAnswers.
    The same correction sent twice is stored once, and so are all the same answers within a day.
    Raises throttle.TooMany where the client has stored too many; where the counting itself
    fails, the form stays open. start: when the sender began to wait, by time.monotonic().
    """
    try:
        return written(lambda: _stored(submission, submission.limits), start)
    except throttle.ThrottleFault:
        logger.exception("An enquiry is stored without counting its client")
        return written(lambda: _stored(submission, ()), start)


def _stored(submission: Submission, limits: Sequence[throttle.Limit]) -> Enquiry:
    kept = _kept(submission.answers)
    enquiry = Enquiry(
        submission_id=submission.answers["submission_id"],
        corrects=_by_submission(submission.answers.get("corrects")),
        consent_version=submission.consent_version,
        consent_text=submission.consent_text,
        suspected_spam=submission.verdict.is_suspect,
        spam_reasons=" ".join(submission.verdict.reasons),
        channel=submission.channel,
        entered_by=submission.entered_by,
        **kept,
    )
    try:
        return _the_same(enquiry) or _inserted(enquiry, limits)
    except IntegrityError:
        existing = _by_submission(enquiry.submission_id)
    if existing is None:
        # Two enquiries drew the same reference, once in a trillion: draw again.
        enquiry.reference = new_reference()
        return _inserted(enquiry, limits)
    if not _holds(existing, kept):
        raise OtherAnswers(existing)
    return existing


def _the_same(enquiry: Enquiry) -> Enquiry | None:
    """Return what is stored already with all the same answers under another id, if anything is.

    Back over several pages makes a new id, so the id alone does not tell.
    """
    return _same_correction(enquiry) if enquiry.corrects else _same_lately(enquiry)


def _same_correction(enquiry: Enquiry) -> Enquiry | None:
    kept = {name: getattr(enquiry, name) for name in KEPT}
    corrections = enquiry.corrects.corrections.all() if enquiry.corrects else ()
    return next((each for each in corrections if _holds(each, kept)), None)


def _same_lately(enquiry: Enquiry) -> Enquiry | None:
    """Return the open enquiry that came in shortly before with all the same answers, if any."""
    # Nearly always none: asked of the hashes alone, which costs a fraction of a joined question.
    hashes = LookupHash.objects.filter(digest__in=digests(LookupKind.ANSWERS, answers_of(enquiry)))
    found = list(hashes.values_list("enquiry", flat=True))
    if not found:
        return None
    same = Enquiry.objects.filter(pk__in=found, received_at__gt=enquiry.received_at - SAME_FOR)
    return same.exclude(state=State.CLOSED).first()


def _inserted(enquiry: Enquiry, limits: Sequence[throttle.Limit]) -> Enquiry:
    """Insert the enquiry and all that is owed for it, in one transaction or not at all.

    What another process has stored while this one waited for its turn is returned instead.
    """
    enquiry.pk = None
    opened(enquiry, get_clinic())
    with transaction.atomic(durable=True):
        _wait_for_the_same_answers(enquiry)
        if same := _the_same(enquiry):
            return same
        enquiry.save(force_insert=True)
        # Counted after the insert: whoever sends a known id again is thanked, not counted.
        if limits:
            throttle.count(limits, time.time())
        LookupHash.objects.bulk_create(hashes_of(enquiry))
        OutgoingMail.objects.bulk_create(mails_owed(enquiry))
        audit.record(
            _action(enquiry),
            enquiry.entered_by,
            reference=enquiry.reference,
            detail=enquiry.channel,
            at=enquiry.received_at,
        )
    return enquiry


def _wait_for_the_same_answers(enquiry: Enquiry) -> None:
    """Let nobody else store all the same answers until this transaction ends.

    SQLite lets one write at a time in any case: its transactions begin with the lock.
    """
    if connection.vendor == "postgresql":
        hashed = digest(LookupKind.ANSWERS, answers_of(enquiry), settings.FIELD_KEYS[0])
        with connection.cursor() as cursor:
            # The number of a lock has 63 bits and a sign.
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(hashed[:15], 16)])


def _action(enquiry: Enquiry) -> AuditAction:
    if enquiry.entered_by_id:
        return AuditAction.ENTERED
    return AuditAction.CORRECTED if enquiry.corrects_id else AuditAction.RECEIVED


def _holds(enquiry: Enquiry, kept: dict[str, Any]) -> bool:
    return all(getattr(enquiry, name) == value for name, value in kept.items())


def _by_submission(submission_id: UUID | None) -> Enquiry | None:
    if submission_id is None:
        return None
    return Enquiry.objects.filter(submission_id=submission_id).first()


def _kept(answers: dict[str, Any]) -> dict[str, Any]:
    """The answers to keep; a question that was not asked has the model's default."""
    return {name: answers.get(name, default) for name, default in _unasked().items()}


@cache
def _unasked() -> dict[str, Any]:
    unasked = Enquiry(reference="")
    return {name: getattr(unasked, name) for name in KEPT}
