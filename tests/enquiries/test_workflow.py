"""Every step of an enquiry: from which states, by whom, with what, and what it changes."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import product
from uuid import uuid4

import pytest

from imsinfo.clinic import get_clinic
from imsinfo.enquiries.choices import ClosedReason, State
from imsinfo.enquiries.models import Enquiry
from imsinfo.enquiries.workflow import (
    STEPS,
    Given,
    Situation,
    due_day,
    next_steps,
    opened,
    refusal,
)
from imsinfo.enquiries.workflow.refusals import WITHOUT_CLINICIAN
from imsinfo.staff.roles import CLINICIAN, EDITOR, MANAGER, READER, ROLES, TRIAGE

# A Monday without a holiday near it.
NOW = datetime(2027, 3, 1, 20, 0, tzinfo=UTC)
TODAY = date(2027, 3, 1)


@dataclass(frozen=True)
class Somebody:
    role: object
    pk: int = 7

    def has_perm(self, perm):
        return perm in self.role.permissions


def an_enquiry(**changes):
    given = {"submission_id": uuid4(), "caution": "no", "received_at": NOW} | changes
    enquiry = Enquiry(**given)
    return enquiry if "state" in changes else opened(enquiry, get_clinic())


def a_situation(enquiry, role=TRIAGE, **changes):
    return Situation(enquiry, Somebody(role), NOW, get_clinic(), **changes)


def why_not(key, enquiry, role=TRIAGE, given=None, **changes):
    return refusal(STEPS[key], a_situation(enquiry, role, **changes), given or Given())


def after(key, enquiry, role=TRIAGE, given=None):
    situation = a_situation(enquiry, role)
    STEPS[key].does(situation, given or Given())
    return enquiry


# All that any step may ask for, so that only states and roles decide.
COMPLETE = Given(
    text="Because.",
    to=Somebody(TRIAGE, pk=8),
    answer="book",
    reason="withdrew",
    day=TODAY,
    advice="none",
    way="phone",
    outcome="reached",
)
# Which steps are open from each state, to somebody who may do everything.
FROM = {
    State.NEW: "claim contact wait book ask-clinician assign close note hold",
    State.IN_REVIEW: "claim contact wait book ask-clinician assign close note hold",
    State.AWAITING_CLINICIAN: "claim answer contact assign close note hold",
    State.AWAITING_PATIENT: "claim contact heard book ask-clinician assign close note hold",
    State.BOOKED: "claim contact book ask-clinician assign close note hold",
    State.CLOSED: "contact reopen note hold",
}
WORKING = "claim contact wait heard book ask-clinician assign close reopen note"
ALLOWED = {
    READER: "",
    TRIAGE: WORKING,
    CLINICIAN: f"{WORKING} answer",
    MANAGER: f"{WORKING} hold release",
    EDITOR: "",
}


@dataclass(frozen=True)
class Everything:
    permissions: tuple = tuple(name for role in ROLES for name in role.permissions)


def test_the_table_of_states_names_every_one():
    assert set(FROM) == set(State)


def test_the_table_of_roles_names_every_one():
    assert set(ALLOWED) == set(ROLES)


@pytest.mark.parametrize(("state", "key"), list(product(State, STEPS)))
def test_step_is_open_from_its_states_alone(state, key):
    enquiry = an_enquiry(state=state, on_hold=key == "release")
    expected = key in FROM[state].split() or key == "release"
    assert (why_not(key, enquiry, Everything(), COMPLETE, contacts=1) == "") == expected


@pytest.mark.parametrize(("role", "key"), list(product(ROLES, STEPS)))
def test_step_is_open_to_its_roles_alone(role, key):
    state = min(STEPS[key].states)
    enquiry = an_enquiry(state=state, on_hold=key == "release")
    told = why_not(key, enquiry, role, COMPLETE, contacts=1)
    assert ("role" not in told) == (key in ALLOWED[role].split())


@pytest.mark.parametrize(
    "changes",
    [{"caution": "yes"}, {"caution": "unsure"}, {"caution": "by-phone"}, {"doctor_first": True}],
)
def test_what_speaks_for_a_clinician_begins_there(changes):
    enquiry = an_enquiry(**changes)
    assert (enquiry.state, enquiry.due_on) == (State.AWAITING_CLINICIAN, TODAY + timedelta(days=1))


def test_anything_else_begins_new_and_is_due_as_promised():
    enquiry = an_enquiry()
    assert (enquiry.state, enquiry.due_on) == (State.NEW, TODAY + timedelta(days=2))


@pytest.mark.parametrize(
    ("changes", "working_days"),
    [
        ({"state": State.AWAITING_PATIENT}, 10),
        ({"state": State.AWAITING_CLINICIAN}, 1),
        ({"state": State.IN_REVIEW}, 2),
        ({"state": State.IN_REVIEW, "first_contact_at": NOW}, 2),
        ({"state": State.BOOKED, "booked_for": TODAY}, 1),
    ],
)
def test_due_day_counts_working_days(changes, working_days):
    enquiry = an_enquiry(state_since=NOW, **changes)
    weekends = 2 * (working_days // 5)
    assert due_day(enquiry, get_clinic(), NOW) == TODAY + timedelta(days=working_days + weekends)


def test_a_closed_enquiry_is_never_due():
    assert due_day(an_enquiry(state=State.CLOSED), get_clinic(), NOW) is None


def test_looking_at_an_enquiry_is_no_step():
    assert {step.action for step in STEPS.values()}.isdisjoint({"read", "listed", "printed"})


def test_claiming_makes_it_mine_and_takes_it_into_review():
    enquiry = after("claim", an_enquiry())
    assert (enquiry.owner_id, enquiry.state) == (7, State.IN_REVIEW)


def test_claiming_leaves_a_caution_with_the_clinician():
    enquiry = after("claim", an_enquiry(caution="yes"))
    assert (enquiry.owner_id, enquiry.state) == (7, State.AWAITING_CLINICIAN)


@pytest.mark.parametrize("answer", ["book", "doctor", "not-suitable"])
def test_an_answer_gives_it_back_to_the_front_desk(answer):
    enquiry = after("answer", an_enquiry(caution="yes"), CLINICIAN, Given(answer=answer))
    assert (enquiry.state, enquiry.clinician_answer) == (State.IN_REVIEW, answer)


def test_a_clinician_who_will_phone_keeps_it_and_the_caution_stays_open():
    enquiry = after("answer", an_enquiry(caution="yes"), CLINICIAN, Given(answer="phone"))
    assert (enquiry.state, enquiry.owner_id, enquiry.awaits_clinician) == (
        State.AWAITING_CLINICIAN,
        7,
        True,
    )


def test_an_answer_must_be_one_of_the_four():
    assert "four" in why_not("answer", an_enquiry(caution="yes"), CLINICIAN, Given(answer="yes"))


@pytest.mark.parametrize("caution", ["yes", "unsure", "by-phone"])
@pytest.mark.parametrize("state", [State.NEW, State.IN_REVIEW, State.AWAITING_PATIENT])
def test_nothing_with_an_open_caution_is_booked(caution, state):
    enquiry = an_enquiry(caution=caution, state=state)
    assert "clinician must answer" in why_not("book", enquiry, MANAGER, Given(day=TODAY))


@pytest.mark.parametrize(
    ("answer", "booked"),
    [("book", True), ("doctor", False), ("not-suitable", False), ("phone", False)],
)
def test_only_ok_lets_a_caution_be_booked(answer, booked):
    enquiry = an_enquiry(caution="yes", state=State.IN_REVIEW, clinician_answer=answer)
    assert (why_not("book", enquiry, given=Given(day=TODAY)) == "") == booked


@pytest.mark.parametrize(
    ("day", "words"), [(None, "Enter the day"), (TODAY - timedelta(days=1), "over already")]
)
def test_a_booking_needs_a_day_to_come(day, words):
    assert words in why_not("book", an_enquiry(), given=Given(day=day))


def test_asking_a_clinician_again_opens_the_question_anew():
    enquiry = an_enquiry(state=State.BOOKED, clinician_answer="book", booked_for=TODAY)
    after("ask-clinician", enquiry)
    assert (enquiry.state, enquiry.clinician_answer, enquiry.booked_for) == (
        State.AWAITING_CLINICIAN,
        "asked",
        None,
    )


def test_contact_with_a_new_enquiry_takes_it():
    enquiry = after("contact", an_enquiry(), given=Given(way="phone", outcome="reached"))
    assert (enquiry.state, enquiry.owner_id, enquiry.first_contact_at) == (State.IN_REVIEW, 7, NOW)


def test_no_answer_is_no_contact():
    enquiry = after("contact", an_enquiry(), given=Given(way="phone", outcome="no-answer"))
    assert enquiry.first_contact_at is None


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        ("reached", State.IN_REVIEW),
        ("came-to-us", State.IN_REVIEW),
        ("left-word", State.AWAITING_PATIENT),
        ("no-answer", State.AWAITING_PATIENT),
    ],
)
def test_waiting_ends_when_the_person_is_heard_of(outcome, state):
    enquiry = an_enquiry(state=State.AWAITING_PATIENT)
    after("contact", enquiry, given=Given(way="phone", outcome=outcome))
    assert enquiry.state == state


def test_nobody_waits_for_an_answer_to_nothing():
    assert "Log first" in why_not("wait", an_enquiry())


def test_a_try_does_not_lengthen_the_wait():
    enquiry = an_enquiry(
        state=State.AWAITING_PATIENT, due_on=TODAY, state_since=NOW - timedelta(days=14)
    )
    after("contact", enquiry, given=Given(way="phone", outcome="no-answer"))
    assert enquiry.due_on == TODAY


@pytest.mark.parametrize(
    ("tries", "due_on", "words"),
    [
        (1, TODAY, "try once more"),
        (2, TODAY + timedelta(days=1), "10 working days"),
        (2, TODAY, ""),
    ],
)
def test_could_not_reach_needs_two_tries_and_ten_working_days(tries, due_on, words):
    enquiry = an_enquiry(state=State.AWAITING_PATIENT, due_on=due_on)
    told = why_not("close", enquiry, given=Given(reason="unreached", advice="none"), tries=tries)
    assert words in told
    assert bool(told) == bool(words)


@pytest.mark.parametrize("reason", sorted(set(ClosedReason.values) - WITHOUT_CLINICIAN))
def test_an_open_caution_is_not_closed_over_the_clinicians_head(reason):
    enquiry = an_enquiry(caution="yes")
    assert "linician" in why_not("close", enquiry, MANAGER, Given(reason=reason, advice="none"))


@pytest.mark.parametrize("reason", sorted(WITHOUT_CLINICIAN))
def test_what_decides_nothing_about_health_needs_no_clinician(reason):
    assert (
        why_not("close", an_enquiry(caution="yes"), given=Given(reason=reason, advice="none")) == ""
    )


@pytest.mark.parametrize(
    ("role", "answer", "allowed"),
    [
        (TRIAGE, "", False),
        (TRIAGE, "not-suitable", True),
        (CLINICIAN, "", True),
        (MANAGER, "book", False),
    ],
)
def test_only_a_clinician_says_not_suitable(role, answer, allowed):
    enquiry = an_enquiry(state=State.IN_REVIEW, clinician_answer=answer)
    given = Given(reason="not-suitable", advice="none")
    assert (why_not("close", enquiry, role, given) == "") == allowed


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (Given(reason="withdrew"), "clinical advice"),
        (Given(reason="withdrew", advice="copied"), "Enter the day"),
        (
            Given(reason="withdrew", advice="copied", advice_copied_on=TODAY + timedelta(days=1)),
            "to come",
        ),
        (Given(advice="none"), "Choose a reason"),
        (Given(reason="forgotten", advice="none"), "Choose a reason"),
    ],
)
def test_closing_asks_for_its_reason_and_the_record_line(given, words):
    assert words in why_not("close", an_enquiry(), given=given)


@pytest.mark.parametrize("reason", ["duplicate", "spam", "test"])
def test_closing_where_nobody_could_be_advised_fills_in_the_record_line(reason):
    given = Given(reason=reason)
    assert why_not("close", an_enquiry(), given=given) == ""
    assert after("close", an_enquiry(), given=given).advice == "none"


@pytest.mark.parametrize(
    ("booked_for", "words"),
    [(None, "not booked"), (TODAY + timedelta(days=1), "from that day on"), (TODAY, "")],
)
def test_closed_as_booked_after_its_day(booked_for, words):
    state = State.BOOKED if booked_for else State.IN_REVIEW
    enquiry = an_enquiry(state=state, booked_for=booked_for)
    told = why_not("close", enquiry, given=Given(reason="booked", advice="none"))
    assert (words in told, bool(told)) == (True, bool(words))


def test_opening_again_forgets_how_it_was_closed():
    enquiry = after("close", an_enquiry(), given=Given(reason="withdrew", advice="none"))
    after("reopen", enquiry)
    assert (enquiry.state, enquiry.closed_reason, enquiry.closed_at, enquiry.advice) == (
        State.IN_REVIEW,
        "",
        None,
        "",
    )


def test_what_is_opened_again_is_due_from_that_day():
    long_ago = NOW - timedelta(days=30)
    enquiry = an_enquiry(state=State.CLOSED, received_at=long_ago, closed_reason="withdrew")
    after("reopen", enquiry)
    assert (enquiry.due_on, enquiry.first_contact_at) == (TODAY + timedelta(days=2), None)


def test_an_open_caution_goes_back_to_the_clinician_when_opened_again():
    enquiry = after("close", an_enquiry(caution="yes"), given=Given(reason="spam"))
    assert after("reopen", enquiry).state == State.AWAITING_CLINICIAN


@pytest.mark.parametrize("key", [key for key, step in STEPS.items() if step.needs_text])
@pytest.mark.parametrize("text", ["", "  \n"])
def test_a_step_that_must_be_explained_is_refused_without(key, text):
    enquiry = an_enquiry(state=min(STEPS[key].states), on_hold=key == "release")
    assert "Write down why" in why_not(key, enquiry, Everything(), Given(text=text))


def test_it_is_given_to_nobody_who_may_not_work_on_it():
    given = Given(to=Somebody(READER, pk=9))
    assert "may not work" in why_not("assign", an_enquiry(), given=given)


@pytest.mark.parametrize("held", [False, True])
def test_a_hold_is_offered_or_its_end(held):
    enquiry = an_enquiry(on_hold=held)
    keys = {step.key for step in next_steps(a_situation(enquiry, MANAGER))}
    assert keys & {"hold", "release"} == {"release" if held else "hold"}


def test_what_is_mine_need_not_be_taken():
    enquiry = an_enquiry(owner_id=7)
    assert "claim" not in {step.key for step in next_steps(a_situation(enquiry))}


def test_a_reader_is_offered_no_step():
    assert list(next_steps(a_situation(an_enquiry(), READER))) == []
