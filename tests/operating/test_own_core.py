"""Workers and cores, each in a process of its own: a core is given up with the process alone."""

import subprocess
import sys

import pytest

from imsinfo.operating import own_core

WORKER = """
import os, sys
sys.path.insert(0, {root!r})
os.environ |= {{"IMSINFO_SERVER_PID": {server!r}, "IMSINFO_WORKERS": "2"}}
from imsinfo.operating import own_core
own_core.os.sched_getaffinity = lambda pid: {cores!r}
kept = []
own_core.os.sched_setaffinity = lambda pid, cores: kept.append(sorted(cores))
own_core.keep_to_one_core()
own_core.use_every_core()
print(kept, flush=True)
sys.stdin.read()
"""
TWO = {3, 5}


@pytest.fixture
def start_worker(request, tmp_path):
    """Return a function that starts a worker: (cores, server) → what it did, and how to end it."""
    workers = []

    def start_worker(cores=TWO, server=f"{tmp_path}"[-60:]):
        code = WORKER.format(root=str(request.config.rootpath), server=server, cores=cores)
        command = [sys.executable, "-c", code]
        worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        workers.append(worker)
        return worker.stdout.readline().strip(), worker

    yield start_worker
    for worker in workers:
        worker.kill()
        worker.communicate(timeout=20)


def test_each_worker_has_a_core_of_its_own_and_its_helpers_have_all(start_worker):
    assert [start_worker()[0] for _ in range(2)] == ["[[3], [3, 5]]", "[[5], [3, 5]]"]


def test_a_third_worker_goes_where_the_system_puts_it(start_worker):
    assert [start_worker()[0] for _ in range(3)][2] == "[]"


def test_a_worker_in_a_killed_ones_place_takes_its_core(start_worker):
    first, _ = start_worker()[1], start_worker()
    first.kill()
    first.wait(timeout=20)
    assert start_worker()[0] == "[[3], [3, 5]]"


def test_two_sites_on_a_machine_do_not_hinder_each_other(start_worker, tmp_path):
    sites = [f"{tmp_path}-{number}"[-60:] for number in (1, 2)]
    assert [start_worker(server=server)[0] for server in sites] == ["[[3], [3, 5]]"] * 2


@pytest.mark.parametrize("cores", [{0}, {0, 1, 2}, set(range(8))])
def test_with_fewer_or_more_cores_the_system_does_better_by_itself(start_worker, cores):
    assert start_worker(cores)[0] == "[]"


def test_without_a_server_nothing_is_changed(monkeypatch):
    monkeypatch.delenv("IMSINFO_SERVER_PID", raising=False)
    monkeypatch.setenv("IMSINFO_WORKERS", "2")
    changed = []
    monkeypatch.setattr(own_core.os, "sched_getaffinity", lambda pid: TWO)
    monkeypatch.setattr(own_core.os, "sched_setaffinity", lambda *args: changed.append(args))
    own_core.keep_to_one_core()
    own_core.use_every_core()
    assert changed == []


@pytest.fixture
def in_a_worker(monkeypatch, tmp_path):
    monkeypatch.setenv("IMSINFO_SERVER_PID", f"{tmp_path}"[-60:])
    monkeypatch.setenv("IMSINFO_WORKERS", "2")
    monkeypatch.setattr(own_core.os, "sched_getaffinity", lambda pid: TWO)
    kept = []
    monkeypatch.setattr(own_core.os, "sched_setaffinity", lambda pid, cores: kept.append(cores))
    yield kept
    own_core._every_core.clear()


def refuse(*args):
    raise PermissionError


@pytest.mark.parametrize("name", ["os.sched_getaffinity", "os.sched_setaffinity", "socket.socket"])
def test_a_worker_that_may_not_choose_serves_all_the_same(in_a_worker, monkeypatch, name):
    monkeypatch.setattr(f"imsinfo.operating.own_core.{name}", refuse)
    own_core.keep_to_one_core()
    own_core.use_every_core()
    assert in_a_worker == []


def test_a_system_without_cores_to_choose_serves_all_the_same(in_a_worker, monkeypatch):
    monkeypatch.delattr(own_core.os, "sched_getaffinity")
    own_core.keep_to_one_core()
    assert in_a_worker == []


@pytest.mark.parametrize("count", ["1", "3"])
def test_another_number_of_workers_than_cores_is_left_to_the_system(
    in_a_worker, monkeypatch, count
):
    monkeypatch.setenv("IMSINFO_WORKERS", count)
    own_core.keep_to_one_core()
    assert in_a_worker == []
