"""The walks of the site's people, in a browser without JavaScript and cookies."""

import re

import pytest
from playwright.sync_api import expect

from tests.extent import some

pytestmark = pytest.mark.browser

RAW = """
import json
from django.db import connection
cursor = connection.cursor()
cursor.execute("SELECT name, phone FROM enquiries_enquiry ORDER BY id DESC LIMIT 1")
print(json.dumps(cursor.fetchone()))
"""


def test_reader_walks_from_an_article_to_a_reference(site, enquirer, browser, sign_in):
    enquirer.page.goto(f"{site.url}/conditions/neck-pain/")
    main = enquirer.page.get_by_role("main")
    main.get_by_role("link", name="Ask if IMS might suit you").first.click()
    enquirer.pass_safety()
    enquirer.answer()
    enquirer.check()
    enquirer.send()
    assert re.fullmatch(r"[A-Z0-9]{3}-[A-Z0-9]{3}-[A-Z0-9]{4}", enquirer.reference)
    [stored] = enquirer.stored()
    assert stored == stored | {"reference": enquirer.reference, "name": enquirer.name}
    assert all(value.startswith("gAAAA") for value in site.shell(RAW))
    staff = browser.new_page()
    sign_in(staff)
    staff.goto(f"{site.url}/admin/enquiries/enquiry/")
    staff.get_by_role("link", name=enquirer.reference).click()
    expect(staff.get_by_text(enquirer.name, exact=True)).to_be_visible()
    staff.close()


# What a worried patient looks for, with what to do about it and whom to call at night.
WORRIES = {
    "Call 911 now": ["Chest pain, or short of breath", "Newly weak or numb", "Severe headache"],
    "Get medical help today": ["A red, hot or swollen spot", "the next morning"],
    "Phone us: 604 555 0123": ["Still sore after three days", "Closed? Call HealthLink BC: 811"],
}


@pytest.mark.parametrize(
    "path",
    some(["/", "/no-such-page/", "/what-is-ims/", "/conditions/neck-pain/", "/enquiry/"], 2),
)
def test_the_worried_patient_is_one_tap_from_help(site, reader, path):
    reader.set_viewport_size({"width": 320, "height": 568})
    reader.goto(f"{site.url}{path}")
    reader.get_by_role("banner").get_by_role("link", name="Worried after treatment?").click()
    assert reader.url == f"{site.url}/aftercare/#get-help"
    cards = reader.locator("#get-help section")
    for number, (what_to_do, signs) in enumerate(WORRIES.items()):
        card = cards.nth(number)
        expect(card.get_by_role("heading", name=what_to_do)).to_be_in_viewport(ratio=1)
        for sign in signs:
            expect(card.get_by_role("listitem").filter(has_text=sign)).to_be_in_viewport(ratio=1)


def test_cookies_are_really_off(site, reader, staff_password):
    reader.goto(f"{site.url}/admin/")
    reader.get_by_label("Username").fill("reception")
    reader.get_by_label("Password").fill(staff_password)
    reader.get_by_role("button", name="Log in").click()
    assert "/admin/login/" in reader.url
