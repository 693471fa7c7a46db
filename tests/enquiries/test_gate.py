import sqlite3
import threading
import time

import pytest
from django.db import IntegrityError, InterfaceError, OperationalError, connection

from imsinfo.enquiries import gate
from imsinfo.enquiries.gate import NoPlaceError, turn, written

pytestmark = pytest.mark.db


class Failing:
    """A write that raises what it is given, one a try, and then succeeds."""

    def __init__(self, *faults):
        self.faults, self.tries = list(faults), 0

    def __call__(self):
        self.tries += 1
        if self.faults:
            raise self.faults.pop(0)
        return "written"


def ago(seconds):
    return time.monotonic() - seconds


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fault", [OperationalError, InterfaceError])
def test_a_failed_write_is_tried_once_more(fault):
    write = Failing(fault())
    assert (written(write, ago(0)), write.tries) == ("written", 2)


@pytest.mark.django_db(transaction=True)
def test_a_write_that_fails_twice_is_given_up():
    write = Failing(OperationalError(), OperationalError())
    with pytest.raises(OperationalError):
        written(write, ago(0))
    assert write.tries == 2


@pytest.mark.django_db(transaction=True)
def test_a_second_try_that_would_take_too_long_is_not_begun():
    write = Failing(OperationalError())
    with pytest.raises(OperationalError):
        written(write, ago(gate.LATEST_RETRY))
    assert write.tries == 1


@pytest.mark.django_db(transaction=True)
def test_what_the_database_refuses_is_not_tried_again():
    write = Failing(IntegrityError())
    with pytest.raises(IntegrityError):
        written(write, ago(0))
    assert write.tries == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.only_on("sqlite")
def test_the_wait_for_another_process_is_what_is_left_of_the_time():
    def busy_timeout():
        with connection.cursor() as cursor:
            return cursor.execute("PRAGMA busy_timeout").fetchone()[0]

    assert 4000 < written(busy_timeout, ago(gate.LONGEST - 5)) <= 5000


@pytest.mark.django_db(transaction=True)
@pytest.mark.only_on("sqlite")
def test_a_lock_that_another_process_releases_in_time_is_waited_for():
    other = sqlite3.connect(connection.settings_dict["NAME"], check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.3, other.rollback)
    release.start()

    def write():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM imsinfo_throttle")
        return "written"

    assert written(write, ago(0)) == "written"
    release.join()
    other.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.only_on("sqlite")
def test_other_users_of_the_connection_wait_as_long_as_before():
    written(Failing(), ago(gate.LONGEST - 5))
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA busy_timeout").fetchone()[0] == 20_000


@pytest.fixture
def places(monkeypatch):
    """Return a function that sets how many places and turns there are."""

    def set_places(most, turns):
        monkeypatch.setattr(gate, "_places", threading.BoundedSemaphore(most))
        vendor = {connection.vendor: threading.BoundedSemaphore(turns)}
        monkeypatch.setattr(gate, "_turns", vendor)
        monkeypatch.setattr(gate, "LONGEST_QUEUE", 0.01)
        monkeypatch.setattr(gate, "LONGEST", 0.01)

    return set_places


@pytest.mark.parametrize(("most", "turns"), [(1, 2), (2, 1)])
def test_a_form_without_a_place_or_a_turn_is_told_so(places, most, turns):
    places(most, turns)
    with turn(), pytest.raises(NoPlaceError), turn():
        pass


def test_a_place_is_free_again_after_a_failure(places):
    places(1, 1)
    with pytest.raises(RuntimeError), turn():
        raise RuntimeError
    with turn():
        pass


def test_sqlite_is_written_by_one_at_a_time_and_a_hundred_may_wait():
    assert (gate.AT_WORK["sqlite"], gate.MOST_IN_FLIGHT) == (1, 100)
    assert gate.LONGEST <= 20
