"""Work that is shared among processes, told apart by their numbers."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from imsinfo.editions import cores
from imsinfo.editions.cores import mapped

SLOW_WORK = """
import os, signal, sys, time
from imsinfo.editions import cores

# A job in the background is started deaf to Ctrl+C.
signal.signal(signal.SIGINT, signal.default_int_handler)
cores.os.sched_getaffinity = lambda pid: {0, 1, 2}

def slow(item):
    print(os.getpid(), flush=True)
    time.sleep(%s)

cores.mapped(slow, range(400), least=1)
"""


WITH_A_THREAD = """
import os, threading, time
from imsinfo.editions import cores

cores.os.sched_getaffinity = lambda pid: {0, 1, 2}

def process_of(item):
    time.sleep(0.01)
    return os.getpid()

alone = len(set(cores.mapped(process_of, range(60))))
threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
print(alone, len(set(cores.mapped(process_of, range(60)))))
"""


@pytest.fixture(autouse=True)
def three_cores(monkeypatch, may_split):
    monkeypatch.setattr(cores.os, "sched_getaffinity", lambda pid: {0, 1, 2})


def process_of(item):
    # Long enough that every process gets its turn.
    time.sleep(0.01)
    return os.getpid()


def test_mapped_keeps_the_order_of_the_items():
    words = [str(number) for number in range(1000)]
    assert mapped(len, words) == [len(word) for word in words]


@pytest.mark.parametrize("count", [0, 1, 7, 255, 256, 257, 600])
def test_mapped_answers_for_each_item_once(count):
    assert mapped(abs, range(-count, 0), least=1) == list(range(count, 0, -1))


def test_mapped_works_on_all_cores():
    assert len(set(mapped(process_of, range(60)))) == 3


def test_few_items_are_done_in_line():
    assert set(mapped(process_of, range(15), least=8)) == {os.getpid()}


def test_more_items_than_least_take_a_process_more():
    assert len(set(mapped(process_of, range(16), least=8))) == 2


def test_one_core_works_in_line(monkeypatch):
    monkeypatch.setattr(cores.os, "sched_getaffinity", lambda pid: {0})
    assert set(mapped(process_of, range(20))) == {os.getpid()}


def test_a_process_with_threads_is_not_split():
    # In a process of its own: that of the tests may have threads already.
    command = [sys.executable, "-c", WITH_A_THREAD]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["3", "1"]


def test_a_process_that_shares_work_is_not_split_again():
    def processes(item):
        return {os.getpid(), *mapped(process_of, range(16))}

    shares = mapped(processes, range(9), least=3)
    assert all(len(share) == 1 for share in shares if os.getpid() not in share)


def test_a_system_without_processes_works_in_line(monkeypatch):
    def refused():
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(cores.os, "fork", refused)
    assert set(mapped(process_of, range(20))) == {os.getpid()}


def no_multiple_of_seven(number):
    if number and not number % 7:
        raise KeyError(number)
    return number


def test_the_first_fault_is_raised_as_it_is():
    with pytest.raises(KeyError) as raised:
        mapped(no_multiple_of_seven, range(300))
    assert raised.value.args == (7,)


def test_a_process_that_was_killed_is_made_good():
    parent = os.getpid()

    def fatal(item):
        if os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.01)
        return item

    assert mapped(fatal, range(40)) == list(range(40))


def test_a_result_that_cannot_travel_is_made_here():
    results = mapped(lambda item: (process_of(item), lambda: item), range(40))
    assert [made() for _, made in results] == list(range(40))


def test_no_process_is_left():
    mapped(process_of, range(40))
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_no_file_is_left_open():
    opened = Path("/proc/self/fd")
    before = sorted(opened.iterdir())
    mapped(process_of, range(40))
    assert sorted(opened.iterdir()) == before


def started(seconds):
    """Return a process at work with two others, all of which hold its stdout open."""
    command = [sys.executable, "-c", SLOW_WORK % seconds]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    seen = set()
    while len(seen) < 3:
        seen.add(process.stdout.readline())
    return process


@pytest.mark.parametrize(("sent", "seconds"), [("SIGINT", 60), ("SIGTERM", 0.1), ("SIGKILL", 0.1)])
def test_a_process_that_ends_takes_the_others_with_it(sent, seconds):
    process = started(seconds)
    process.send_signal(signal.Signals[sent])
    # The end of stdout: nobody holds it any more.
    process.communicate(timeout=60)
    assert process.returncode
