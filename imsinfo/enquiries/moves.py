"""Taking a step: the change, what is written down with it, and the audit, or nothing at all."""

from copy import copy
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from imsinfo.clinic import get_clinic
from imsinfo.enquiries.choices import ClosedReason
from imsinfo.enquiries.duty import name_of
from imsinfo.enquiries.models import ContactAttempt, Enquiry, Note
from imsinfo.enquiries.sent_twice import is_taken_already
from imsinfo.enquiries.step_words import detail_of
from imsinfo.enquiries.workflow import STEPS, Given, Situation, Step, refusal
from imsinfo.enquiries.workflow.refusals import TRIES
from imsinfo.enquiries.workflow.situation import WORK
from imsinfo.staff import audit
from imsinfo.staff.absences import standing_in
from imsinfo.staff.choices import AuditAction
from imsinfo.staff.models import AuditEvent

# What a step may change; answers are never written back.
CHANGED = (
    *("state", "state_since", "owner", "due_on", "first_contact_at"),
    *("clinician_answer", "booked_for", "on_hold", "closed_reason", "closed_at"),
    *("advice", "advice_copied_on", "version"),
)
# A correction that was closed as one of these tells of nobody.
NO_PERSON = (ClosedReason.SPAM, ClosedReason.TEST)
# Each of these is one version of the enquiry.
CHANGES = frozenset(
    {
        *(AuditAction.MOVED, AuditAction.ASSIGNED, AuditAction.ANSWERED, AuditAction.CONTACTED),
        *(AuditAction.NOTED, AuditAction.HELD, AuditAction.RELEASED, AuditAction.REASSIGNED),
    }
)


class Refused(Exception):  # noqa: N818 -- an answer, not an error
    """The step may not be taken. str() of it tells staff why."""


class ChangedMeanwhile(Exception):  # noqa: N818 -- an answer, not an error
    """Somebody else took a step since the page was shown. events: those steps, the newest first."""

    def __init__(self, events: list[AuditEvent]):
        self.events = events
        super().__init__("changed meanwhile")


class Gone(Exception):  # noqa: N818 -- an answer, not an error
    """The enquiry has been erased meanwhile."""


def take(key: str, pk: int, user: User, given: Given, shown: int | None) -> Enquiry:
    """Take a step and return the enquiry as it stands then.

    key: of workflow.STEPS; shown: the version of the enquiry that the user saw, None for commands.
    What is sent a second time, as by a double click, is taken once.
    Raises Refused, ChangedMeanwhile or Gone; then nothing has been changed.
    """
    step = STEPS[key]
    with transaction.atomic():
        enquiry = Enquiry.objects.select_for_update().filter(pk=pk).first()
        if enquiry is None:
            raise Gone
        situation = situation_of(enquiry, user, timezone.now())
        if shown is not None and shown != enquiry.version:
            changes = changes_since(enquiry, shown)
            if is_taken_already(step, situation, given, changes):
                return enquiry
            if not step.is_added:
                raise ChangedMeanwhile(changes)
        why_not = refusal(step, situation, given)
        if why_not:
            raise Refused(why_not)
        _carry_out(step, situation, given, user)
    return enquiry


def situation_of(enquiry: Enquiry, user: User, now: datetime) -> Situation:
    """Return what a step finds, with the contacts that are logged."""
    outcomes = list(enquiry.contacts.values_list("outcome", flat=True))
    heard = [index for index, outcome in enumerate(outcomes) if outcome not in TRIES]
    tries = len(outcomes) - (heard[-1] + 1 if heard else 0)
    return Situation(
        enquiry,
        user,
        now,
        get_clinic(),
        tries=tries,
        contacts=len(outcomes),
        unanswered=_unanswered_correction(enquiry),
    )


def _unanswered_correction(enquiry: Enquiry) -> str:
    """Return the reference of a correction that a clinician has yet to answer, "" without one."""
    read = ("reference", "doctor_first", "caution", "clinician_answer")
    corrections = enquiry.corrections.exclude(closed_reason__in=NO_PERSON).only(*read)
    return next((each.reference for each in corrections if each.awaits_clinician), "")


def changes_since(enquiry: Enquiry, version: int) -> list[AuditEvent]:
    """Return what has been done to an enquiry since a version of it, the newest first."""
    changes = AuditEvent.objects.filter(reference=enquiry.reference, action__in=CHANGES)
    newest = changes.select_related("user").order_by("-pk")
    return list(newest[: max(0, enquiry.version - version)])


def _who_may_work(pk: int) -> User:
    """Return the account; raises Refused where it may not work on enquiries, as some deputies."""
    user = User.objects.get(pk=pk)
    if not user.has_perm(WORK):
        raise Refused(
            f"They are away, and {name_of(user)}, who stands in for them, may not work on "
            "enquiries. Choose somebody else."
        )
    return user


def _carry_out(step: Step, situation: Situation, given: Given, user: User) -> None:
    enquiry = situation.enquiry
    before = copy(enquiry)
    step.does(situation, given)
    if enquiry.owner_id and enquiry.owner_id not in {before.owner_id, user.pk}:
        # Whoever is given something while away would not see it in time.
        enquiry.owner = _who_may_work(standing_in(enquiry.owner_id, situation.today))
        if step.key == "assign" and enquiry.owner_id == before.owner_id:
            raise Refused(
                f"They are away, and {name_of(enquiry.owner)}, who stands in for them, has it "
                "already. Choose somebody else."
            )
    enquiry.version += 1
    enquiry.save(update_fields=CHANGED)
    if given.outcome:
        ContactAttempt.objects.create(
            enquiry=enquiry,
            author_id=user.pk,
            at=situation.now,
            way=given.way,
            outcome=given.outcome,
        )
    if given.text.strip():
        Note.objects.create(
            enquiry=enquiry, author_id=user.pk, written_at=situation.now, text=given.text
        )
    detail = detail_of(step, before, enquiry, given)
    audit.record(step.action, user, reference=enquiry.reference, detail=detail)
