import sqlite3
import threading
import time

import pytest
from django.db import IntegrityError, InterfaceError, OperationalError, connection

from imsinfo.enquiries import gate
from imsinfo.enquiries.gate import NoPlaceError, place, written

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
def test_who_waits_for_the_turn_to_write_is_told_no_in_the_end():
    with gate._writing, pytest.raises(NoPlaceError):
        written(Failing(), ago(gate.LONGEST - 0.1))


@pytest.mark.django_db(transaction=True)
@pytest.mark.only_on("sqlite")
def test_the_turn_is_free_again_after_a_failure():
    with pytest.raises(IntegrityError):
        written(Failing(IntegrityError()), ago(0))
    assert written(Failing(), ago(0)) == "written"


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


@pytest.fixture
def one_place(monkeypatch):
    monkeypatch.setattr(gate, "_places", threading.BoundedSemaphore(1))
    monkeypatch.setattr(gate, "LONGEST_QUEUE", 0.01)


def test_a_form_without_a_place_is_told_so(one_place):
    with place(), pytest.raises(NoPlaceError), place():
        pass


def test_a_place_is_free_again_after_a_failure(one_place):
    with pytest.raises(RuntimeError), place():
        raise RuntimeError
    with place():
        pass
