from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from imsinfo import health


def refuse(*args):
    raise OperationalError("connection to server at 10.0.0.7 failed")


@pytest.fixture
def missing_migration():
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("sessions", "0001_initial")
    yield
    recorder.record_applied("sessions", "0001_initial")


def test_process_is_alive_without_a_database(wsgi):
    answer = wsgi("GET", "/healthz", HTTP_HOST="10.0.0.7")
    assert (answer.status, answer.body) == (200, b"ok\n")


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
def test_site_is_ready(wsgi):
    answer = wsgi("GET", "/readyz", HTTP_HOST="10.0.0.7")
    assert (answer.status, answer.body) == (200, b"ok\n")


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
def test_site_is_not_ready_while_a_migration_is_missing(missing_migration):
    assert health.is_ready() is False


def test_site_is_not_ready_without_its_database(monkeypatch):
    monkeypatch.setattr(health, "MigrationExecutor", refuse)
    assert health.is_ready() is False


@pytest.mark.django_db(transaction=True)
def test_site_is_not_ready_without_anything_to_read(monkeypatch):
    monkeypatch.setattr(health, "get_library", lambda: SimpleNamespace(articles=()))
    assert health.is_ready() is False


def test_not_ready_tells_no_details(wsgi, monkeypatch):
    monkeypatch.setattr(health, "MigrationExecutor", refuse)
    answer = wsgi("GET", "/readyz")
    assert (answer.status, answer.body, "10.0.0.7" in str(answer.lines)) == (
        *(503, b"not ready\n"),
        False,
    )
