"""Storing an enquiry: once, whatever the network or an impatient finger does."""

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from imsinfo.enquiries.models import Enquiry
from imsinfo.enquiries.references import new_reference

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


def store(answers: dict[str, Any], consent_version: str, consent_text: str) -> Enquiry:
    """Return the enquiry, committed to disk before this returns.

    answers: the cleaned answers, with the submission_id minted on the check page. The same id
    with the same answers gives the enquiry that is there; with others, OtherAnswers. The same
    correction sent twice is stored once.
    """
    kept = _kept(answers)
    corrected = _by_submission(answers.get("corrects"))
    for correction in corrected.corrections.all() if corrected else ():
        if _holds(correction, kept):
            return correction
    enquiry = Enquiry(
        submission_id=answers["submission_id"],
        corrects=corrected,
        consent_version=consent_version,
        consent_text=consent_text,
        **kept,
    )
    try:
        return _inserted(enquiry)
    except IntegrityError:
        existing = _by_submission(enquiry.submission_id)
    if existing is None:
        # Two enquiries drew the same reference, once in a trillion: draw again.
        enquiry.reference = new_reference()
        return _inserted(enquiry)
    if not _holds(existing, kept):
        raise OtherAnswers(existing)
    return existing


def _inserted(enquiry: Enquiry) -> Enquiry:
    with transaction.atomic(durable=True):
        enquiry.save(force_insert=True)
    return enquiry


def _holds(enquiry: Enquiry, kept: dict[str, Any]) -> bool:
    return all(getattr(enquiry, name) == value for name, value in kept.items())


def _by_submission(submission_id: UUID | None) -> Enquiry | None:
    if submission_id is None:
        return None
    return Enquiry.objects.filter(submission_id=submission_id).first()


def _kept(answers: dict[str, Any]) -> dict[str, Any]:
    """The answers to keep; a question that was not asked has the model's default."""
    unasked = Enquiry(reference="")
    return {name: answers.get(name, getattr(unasked, name)) for name in KEPT}
