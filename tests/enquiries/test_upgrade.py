"""A site that held enquiries before there was a queue keeps them, and each gets its place."""

import json

import pytest

OLD = ("enquiries", "0002_outbox_and_lookup")
STORE = f"""
from datetime import UTC, datetime
from uuid import uuid4
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
apps = MigrationExecutor(connection).loader.project_state([{OLD!r}]).apps
Enquiry = apps.get_model("enquiries", "Enquiry")
at = datetime(2026, 11, 2, 12, tzinfo=UTC)
closed = {{"state": "closed", "closed_reason": "withdrew", "closed_at": at}}
for name, changes in {{
    "NEW": {{}}, "CAUTION": {{"caution": "yes"}}, "DOCTOR": {{"doctor_first": True}},
    "REVIEW": {{"caution": "yes", "state": "in-review"}}, "CLOSED": closed,
}}.items():
    given = {{"submission_id": uuid4(), "area": "neck", "caution": "no", "received_at": at}}
    Enquiry.objects.create(reference=name, **given | changes)
apps.get_model("enquiries", "AuditEvent").objects.create(action="received", reference="NEW", at=at)
"""
READ = """
import json
from imsinfo.enquiries.models import Enquiry
from imsinfo.staff.models import AuditEvent
rows = Enquiry.objects.values_list("reference", "state", "due_on", "state_since__date")
events = AuditEvent.objects.values_list("action", "reference", "at__date")
print(json.dumps([list(rows), list(events)], default=str))
"""


@pytest.fixture
def manage(run_manage):
    def run(*args):
        done = run_manage(*args)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_what_was_stored_before_stands_in_the_queue_after_the_upgrade(manage):
    manage("migrate", *OLD, "--verbosity", "0")
    manage("shell", "--no-imports", "-c", STORE)
    manage("migrate", "--verbosity", "0")
    rows, events = json.loads(manage("shell", "--no-imports", "-c", READ))
    assert {row[0]: row[1:] for row in rows} == {
        "NEW": ["new", "2026-11-04", "2026-11-02"],
        "CAUTION": ["awaiting-clinician", "2026-11-03", "2026-11-02"],
        "DOCTOR": ["awaiting-clinician", "2026-11-03", "2026-11-02"],
        "REVIEW": ["in-review", "2026-11-03", "2026-11-02"],
        "CLOSED": ["closed", None, "2026-11-02"],
    }
    assert events == [["received", "NEW", "2026-11-02"]]
