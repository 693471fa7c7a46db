"""Every page and form state, on a phone and a desk, in light and dark: axe, width, console."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PAGES = [
    "/",
    "/what-is-ims/",
    "/glossary/",
    "/aftercare/",
    "/conditions/",
    "/conditions/neck-pain/",
]
FORM_PAGES = [
    "/enquiry/",
    "/enquiry/emergency/",
    "/enquiry/today/",
    "/enquiry/doctor-first/",
    "/enquiry/under-18/",
    "/enquiry/agreement/",
    "/enquiry/questions/",
    "/enquiry/questions/doctor-first/someone/",
    "/enquiry/sent/",
    "/no-such-page/",
    "/search/",
    "/search/?q=neck",
    "/search/?q=chest+pain",
    "/search/?q=suicide",
    "/search/?q=zxqv",
    "/changes/",
]
# What a form answers to a POST, by the name of the state.
ANSWERS = {
    "adult": "yes",
    "area": "neck",
    "duration": "under-6-weeks",
    "caution": "no",
    "name": "Zora Quillfeather",
    "reply_by": "phone",
    "phone": "604 555 0177",
    "may_leave_message": "yes",
    "place": "clinic",
    "consent": "on",
}
SENT = ANSWERS | {"submission_id": "7d0f3c62-7c2e-4b6a-9a55-0f6d3a1d2c11"}
STATES = {
    "safety errors": ("/enquiry/", {}),
    "question errors": ("/enquiry/check/", {}),
    "errors for someone": ("/enquiry/check/", {"someone_else": "True", "doctor_first": "True"}),
    "check": ("/enquiry/check/", ANSWERS),
    "sent": ("/enquiry/send/", SENT),
    "correction": ("/enquiry/send/", SENT | {"message": "More", "area": "hand"}),
}
SENDER = """([path, fields]) => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = path;
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement("input");
    input.name = name;
    input.value = value;
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}"""


@pytest.fixture(params=[(320, "light"), (320, "dark"), (1280, "light"), (1280, "dark")], ids=str)
def visitor(request, browser):
    """A page in one of the sizes and schemes that also notes what the console says."""
    width, scheme = request.param
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.said = []
    page.on("console", lambda message: page.said.append(message.text))
    page.requested = []
    page.on("request", lambda sent: page.requested.append(sent.url))
    yield page
    context.close()


def faults(page, site):
    """What is wrong with the page as it stands: policy, foreign requests, width, axe."""
    found = [text for text in page.said if "Content Security Policy" in text or "violates" in text]
    found += [url for url in page.requested if not url.startswith(site.url)]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("scrolls sideways")
    results = Axe().run(page)
    found += [
        f"{violation['id']}: {[node['target'] for node in violation['nodes']]}"
        for violation in results.response["violations"]
    ]
    return found


@pytest.mark.parametrize("path", PAGES + FORM_PAGES)
def test_page_is_accessible(site, visitor, path):
    visitor.goto(site.url + path)
    assert faults(visitor, site) == []


@pytest.mark.parametrize("state", STATES)
def test_form_state_is_accessible(site, visitor, state):
    if state == "correction":
        visitor.request.post(f"{site.url}/enquiry/send/", form=SENT)
    visitor.goto(f"{site.url}/enquiry/")
    with visitor.expect_navigation():
        visitor.evaluate(SENDER, list(STATES[state]))
    assert faults(visitor, site) == []


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/enquiries/enquiry/", "/admin/auth/user/1/change/"]
)
def test_staff_pages_keep_the_policy(site, visitor, sign_in, path):
    sign_in(visitor)
    visitor.goto(f"{site.url}/admin/{path}")
    said = [text for text in visitor.said if "Content Security Policy" in text]
    assert said == []


def test_an_enquiry_for_staff_can_be_read_and_keeps_the_policy(site, visitor, sign_in):
    visitor.request.post(f"{site.url}/enquiry/send/", form=SENT)
    sign_in(visitor)
    visitor.goto(f"{site.url}/admin/enquiries/enquiry/")
    visitor.locator("#result_list a[href*=change]").first.click()
    expect(visitor.get_by_text("repeat the full screening")).to_be_visible()
    assert [text for text in visitor.said if "Content Security Policy" in text] == []


def test_text_grows_with_the_readers_settings(site, browser):
    page = browser.new_page(viewport={"width": 320, "height": 800})
    page.goto(f"{site.url}/conditions/neck-pain/")
    # WCAG 1.4.12: line height 1.5, paragraphs 2, letters 0.12, words 0.16 of the text size.
    page.evaluate(
        """for (const el of document.querySelectorAll("body *")) {
          el.style.lineHeight = "1.5";
          el.style.letterSpacing = "0.12em";
          el.style.wordSpacing = "0.16em";
        }"""
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.close()
