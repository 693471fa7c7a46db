"""The first sign-in of somebody new, and the next one, on a phone and at a desk."""

from base64 import b32decode

import pytest
from django_otp.oath import totp
from playwright.sync_api import expect

from tests.browser.visits import AXE_SCRIPT, IN_PAGE, RUN_AXE

pytestmark = pytest.mark.browser
PHONE, DESK = ({"width": width, "height": 800} for width in (320, 1280))
MAKE = """
import json
from io import StringIO
from django.core.management import call_command
told = StringIO()
call_command("setup_roles", stdout=StringIO())
call_command("create_staff", {!r}, "--role", "Triage", "--first-name", "Bo", stdout=told)
print(json.dumps(told.getvalue()))
"""
OWN_PASSWORD = "a-staple-of-my-own"
TEXT = "Phoned at ten past nine.\nNo answer."
# As the form of a page that was open when the session ended.
SEND_TOO_LATE = """(text) => {
  const form = document.querySelector("#logout-form").cloneNode(true);
  form.action = "/admin/enquiries/enquiry/";
  const field = document.createElement("textarea");
  field.name = "text";
  field.value = text;
  form.append(field);
  document.body.append(form);
  form.submit();
}"""


class Newcomer:
    """Somebody with a new account before a page of a browser."""

    def __init__(self, page, site, name):
        self.page, self.site, self.name = page, site, name
        told = site.shell(MAKE.format(name))
        self.password = told.split("shown only now: ")[1].split()[0]

    def log_in(self):
        self.page.goto(f"{self.site.url}/admin/")
        self.page.get_by_label("Username").fill(self.name)
        self.page.get_by_label("Password").fill(self.password)
        self.page.get_by_role("button", name="Log in").click()

    def choose_a_password(self):
        self.page.get_by_label("New password", exact=True).fill(OWN_PASSWORD)
        self.page.get_by_label("confirmation").fill(OWN_PASSWORD)
        self.page.get_by_role("button", name="Save my password").click()
        self.password = OWN_PASSWORD

    def set_up_the_phone(self):
        """Read the secret from the page, as somebody who cannot scan types it into the phone."""
        self.key = b32decode(self.page.locator("code").inner_text().replace(" ", ""))
        self.give(self.code())

    def code(self, steps=0):
        return f"{totp(self.key, t0=-30 * steps):06}"

    def give(self, code):
        self.page.get_by_label("Code", exact=True).fill(code)
        self.page.get_by_role("button", name="Continue").click()

    def codes(self):
        codes = self.page.locator("ol code")
        expect(codes.first).to_be_visible()
        return codes.all_inner_texts()


@pytest.fixture
def newcomer(request, browser, site):
    context = browser.new_context(viewport=PHONE)
    yield Newcomer(context.new_page(), site, request.node.originalname[-30:])
    context.close()


def faults_of(page):
    """What axe and the measures of the site find, at both widths and in both schemes."""
    page.evaluate(AXE_SCRIPT)
    page.evaluate(IN_PAGE)
    found = []
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        found += page.evaluate("look.unreadable()") + page.evaluate("look.smallTargets()")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found += page.evaluate(RUN_AXE)
    return found


def test_a_newcomer_sets_up_a_phone_and_comes_back_with_a_code(newcomer):
    page = newcomer.page
    newcomer.log_in()
    newcomer.choose_a_password()
    newcomer.set_up_the_phone()
    assert len(newcomer.codes()) == 10
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_role("button", name="Log out").click()
    newcomer.log_in()
    # The code of the next half minute: the one before has been used.
    newcomer.give(newcomer.code(steps=1))
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()


@pytest.mark.thorough
def test_a_lost_phone_is_no_lost_account(newcomer):
    newcomer.log_in()
    newcomer.choose_a_password()
    newcomer.set_up_the_phone()
    [code, *_] = newcomer.codes()
    newcomer.page.get_by_role("link", name="I have kept them").click()
    newcomer.page.get_by_role("button", name="Log out").click()
    newcomer.log_in()
    newcomer.give(code)
    expect(newcomer.page.get_by_text("You used a recovery code; 9 are left.")).to_be_visible()


@pytest.mark.thorough
def test_every_page_on_the_way_in_can_be_read_and_used(newcomer):
    page, found = newcomer.page, {}
    newcomer.log_in()
    found["password"] = faults_of(page)
    newcomer.choose_a_password()
    found["set up"] = faults_of(page)
    newcomer.give("000")
    found["wrong code"] = faults_of(page)
    newcomer.set_up_the_phone()
    found["codes"] = faults_of(page)
    page.context.clear_cookies()
    newcomer.log_in()
    found["code"] = faults_of(page)
    assert {place: faults for place, faults in found.items() if faults} == {}


@pytest.mark.thorough
def test_the_code_to_scan_is_black_on_white_in_the_dark_too(newcomer):
    newcomer.log_in()
    newcomer.choose_a_password()
    newcomer.page.emulate_media(color_scheme="dark")
    colours = newcomer.page.locator("svg.qr").evaluate(
        "(svg) => [getComputedStyle(svg).backgroundColor,"
        " getComputedStyle(svg.firstElementChild).stroke]"
    )
    assert colours == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]


@pytest.mark.thorough
def test_what_is_typed_into_an_ended_session_can_be_copied(browser, site, sign_in):
    page = browser.new_page(viewport=PHONE)
    sign_in(page, alone=True)
    page.context.clear_cookies(name="staff")
    with page.expect_navigation():
        page.evaluate(SEND_TOO_LATE, TEXT)
    expect(page.get_by_label("Text")).to_have_value(TEXT)
    assert faults_of(page) == []
    page.close()
