"""Real faults of the database while somebody sends: what plain Django answers, and what we do."""

import sqlite3
import threading
from contextlib import contextmanager, suppress
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.db.backends.signals import connection_created
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from pytest_django.asserts import assertContains

from imsinfo.enquiries import gate
from imsinfo.enquiries.models import Enquiry, OutgoingMail

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.db]
SEND = "/enquiry/send/"
LONG = ("Precious " * 50).strip()


def plain(request):
    """A form as most sites have it."""
    Enquiry.objects.create(submission_id=uuid4(), message=LONG)
    return HttpResponse()


urlpatterns = [path("plain/", plain)]


@contextmanager
def of_every_connection(change):
    """Do this to the connection in use and to every later one, until the block ends."""

    def on_created(connection, **kwargs):
        change(connection)

    change(connection)
    connection_created.connect(on_created)
    try:
        yield
    finally:
        connection_created.disconnect(on_created)
        connection.close()


def execute(statement, on=connection):
    with on.cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def locked():
    """Let somebody else hold SQLite's one lock for writing."""
    other = sqlite3.connect(connection.settings_dict["NAME"], check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    execute("PRAGMA busy_timeout = 200")
    try:
        yield other
    finally:
        other.close()


@contextmanager
def full():
    """Let the database's file not grow any more, as on a full disk."""
    execute("VACUUM")
    with connection.cursor() as cursor:
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
    with of_every_connection(lambda each: execute(f"PRAGMA max_page_count = {pages}", each)):
        with suppress(OperationalError):
            while True:
                Enquiry.objects.create(submission_id=uuid4(), message=LONG)
        yield


@contextmanager
def lost():
    """Let the server end every connection as soon as it is there."""

    def end(each):
        with suppress(OperationalError):
            execute("SELECT pg_terminate_backend(pg_backend_pid())", each)

    with of_every_connection(end):
        yield


FAULTS = [
    pytest.param(locked, marks=pytest.mark.only_on("sqlite")),
    pytest.param(full, marks=pytest.mark.only_on("sqlite")),
    pytest.param(lost, marks=pytest.mark.only_on("postgresql")),
]


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(gate, "LONGEST", 0.5)


@pytest.mark.parametrize("fault", FAULTS)
def test_plain_django_answers_500(settings, fault):
    settings.ROOT_URLCONF, settings.MIDDLEWARE = __name__, []
    client = Client(raise_request_exception=False)
    with fault():
        assert client.post("/plain/").status_code == 500


@pytest.mark.parametrize("fault", FAULTS)
def test_a_sender_is_told_with_the_text_and_when_to_come_again(client, submission, fault):
    with fault():
        response = client.post(SEND, submission(message=LONG))
    assertContains(response, f'name="message" value="{LONG}"', status_code=503)
    assertContains(response, 'href="tel:6045550123"', status_code=503)
    assert int(response["Retry-After"]) > 0


@pytest.mark.parametrize("fault", FAULTS)
def test_what_was_refused_is_stored_once_when_it_is_sent_again(client, submission, parsed, fault):
    data = submission(message=LONG)
    stored = Enquiry.objects.filter(submission_id=data["submission_id"])
    with fault():
        page = client.post(SEND, data)
    assert stored.count() == 0
    again = client.post(SEND, dict(parsed(page).hidden))
    assert (again.status_code, stored.count(), OutgoingMail.objects.count()) == (303, 1, 1)


@pytest.mark.only_on("sqlite")
def test_a_lock_that_ends_in_time_is_waited_for(client, submission, monkeypatch):
    monkeypatch.setattr(gate, "LONGEST", 10)
    with locked() as other:
        ends = threading.Timer(1, other.rollback)
        ends.start()
        response = client.post(SEND, submission())
        ends.join()
    assert (response.status_code, Enquiry.objects.count()) == (303, 1)


@pytest.mark.only_on("postgresql")
def test_a_connection_that_was_lost_meanwhile_costs_nobody_an_answer(client, submission):
    with pytest.raises(OperationalError):
        execute("SELECT pg_terminate_backend(pg_backend_pid())")
    response = client.post(SEND, submission())
    assert (response.status_code, Enquiry.objects.count()) == (303, 1)
