"""The steps an enquiry may take, and who may take them.

Screens, actions and commands all ask here; nothing else changes the state of an enquiry.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from imsinfo.enquiries.choices import State
from imsinfo.enquiries.workflow import effects, refusals
from imsinfo.enquiries.workflow.situation import CLINICIAN, HOLD, WORK, Given, Situation
from imsinfo.staff.choices import AuditAction

OPEN = frozenset(State.values) - {State.CLOSED}
EVERY = frozenset(State.values)
_NOT_ASKED = OPEN - {State.AWAITING_CLINICIAN}
_IN_HAND = frozenset({State.NEW, State.IN_REVIEW, State.AWAITING_PATIENT})


def never(situation: Situation, given: Given) -> str:
    return ""


def nothing(situation: Situation, given: Given) -> None:
    return None


@dataclass(frozen=True)
class Step:
    """One step. states: from where it may be taken; permission: of who may.

    refuses: tells why not, "" where nothing speaks against it; does: changes the enquiry.
    is_added: it only adds to the record, so that two people at once do not stand in each other's
    way. needs_text: a step that must be explained.
    """

    key: str
    label: str
    states: frozenset[str]
    permission: str
    action: AuditAction
    refuses: Callable[[Situation, Given], str] = never
    does: Callable[[Situation, Given], None] = nothing
    is_added: bool = False
    needs_text: bool = False


def refusal(step: Step, situation: Situation, given: Given) -> str:
    """Return why a step may not be taken, in words for staff; "" where it may."""
    return (
        unavailable(step, situation) or _incomplete(step, given) or step.refuses(situation, given)
    )


def unavailable(step: Step, situation: Situation) -> str:
    """Return why a step is not open to this person in this state, whatever they enter."""
    if not situation.user.has_perm(step.permission):
        return f"“{step.label}” is not among the things that your role may do."
    if situation.enquiry.state not in step.states:
        stands = situation.enquiry.get_state_display().lower()
        return f"“{step.label}” is not possible while the enquiry is {stands}."
    return ""


def _incomplete(step: Step, given: Given) -> str:
    if step.needs_text and not given.text.strip():
        return "Write down why: it is kept as a note."
    return ""


def next_steps(situation: Situation) -> Iterator[Step]:
    """Yield the steps that are open to this person, in the order in which work goes on."""
    for step in STEPS.values():
        if not unavailable(step, situation) and not _pointless(step, situation):
            yield step


def _pointless(step: Step, situation: Situation) -> bool:
    enquiry = situation.enquiry
    if step.key == "claim":
        return enquiry.owner_id == situation.user.pk
    if step.key in {"hold", "release"}:
        return enquiry.on_hold == (step.key == "hold")
    return False


STEPS: dict[str, Step] = {
    step.key: step
    for step in (
        Step("claim", "Take it", OPEN, WORK, AuditAction.ASSIGNED, does=effects.claim),
        Step(
            *("answer", "Answer as a clinician", frozenset({State.AWAITING_CLINICIAN}), CLINICIAN),
            *(AuditAction.ANSWERED, refusals.no_answer, effects.answer),
        ),
        Step(
            *("contact", "Log a contact", EVERY, WORK, AuditAction.CONTACTED),
            *(refusals.no_contact, effects.contact),
            is_added=True,
        ),
        Step(
            *("wait", "Wait for the patient", frozenset({State.NEW, State.IN_REVIEW}), WORK),
            *(AuditAction.MOVED, refusals.no_wait, effects.wait),
        ),
        Step(
            *("heard", "They have answered", frozenset({State.AWAITING_PATIENT}), WORK),
            *(AuditAction.MOVED, never, effects.heard),
        ),
        Step(
            *("book", "Book", _IN_HAND | {State.BOOKED}, WORK, AuditAction.MOVED),
            *(refusals.no_book, effects.book),
        ),
        Step(
            *("ask-clinician", "Ask a clinician", _NOT_ASKED, WORK, AuditAction.MOVED),
            does=effects.ask_clinician,
        ),
        Step(
            *("assign", "Give it to someone", OPEN, WORK, AuditAction.ASSIGNED),
            *(refusals.no_assign, effects.assign),
        ),
        Step(
            *("close", "Close", OPEN, WORK, AuditAction.MOVED),
            *(refusals.no_close, effects.close),
        ),
        Step(
            *("reopen", "Open again", frozenset({State.CLOSED}), WORK, AuditAction.MOVED),
            does=effects.reopen,
            needs_text=True,
        ),
        Step("note", "Add a note", EVERY, WORK, AuditAction.NOTED, is_added=True, needs_text=True),
        Step(
            *("hold", "Put on hold", EVERY, HOLD, AuditAction.HELD),
            *(refusals.no_hold, effects.hold),
            needs_text=True,
        ),
        Step(
            *("release", "End the hold", EVERY, HOLD, AuditAction.RELEASED),
            *(refusals.no_release, effects.release),
            needs_text=True,
        ),
    )
}
