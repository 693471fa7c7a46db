"""What speaks against a step, in words for staff; "" where nothing does."""

from imsinfo.enquiries.choices import (
    Advice,
    ClinicianAnswer,
    ClosedReason,
    ContactOutcome,
    State,
)
from imsinfo.enquiries.workflow.due import PATIENCE
from imsinfo.enquiries.workflow.situation import CLINICIAN, WORK, Given, Situation

# How often we try before we close.
LEAST_TRIES = 2
TRIES = (ContactOutcome.LEFT_WORD, ContactOutcome.NO_ANSWER)
# With these no clinician need have looked: nothing is decided about the person's health.
WITHOUT_CLINICIAN = frozenset(
    {
        *(ClosedReason.WITHDREW, ClosedReason.URGENT_CARE, ClosedReason.UNDER_18),
        *(ClosedReason.DUPLICATE, ClosedReason.SPAM, ClosedReason.TEST),
    }
)
# And with these there was nobody to advise.
WITHOUT_ADVICE = frozenset({ClosedReason.DUPLICATE, ClosedReason.SPAM, ClosedReason.TEST})


def no_assign(situation: Situation, given: Given) -> str:
    if given.to is None:
        return "Choose who shall have it."
    if not given.to.has_perm(WORK):
        return "That account may not work on enquiries: choose another one."
    return ""


def no_contact(situation: Situation, given: Given) -> str:
    return "" if given.way and given.outcome else "Choose how, and what came of it."


def no_answer(situation: Situation, given: Given) -> str:
    return "" if given.answer in ClinicianAnswer.values else "Choose one of the four answers."


def no_wait(situation: Situation, given: Given) -> str:
    if not situation.contacts:
        return "Log first how you asked them: then we wait for an answer."
    return ""


def no_book(situation: Situation, given: Given) -> str:
    enquiry = situation.enquiry
    if enquiry.awaits_clinician:
        asked = "caution" if enquiry.is_flagged else "question"
        return f"A clinician must answer the {asked} before anything is booked."
    if situation.unanswered:
        return (
            f"The correction {situation.unanswered} waits for a clinician: it must be answered "
            "before anything is booked."
        )
    if enquiry.clinician_answer in {ClinicianAnswer.DOCTOR, ClinicianAnswer.NOT_SUITABLE}:
        said = enquiry.get_clinician_answer_display().lower()
        return f"The clinician said: {said}. Ask the clinician again before anything is booked."
    if given.day is None:
        return "Enter the day of the assessment."
    return "" if given.day >= situation.today else "The day of the assessment is over already."


def no_close(situation: Situation, given: Given) -> str:
    if given.reason not in ClosedReason.values:
        return "Choose a reason: a closed enquiry has one."
    return _unclosable(situation, given.reason) or _no_record_line(situation, given)


def _unclosable(situation: Situation, reason: str) -> str:
    enquiry, is_clinician = situation.enquiry, situation.user.has_perm(CLINICIAN)
    if reason == ClosedReason.NOT_SUITABLE and not is_clinician:
        if enquiry.clinician_answer != ClinicianAnswer.NOT_SUITABLE:
            return "Only a clinician decides that IMS is not suitable: ask a clinician."
    elif enquiry.awaits_clinician and reason not in WITHOUT_CLINICIAN and not is_clinician:
        asked = "look at the caution" if enquiry.is_flagged else "answer what was asked"
        return f"A clinician must {asked} before this can be closed for that reason."
    if reason == ClosedReason.BOOKED:
        return _unfinished_booking(situation)
    if reason == ClosedReason.UNREACHED:
        return _reachable(situation)
    return ""


def _unfinished_booking(situation: Situation) -> str:
    day = situation.enquiry.booked_for
    if situation.enquiry.state != State.BOOKED or day is None:
        return "It is not booked: enter the day of the assessment with “Book” first."
    if day > situation.today:
        return f"The assessment is on {day:%-d %B %Y}: close the enquiry from that day on."
    return ""


def _reachable(situation: Situation) -> str:
    due = situation.enquiry.due_on
    if situation.enquiry.state != State.AWAITING_PATIENT or due is None:
        return "Nobody has waited for an answer yet: log a try, then wait for the patient."
    if situation.tries < LEAST_TRIES:
        return f"{situation.tries} of {LEAST_TRIES} tries are logged: try once more, and log it."
    if situation.today < due:
        return f"They have {PATIENCE} working days to answer: until {due:%-d %B %Y}."
    return ""


def _no_record_line(situation: Situation, given: Given) -> str:
    if given.reason in WITHOUT_ADVICE:
        return ""
    if given.advice not in Advice.values:
        return "Say whether any clinical advice was given: that line must be there to close."
    if given.advice == Advice.COPIED and given.advice_copied_on is None:
        return "Enter the day on which the advice was copied to the patient record."
    if given.advice_copied_on and given.advice_copied_on > situation.today:
        return "The advice cannot have been copied on a day to come."
    return ""


def no_hold(situation: Situation, given: Given) -> str:
    return "It is on hold already." if situation.enquiry.on_hold else ""


def no_release(situation: Situation, given: Given) -> str:
    return "" if situation.enquiry.on_hold else "It is not on hold."
