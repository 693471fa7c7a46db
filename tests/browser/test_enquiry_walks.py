"""Every way through the enquiry, in a browser without JavaScript and cookies."""

import pytest
from playwright.sync_api import expect

from imsinfo.clinic import get_clinic
from tests.browser.conftest import ABOUT_ME, CALM, SEND, SEND_CORRECTION
from tests.extent import some

pytestmark = pytest.mark.browser

# A sign of each level, by its group, and the page that it leads to.
STOPS = {
    "emergency": ("Signs of an emergency", "Call 911 now"),
    "today": ("Signs that need help today", "Get medical help today"),
    "doctor-first": ("Signs that a doctor should see first", "See a doctor before any needling"),
}
each_stop = pytest.mark.parametrize("stop", some([*STOPS], 1))
each_person = pytest.mark.parametrize("who", some(["Someone else", "Me"], 1))
BY_MISTAKE = "Go back to the signs"
GO_ON = "Go on with my enquiry"
RECENT = "Pain of less than six weeks"
KNOWN = "We already have your enquiry"
SENT_TO = "**/enquiry/send/"
TYPED = ABOUT_ME["message"]


def tick_first_sign(enquirer, group, who="Me"):
    enquirer.open_form()
    enquirer.give(who=who)
    enquirer.page.get_by_role("group", name=group).get_by_role("checkbox").first.check()
    enquirer.press("Continue")


def heading(enquirer, words):
    return enquirer.page.get_by_role("heading", level=1, name=words)


def answer_about(enquirer, who, **changes):
    if who == "Me":
        enquirer.answer(**changes)
    else:
        enquirer.answer_for_someone(**changes)


def come_to_the_check(enquirer, **changes):
    enquirer.come_to_the_questions()
    enquirer.answer(**changes)
    enquirer.check()


def send(enquirer):
    enquirer.send()
    return enquirer.reference


def change_the_area(enquirer):
    enquirer.change("area").click()
    enquirer.give(area="Shoulder")


def restart(site, **settings):
    site.stop()
    site.start(**settings)


# Every path.


def test_an_enquiry_for_me_is_stored_as_it_was_given(enquirer):
    come_to_the_check(enquirer)
    reference = send(enquirer)
    [stored] = enquirer.stored()
    given = {"reference": reference, "someone_else": False, "doctor_first": False, "area": "neck"}
    typed = {"name": enquirer.name, "message": TYPED, "phone": ABOUT_ME["phone"]}
    assert stored == stored | given | typed | {"suspected_spam": False}


@pytest.mark.thorough
def test_an_enquiry_for_someone_else_keeps_both_people_apart(enquirer):
    enquirer.come_to_the_questions("Someone else")
    enquirer.answer_for_someone()
    enquirer.check()
    reference = send(enquirer)
    [stored] = enquirer.stored()
    theirs = {"their_first_name": "Ottoline", "link": "daughter", "contact_whom": "person"}
    mine = {"reference": reference, "someone_else": True, "name": enquirer.name}
    assert stored == stored | theirs | mine


@each_stop
def test_a_sign_ticked_by_mistake_is_taken_back_on_its_page(enquirer, stop):
    group, title = STOPS[stop]
    tick_first_sign(enquirer, group)
    expect(heading(enquirer, title)).to_be_visible()
    assert enquirer.stored() == []
    enquirer.page.get_by_role("link", name=BY_MISTAKE).click()
    enquirer.pass_safety()
    enquirer.answer()
    enquirer.check()
    reference = send(enquirer)
    [stored] = enquirer.stored()
    assert stored == stored | {"reference": reference, "doctor_first": False}


@pytest.mark.thorough
@each_stop
def test_a_stop_page_tells_those_whom_a_doctor_has_checked_to_phone(enquirer, stop):
    group, title = STOPS[stop]
    tick_first_sign(enquirer, group)
    expect(heading(enquirer, title)).to_be_visible()
    main = enquirer.page.get_by_role("main")
    expect(main.get_by_role("heading", name="Has a doctor already checked this?")).to_be_visible()
    expect(main.get_by_role("link", name=get_clinic().phone)).to_be_visible()


@pytest.mark.thorough
@each_person
def test_a_sign_for_a_doctor_first_is_stored_with_the_enquiry(enquirer, who):
    tick_first_sign(enquirer, STOPS["doctor-first"][0], who)
    enquirer.page.get_by_role("link", name=GO_ON).click()
    answer_about(enquirer, who, doctor_first_signs="Losing weight without trying")
    enquirer.check()
    reference = send(enquirer)
    [stored] = enquirer.stored()
    flagged = {"doctor_first": True, "doctor_first_signs": ["weight"]}
    assert stored == stored | flagged | {"reference": reference, "someone_else": who != "Me"}


@pytest.mark.thorough
@each_person
def test_under_18_stores_nothing_and_back_brings_the_text(enquirer, who):
    enquirer.come_to_the_questions(who)
    answer_about(enquirer, who, adult="No")
    enquirer.check()
    expect(heading(enquirer, "Under 18: please phone us")).to_be_visible()
    assert enquirer.stored() == []
    enquirer.page.go_back()
    expect(enquirer.line("message")).to_have_value(TYPED)
    enquirer.give(adult="Yes")
    enquirer.check()
    reference = send(enquirer)
    [stored] = enquirer.stored()
    assert stored == stored | {"reference": reference, "message": TYPED}


def test_without_their_agreement_nothing_is_stored_and_back_brings_the_text(enquirer):
    enquirer.come_to_the_questions("Someone else")
    enquirer.answer_for_someone(they_agree="No")
    enquirer.check()
    expect(heading(enquirer, "Please phone us instead")).to_be_visible()
    assert enquirer.stored() == []
    enquirer.page.go_back()
    expect(enquirer.line("their_first_name")).to_have_value("Ottoline")
    enquirer.give(they_agree="Yes")
    enquirer.check()
    reference = send(enquirer)
    [stored] = enquirer.stored()
    assert stored == stored | {"reference": reference, "message": TYPED}


@pytest.mark.thorough
def test_pain_of_under_six_weeks_is_advised_and_goes_on(enquirer):
    come_to_the_check(enquirer, duration="Less than 6 weeks")
    expect(enquirer.page.get_by_text(RECENT)).to_be_visible()
    reference = send(enquirer)
    [stored] = enquirer.stored()
    assert stored == stored | {"reference": reference, "duration": "under-6-weeks"}


PHONE, EMAIL = {"phone": "+1 604 555 0188"}, {"email": "zora@quillfeather.example"}
NO_PHONE = {"phone": None, "may_leave_message": None}
GIVEN = {
    "email": ({"reply_by": "Email"} | EMAIL | NO_PHONE, {"reply_by": "email", "phone": ""} | EMAIL),
    "second-contact": (
        {"reply_by": "Email"} | PHONE | EMAIL,
        {"reply_by": "email"} | PHONE | EMAIL,
    ),
    "receipt": ({"wants_receipt": True} | EMAIL, {"wants_receipt": True} | EMAIL),
    "phone": ({"reply_by": "Phone call"} | PHONE, {"reply_by": "phone", "email": ""} | PHONE),
    "text": ({"reply_by": "Text message"} | PHONE, {"reply_by": "text", "email": ""} | PHONE),
    "caution-by-phone": ({"caution": "I would rather say by phone"}, {"caution": "by-phone"}),
    "video": ({"place": "By video first (needling needs a visit)"}, {"place": "video"}),
    "help": ({"help_needed": "An interpreter, please"}, {"help_needed": "An interpreter, please"}),
}


@pytest.mark.thorough
@pytest.mark.parametrize("case", GIVEN)
def test_an_answer_is_stored_as_it_was_given(enquirer, case):
    given, expected = GIVEN[case]
    come_to_the_check(enquirer, **given)
    reference = send(enquirer)
    [stored] = enquirer.stored()
    assert stored == stored | expected | {"reference": reference}


@pytest.mark.thorough
def test_a_receipt_that_would_go_to_another_person_is_refused_with_the_text_kept(enquirer):
    enquirer.come_to_the_questions("Someone else")
    enquirer.answer_for_someone(wants_receipt=True, **EMAIL)
    enquirer.check()
    enquirer.page.get_by_role("alert").get_by_role("link", name="receipt").click()
    expect(enquirer.line("message")).to_have_value(TYPED)
    enquirer.give(wants_receipt=False)
    enquirer.check()
    reference = send(enquirer)
    [stored] = enquirer.stored()
    assert stored == stored | {"reference": reference, "message": TYPED, "wants_receipt": False}


@pytest.mark.thorough
def test_an_answer_that_is_missing_is_asked_for_with_the_text_kept(enquirer):
    come_to_the_check(enquirer, phone=None)
    enquirer.page.get_by_role("alert").get_by_role("link", name="phone number").click()
    expect(enquirer.line("message")).to_have_value(TYPED)
    enquirer.give(phone="604 555 0177")
    enquirer.check()
    reference = send(enquirer)
    [stored] = enquirer.stored()
    assert stored == stored | {"reference": reference, "message": TYPED, "phone": "604 555 0177"}


# Back, and changes.


@pytest.mark.thorough
def test_back_from_the_questions_brings_what_was_ticked(enquirer):
    enquirer.come_to_the_questions()
    enquirer.page.go_back()
    expect(enquirer.page.get_by_label("Me", exact=True)).to_be_checked()
    expect(enquirer.page.get_by_label("None of these", exact=True)).to_be_checked()
    enquirer.pass_safety("Someone else")
    enquirer.answer_for_someone()
    enquirer.check()
    send(enquirer)
    [stored] = enquirer.stored()
    assert stored["someone_else"] is True


@pytest.mark.thorough
def test_back_from_the_check_brings_the_text_and_a_change_is_one_enquiry(enquirer):
    come_to_the_check(enquirer)
    enquirer.page.go_back()
    expect(enquirer.line("message")).to_have_value(TYPED)
    enquirer.give(area="Shoulder")
    enquirer.check()
    reference = send(enquirer)
    [stored] = enquirer.stored()
    changed = {"reference": reference, "message": TYPED, "area": "shoulder"}
    assert stored == stored | changed


@pytest.mark.thorough
def test_back_from_the_last_page_and_send_is_the_same_enquiry(enquirer):
    come_to_the_check(enquirer)
    reference = send(enquirer)
    enquirer.page.go_back()
    expect(enquirer.page.get_by_role("main")).to_contain_text(TYPED.splitlines()[1])
    assert send(enquirer) == reference
    assert [each["reference"] for each in enquirer.stored()] == [reference]


@pytest.mark.thorough
def test_back_to_the_questions_after_sending_and_the_same_answers_are_the_same_enquiry(enquirer):
    come_to_the_check(enquirer)
    reference = send(enquirer)
    enquirer.page.go_back()
    enquirer.page.go_back()
    expect(enquirer.line("message")).to_have_value(TYPED)
    enquirer.check()
    assert send(enquirer) == reference
    assert [each["reference"] for each in enquirer.stored()] == [reference]


def correct_the_area(enquirer):
    """From the last page: back, another area, and the question whether it is a correction."""
    enquirer.page.go_back()
    change_the_area(enquirer)
    enquirer.check()
    enquirer.send()


def test_a_change_after_sending_is_a_correction_that_names_the_first(enquirer):
    come_to_the_check(enquirer)
    reference = send(enquirer)
    correct_the_area(enquirer)
    expect(heading(enquirer, KNOWN)).to_be_visible()
    enquirer.press(SEND_CORRECTION)
    first, second = enquirer.stored()
    assert (first["reference"], second["reference"]) == (reference, enquirer.reference)
    assert (second["corrects_id"], first["area"], second["area"]) == (
        first["id"],
        "neck",
        "shoulder",
    )


@pytest.mark.thorough
def test_a_correction_that_is_changed_once_more_still_names_the_first(enquirer):
    come_to_the_check(enquirer)
    send(enquirer)
    correct_the_area(enquirer)
    enquirer.change("duration").click()
    enquirer.give(duration="It comes and goes")
    enquirer.check()
    send(enquirer)
    first, second = enquirer.stored()
    changed = {"area": "shoulder", "duration": "comes-and-goes", "message": TYPED}
    assert second == second | changed | {"corrects_id": first["id"]}


@pytest.mark.thorough
def test_back_from_a_sent_correction_and_send_is_the_same_correction(enquirer):
    come_to_the_check(enquirer)
    send(enquirer)
    correct_the_area(enquirer)
    enquirer.press(SEND_CORRECTION)
    reference = enquirer.reference
    enquirer.page.go_back()
    expect(enquirer.page.get_by_role("main")).to_contain_text(TYPED.splitlines()[1])
    enquirer.press(SEND_CORRECTION)
    assert enquirer.reference == reference
    assert len(enquirer.stored()) == 2


@pytest.mark.thorough
def test_each_change_button_leads_to_its_question_with_the_text_kept(enquirer):
    come_to_the_check(enquirer)
    buttons = enquirer.page.get_by_role("button", name="Change")
    for number in range(buttons.count()):
        fragment = buttons.nth(number).get_attribute("formaction").partition("#")[2]
        buttons.nth(number).click()
        assert enquirer.page.url.endswith(f"#{fragment}")
        expect(enquirer.page.locator(f"#{fragment}")).to_be_in_viewport()
        expect(enquirer.line("message")).to_have_value(TYPED)
        enquirer.page.go_back()


@pytest.mark.thorough
def test_an_answer_changed_from_the_check_page_is_one_enquiry(enquirer):
    come_to_the_check(enquirer)
    enquirer.change("duration").click()
    enquirer.give(duration="It comes and goes")
    enquirer.check()
    expect(enquirer.page.get_by_text("It comes and goes")).to_be_visible()
    reference = send(enquirer)
    [stored] = enquirer.stored()
    changed = {"reference": reference, "duration": "comes-and-goes", "message": TYPED}
    assert stored == stored | changed


# Two tabs.


@pytest.mark.thorough
def test_one_check_page_sent_from_two_tabs_is_one_enquiry(enquirer):
    come_to_the_check(enquirer)
    other_tab = enquirer.press_in_new_tab(enquirer.button(SEND))
    assert send(enquirer) == other_tab.reference
    assert [each["reference"] for each in enquirer.stored()] == [enquirer.reference]


@pytest.mark.thorough
def test_two_enquiries_from_two_tabs_are_two(enquirer, enquirer_on):
    come_to_the_check(enquirer)
    other_tab = enquirer_on(enquirer.page.context.new_page(), enquirer.site)
    come_to_the_check(other_tab)
    enquirer.page.bring_to_front()
    references = [send(enquirer), send(other_tab)]
    stored = [(each["reference"], each["name"]) for each in enquirer.stored()]
    names = [enquirer.name, other_tab.name]
    assert stored == list(zip(references, names, strict=True))


@pytest.mark.thorough
def test_other_answers_from_a_second_tab_are_asked_about_before_they_are_stored(enquirer):
    come_to_the_check(enquirer)
    other_tab = enquirer.press_in_new_tab(enquirer.change("area"))
    other_tab.give(area="Shoulder")
    other_tab.check()
    reference = send(enquirer)
    with other_tab.page.expect_response(SENT_TO) as answered:
        other_tab.send()
    expect(heading(other_tab, KNOWN)).to_be_visible()
    assert answered.value.status == 409
    assert [each["reference"] for each in enquirer.stored()] == [reference]
    other_tab.press(SEND_CORRECTION)
    first, second = enquirer.stored()
    assert (second["corrects_id"], second["reference"]) == (first["id"], other_tab.reference)


# The last page.


def test_a_double_click_on_send_is_one_enquiry(enquirer):
    come_to_the_check(enquirer)
    enquirer.button(SEND).dblclick()
    reference = enquirer.reference
    assert [each["reference"] for each in enquirer.stored()] == [reference]


def test_send_pressed_again_after_the_answer_was_lost_is_one_enquiry(enquirer):
    come_to_the_check(enquirer)
    lost = []

    def lose_the_answer(route):
        lost.append(route.fetch(max_redirects=0).headers["location"])
        route.abort("aborted")

    enquirer.page.route(SENT_TO, lose_the_answer, times=1)
    # No page comes of it, so there is none to wait for.
    with enquirer.page.expect_event("requestfailed"):
        enquirer.button(SEND).click()
    reference = send(enquirer)
    assert lost == [enquirer.page.url.removeprefix(enquirer.site.url)]
    assert [each["reference"] for each in enquirer.stored()] == [reference]


@pytest.mark.thorough
def test_the_last_page_can_be_reloaded_and_kept_as_a_bookmark(enquirer, enquirer_on, browser):
    come_to_the_check(enquirer)
    reference = send(enquirer)
    enquirer.page.reload()
    assert enquirer.reference == reference
    later = enquirer_on(browser.new_page(java_script_enabled=False, **CALM), enquirer.site)
    later.page.goto(enquirer.page.url)
    assert later.reference == reference
    later.page.close()
    assert len(enquirer.stored()) == 1


@pytest.mark.thorough
@pytest.mark.parametrize("query", ["?r=K7M-4QX-9TWC:made-up", "?r=made-up", ""])
def test_a_reference_that_is_made_up_is_a_kind_page(enquirer, query):
    enquirer.page.goto(f"{enquirer.site.url}/enquiry/sent/{query}")
    main = enquirer.page.get_by_role("main")
    expect(main).to_contain_text("This address does not show a reference")
    expect(main).not_to_contain_text("9TWC")
    expect(main.get_by_role("link", name=get_clinic().phone)).to_be_visible()
    main.get_by_role("link", name="start an enquiry").click()
    enquirer.pass_safety()
    expect(enquirer.line("message")).to_be_visible()


# The server stops and starts.


@pytest.mark.thorough
def test_a_restart_between_any_two_steps_loses_nothing(site_of_its_own, enquirer_on, reader):
    enquirer = enquirer_on(reader, site_of_its_own)
    way_there = (enquirer.open_form, enquirer.pass_safety, enquirer.answer, enquirer.check)
    steps = (*way_there, lambda: change_the_area(enquirer), enquirer.check, enquirer.send)
    for step in steps:
        step()
        restart(site_of_its_own)
    reference = enquirer.reference
    reader.reload()
    assert enquirer.reference == reference
    reader.go_back()
    assert send(enquirer) == reference
    [stored] = enquirer.stored()
    typed = {"name": enquirer.name, "message": TYPED, "phone": ABOUT_ME["phone"]}
    assert stored == stored | {"reference": reference, "area": "shoulder"} | typed


@pytest.mark.thorough
def test_what_is_sent_to_a_stopped_server_is_still_there_to_send(
    site_of_its_own, enquirer_on, reader
):
    enquirer = enquirer_on(reader, site_of_its_own)
    come_to_the_check(enquirer)
    site_of_its_own.stop()
    enquirer.button(SEND).click()
    reader.wait_for_url("chrome-error://**")
    site_of_its_own.start()
    reader.go_back()
    reference = send(enquirer)
    [stored] = enquirer.stored()
    assert stored == stored | {"reference": reference, "message": TYPED}


@pytest.mark.thorough
def test_what_is_over_the_limit_keeps_its_text_until_there_is_room(
    site_of_its_own, enquirer_on, reader
):
    enquirer = enquirer_on(reader, site_of_its_own)
    come_to_the_check(enquirer)
    references = [send(enquirer)]
    restart(site_of_its_own, ENQUIRIES_IN_TEN_MINUTES="1")
    come_to_the_check(enquirer, area="Shoulder")
    enquirer.send()
    expect(reader.get_by_role("alert")).to_contain_text("has not been sent")
    restart(site_of_its_own)
    references.append(send(enquirer))
    stored = [(each["reference"], each["message"]) for each in enquirer.stored()]
    assert stored == [(reference, TYPED) for reference in references]


# Cookies.


def test_no_step_sets_a_cookie_where_a_browser_would_take_one(site, enquirer_on, browser):
    page = browser.new_page(java_script_enabled=False, **CALM)
    enquirer = enquirer_on(page, site)
    tick_first_sign(enquirer, STOPS["emergency"][0])
    come_to_the_check(enquirer, phone=None)
    enquirer.give(phone="604 555 0177")
    enquirer.check()
    send(enquirer)
    correct_the_area(enquirer)
    enquirer.press(SEND_CORRECTION)
    assert page.context.cookies() == []
    page.goto(f"{site.url}/admin/")
    assert page.context.cookies() != []
    page.close()
