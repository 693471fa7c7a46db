"""Storing an enquiry: once, whatever the network or an impatient finger does."""

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from imsinfo.enquiries.models import Enquiry

# The questions whose answers are kept. Whether they are 18 and agree is a condition, not a record.
KEPT = (
    *("someone_else", "doctor_first", "doctor_first_signs", "area", "duration", "impact", "seen"),
    *("caution", "message", "name", "link", "their_first_name", "contact_whom", "reply_by"),
    *("phone", "email", "may_leave_message", "place", "best_time", "help_needed"),
)


class OtherAnswers(Exception):  # noqa: N818 -- a question to the enquirer, not an error
    """The submission id is known already, with other answers than these."""

    def __init__(self, existing: Enquiry):
        self.existing = existing
        super().__init__(existing.reference)


def store(answers: dict[str, Any], consent_version: str) -> Enquiry:
    """Return the enquiry, committed to disk before this returns.

    answers: the cleaned answers, with the submission_id minted on the check page. The same id
    with the same answers gives the enquiry that is there; with others, OtherAnswers.
    """
    kept = _kept(answers)
    submission_id = answers["submission_id"]
    try:
        with transaction.atomic(durable=True):
            return Enquiry.objects.create(
                submission_id=submission_id,
                corrects=_corrected(answers.get("corrects")),
                consent_version=consent_version,
                **kept,
            )
    except IntegrityError:
        existing = Enquiry.objects.filter(submission_id=submission_id).first()
    if existing is None:
        # Two enquiries drew the same reference, once in a trillion: draw again.
        return store(answers, consent_version)
    if any(getattr(existing, name) != value for name, value in kept.items()):
        raise OtherAnswers(existing)
    return existing


def _kept(answers: dict[str, Any]) -> dict[str, Any]:
    """The answers to keep; a question that was not asked has the model's default."""
    unasked = Enquiry(reference="")
    return {name: answers.get(name, getattr(unasked, name)) for name in KEPT}


def _corrected(submission_id: UUID | None) -> Enquiry | None:
    if submission_id is None:
        return None
    return Enquiry.objects.filter(submission_id=submission_id).first()
