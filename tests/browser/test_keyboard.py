"""An article and the form by keyboard alone: order, visible focus, no trap, the skip link."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.visits import IN_PAGE, visit
from tests.extent import some

pytestmark = pytest.mark.browser

WIDTHS = some([360, 1280], 1)
ARTICLE = "/conditions/neck-pain/"
# One of each kind of thing that takes the focus, by what its class or element is.
KINDS = """() => {
  const seen = new Map();
  for (const each of look.stops()) {
    seen.set(each.localName + (each.type ?? "") + each.className, each);
  }
  look.kinds = [...seen.values()];
  return look.kinds.length;
}"""
TO_KIND = """(number) => {
  const kind = look.kinds[number];
  kind.scrollIntoView({block: "center", behavior: "instant"});
  const box = kind.getBoundingClientRect();
  const grown = {x: box.x - 8, y: box.y - 8, width: box.width + 16, height: box.height + 16};
  return {box: grown, name: `${kind.localName}.${kind.className}`};
}"""
CURRENT = """(selector) => {
  const style = getComputedStyle(document.querySelector(selector));
  return [style.borderBlockEndColor, style.borderBlockEndWidth, style.textDecorationLine,
    style.backgroundColor, style.outlineStyle];
}"""


@pytest.fixture(scope="module")
def one_page(browser):
    page = browser.new_page()
    yield page
    page.close()


@pytest.fixture
def open_page(one_page, site):
    """Return a function that opens a place at a width, with what is measured in it."""

    def open_page(place, width=1280):
        one_page.set_viewport_size({"width": width, "height": 800})
        one_page.emulate_media(color_scheme="light", forced_colors="none", reduced_motion="reduce")
        visit(one_page, site, place)
        return one_page

    return open_page


def walk(page):
    """Press Tab through the whole page and return, in words, what is wrong with its stops."""
    page.evaluate(IN_PAGE)
    number = page.evaluate("look.stops().length")
    reached, faults = [], []
    for _ in range(number):
        page.keyboard.press("Tab")
        found = page.evaluate("look.focus()")
        reached.append(found["at"])
        faults += found["faults"]
    if reached != [*range(number)]:
        faults.append(f"Tab comes to the {number} stops in the order {reached}")
    page.keyboard.press("Tab")
    if page.evaluate("look.focus()")["at"] not in {-1, 0}:
        faults.append("Tab does not lead on from the last stop")
    return faults


def tab_to(page, element):
    """Press Tab until the element has the focus."""
    for _ in range(200):
        if element.evaluate("(each) => each === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {element}")


def choose(page, group, answer):
    """Choose one of several answers with Tab, the arrows and the space bar."""
    answers = page.get_by_role("group", name=group)
    wanted = answers.get_by_label(answer, exact=True)
    tab_to(page, answers.get_by_role("radio").first)
    page.keyboard.press("Space")
    for _ in range(answers.get_by_role("radio").count()):
        if wanted.is_checked():
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"the arrows never come to {answer}")


def press(page, element):
    """Come to a button or link with Tab, and press it."""
    tab_to(page, element)
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.thorough
@pytest.mark.parametrize("width", WIDTHS)
def test_tab_goes_through_an_article_in_its_order_with_visible_focus(open_page, width):
    assert walk(open_page(ARTICLE, width)) == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    "place", some([ARTICLE, "/enquiry/questions/", "/", "/enquiry/", "check"], 2)
)
def test_the_order_of_tab_is_that_of_the_screen(open_page, place, width):
    page = open_page(place, width)
    assert page.evaluate("(columns) => look.outOfOrder(columns)", width > 1000) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_the_skip_link_comes_first_and_leads_past_the_header(open_page, width):
    page = open_page(ARTICLE, width)
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    expect(page.locator(".skip-link")).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_form_is_walked_and_sent_by_keyboard_alone(open_page):
    page = open_page("/enquiry/", 360)
    faults = walk(page)
    choose(page, "Who is this enquiry for?", "Me")
    tab_to(page, page.get_by_label("None of these"))
    page.keyboard.press("Space")
    press(page, page.get_by_role("button", name="Continue"))
    faults += walk(page)
    answer(page)
    press(page, page.get_by_role("button", name="Check your answers"))
    faults += walk(page)
    press(page, page.get_by_role("button", name="Send your enquiry"))
    expect(page.get_by_role("heading", level=1)).to_have_text("We have received your enquiry")
    faults += walk(page)
    assert faults == []


def answer(page):
    choose(page, "Are you 18 or over?", "Yes")
    choose(page, re.compile("main pain"), "Neck")
    choose(page, re.compile("How long"), "More than a year")
    choose(page, re.compile("less safe for you"), "No")
    tab_to(page, page.get_by_label("Your full name"))
    page.keyboard.type("Zora Quillfeather")
    choose(page, re.compile("reply"), "Phone call")
    tab_to(page, page.get_by_label("Phone number"))
    page.keyboard.type("604 555 0177")
    choose(page, re.compile("may we leave a message"), "Yes")
    choose(page, re.compile("Where would you like|clinic or|be seen"), "At the clinic")
    tab_to(page, page.get_by_label("I agree that"))
    page.keyboard.press("Space")


@pytest.mark.thorough
@pytest.mark.parametrize(
    "media",
    some([{"forced_colors": "active"}, {"color_scheme": "light"}, {"color_scheme": "dark"}], 1),
    ids=lambda media: "-".join(media.values()),
)
@pytest.mark.parametrize(
    "place", some(["question errors", ARTICLE, "/enquiry/questions/", "check"], 1)
)
def test_focus_is_seen_on_everything_that_takes_it(open_page, place, media):
    page = open_page(place, 360)
    page.emulate_media(**media)
    # The browser then takes what follows for the work of a keyboard.
    page.keyboard.press("Tab")
    unseen = []
    for number in range(page.evaluate(KINDS)):
        there = page.evaluate(TO_KIND, number)
        page.evaluate("document.activeElement.blur()")
        before = page.screenshot(clip=there["box"], animations="disabled")
        page.evaluate("(number) => look.kinds[number].focus({preventScroll: true})", number)
        after = page.screenshot(clip=there["box"], animations="disabled")
        unseen += [there["name"]] if before == after else []
    assert unseen == []


@pytest.mark.thorough
@pytest.mark.parametrize("colours", ["none", "active"])
def test_the_place_in_the_menu_is_marked_without_its_colour_too(open_page, colours):
    page = open_page("/what-is-ims/")
    page.emulate_media(forced_colors=colours)
    link = "header nav a"
    current = page.evaluate(CURRENT, f"{link}[aria-current]")
    assert current != page.evaluate(CURRENT, f"{link}:not([aria-current])")
