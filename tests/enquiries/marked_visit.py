"""A visit to the site as it is served, with a marker in all that is typed, and what it leaves.

In this site one enquiry fails inside the view, and one is refused by the database itself.
"""

import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

from tests.enquiries.conftest import FOR_SOMEONE, VALID
from tests.faults.cluster import Cluster
from tests.faults.site import Site

WORD = "qxvorlath"
PHONE = "604 739 8215"
# Every field in which words can be typed.
TEXTS = {
    "message": f"My {WORD} hurts.\nAt night my {WORD} too.",
    "name": f"{WORD} smith",
    "their_first_name": WORD,
    "link": f"{WORD} cousin",
    "help_needed": f"large print for {WORD}",
    "phone": PHONE,
    "email": f"{WORD}@marker.example",
}
ANSWERS = VALID | FOR_SOMEONE | TEXTS | {"caution": "yes", "wants_receipt": "on"}
# Words where none belong: in place of a choice, or of what the page carries along.
MISPLACED = dict.fromkeys(
    [
        *("who", "today", "area", "place", "change", "unknown"),
        *("submission_id", "corrects", "consent_version", "check_stamp", "subject"),
    ],
    WORD,
)
# In a column that is not encrypted, and in an address: proof that a search finds what is there.
CONTROL = "zwcontrol"
MADE_TO_FAIL, MADE_TO_BE_REFUSED = "made to fail", {"impact": "most"}

FAULTY_SETTINGS = """
from imsinfo.settings import *
INSTALLED_APPS = [*INSTALLED_APPS, "faulty.Faulty"]
"""
FAULTY_APP = f"""
from django.apps import AppConfig
from django.db.models.signals import pre_save

def fail(sender, instance, **kwargs):
    if "{MADE_TO_FAIL}" in getattr(instance, "message", ""):
        raise RuntimeError(f"{{instance.name}} {{instance.phone}} {{vars(instance)}}")

class Faulty(AppConfig):
    name = "faulty"

    def ready(self):
        pre_save.connect(fail)
"""
# The database itself refuses a row; PostgreSQL then tells the whole row.
REFUSAL = {
    "sqlite": (
        "CREATE TRIGGER refuse BEFORE INSERT ON enquiries_enquiry WHEN NEW.impact = 'most' "
        "BEGIN SELECT RAISE(ABORT, 'refused'); END"
    ),
    "postgresql": "ALTER TABLE enquiries_enquiry ADD CHECK (impact <> 'most')",
}
EXECUTE = """
from django.db import connection
connection.cursor().execute({!r})
print("null")
"""
STORED = """
import json
from imsinfo.enquiries.models import Enquiry
print(json.dumps(list(Enquiry.objects.values(*{!r}))))
"""
STAFF_AT_WORK = f"""
import json
from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from imsinfo.enquiries.models import Enquiry
from imsinfo.staff.models import AuditEvent
from tests import accounts

staff = User.objects.create_superuser("reception", first_name="{CONTROL}")
client = Client(headers={{"host": "127.0.0.1"}})
accounts.sign_in(client, staff)
pk = Enquiry.objects.first().pk
note = reverse("admin:enquiries_enquiry_step", args=[pk, "note"])
client.post(note, {{"version": 0, "text": "{WORD} {PHONE}"}})
# One that is refused comes back with its text, which must not stay anywhere either.
client.post(note, {{"version": "x", "text": "{WORD} {PHONE}"}})
for typed in ("{WORD}", "{PHONE}"):
    client.post(reverse("admin:enquiries_enquiry_find"), {{"q": typed}})
client.get(reverse("admin:enquiries_enquiry_change", args=[pk]))
names = [f"{{model._meta.app_label}}_{{model._meta.model_name}}" for model in admin.site._registry]
lists = [reverse("admin:index"), *(reverse(f"admin:{{name}}_changelist") for name in names)]
print(json.dumps({{
    "lists": {{path: client.get(path).content.decode() for path in lists}},
    "log": list(AuditEvent.objects.values_list("action", "reference", "detail")),
    "sessions": [each.get_decoded() for each in Session.objects.all()],
}}))
"""


@dataclass
class Answer:
    """What the running site answered."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def location(self) -> str:
        return dict(self.headers).get("location", "")


@dataclass
class Traces:
    """All that a visit has left behind, once the site has stopped."""

    answers: dict[str, Answer] = field(default_factory=dict)
    stored: list[dict[str, str]] = field(default_factory=list)
    staff: dict = field(default_factory=dict)
    mails: bytes = b""
    log: bytes = b""
    database_log: bytes = b""
    files: dict[str, bytes] = field(default_factory=dict)
    copy: bytes = b""


@contextmanager
def marked_visit(folder: Path, vendor: str) -> Iterator[Traces]:
    """Serve a site, visit it, and give what is left. folder: an empty one for the site."""
    cluster = talkative_cluster() if vendor == "postgresql" else None
    site = site_with_a_fault(folder, cluster)
    try:
        site.start()
        yield left_by_a_visit(site, vendor)
    finally:
        site.end()
        if cluster:
            cluster.remove()


class Visitor:
    """Sends what a browser would; every send comes from a network of its own."""

    def __init__(self, site: Site):
        self.site, self.count = site, 0

    def ask(self, method, path, body=b"", **headers) -> Answer:
        self.count += 1
        asker = {"X-Forwarded-For": f"192.0.2.{self.count}"}
        form = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        server = HTTPConnection("127.0.0.1", self.site.port, timeout=30)
        server.request(method, path, body, asker | form | headers)
        answer = server.getresponse()
        found = tuple((name.lower(), value) for name, value in answer.getheaders())
        try:
            return Answer(answer.status, found, answer.read())
        finally:
            server.close()

    def post(self, path, answers, **headers) -> Answer:
        return self.ask("POST", path, urlencode(answers).encode(), **headers)

    def send(self, *, headers=(), **changes) -> Answer:
        answers = ANSWERS | {"submission_id": uuid4()} | changes
        return self.post("/enquiry/send/", answers, **dict(headers))


def walk(visitor: Visitor) -> dict[str, Answer]:
    """Visit every state of the form, with the marker in every field, and every refusal."""
    send, post, known, one_network = visitor.send, visitor.post, uuid4(), {"X-Forwarded-For": "::1"}
    pages = {
        "signs": post("/enquiry/", ANSWERS | MISPLACED),
        "questions": post("/enquiry/check/", ANSWERS | MISPLACED | {"email": f"{WORD}@"}),
        "check": post("/enquiry/check/", ANSWERS),
        "change": post("/enquiry/check/", ANSWERS | {"change": "name"}),
        "sent": send(submission_id=known),
        "correction": send(submission_id=known, message=f"other {WORD}"),
        "first of one network": send(headers=one_network, area="hand"),
        "too many": send(headers=one_network, area="hip"),
        "not stored": send(**MADE_TO_BE_REFUSED),
    }
    return pages | {
        "last page": visitor.ask("GET", pages["sent"].location),
        "fault": send(message=f"{WORD} {MADE_TO_FAIL}"),
        "from elsewhere": send(headers={"Origin": "https://elsewhere.example"}),
        "too long": send(message=f"{WORD} {PHONE} " * 20_000),
        "too many fields": send(**{f"{WORD}{number}": WORD for number in range(200)}),
        "no form": post("/enquiry/send/", ANSWERS, **{"Content-Type": "multipart/form-data"}),
        "other charset": post("/enquiry/send/", ANSWERS, **{"Content-Type": f"x; charset={WORD}"}),
        "no such page": post("/enquiry/nowhere/", ANSWERS),
        "only to be read": post("/enquiry/questions/", ANSWERS),
        "under 18": send(adult="no"),
        "no agreement": send(they_agree="no"),
        "forged": visitor.ask("GET", f"/enquiry/sent/?r={WORD}&{WORD}={WORD}"),
        "control": visitor.ask("GET", f"/{CONTROL}/"),
    }


def talkative_cluster() -> Cluster:
    """A PostgreSQL that writes every statement with its values into its own log."""
    cluster = Cluster.made_in(Path(tempfile.mkdtemp(prefix="imsinfo-marker-")))
    for statement in ("ALTER SYSTEM SET log_statement = 'all'", "SELECT pg_reload_conf()"):
        of_postgresql(cluster, "psql", "-c", statement)
    return cluster


def of_postgresql(cluster: Cluster, program: str, *arguments: str) -> bytes:
    command = [program, "-h", str(cluster.folder), "-U", cluster.user, *arguments, cluster.name]
    return subprocess.run(command, capture_output=True, check=True, timeout=60).stdout


def site_with_a_fault(folder: Path, cluster: Cluster | None) -> Site:
    site = Site(folder, cluster)
    (folder / "faulty_settings.py").write_text(FAULTY_SETTINGS)
    (folder / "faulty.py").write_text(FAULTY_APP)
    site.environment |= {
        "DJANGO_SETTINGS_MODULE": "faulty_settings",
        "PYTHONPATH": str(folder),
        "ENQUIRIES_IN_TEN_MINUTES": "1",
    }
    return site


def left_by_a_visit(site: Site, vendor: str) -> Traces:
    site.shell(EXECUTE.format(REFUSAL[vendor]))
    traces = Traces(walk(Visitor(site)))
    traces.stored = site.shell(STORED.format(tuple(TEXTS)))
    traces.staff = site.shell(STAFF_AT_WORK)
    traces.mails = mails_of(site)
    # While it runs: the log that SQLite writes first is gone once it has stopped.
    traces.files, traces.copy = (on_postgresql if site.cluster else on_sqlite)(site)
    site.stop()
    traces.log = site.log.read_bytes()
    traces.database_log = (site.cluster.folder / "log").read_bytes() if site.cluster else b""
    return traces


def mails_of(site: Site) -> bytes:
    """Wait until the receipt and the notice to staff are written, and return all mails."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        mails = b"".join(path.read_bytes() for path in (site.var / "mail").glob("*"))
        if b"We have received" in mails and b"for a clinician" in mails:
            return mails
        time.sleep(0.1)
    raise TimeoutError("no mail was sent in 60 seconds")


def on_sqlite(site: Site) -> tuple[dict[str, bytes], bytes]:
    files = {path.name: path.read_bytes() for path in site.var.glob("imsinfo.sqlite3*")}
    copy = site.folder / "copy.sqlite3"
    source, target = sqlite3.connect(site.var / "imsinfo.sqlite3"), sqlite3.connect(copy)
    source.backup(target)
    source.close()
    target.close()
    return files, copy.read_bytes()


def on_postgresql(site: Site) -> tuple[dict[str, bytes], bytes]:
    of_postgresql(site.cluster, "psql", "-c", "CHECKPOINT")
    copy = of_postgresql(site.cluster, "pg_dump", "--inserts")
    paths = [path for path in (site.cluster.folder / "data").rglob("*") if path.is_file()]
    return {str(path): path.read_bytes() for path in paths}, copy
