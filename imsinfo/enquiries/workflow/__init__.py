"""Where an enquiry may go from where it stands; moves.py goes there, in the database."""

from imsinfo.enquiries.workflow.due import due_day, opened
from imsinfo.enquiries.workflow.situation import Given, Person, Situation
from imsinfo.enquiries.workflow.steps import OPEN, STEPS, Step, next_steps, refusal, unavailable

__all__ = (
    "OPEN",
    "STEPS",
    "Given",
    "Person",
    "Situation",
    "Step",
    "due_day",
    "next_steps",
    "opened",
    "refusal",
    "unavailable",
)
