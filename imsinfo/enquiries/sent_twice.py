"""The same step sent twice: by a double click, or again after an answer that was lost."""

from datetime import timedelta

from imsinfo.enquiries.choices import Advice
from imsinfo.enquiries.workflow import Given, Situation, Step
from imsinfo.enquiries.workflow.refusals import WITHOUT_ADVICE
from imsinfo.staff.absences import standing_in
from imsinfo.staff.models import AuditEvent

# Later than this, the same entry is another one: a second call that nobody answered.
WITHIN = timedelta(minutes=5)
# Where an enquiry keeps what was entered.
KEPT_AS = {
    "answer": "clinician_answer",
    "reason": "closed_reason",
    "day": "booked_for",
    "advice": "advice",
    "advice_copied_on": "advice_copied_on",
}


def is_taken_already(
    step: Step, situation: Situation, given: Given, changes: list[AuditEvent]
) -> bool:
    """Return whether the same person has just taken this very step from the same page.

    changes: what has been done to the enquiry since that page was shown. A step that only adds to
    the record is looked for among the work of others too; any other must be all that was done.
    """
    if len(changes) > 1 and not step.is_added:
        return False
    mine = (each for each in changes if each.user_id == situation.user.pk)
    taken = (each for each in mine if each.detail.startswith(f"{step.key}: "))
    return any(situation.now - each.at <= WITHIN for each in taken) and _is_kept(situation, given)


def _is_kept(situation: Situation, given: Given) -> bool:
    """Whether all that was entered stands there: on the enquiry, as a note and as a contact."""
    enquiry, since = situation.enquiry, situation.now - WITHIN
    entered = {name: value for name in KEPT_AS if (value := getattr(given, name))}
    if given.reason in WITHOUT_ADVICE:
        # The step takes neither of them.
        entered = {"reason": given.reason}
    elif given.advice != Advice.COPIED:
        entered.pop("advice_copied_on", None)
    stands = all(getattr(enquiry, KEPT_AS[name]) == value for name, value in entered.items())
    if given.to:
        stands = stands and enquiry.owner_id == standing_in(given.to.pk, situation.today)
    if given.text.strip():
        notes = enquiry.notes.filter(author_id=situation.user.pk, written_at__gte=since)
        stands = stands and any(note.text == given.text for note in notes)
    if given.outcome:
        contacts = enquiry.contacts.filter(author_id=situation.user.pk, at__gte=since)
        stands = stands and contacts.filter(way=given.way, outcome=given.outcome).exists()
    return stands
