import threading

import pytest

from imsinfo.operating import readiness as readiness_module
from imsinfo.operating.readiness import NO_ANSWER, Readiness


def test_an_answer_is_remembered_for_a_second(monkeypatch):
    asked, now = [], [100.0]
    monkeypatch.setattr(readiness_module.time, "monotonic", lambda: now[0])
    readiness = Readiness(lambda: str(asked.append(1) or ""))
    found = []
    for moment in (100.0, 100.9, 101.1, 101.2):
        now[0] = moment
        readiness.reason()
        found.append(len(asked))
    assert found == [1, 1, 2, 2]


@pytest.fixture
def hanging():
    """A question that nobody answers until the test is over, and how often it was asked."""
    over, asked = threading.Event(), []

    def ask():
        asked.append(1)
        over.wait(30)
        return ""

    yield ask, asked
    over.set()


def test_nobody_waits_for_what_hangs(hanging, monkeypatch):
    monkeypatch.setattr(readiness_module, "LONGEST", 0.01)
    ask, _ = hanging
    readiness = Readiness(ask)
    assert [readiness.reason() for _ in range(50)] == [NO_ANSWER] * 50


def test_what_hangs_is_not_asked_a_second_time(hanging, monkeypatch):
    ask, asked = hanging
    monkeypatch.setattr(readiness_module, "REMEMBERED", 0)
    readiness = Readiness(ask)
    for _ in range(3):
        readiness.reason()
    assert asked == [1]


def test_a_fault_that_nobody_thought_of_is_not_ready_and_told_without_its_words():
    def fail():
        raise RuntimeError("Ada Khan")

    assert Readiness(fail).reason() == "builtins.RuntimeError"


def test_reason_is_logged_when_it_changes_and_not_each_time(caplog, monkeypatch):
    monkeypatch.setattr(readiness_module, "REMEMBERED", -1)
    caplog.set_level("INFO")
    answers = iter(["", "the disk is full", "the disk is full", "", ""])
    readiness = Readiness(lambda: next(answers))
    for _ in range(5):
        readiness.reason()
    assert caplog.messages == ["The site is not ready: the disk is full", "The site is ready again"]
