"""What the audit keeps of a step, in keys of our own, and those keys in words for staff."""

import re
from collections.abc import Iterator
from datetime import date

from imsinfo.enquiries.choices import Advice, ClinicianAnswer, ClosedReason, State
from imsinfo.enquiries.models import Enquiry
from imsinfo.enquiries.workflow import STEPS, Given, Step

ARROW, BESIDES = " → ", "; "
DAY = re.compile(r"\d{4}-\d\d-\d\d")
# What a step decided, by its key: an enquiry shows the last decision alone.
DECISIONS: dict[str, dict[str, str]] = {
    "answer": dict(ClinicianAnswer.choices),
    "close": dict(ClosedReason.choices) | dict(Advice.choices),
}


def detail_of(step: Step, before: Enquiry, after: Enquiry, given: Given) -> str:
    """Return what the audit keeps: "close: in-review → closed; withdrew; copied; 2026-11-20".

    before, after: the enquiry as it was and as it is. Nothing that anybody typed stands in it.
    """
    went = after.state if before.state == after.state else f"{before.state}{ARROW}{after.state}"
    return BESIDES.join([f"{step.key}: {went}", *_decided(step, before, after, given)])


def _decided(step: Step, before: Enquiry, after: Enquiry, given: Given) -> Iterator[str]:
    if step.key == "answer":
        yield given.answer
    if step.key == "close":
        yield after.closed_reason
        yield after.advice
        if after.advice_copied_on:
            yield after.advice_copied_on.isoformat()
    if step.key == "book" and after.booked_for:
        yield after.booked_for.isoformat()
    if after.owner_id != before.owner_id:
        yield f"account {after.owner_id}"


def in_words(detail: str) -> str:
    """Return the keys of a step in words: "wait: new → in-review" → "New → In review".

    Whatever is not the detail of a step comes back as it is.
    """
    key, _, rest = detail.partition(": ")
    states, *decided = rest.split(BESIDES)
    words = dict(State.choices)
    if key not in STEPS or not all(each in words for each in states.split(ARROW)):
        return detail
    told = [_decision(key, each) for each in decided]
    return BESIDES.join([ARROW.join(words[each] for each in states.split(ARROW)), *told])


def _decision(key: str, decided: str) -> str:
    if DAY.fullmatch(decided):
        return f"{date.fromisoformat(decided):%-d %B %Y}"
    return DECISIONS.get(key, {}).get(decided, decided)
