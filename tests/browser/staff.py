"""The staff of a clinic, each in a browser of their own that has JavaScript switched off."""

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.browser.serving import Site

NAMES = {
    "Triage": "Tamsin Ortega",
    "Clinician": "Clement Brandt",
    "Manager": "Maud Okafor",
    "Reader": "Ravi Lindqvist",
}
# What each of them sits at: a clinician reads on the phone between two patients.
WIDTHS = {"Triage": 1280, "Clinician": 360, "Manager": 1280, "Reader": 768}
SESSIONS = """
import json
from django.test import Client
from tests import accounts
keys = {{}}
for role, name in {!r}.items():
    user = accounts.in_role(role)
    user.first_name, user.last_name = name.split()
    user.save()
    keys[role] = accounts.sign_in(Client(), user).session.session_key
print(json.dumps(keys))
"""
QUEUE = "/admin/enquiries/enquiry/"
LISTS = ("reason", "to", "giver", "receiver")


@dataclass
class Colleague:
    """One of the staff, signed in. seen: the states that the team has seen, in words."""

    page: Page
    site: Site
    name: str
    seen: list[str]

    def open_queue(self, tab="All open"):
        self.page.goto(self.site.url + QUEUE)
        tabs = self.page.get_by_role("navigation", name="Enquiries")
        with self.page.expect_navigation():
            tabs.get_by_role("link", name=tab).first.click()

    def queue(self) -> list[str]:
        """The references in the order in which the open list shows them."""
        return self.page.locator("#result_list tbody th").all_inner_texts()

    def row(self, reference) -> Locator:
        return self.page.locator("#result_list tbody tr", has_text=reference)

    def look_up(self, words):
        self.page.goto(self.site.url + QUEUE)
        self.page.get_by_label("Reference, phone number").fill(words)
        self.press("Look up")

    def open(self, reference):
        self.look_up(reference)
        self.follow(reference)

    def unfold(self, step) -> Locator:
        """Open the fields of a step, and return where they stand."""
        summary = self.page.locator("summary", has_text=re.compile(f"^{step}$"))
        form = self.page.locator(".steps details", has=summary)
        form.locator("summary").click()
        return form

    def take(self, step, *chosen, **entered):
        """Take a step of the open enquiry. chosen: labels; entered: by the names of the fields."""
        is_button = not chosen and not entered
        form = self.page.locator(".steps") if is_button else self.unfold(step)
        self.enter(form, *chosen, **entered)
        form.get_by_role("button", name=step, exact=True).click()

    def enter(self, form, *chosen, **entered):
        for label in chosen:
            form.get_by_label(label, exact=True).check()
        for name, words in entered.items():
            field = form.locator(f"[name={name}]")
            if name in LISTS:
                field.select_option(label=words)
            else:
                field.fill(words)

    def offered(self) -> list[str]:
        """The steps that the open enquiry offers."""
        unfolds, does_at_once = ".steps summary", ".steps > form button"
        return self.page.locator(f"{unfolds}, {does_at_once}").all_inner_texts()

    def stands(self, state, *words):
        """Check in which state the open enquiry stands, and what is said with it."""
        line = self.page.locator("main p:has(> strong)").first
        expect(line.locator("strong").first).to_have_text(state)
        for each in words:
            expect(line).to_contain_text(each)
        if self.seen[-1:] != [state]:
            self.seen.append(state)

    def is_told(self, *words):
        for each in words:
            expect(self.page.get_by_role("main")).to_contain_text(each)

    def press(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()

    def follow(self, name):
        self.page.get_by_role("link", name=name, exact=True).click()
