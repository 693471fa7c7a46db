"""Django's admin as staff see it: axe, width, targets, the policy, the switch of colours, paper."""

import re
from functools import partial

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from tests.browser.visits import IN_PAGE, RUN_AXE, looks
from tests.extent import some

pytestmark = pytest.mark.browser

PHONE, TABLET, DESK = ({"width": width, "height": 800} for width in (320, 768, 1280))
QUEUE = "/admin/enquiries/enquiry/"
TABS = ("desk", "clinician", "manager", "mine", "closed", "all")
PLACES = {
    "login": "/admin/login/",
    "overview": "/admin/",
    "queue": QUEUE,
    **{f"queue, {tab}": f"{QUEUE}?tab={tab}" for tab in TABS},
    "queue sorted": f"{QUEUE}?state__exact=new&o=-3",
    "queue without a match": f"{QUEUE}?state__exact=booked&area__exact=head",
    "look-up": f"{QUEUE}find/",
    "look-up, found": f"{QUEUE}find/",
    "look-up, empty": f"{QUEUE}find/",
    "enquiry": f"{QUEUE}{{enquiry}}/change/",
    "enquiry, refused step": f"{QUEUE}{{enquiry}}/change/",
    "enquiry, worked on": f"{QUEUE}{{worked_on}}/change/",
    "print": f"{QUEUE}{{enquiry}}/print/",
    "history": f"{QUEUE}{{enquiry}}/history/",
    "add": f"{QUEUE}add/",
    "add, nothing chosen": f"{QUEUE}add/",
    "add, emergency": f"{QUEUE}add/",
    "add, answers": f"{QUEUE}add/",
    "add, check": f"{QUEUE}add/",
    "hand over": f"{QUEUE}reassign/",
    "hand over, nobody chosen": f"{QUEUE}reassign/",
    "export": f"{QUEUE}export/",
    "export, no reason": f"{QUEUE}export/",
    "subject": f"{QUEUE}subject/",
    "subject, found": f"{QUEUE}subject/",
    "access": f"{QUEUE}{{enquiry}}/access/",
    "erase": f"{QUEUE}{{enquiry}}/erase/",
    "erase, no reason": f"{QUEUE}{{enquiry}}/erase/",
    "erased": f"{QUEUE}erased/{{erased}}/",
    "tombstones": "/admin/enquiries/tombstone/",
    "tombstone": "/admin/enquiries/tombstone/{tombstone}/change/",
    "absences": "/admin/staff/absence/",
    "new absence": "/admin/staff/absence/add/",
    "audit": "/admin/staff/auditevent/",
    "pages": "/admin/pages/",
    "accounts": "/admin/auth/user/",
    "account": "/admin/auth/user/{leaver}/change/",
    "new account": "/admin/auth/user/add/",
    "account password": "/admin/auth/user/{leaver}/password/",
    "delete": "/admin/auth/user/{leaver}/delete/",
    "groups": "/admin/auth/group/",
    "group": "/admin/auth/group/add/",
    "password": "/admin/password_change/",
    "password changed": "/admin/password_change/done/",
    "lists of enquiries": "/admin/enquiries/",
    "recovery codes": "/admin/second-factor/codes/",
    "not found": "/admin/nothing/",
}
# One of each shape comes first: a run that leaves some out looks at these.
EACH_SHAPE = (
    *("login", "overview", "queue", "look-up, found", "enquiry, worked on", "print"),
    *("add, answers", "export, no reason", "recovery codes"),
)
LOOKED_AT = some(sorted(PLACES, key=lambda place: place not in EACH_SHAPE), len(EACH_SHAPE))
# The longest answers that the form takes, with every flag.
MAKE = """
import json, uuid
from datetime import date
from django.contrib.auth.models import Group, User
from django.utils import timezone
from imsinfo.enquiries import moves
from imsinfo.enquiries.consents import CURRENT_CONSENT
from imsinfo.enquiries.erasure import erase
from imsinfo.enquiries.forms import consent_text
from imsinfo.enquiries.lookup import hashes_of
from imsinfo.enquiries.models import Enquiry, LookupHash
from imsinfo.enquiries.workflow import Given
from imsinfo.red_flags import get_red_flags
from imsinfo.staff import audit
from imsinfo.staff.choices import AuditAction
signs = [line.key for line in get_red_flags().lines("doctor-first")][:2]
first, enquiry, gone = (
    Enquiry.objects.create(
        submission_id=uuid.uuid4(), doctor_first=True, doctor_first_signs=signs, area="upper-back",
        duration="over-a-year", impact="most", seen="both", caution="by-phone",
        message="It has hurt since a fall. " * 19, name="Zora Quillfeather", someone_else=True,
        link="daughter", their_first_name="Ottoline", contact_whom="asker", reply_by="phone",
        phone="604 555 0177", email="zora.quillfeather@mail.example.org", may_leave_message="yes",
        place="clinic", best_time="morning", help_needed="A chair with arms, and large print. " * 5,
        consent_version=CURRENT_CONSENT, consent_text=consent_text(CURRENT_CONSENT),
    )
    for _ in range(3)
)
Group.objects.create(name="Locums")
leaver = User.objects.create_user("leaver", "leaver@clinic.example")
wide = User.objects.create_user("a_user_name_that_is_wider_than_a_phone", is_staff=True)
audit.record(AuditAction.LISTED, wide)
enquiry.notes.create(author=leaver, text="Phoned at ten past nine. No answer. " * 3)
worker = User.objects.create_superuser("worker", first_name="Ada", last_name="Worker")
for step, given in {
    "claim": Given(),
    "ask-clinician": Given(text="She takes tablets: may we?"),
    "contact": Given(way="phone", outcome="left-word", text="Asked for a call back."),
    "answer": Given(answer="book", text="A tablet, not a thinner."),
    "book": Given(day=date(2999, 12, 31)),
    "hold": Given(text="A complaint about the wait."),
}.items():
    moves.take(step, first.pk, worker, given, None)
# Later, because nothing is booked while a correction waits for a clinician.
enquiry.corrects = first
enquiry.save()
LookupHash.objects.bulk_create(hashes_of(first))
left = erase(gone.pk, "request", worker, "Asked for it by phone; called back.", timezone.now())
print(json.dumps({"enquiry": enquiry.pk, "reference": str(enquiry), "leaver": leaver.pk,
                  "worked_on": first.pk, "erased": left.reference,
                  "tombstone": left.pk}))
"""
CHOSEN = {
    "18 or over": "Yes",
    "main pain": "Neck",
    "How long": "More than a year",
    "less safe": "Not sure",
    "How shall we reply": "Phone call",
    "may we leave a message": "Yes",
    "like to be seen": "At the clinic",
}
COLOURS = """() => [...document.querySelectorAll("body, header, h1, .flag, caption, td, a")].map(
  (each) => { const style = getComputedStyle(each);
    return [style.color, style.backgroundColor, style.borderTopColor]; })"""


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def look_up(page, words):
    page.locator("[name=q]").fill(words)
    press(page, "Look up")


def close_without_a_reason(page):
    page.locator("#step-close summary").click()
    page.locator("#step-close").get_by_role("button").click()


def tick_an_emergency(page):
    page.get_by_role("group", name="Signs of an emergency").get_by_role("checkbox").first.check()
    press(page, "Continue")


def screen(page, sign="None of these"):
    """Answer the first step of adding an enquiry, on a call."""
    page.get_by_label("Phone call", exact=True).check()
    page.get_by_label("The one who asks", exact=True).check()
    page.get_by_label(sign, exact=True).check()
    press(page, "Continue")


def answer(page):
    """Come to the check page of adding an enquiry."""
    screen(page)
    for question, chosen in CHOSEN.items():
        page.get_by_role("group", name=question).get_by_label(chosen, exact=True).check()
    page.get_by_label("full name").fill("Zora Quillfeather")
    page.get_by_label("Phone number").fill("604 555 0177")
    page.get_by_label("I read this out to them").check()
    press(page, "Check the answers")


# What is done on a page before it is looked at.
DONE = {
    "look-up, found": partial(look_up, words="604 555 0177"),
    "look-up, empty": partial(look_up, words=""),
    "subject, found": partial(look_up, words="604 555 0177"),
    "enquiry, refused step": close_without_a_reason,
    "add, nothing chosen": partial(press, name="Continue"),
    "add, emergency": tick_an_emergency,
    "add, answers": screen,
    "add, check": answer,
    "hand over, nobody chosen": partial(press, name="Hand over all"),
    "export, no reason": partial(press, name="Export as CSV"),
    "erase, no reason": lambda page: page.locator(".deletelink").click(),
}


each_size = pytest.mark.parametrize("size", some([PHONE, DESK], 1), ids=lambda size: size["width"])


@pytest.fixture(scope="module")
def made(site):
    """What there is to look at: the keys of an enquiry and of an account, and a reference."""
    return site.shell(MAKE)


@pytest.fixture(scope="module")
def session(browser, sign_in):
    """The cookies of one sign-in, for every page of the module."""
    context = browser.new_context()
    sign_in(context.new_page())
    yield context.storage_state()
    context.close()


@pytest.fixture(scope="module")
def open_staff_page(browser, session):
    """Return a function that opens a new page: (signed_in, options of the context)."""
    contexts = []

    def open_staff_page(*, signed_in=True, **options):
        contexts.append(
            browser.new_context(storage_state=session if signed_in else None, **options)
        )
        page = contexts[-1].new_page()
        page.said = []
        page.on("console", lambda message: page.said.append(message.text))
        return page

    yield open_staff_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def pages(open_staff_page):
    """One page that is signed in and one that is not."""
    return {signed_in: open_staff_page(signed_in=signed_in) for signed_in in (True, False)}


@pytest.fixture(scope="module", params=LOOKED_AT)
def seen(request, site, made, pages):
    """A page of staff, loaded once for all that is measured, with everything opened."""
    page = pages[request.param != "login"]
    page.place = request.param
    page.said.clear()
    page.goto(site.url + PLACES[request.param].format(**made))
    if request.param in DONE:
        DONE[request.param](page)
        page.wait_for_load_state()
    page.evaluate(AXE_SCRIPT)
    page.evaluate(IN_PAGE)
    page.evaluate("look.openEverything()")
    return page


@pytest.mark.parametrize(("size", "scheme"), looks(PHONE, DESK))
def test_staff_page_passes_axe(seen, size, scheme):
    """Nothing is excepted: axe finds nothing on the pages of Django's own either."""
    seen.set_viewport_size(size)
    seen.emulate_media(color_scheme=scheme)
    assert seen.evaluate(RUN_AXE) == []


@pytest.mark.parametrize("size", some([PHONE, DESK, TABLET], 2), ids=lambda size: size["width"])
def test_staff_page_shows_all_its_text(seen, size):
    seen.set_viewport_size(size)
    found = seen.evaluate("look.unreadable()")
    assert found == []


def test_staff_page_shows_all_its_text_with_wider_spacing(seen):
    seen.set_viewport_size(PHONE)
    seen.evaluate("look.space(true)")
    found = seen.evaluate("look.unreadable()")
    seen.evaluate("look.space(false)")
    assert found == []


@each_size
def test_staff_targets_are_large_enough_for_a_thumb(seen, size):
    seen.set_viewport_size(size)
    assert seen.evaluate("look.smallTargets()") == []


def test_staff_page_keeps_to_the_policy(seen):
    assert [text for text in seen.said if "Content Security Policy" in text] == []


def test_staff_page_has_one_title_and_the_name_of_the_clinic(seen):
    expect(seen.get_by_role("heading", level=1)).to_have_count(1)
    expect(seen.get_by_role("banner")).to_contain_text("Example IMS Clinic – staff")


def test_the_queue_is_a_table_on_a_phone_too(site, made, pages):
    page = pages[True]
    page.set_viewport_size(PHONE)
    page.goto(site.url + QUEUE)
    row = page.get_by_role("row", name=made["reference"])
    named = re.compile("enquiries: what a clinician must see")
    expect(page.get_by_role("table", name=named)).to_be_visible()
    expect(row.get_by_role("rowheader").get_by_role("link", name=made["reference"])).to_be_visible()
    expect(
        row.get_by_role("cell", name="Doctor first Caution: to be told by phone")
    ).to_be_visible()


def test_focus_is_a_dark_ring_within_a_light_one(site, pages):
    page = pages[True]
    page.goto(site.url + QUEUE)
    page.keyboard.press("Tab")
    page.locator("#result_list tbody a").first.focus()
    ring = page.evaluate(
        "() => { const style = getComputedStyle(document.activeElement);"
        " return [style.outlineStyle, style.outlineWidth, style.boxShadow]; }"
    )
    assert ring == ["solid", "3px", "rgb(255, 255, 255) 0px 0px 0px 7px"]


@pytest.mark.thorough
@pytest.mark.parametrize(("device", "other"), [("light", "dark"), ("dark", "light")])
def test_the_switch_gives_the_colours_of_the_other_scheme(site, open_staff_page, device, other):
    page = open_staff_page(color_scheme=other)
    page.goto(site.url + QUEUE)
    by_device = page.evaluate(COLOURS)
    page.emulate_media(color_scheme=device)
    page.get_by_role("button", name="Colours: as on this device").click()
    expect(page.get_by_role("button", name=f"Colours: {other}")).to_be_visible()
    assert page.evaluate(COLOURS) == by_device


def test_no_switch_is_shown_where_no_script_would_hear_it(site, open_staff_page):
    page = open_staff_page(java_script_enabled=False)
    page.goto(site.url + QUEUE)
    expect(page.get_by_role("link", name="Public site")).to_be_visible()
    expect(page.get_by_text("Colours:")).to_be_hidden()


@pytest.fixture
def sides_of(site, made, pages):
    """Return a function that counts the printed sides of a page: (place, paper, scheme)."""

    def sides_of(place, paper, scheme):
        page = pages[True]
        page.emulate_media(color_scheme=scheme)
        page.goto(site.url + PLACES[place].format(**made))
        return len(re.findall(rb"/Type /Page\b", page.pdf(format=paper)))

    return sides_of


@pytest.mark.parametrize("place", ["enquiry", "print"])
@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_enquiry_is_printed_on_one_side(sides_of, place, paper, scheme):
    assert sides_of(place, paper, scheme) == 1


def test_logging_out_ends_on_a_page_of_the_site(site, browser, sign_in):
    page = browser.new_page()
    sign_in(page, alone=True)
    page.get_by_role("button", name="Log out").click()
    page.evaluate(AXE_SCRIPT)
    assert page.evaluate(RUN_AXE) == []
    expect(page.get_by_role("link", name="Log in again")).to_be_visible()
    page.close()
