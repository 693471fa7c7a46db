"""Every page and form state: axe, width, zoom, spacing, targets, and the policy of the headers."""

import pytest
from playwright.sync_api import expect

from tests.browser.visits import DESK, RUN_AXE, looks, places, visit
from tests.extent import some
from tests.pages import SENT

pytestmark = pytest.mark.browser

PHONE = {"width": 320, "height": 640}
# WCAG 2.2, 1.4.10: what 1280 × 1024 px leave of a page at 400 %.
ZOOMED = {"width": 320, "height": 256}
each_size = pytest.mark.parametrize("size", some([PHONE, DESK], 1), ids=lambda size: size["width"])


@pytest.fixture(scope="module")
def looking(browser):
    """One page of the browser for all that is looked at, with what it says and asks for."""
    context = browser.new_context()
    page = context.new_page()
    page.said, page.requested = [], []
    page.on("console", lambda message: page.said.append(message.text))
    page.on("request", lambda sent: page.requested.append(sent.url))
    yield page
    context.close()


@pytest.fixture(scope="module", params=places())
def visited(request, looking, site, sign_in):
    """A page or state with everything opened that opens, loaded once for all that is measured."""
    looking.set_viewport_size(DESK)
    looking.emulate_media(color_scheme="light")
    looking.context.clear_cookies()
    if request.param.startswith("/style-guide/"):
        sign_in(looking)
    looking.said.clear()
    looking.requested.clear()
    visit(looking, site, request.param)
    looking.evaluate("look.openEverything()")
    return looking


@pytest.fixture
def spaced(visited):
    """The page with the text spacing that a reader may set."""
    visited.evaluate("look.space(true)")
    yield visited
    visited.evaluate("look.space(false)")


def test_page_keeps_to_the_policy_and_to_this_site(site, visited):
    refused = [text for text in visited.said if "Content Security Policy" in text]
    foreign = [url for url in visited.requested if not url.startswith(site.url)]
    assert (refused, foreign) == ([], [])


@pytest.mark.parametrize(("size", "scheme"), looks(PHONE, DESK))
def test_page_passes_axe(visited, size, scheme):
    visited.set_viewport_size(size)
    visited.emulate_media(color_scheme=scheme)
    assert visited.evaluate(RUN_AXE) == []


@pytest.mark.parametrize("size", [ZOOMED, DESK], ids=["zoomed", "desk"])
def test_page_shows_all_its_text(visited, size):
    visited.set_viewport_size(size)
    assert visited.evaluate("look.unreadable()") == []


def test_page_loses_no_word_at_four_times_its_size(visited):
    visited.set_viewport_size(DESK)
    words = visited.evaluate("look.words()")
    visited.set_viewport_size(ZOOMED)
    assert set(words) - set(visited.evaluate("look.words()")) == set()


@each_size
def test_page_shows_all_its_text_with_wider_spacing(spaced, size):
    spaced.set_viewport_size(size)
    assert spaced.evaluate("look.unreadable()") == []


@each_size
def test_targets_are_large_enough_for_a_thumb(visited, size):
    visited.set_viewport_size(size)
    assert visited.evaluate("look.smallTargets()") == []


@pytest.fixture
def desk(browser):
    """A page that notes what the console says."""
    page = browser.new_page(viewport=DESK)
    page.said = []
    page.on("console", lambda message: page.said.append(message.text))
    yield page
    page.close()


@pytest.mark.thorough
@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/enquiries/enquiry/", "/admin/auth/user/1/change/"]
)
def test_staff_pages_keep_the_policy(site, desk, sign_in, path):
    sign_in(desk)
    desk.goto(f"{site.url}{path}")
    assert [text for text in desk.said if "Content Security Policy" in text] == []


@pytest.mark.thorough
def test_an_enquiry_for_staff_can_be_read_and_keeps_the_policy(site, desk, sign_in):
    desk.request.post(f"{site.url}/enquiry/send/", form=SENT)
    sign_in(desk)
    desk.goto(f"{site.url}/admin/enquiries/enquiry/")
    desk.locator("#result_list a[href*=change]").first.click()
    expect(desk.get_by_text("repeat the full screening")).to_be_visible()
    assert [text for text in desk.said if "Content Security Policy" in text] == []
