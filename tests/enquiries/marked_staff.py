"""The marker in all that staff type on the running site: on the way in, and at work."""

import re
from urllib.parse import quote
from uuid import uuid4

from tests.enquiries.conftest import FOR_SOMEONE, VALID

QUEUE = "/admin/enquiries/enquiry/"
# control: what may be read, as proof that a search finds what is there.
ACCOUNTS = """
import json
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from imsinfo.enquiries.models import Enquiry
from tests import accounts

def cookie_of(client):
    return f"{{settings.SESSION_COOKIE_NAME}}={{client.session.session_key}}"

staff = User.objects.create_superuser("reception", first_name="{control}")
half_way = Client()
half_way.force_login(staff)
print(json.dumps({{
    "cookie": cookie_of(accounts.sign_in(Client(), staff)),
    "half way": cookie_of(half_way),
    "enquiries": list(Enquiry.objects.order_by("pk").values_list("pk", flat=True)),
}}))
"""
LEFT = """
import json
from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from imsinfo.staff.models import AuditEvent
from tests import accounts

client = accounts.sign_in(Client(headers={"host": "127.0.0.1"}), User.objects.get())
names = [f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry]
lists = [reverse("admin:index"), *(reverse(f"admin:{name}_changelist") for name in names)]
print(json.dumps({
    "lists": {path: client.get(path).content.decode() for path in lists},
    "log": list(AuditEvent.objects.values_list("action", "reference", "detail")),
    "sessions": [each.get_decoded() for each in Session.objects.all()],
}))
"""


class Desk:
    """Somebody of staff at a browser. page: one with a form, whose token is good for others."""

    def __init__(self, visitor, cookie: str, page: str):
        self.visitor, self.cookie, self.token = visitor, cookie, ""
        answer = self.get(page)
        self.token = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', answer.body)[
            1
        ].decode()
        set_cookies = [value for name, value in answer.headers if name == "set-cookie"]
        csrf = [value.partition(";")[0] for value in set_cookies if value.startswith("csrf=")]
        self.cookie = "; ".join([cookie, *csrf])

    def get(self, path: str):
        return self.visitor.ask("GET", path, Cookie=self.cookie)

    def post(self, path: str, **answers: str):
        given = answers | {"csrfmiddlewaretoken": self.token}
        return self.visitor.post(path, given, Cookie=self.cookie)


def on_the_way_in(visitor, word: str, half_way: str) -> dict:
    """Return what each page on the way in answers to the marker."""
    stranger = Desk(visitor, "", "/admin/login/")
    without_token = {"username": word, "password": word}
    return {
        "user name": stranger.post("/admin/login/", username=word, password=f"{word} {word}"),
        "no token": visitor.post("/admin/login/", without_token),
        "code": Desk(visitor, half_way, "/admin/second-factor/").post(
            "/admin/second-factor/", code=word
        ),
        "ended": Desk(visitor, "staff=ended", "/admin/login/").post(
            f"{QUEUE}1/step/note/", text=f"A {word} that was not saved"
        ),
    }


def at_work(visitor, word: str, accounts: dict) -> dict:
    """Return what each page of staff answers to the marker."""
    desk = Desk(visitor, accounts["cookie"], "/admin/password_change/")
    first, *_, last = accounts["enquiries"]
    caller = VALID | FOR_SOMEONE | {"channel": "call", "name": word, "message": f"{word} called"}
    step = f"{QUEUE}{first}/step/"
    return {
        "look-up": desk.post(f"{QUEUE}find/", q=word),
        "look-up for access": desk.post(f"{QUEUE}subject/", q=word),
        "note": desk.post(f"{step}note/", version="0", text=word),
        "refused note": desk.post(f"{step}note/", version="x", text=word),
        "contact": desk.post(
            f"{step}contact/", version="0", way="phone", outcome="reached", text=word
        ),
        "caller": desk.post(f"{QUEUE}add/check/", **caller),
        "caller stored": desk.post(f"{QUEUE}add/store/", submission_id=str(uuid4()), **caller),
        "export": desk.post(f"{QUEUE}export/", reason=word),
        "refused export": desk.post(f"{QUEUE}export/", reason=word, first_day=word, states=word),
        "refused erasure": desk.post(f"{QUEUE}{last}/erase/", reason=word),
        "erasure": desk.post(f"{QUEUE}{last}/erase/", reason=word, sure="on"),
        "password": desk.post("/admin/password_change/", old_password=word, new_password1=word),
        "odd filter": desk.get(f"{QUEUE}?name__contains={quote(word)}"),
        "odd audit": desk.get(f"/admin/staff/auditevent/?reference={quote(word)}"),
        "odd audit behind a reference": desk.get(
            f"/admin/staff/auditevent/?reference=CDF-GHJ-KMNP%20{quote(word)}"
        ),
        "no page of staff": desk.get(f"/admin/{quote(word)}/"),
    }
