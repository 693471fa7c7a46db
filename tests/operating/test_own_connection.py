import pytest
from django.db import connection, connections

from imsinfo.operating.databases import database
from imsinfo.operating.own_connection import impatient, own_connection

pytestmark = pytest.mark.db


@pytest.mark.django_db
def test_everything_inside_goes_over_another_connection():
    usual = connections["default"]
    with own_connection(1) as own, connection.cursor() as cursor:
        assert connections["default"] is own
        cursor.execute("SELECT 1")
        assert own.connection is not None
    assert (connections["default"], own.connection) == (usual, None)


@pytest.mark.django_db
def test_the_usual_connection_is_back_after_a_fault():
    usual = connections["default"]
    with pytest.raises(RuntimeError), own_connection(1):
        raise RuntimeError
    assert connections["default"] is usual


def test_a_lock_of_sqlite_is_not_waited_for_long():
    usual = database({"ENGINE": "django.db.backends.sqlite3", "NAME": "/srv/a"})
    assert impatient(usual, 0.4, 0.1)["OPTIONS"] == usual["OPTIONS"] | {"timeout": 0.1}


def test_postgresql_is_asked_outside_the_pool_and_not_waited_for_long():
    usual = database({"ENGINE": "django.db.backends.postgresql", "NAME": "ims"})
    options = impatient(usual, 0.4, 0.1)["OPTIONS"]
    assert ("pool" in options, options["options"]) == (
        *(False, "-c statement_timeout=400 -c lock_timeout=100"),
    )
