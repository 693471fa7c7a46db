"""What each step does to an enquiry, in memory. Whether it may be taken is asked before."""

from imsinfo.enquiries.choices import ASKED, Advice, ClinicianAnswer, ContactOutcome, State
from imsinfo.enquiries.workflow.due import due_day
from imsinfo.enquiries.workflow.refusals import TRIES, WITHOUT_ADVICE
from imsinfo.enquiries.workflow.situation import Given, Person, Situation
from imsinfo.working_days import reply_day


def _go_to(situation: Situation, state: str) -> None:
    enquiry = situation.enquiry
    if enquiry.state != state:
        enquiry.state, enquiry.state_since = state, situation.now
    enquiry.due_on = due_day(enquiry, situation.clinic, situation.now)


def _owned_by(situation: Situation, owner: Person | None) -> None:
    situation.enquiry.owner_id = owner.pk if owner else None
    if situation.enquiry.state == State.NEW:
        _go_to(situation, State.IN_REVIEW)


def claim(situation: Situation, given: Given) -> None:
    _owned_by(situation, situation.user)


def assign(situation: Situation, given: Given) -> None:
    _owned_by(situation, given.to)


def contact(situation: Situation, given: Given) -> None:
    enquiry = situation.enquiry
    if given.outcome != ContactOutcome.NO_ANSWER:
        enquiry.first_contact_at = enquiry.first_contact_at or situation.now
    if enquiry.state == State.NEW:
        _owned_by(situation, situation.user)
    heard = given.outcome not in TRIES
    if (enquiry.state == State.AWAITING_PATIENT and heard) or enquiry.state == State.IN_REVIEW:
        _go_to(situation, State.IN_REVIEW)


def ask_clinician(situation: Situation, given: Given) -> None:
    situation.enquiry.clinician_answer = ASKED
    situation.enquiry.booked_for = None
    _go_to(situation, State.AWAITING_CLINICIAN)


def answer(situation: Situation, given: Given) -> None:
    situation.enquiry.clinician_answer = given.answer
    if given.answer == ClinicianAnswer.PHONE:
        # The caution stays open until they have spoken; the call is theirs, by the next day.
        situation.enquiry.owner_id = situation.user.pk
        situation.enquiry.state_since = situation.now
        _go_to(situation, State.AWAITING_CLINICIAN)
    else:
        _go_to(situation, State.IN_REVIEW)


def wait(situation: Situation, given: Given) -> None:
    _go_to(situation, State.AWAITING_PATIENT)


def heard(situation: Situation, given: Given) -> None:
    _go_to(situation, State.IN_REVIEW)


def book(situation: Situation, given: Given) -> None:
    situation.enquiry.booked_for = given.day
    _go_to(situation, State.BOOKED)


def close(situation: Situation, given: Given) -> None:
    enquiry = situation.enquiry
    enquiry.closed_reason, enquiry.closed_at = given.reason, situation.now
    enquiry.advice = Advice.NONE if given.reason in WITHOUT_ADVICE else given.advice
    enquiry.advice_copied_on = given.advice_copied_on if enquiry.advice == Advice.COPIED else None
    _go_to(situation, State.CLOSED)


def reopen(situation: Situation, given: Given) -> None:
    enquiry = situation.enquiry
    enquiry.closed_reason, enquiry.closed_at = "", None
    enquiry.advice, enquiry.advice_copied_on, enquiry.booked_for = "", None, None
    enquiry.state_since = situation.now
    if enquiry.awaits_clinician:
        _go_to(situation, State.AWAITING_CLINICIAN)
    else:
        _go_to(situation, State.IN_REVIEW)
        # Promised anew, from the day on which somebody came back to it.
        enquiry.due_on = reply_day(situation.clinic, situation.now)


def hold(situation: Situation, given: Given) -> None:
    situation.enquiry.on_hold = True


def release(situation: Situation, given: Given) -> None:
    situation.enquiry.on_hold = False
