"""The running site, as `make run` runs it, Chromium to visit it, and somebody who enquires."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from secrets import token_hex

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.chromium import launch_options_of_chromium
from tests.browser.serving import Site, running_site

# How long a page may take to come to what is expected, where the machine does much besides.
expect.set_options(timeout=20_000)

# Without it each step waits until a page has scrolled smoothly to its place.
CALM = {"reduced_motion": "reduce"}

# The words that lead through the form: a part of each question, by the name of its field.
CHOICES = {
    "who": "Who is this enquiry for",
    "adult": "18 or over",
    "they_agree": "agree to it",
    "doctor_first_signs": "Which of these signs",
    "area": "main pain",
    "duration": "How long",
    "caution": "less safe",
    "contact_whom": "Whom shall we contact",
    "reply_by": "How shall we reply",
    "may_leave_message": "may we leave a message",
    "place": "like to be seen",
}
LINES = {
    "their_first_name": "Their first name",
    "link": "Who are you to them",
    "message": "anything else we should know",
    "name": "full name",
    "phone": "Phone number",
    "email": "Email address",
    "help_needed": "interpreter",
}
TICKS = {"wants_receipt": "Send me a receipt", "consent": "I agree that"}
QUESTIONS = CHOICES | LINES | TICKS
CONTINUE, CHECK, SEND = "Continue", "Check your answers", "Send your enquiry"
SEND_CORRECTION = "Send these as a correction"

# What is given where a test asks for nothing else; the name is each enquirer's own.
ABOUT_ME = {
    "adult": "Yes",
    "area": "Neck",
    "duration": "More than a year",
    "caution": "No",
    "message": "It began in spring.\nIt wakes me at night.",
    "reply_by": "Phone call",
    "phone": "604 555 0177",
    "may_leave_message": "Yes",
    "place": "At the clinic",
    "consent": True,
}
ABOUT_SOMEONE = {
    "their_first_name": "Ottoline",
    "link": "daughter",
    "they_agree": "Yes",
    "contact_whom": "The person with the pain",
}
# Gives [words of a question, answer] each; to do it by hand takes a second.
GIVE = """(given) => {
  const said = (element) => element.textContent.replace(/\\s+/g, " ").trim();
  for (const [words, answer] of given) {
    const all = [...document.querySelectorAll("legend, label")];
    const asked = all.find((each) => said(each).includes(words));
    if (asked === undefined) throw new Error(`Nothing asks: ${words}`);
    if (asked.tagName === "LABEL") {
      if (answer === true) asked.control.checked = true; else asked.control.value = answer;
      continue;
    }
    const labels = [...asked.closest("fieldset").querySelectorAll("label")];
    labels.find((each) => said(each) === answer).control.checked = true;
  }
}"""
STORED_SINCE = """
import json
from imsinfo.enquiries.models import Enquiry
stored = Enquiry.objects.filter(received_at__gte="{}").order_by("pk").values()
print(json.dumps(list(stored), default=str))
"""

VERIFIED_SESSION = """
import json
from django.contrib.auth.models import User
from django.test import Client
from tests import accounts
roles, client = {!r}, Client()
user = accounts.in_role(*roles) if roles else User.objects.get(username="reception")
print(json.dumps(accounts.sign_in(client, user).session.session_key))
"""


@dataclass
class Enquirer:
    """Somebody at the form in one tab. came_at: what was stored earlier is not theirs.

    name: nobody else's, because the same answers a second time are the same enquiry.
    """

    page: Page
    site: Site
    came_at: datetime
    name: str

    def open_form(self):
        self.page.goto(f"{self.site.url}/enquiry/")

    def pass_safety(self, who="Me", sign="None of these"):
        self.give(who=who)
        self.page.get_by_label(sign, exact=True).check()
        self.press(CONTINUE)

    def come_to_the_questions(self, who="Me"):
        self.open_form()
        self.pass_safety(who)

    def give(self, **answers):
        """Choose, type or tick answers, by the names of their fields; None leaves one as it is."""
        for name, answer in answers.items():
            if answer is None:
                continue
            if name in CHOICES:
                group = self.page.get_by_role("group", name=CHOICES[name])
                group.get_by_label(answer, exact=True).check()
            elif name in LINES:
                self.line(name).fill(answer)
            else:
                self.page.get_by_label(TICKS[name]).set_checked(answer)

    def line(self, name) -> Locator:
        return self.page.get_by_role("textbox", name=LINES[name])

    def answer(self, **changes):
        """Give every answer that the form demands: the changes by hand, the others at once."""
        usual = ABOUT_ME | {"name": self.name}
        at_once = {name: answer for name, answer in usual.items() if name not in changes}
        words = [[QUESTIONS[name], answer] for name, answer in at_once.items()]
        self.page.evaluate(GIVE, words)
        self.give(**changes)

    def answer_for_someone(self, **changes):
        self.answer(**ABOUT_SOMEONE | changes)

    def check(self):
        self.press(CHECK)

    def send(self):
        self.press(SEND)

    def press(self, name):
        """Press a button, and wait for the page that it leads to: a step back needs it there."""
        with self.page.expect_navigation():
            self.button(name).click()

    def button(self, name) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def change(self, name) -> Locator:
        """The button that leads from the check page back to a question."""
        return self.page.get_by_role("button", name=QUESTIONS[name])

    def press_in_new_tab(self, button: Locator) -> "Enquirer":
        """Follow a button in a tab of its own, as a click with Ctrl does; this one stays."""
        with self.page.context.expect_page() as opened:
            button.click(modifiers=["Control"])
        return replace(self, page=opened.value)

    @property
    def reference(self) -> str:
        return self.page.locator(".panel__reference").inner_text()

    def stored(self) -> list[dict]:
        """Every enquiry that the site has stored since they came, readable, the oldest first."""
        return self.site.shell(STORED_SINCE.format(self.came_at))


@pytest.fixture
def enquirer_on():
    """Return a function that sets somebody before a page of a browser: (page, site)."""

    def enquirer_on(page, site):
        name = f"Zora Quillfeather {token_hex(4)}"
        return Enquirer(page, site, datetime.now(UTC), name)

    return enquirer_on


@pytest.fixture
def enquirer(enquirer_on, reader, site):
    return enquirer_on(reader, site)


@pytest.fixture(scope="session")
def site(tmp_path_factory, prepared_site):
    """The site served by granian on a free port, with a database and keys of its own."""
    with running_site(tmp_path_factory.mktemp("site"), prepared_site) as site:
        yield site


@pytest.fixture(scope="module")
def site_of_its_own(tmp_path_factory, prepared_site):
    """A site that a test may stop, and starts again."""
    with running_site(tmp_path_factory.mktemp("site"), prepared_site) as site:
        yield site


@pytest.fixture(scope="session")
def launch_options():
    """How to start Debian's Chromium; without one the test is skipped, and says so."""
    options = launch_options_of_chromium()
    if options is None:
        pytest.skip("BROWSER TESTS NOT RUN: apt-get install chromium libatomic1 fonts-liberation")
    return options


@pytest.fixture(scope="session")
def browser_type_launch_args(launch_options):
    return launch_options


@pytest.fixture(scope="session")
def browser_context_args():
    return CALM


@pytest.fixture(scope="session")
def bare_browser(launch_options, playwright, tmp_path_factory):
    """A browser that has JavaScript and cookies switched off, and so keeps nothing of a visit."""
    folder = tmp_path_factory.mktemp("browser")
    preferences = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (folder / "Default").mkdir()
    (folder / "Default" / "Preferences").write_text(json.dumps(preferences))
    context = playwright.chromium.launch_persistent_context(
        folder,
        **launch_options,
        java_script_enabled=False,
        **CALM,
        viewport={"width": 360, "height": 740},
    )
    yield context
    context.close()


@pytest.fixture
def reader(bare_browser):
    """A new page of the browser without JavaScript and cookies."""
    # The first page stays: the browser would end with its last one.
    [first] = bare_browser.pages
    yield bare_browser.new_page()
    for page in bare_browser.pages:
        if page is not first:
            page.close()


@pytest.fixture(scope="session")
def staff_password(site):
    """Make the account "reception", which may do everything, and return its password."""
    code = (
        "from django.contrib.auth.models import User\n"
        "User.objects.create_superuser('reception', password='correct-horse-battery')\n"
        "print('true')"
    )
    assert site.shell(code)
    return "correct-horse-battery"


@pytest.fixture(scope="session")
def sign_in(site, staff_password):
    """Return a function that signs a page in, with the second factor: (page, roles, alone=False).

    Without roles it is "reception". A code works once in 30 s, so the browser is given a session
    that is verified already; alone: one that no other page has, to be logged out of.
    """
    keys = {}

    def sign_in(page, *roles, alone=False):
        if not alone and _opens(page, site, keys.get(roles)):
            return
        key = site.shell(VERIFIED_SESSION.format(roles))
        assert _opens(page, site, key)
        if not alone:
            keys[roles] = key

    return sign_in


def _opens(page, site, key):
    """Whether the page comes to the overview with the key of a session, and stays there."""
    if key is None:
        return False
    page.context.add_cookies([{"name": "staff", "value": key, "url": site.url}])
    page.goto(f"{site.url}/admin/")
    return page.url == f"{site.url}/admin/"
