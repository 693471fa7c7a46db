"""A visit to the site as it is served, with a marker in all that is typed, and what it leaves.

In this site one enquiry fails inside the view, and one is refused by the database itself.
"""

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
from tests.enquiries.left_on_disk import (
    of_postgresql,
    on_postgresql,
    on_sqlite,
    told_by,
    unsealed_backup,
)
from tests.enquiries.marked_staff import ACCOUNTS, LEFT, at_work, on_the_way_in
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
# In a column that is not encrypted: proof that a search finds what is there.
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
    if "{MADE_TO_FAIL}" in str(getattr(instance, "message", "")):
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
# What an operator runs, and reads.
COMMANDS = ("send_digest", "apply_retention", "backup", "status")


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
    backup: bytes = b""
    told: dict[str, bytes] = field(default_factory=dict)


@contextmanager
def marked_visit(folder: Path, vendor: str, prepared: Path) -> Iterator[Traces]:
    """Serve a site, visit it, and give what is left.

    folder: an empty one for the site; prepared: what it keeps at the first visit.
    """
    cluster = talkative_cluster() if vendor == "postgresql" else None
    site = site_with_a_fault(folder, cluster, prepared)
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
    return (
        pages
        | {
            "last page": visitor.ask("GET", pages["sent"].location),
            "fault": send(message=f"{WORD} {MADE_TO_FAIL}"),
            "from elsewhere": send(headers={"Origin": "https://elsewhere.example"}),
            "too long": send(message=f"{WORD} {PHONE} " * 20_000),
            "too many fields": send(**{f"{WORD}{number}": WORD for number in range(200)}),
            "no form": post("/enquiry/send/", ANSWERS, **{"Content-Type": "multipart/form-data"}),
            "other charset": post(
                "/enquiry/send/", ANSWERS, **{"Content-Type": f"x; charset={WORD}"}
            ),
            "no such page": post("/enquiry/nowhere/", ANSWERS),
            "only to be read": post("/enquiry/questions/", ANSWERS),
            "under 18": send(adult="no"),
            "no agreement": send(they_agree="no"),
            "forged": visitor.ask("GET", f"/enquiry/sent/?r={WORD}&{WORD}={WORD}"),
            "spam": send(
                message=f"{WORD} https://a.test https://b.test https://c.test", subject=WORD
            ),
            "no such address": visitor.ask("GET", f"/{WORD}/"),
            "searched": visitor.ask("GET", f"/search/?q={WORD}"),
        }
        | strangers(visitor)
    )


def strangers(visitor: Visitor) -> dict[str, Answer]:
    """Send the marker where no page of ours puts anything."""
    named = b"--x\r\nContent-Disposition: form-data; name=a; filename=%b\r\n\r\n\r\n--x--\r\n"
    parts = {"Content-Type": "multipart/form-data; boundary=x"}
    told = dict.fromkeys(("Referer", "User-Agent", "Cookie", "X-Request-ID", "X-A"), WORD)
    return {
        "headers": visitor.ask("GET", "/no-such-page/", **told),
        "another host": visitor.ask("GET", "/", Host=f"{WORD}.example"),
        "another method": visitor.ask(WORD.upper(), "/enquiry/send/"),
        "file": visitor.ask("POST", "/enquiry/send/", named % WORD.encode(), **parts),
        "odd sender": visitor.post("/enquiry/", ANSWERS, **{"X-Forwarded-For": WORD}),
    }


def talkative_cluster() -> Cluster:
    """A PostgreSQL that writes every statement with its values into its own log."""
    cluster = Cluster.made_in(Path(tempfile.mkdtemp(prefix="imsinfo-marker-")))
    for statement in ("ALTER SYSTEM SET log_statement = 'all'", "SELECT pg_reload_conf()"):
        of_postgresql(cluster, "psql", "-c", statement)
    return cluster


def site_with_a_fault(folder: Path, cluster: Cluster | None, prepared: Path) -> Site:
    site = Site(folder, cluster, prepared=prepared)
    (folder / "faulty_settings.py").write_text(FAULTY_SETTINGS)
    (folder / "faulty.py").write_text(FAULTY_APP)
    site.environment |= {
        "DJANGO_SETTINGS_MODULE": "faulty_settings",
        "PYTHONPATH": str(folder),
        "ENQUIRIES_IN_TEN_MINUTES": "1",
        # Each form of the log is read on one of the databases.
        "LOG_FORMAT": "json" if cluster else "text",
    }
    return site


def left_by_a_visit(site: Site, vendor: str) -> Traces:
    site.shell(EXECUTE.format(REFUSAL[vendor]))
    visitor = Visitor(site)
    traces = Traces(walk(visitor))
    traces.stored = site.shell(STORED.format(tuple(TEXTS)))
    accounts = site.shell(ACCOUNTS.format(control=CONTROL))
    marker = f"{WORD} {PHONE}"
    traces.answers |= on_the_way_in(visitor, WORD, accounts["half way"])
    traces.answers |= at_work(visitor, marker, accounts)
    traces.staff = site.shell(LEFT)
    traces.told = {command: told_by(site, command) for command in COMMANDS}
    traces.mails = mails_of(site)
    # While it runs: the log that SQLite writes first is gone once it has stopped.
    traces.files, traces.copy = (on_postgresql if site.cluster else on_sqlite)(site)
    traces.backup = unsealed_backup(site)
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
