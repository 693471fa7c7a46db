"""The walks of the site's people, in a browser without JavaScript and cookies."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

COUNT = "from imsinfo.enquiries.models import Enquiry\nprint(Enquiry.objects.count())"
LAST = """
import json
from imsinfo.enquiries.models import Enquiry
e = Enquiry.objects.latest("pk")
print(json.dumps([e.reference, e.area, e.name, e.doctor_first]))
"""
RAW = """
import json
from django.db import connection
cursor = connection.cursor()
cursor.execute("SELECT name, phone FROM enquiries_enquiry ORDER BY id DESC LIMIT 1")
print(json.dumps(cursor.fetchone()))
"""


def pass_safety(page, site, tick="None of these"):
    page.goto(f"{site.url}/enquiry/")
    page.get_by_label("Me", exact=True).check()
    page.get_by_label(tick, exact=True).check()
    page.get_by_role("button", name="Continue").click()


def answer(page):
    page.get_by_role("group", name="Are you 18 or over?").get_by_label("Yes").check()
    page.get_by_label("Neck", exact=True).check()
    page.get_by_label("More than a year").check()
    page.get_by_role("group", name="less safe for you").get_by_label("No", exact=True).check()
    page.get_by_label("Your full name").fill("Zora Quillfeather")
    page.get_by_label("Phone call").check()
    page.get_by_label("Phone number").fill("604 555 0177")
    page.get_by_role("group", name="may we leave a message").get_by_label("Yes").check()
    page.get_by_label("At the clinic").check()
    page.get_by_label("I agree that").check()
    page.get_by_role("button", name="Check your answers").click()


def test_reader_walks_from_an_article_to_a_reference(site, reader, browser, sign_in):
    before = site.shell(COUNT)
    reader.goto(f"{site.url}/conditions/neck-pain/")
    reader.get_by_role("main").get_by_role("link", name="Ask if IMS might suit you").first.click()
    pass_safety(reader, site)
    answer(reader)
    reader.go_back()
    assert reader.get_by_label("Your full name").input_value() == "Zora Quillfeather"
    reader.get_by_label("Shoulder", exact=True).check()
    reader.get_by_role("button", name="Check your answers").click()
    reader.get_by_role("button", name="Send your enquiry").click()
    reference = reader.locator(".panel__reference").inner_text()
    assert re.fullmatch(r"[A-Z0-9]{3}-[A-Z0-9]{3}-[A-Z0-9]{4}", reference)
    reader.reload()
    assert site.shell(COUNT) == before + 1
    assert site.shell(LAST) == [reference, "shoulder", "Zora Quillfeather", False]
    assert all(value.startswith("gAAAA") for value in site.shell(RAW))
    staff = browser.new_page()
    sign_in(staff)
    staff.goto(f"{site.url}/admin/enquiries/enquiry/")
    staff.get_by_role("link", name=reference).click()
    expect(staff.get_by_text("Zora Quillfeather")).to_be_visible()
    staff.close()


def test_reader_changes_an_answer_on_the_check_page(site, reader):
    pass_safety(reader, site)
    answer(reader)
    reader.get_by_role("button", name=re.compile("How long")).click()
    assert reader.url.endswith("#id_duration_0")
    reader.get_by_label("It comes and goes").check()
    reader.get_by_role("button", name="Check your answers").click()
    expect(reader.get_by_text("It comes and goes")).to_be_visible()


def test_a_double_click_on_send_is_one_enquiry(site, reader):
    before = site.shell(COUNT)
    pass_safety(reader, site)
    answer(reader)
    reader.get_by_role("button", name="Send your enquiry").dblclick()
    expect(reader.locator(".panel__reference")).to_be_visible()
    assert site.shell(COUNT) == before + 1


@pytest.mark.parametrize(
    ("group", "heading"),
    [("Signs of an emergency", "Call 911 now"), ("help today", "Get medical help today")],
)
def test_a_warning_sign_ends_on_its_page_with_nothing_stored(site, reader, group, heading):
    before = site.shell(COUNT)
    reader.goto(f"{site.url}/enquiry/")
    reader.get_by_label("Me", exact=True).check()
    reader.get_by_role("group", name=group).get_by_role("checkbox").first.check()
    reader.get_by_role("button", name="Continue").click()
    assert heading in reader.get_by_role("heading", level=1).inner_text()
    assert site.shell(COUNT) == before


def test_a_doctor_first_sign_is_flagged(site, reader):
    reader.goto(f"{site.url}/enquiry/")
    reader.get_by_label("Me", exact=True).check()
    reader.get_by_role("group", name="a doctor should see first").get_by_role(
        "checkbox"
    ).first.check()
    reader.get_by_role("button", name="Continue").click()
    reader.get_by_role("link", name="Go on with my enquiry").click()
    answer(reader)
    reader.get_by_role("button", name="Send your enquiry").click()
    reference = reader.locator(".panel__reference").inner_text()
    assert site.shell(LAST) == [reference, "neck", "Zora Quillfeather", True]


# What a worried patient looks for, with what to do about it and whom to call at night.
WORRIES = {
    "Call 911 now": ["Chest pain, or short of breath", "Newly weak or numb", "Severe headache"],
    "Get medical help today": ["A red, hot or swollen spot", "the next morning"],
    "Phone us: 604 555 0123": ["Still sore after three days", "Closed? Call HealthLink BC: 811"],
}


@pytest.mark.parametrize(
    "path", ["/", "/what-is-ims/", "/conditions/neck-pain/", "/enquiry/", "/no-such-page/"]
)
def test_the_worried_patient_is_one_tap_from_help(site, reader, path):
    reader.set_viewport_size({"width": 320, "height": 568})
    reader.emulate_media(reduced_motion="reduce")
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
