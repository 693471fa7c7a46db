"""Enquiries on their way through the clinic: every state, four roles, and a Monday morning."""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from imsinfo.clinic import get_clinic
from imsinfo.enquiries.choices import State
from tests.browser.conftest import ABOUT_ME, Enquirer
from tests.browser.staff import NAMES, SESSIONS, WIDTHS, Colleague
from tests.extent import some

pytestmark = pytest.mark.browser

CAUTION_WALK = ["Awaiting clinician", "In review", "Booked", "Closed"]
HARD_TO_REACH_WALK = [
    *("New", "In review", "Awaiting patient", "Closed"),
    *("In review", "Awaiting clinician", "In review", "Closed"),
]
CALLER_WALK = ["New", "In review", "Closed"]
NO_ADVICE = "No clinical advice was given"
UNREACHED = "Could not reach"
EMPTY = """
from imsinfo.enquiries.models import Enquiry
print(Enquiry.objects.all().delete()[0])
"""
# As if so many days had gone by for everything that waits.
TIME_GOES_BY = """
from datetime import timedelta
from django.db.models import F
from imsinfo.enquiries.models import Enquiry
gone = timedelta(days={})
waiting = Enquiry.objects.filter(state="awaiting-patient")
print(waiting.update(state_since=F("state_since") - gone, due_on=F("due_on") - gone))
"""
# In the order in which they came; the third is flagged, the last is one that was closed long ago.
WEEK_END = """
import json, uuid
from datetime import timedelta
from django.contrib.auth.models import User
from django.utils import timezone
from imsinfo.clinic import get_clinic
from imsinfo.enquiries.lookup import hashes_of
from imsinfo.enquiries.models import Enquiry, LookupHash
from imsinfo.enquiries.workflow import opened
now = timezone.now()
saturday = now - timedelta(days=(now.weekday() + 2) % 7 or 7)
colleague = User.objects.get(first_name="Tamsin")
people = {"Una Marsh": {}, "Odile Fairweather": {"phone": "+1 (604) 555-0142"},
          "Piet Sanders": {"doctor_first": True}, "Nadia Calder": {"owner": colleague}}
def come(hours, name, **more):
    enquiry = Enquiry(
        submission_id=uuid.uuid4(), name=name, received_at=saturday + timedelta(hours=hours),
        **{"area": "neck", "duration": "over-a-year", "caution": "no", "reply_by": "phone",
           "phone": f"604 555 01{hours:02}", "message": f"Please call {name}.",
           "consent_version": "2026-11", "consent_text": "I agree.", **more})
    if "state" not in more:
        opened(enquiry, get_clinic())
    enquiry.save()
    LookupHash.objects.bulk_create(hashes_of(enquiry))
    return enquiry.reference
came = {name: come(hours, name, **more) for hours, (name, more) in enumerate(people.items())}
long_ago = now - timedelta(days=200)
for name in ("Complainer Holt", "Forgotten Reed"):
    came[name] = come(9, name, state="closed", closed_reason="withdrew", closed_at=long_ago,
                      advice="none")
print(json.dumps(came))
"""
MANY = """
import uuid
from imsinfo.clinic import get_clinic
from imsinfo.enquiries.models import Enquiry
from imsinfo.enquiries.workflow import opened
kept = {"area": "neck", "duration": "over-a-year", "caution": "no", "reply_by": "phone"}
many = [Enquiry(submission_id=uuid.uuid4(), name="Una Marsh", **kept) for _ in range(57)]
print(len(Enquiry.objects.bulk_create(opened(each, get_clinic()) for each in many)))
"""
RETENTION = """
import json
from io import StringIO
from django.core.management import call_command
told = StringIO()
call_command("apply_retention", "--also-many", stdout=told)
print(json.dumps(told.getvalue()))
"""


@pytest.fixture(scope="module")
def seen():
    """The states that the team has seen, each time that it was another one."""
    return []


@pytest.fixture(scope="module")
def colleagues(site, browser, seen):
    """One colleague of each role, by its name."""
    team = {}
    for role, key in site.shell(SESSIONS.format(NAMES)).items():
        size = {"width": WIDTHS[role], "height": 800}
        context = browser.new_context(java_script_enabled=False, viewport=size)
        context.add_cookies([{"name": "staff", "value": key, "url": site.url}])
        team[role] = Colleague(context.new_page(), site, NAMES[role], seen)
    yield team
    for colleague in team.values():
        colleague.page.context.close()


@pytest.fixture
def team(colleagues, site, seen):
    """The four of them before an empty queue."""
    site.shell(EMPTY)
    seen.clear()
    return colleagues


@pytest.fixture
def triage(team):
    return team["Triage"]


@pytest.fixture
def clinician(team):
    return team["Clinician"]


@pytest.fixture
def manager(team):
    return team["Manager"]


@pytest.fixture
def send_online(enquirer_on, reader, site):
    """Return a function that sends an enquiry through the public form: (differences)."""

    def send_online(**differences):
        enquirer = enquirer_on(reader, site)
        enquirer.come_to_the_questions()
        enquirer.answer(**differences)
        enquirer.check()
        enquirer.send()
        return enquirer.reference

    return send_online


@pytest.fixture
def week_end(team, site):
    """References by name of what lies in the queue on Monday."""
    return site.shell(WEEK_END)


@pytest.fixture
def many(team, site):
    """How many lie in the queue: more than one page of the list."""
    return site.shell(MANY)


@pytest.fixture
def today():
    """The day at the clinic."""
    return datetime.now(ZoneInfo(get_clinic().time_zone)).date()


def test_the_walks_come_through_every_state():
    assert {*CAUTION_WALK, *HARD_TO_REACH_WALK, *CALLER_WALK} == set(State.labels)


def test_a_caution_goes_by_a_clinician_to_a_booking(team, send_online, seen, today):
    send_online()
    reference = send_online(caution="Yes")
    cannot_book_before_the_clinician(team["Triage"], reference)
    clinician_answers(team["Clinician"], reference)
    is_booked_and_closed(team["Triage"], reference, today)
    is_read_but_not_worked_on(team["Reader"], reference)
    assert seen == CAUTION_WALK


def cannot_book_before_the_clinician(triage, reference):
    triage.open_queue()
    assert triage.queue()[0] == reference
    expect(triage.row(reference)).to_contain_text("Caution: yes")
    triage.follow(reference)
    triage.is_told("A clinician looks at this before anything is booked.")
    triage.take("Take it")
    triage.stands("Awaiting clinician", f"With {triage.name}.")
    assert "Book" not in triage.offered()
    triage.take("Close", NO_ADVICE, reason="No capacity, or out of area", text="Full until May.")
    triage.is_told("A clinician must look at the caution before this can be closed")
    expect(triage.page.locator("#step-close [name=text]")).to_have_value("Full until May.")
    triage.stands("Awaiting clinician")


def clinician_answers(clinician, reference):
    clinician.open_queue("Clinician")
    assert clinician.queue() == [reference]
    clinician.follow(reference)
    clinician.take("Answer as a clinician", "I will phone first")
    clinician.stands(
        "Awaiting clinician", f"With {clinician.name}.", "The clinician said: I will phone first."
    )
    clinician.take(
        "Answer as a clinician", "OK to book an assessment", text="A tablet, not a thinner."
    )
    clinician.stands("In review", "The clinician said: OK to book an assessment.")


def is_booked_and_closed(triage, reference, today):
    triage.open(reference)
    triage.is_told("A tablet, not a thinner.")
    triage.take("Log a contact", "Phone call", "Reached them")
    triage.stands("In review")
    triage.take("Book", day=today.isoformat())
    triage.stands("Booked", f"for {today:%A %-d %B %Y}")
    triage.take("Close", NO_ADVICE, reason="Booked")
    triage.stands("Closed", "Closed: booked.", NO_ADVICE)


def is_read_but_not_worked_on(reader, reference):
    reader.open(reference)
    reader.stands("Closed", "Closed: booked.")
    reader.is_told(
        *("A tablet, not a thinner.", "phone call, reached them", ABOUT_ME["phone"]),
        "Your role reads enquiries; others work on them.",
    )
    assert reader.offered() == []


@pytest.mark.thorough
def test_who_is_hard_to_reach_gets_time_and_a_second_chance(team, send_online, seen, today):
    reference = send_online()
    waits_for_an_answer(team["Triage"], reference)
    cannot_be_given_up_too_early(team["Triage"])
    comes_back_to_a_clinician(team["Triage"])
    is_not_suitable(team["Clinician"], reference)
    cannot_be_booked_against_the_clinician(team["Triage"], reference, today)
    is_held_for_a_while(team["Manager"], reference)
    assert seen == HARD_TO_REACH_WALK


def waits_for_an_answer(triage, reference):
    triage.open(reference)
    triage.stands("New", "Nobody has taken it.")
    triage.take("Log a contact", "Phone call", "No answer")
    triage.stands("In review", f"With {triage.name}.")
    triage.take("Wait for the patient")
    triage.stands("Awaiting patient")
    triage.take("Close", NO_ADVICE, reason=UNREACHED)
    triage.is_told("1 of 2 tries are logged: try once more, and log it.")
    triage.take("Log a contact", "Text message", "Left a message, or wrote to them")
    triage.stands("Awaiting patient")


def cannot_be_given_up_too_early(triage):
    triage.take("Close", NO_ADVICE, reason=UNREACHED)
    triage.is_told("They have 10 working days to answer: until")
    assert triage.site.shell(TIME_GOES_BY.format(20)) == 1
    triage.page.locator("#step-close").get_by_role("button", name="Close").click()
    triage.stands("Closed", "Closed: could not reach.")


def comes_back_to_a_clinician(triage):
    triage.take("Open again", text="She was at sea, and called from there.")
    triage.stands("In review")
    triage.take("Ask a clinician", text="She has a pacemaker: may we?")
    triage.stands("Awaiting clinician")


def is_not_suitable(clinician, reference):
    clinician.open(reference)
    clinician.is_told("She has a pacemaker: may we?")
    clinician.take("Answer as a clinician", "Not suitable")
    clinician.stands("In review", "The clinician said: Not suitable.")


def cannot_be_booked_against_the_clinician(triage, reference, today):
    triage.open(reference)
    triage.take("Book", day=today.isoformat())
    triage.is_told("The clinician said: not suitable. Ask the clinician again")
    expect(triage.page.locator("#step-book [name=day]")).to_have_value(today.isoformat())
    triage.take("Close", NO_ADVICE, reason="Not suitable")
    triage.stands("Closed", "Closed: not suitable.")


def is_held_for_a_while(manager, reference):
    manager.open(reference)
    manager.take("Put on hold", text="A complaint about the wait.")
    manager.is_told("On hold", "it is kept until a manager ends the hold")
    manager.take("End the hold", text="Answered, and settled.")
    expect(manager.page.get_by_text("it is kept until a manager")).to_have_count(0)
    manager.stands("Closed")


@pytest.mark.thorough
def test_a_caller_withdraws_and_is_erased(team, seen, today):
    triage, manager = team["Triage"], team["Manager"]
    reference = adds_an_enquiry_for_a_caller(triage)
    triage.stands("New", "Nobody has taken it.")
    triage.is_told(
        "by phone call; entered by Tamsin Ortega", "I read this out to them on the phone"
    )
    triage.take("Give it to someone", to=manager.name)
    triage.stands("In review", f"With {manager.name}.")
    closes_as_withdrew(triage, today)
    is_erased(manager, reference)
    assert seen == CALLER_WALK


def adds_an_enquiry_for_a_caller(triage):
    triage.open_queue()
    triage.follow("Add an enquiry for someone")
    for label in ("Phone call", "The one who asks", "None of these"):
        triage.page.get_by_label(label, exact=True).check()
    triage.press("Continue")
    # The same questions as online, read out.
    caller = Enquirer(triage.page, triage.site, datetime.now(UTC), "Corin Ashdown")
    caller.answer(phone="604 555 0199")
    triage.press("Check the answers")
    triage.press("Store the enquiry")
    triage.is_told("Stored. Tell them their reference: ")
    return triage.page.get_by_role("heading", level=1).inner_text().split()[-1]


def closes_as_withdrew(triage, today):
    copied = "Advice was given and copied to the patient record"
    triage.take("Close", copied, reason="Withdrew")
    triage.is_told("Enter the day on which the advice was copied to the patient record.")
    triage.page.locator("#step-close [name=advice_copied_on]").fill(today.isoformat())
    triage.page.locator("#step-close").get_by_role("button", name="Close").click()
    triage.stands("Closed", "Closed: withdrew.", f"{copied} on {today:%-d %B %Y}.")


def is_erased(manager, reference):
    manager.open(reference)
    address = manager.page.url
    manager.follow("Erase")
    manager.page.get_by_label("Why it is erased").fill("Asked for it by phone; called back.")
    manager.page.get_by_label("I have read what goes").check()
    manager.press(f"Erase {reference}")
    manager.is_told(f"Enquiry {reference} is erased", "Asked for it by phone; called back.")
    for words in (reference, "Corin Ashdown", "604 555 0199"):
        manager.look_up(words)
        manager.is_told("Nothing found")
    assert manager.page.goto(address).status == 404
    manager.page.goto(f"{manager.site.url}/admin/enquiries/tombstone/")
    manager.is_told(reference)


def test_monday_shows_the_flagged_enquiry_first(triage, week_end):
    triage.open_queue()
    expect(triage.row(week_end["Piet Sanders"])).to_contain_text("Doctor first")
    assert triage.queue()[0] == week_end["Piet Sanders"]


@pytest.mark.parametrize("words", some(["odile fairweather", "604 555 0142"], 1))
def test_monday_finds_who_was_rung_in_two_pages(triage, week_end, words):
    triage.open_queue()
    opened = []
    triage.page.on("framenavigated", lambda frame: opened.append(frame.url))
    triage.page.get_by_label("Reference, phone number").fill(words)
    triage.press("Look up")
    triage.follow(week_end["Odile Fairweather"])
    triage.stands("New")
    triage.is_told("Odile Fairweather", "+1 (604) 555-0142")
    assert len(opened) == 2


@pytest.mark.thorough
def test_monday_hands_a_colleagues_enquiries_over_for_a_holiday(manager, week_end, today):
    manager.open_queue()
    manager.follow("Hand over all of one person’s")
    manager.enter(
        manager.page.locator("form.hand-over"),
        giver=f"{NAMES['Triage']} (1 open)",
        receiver=NAMES["Clinician"],
        first_day=today.isoformat(),
        last_day=(today + timedelta(days=13)).isoformat(),
    )
    manager.press("Hand over all")
    manager.is_told("1 enquiry handed over. The days away are noted.")
    manager.open(week_end["Nadia Calder"])
    manager.stands("New", f"With {NAMES['Clinician']}.")


@pytest.mark.thorough
def test_the_queue_is_paged_on_a_phone(clinician, many):
    clinician.open_queue()
    clinician.is_told("Page 1 of 2", f"{many} enquiries")
    assert len(clinician.queue()) == 50
    pages = clinician.page.get_by_role("navigation", name="Pages of the list")
    pages.get_by_role("link", name="2", exact=True).click()
    clinician.is_told("Page 2 of 2")
    assert len(clinician.queue()) == many - 50


def test_monday_answers_who_asks_what_is_kept(manager, week_end):
    manager.open_queue()
    manager.follow("Answer a request for access or erasure")
    manager.page.get_by_label("Reference, phone number").fill("604 555 0142")
    manager.press("Look up")
    manager.follow(f"Show what we hold under {week_end['Odile Fairweather']}")
    manager.is_told("Odile Fairweather", "Please call Odile Fairweather.", "Who has read it")
    with manager.page.expect_download() as handed_out:
        manager.press("Download as JSON")
    held = json.loads(handed_out.value.path().read_text(encoding="utf-8"))
    assert "Please call Odile Fairweather." in json.dumps(held, ensure_ascii=False)


@pytest.mark.thorough
def test_monday_keeps_a_complaint_from_being_deleted(manager, week_end):
    complaint, forgotten = (week_end[name] for name in ("Complainer Holt", "Forgotten Reed"))
    manager.open(complaint)
    manager.take("Put on hold", text="Complains about the wait.")
    told = manager.site.shell(RETENTION)
    assert f"Kept, because they are on hold: {complaint}." in told
    manager.open(complaint)
    manager.stands("Closed", "Closed: withdrew.")
    manager.is_told("On hold", "Please call Complainer Holt.")
    manager.look_up(forgotten)
    manager.is_told("Nothing found")
