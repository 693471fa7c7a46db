import json
import signal
import subprocess
import sys

import pytest

LOADED = """
import gc, json, os, sys
from imsinfo.operating.granian_main import load
load()
from django.db import connections
from imsinfo import content
found = {
    "threads": len(os.listdir("/proc/self/task")),
    "opened": [each.alias for each in connections.all(initialized_only=True) if each.connection],
    "read": len(content.content_folders()._built),
    "collects": gc.isenabled(),
    "set apart": gc.get_freeze_count() > 10_000,
}
before = set(sys.modules)
import imsinfo.wsgi
found["still to load"] = sorted(each for each in set(sys.modules) - before if "imsinfo" in each)
print(json.dumps(found))
"""


@pytest.fixture
def loaded(clean_environment, static_files, request):
    """What there is in a process that has loaded the code, and what a worker still loads."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED],
        cwd=request.config.rootpath,
        env=clean_environment(),
        capture_output=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_main_process_has_nothing_that_a_copy_of_it_must_not_have(loaded):
    # A thread would be missing in the copy, with its locks held; a connection would be shared.
    assert (loaded["threads"], loaded["opened"], loaded["read"]) == (1, [], 0)


def test_main_process_has_all_code_that_its_workers_need(loaded):
    assert loaded["still to load"] == ["imsinfo.wsgi"]


def test_what_is_loaded_is_set_apart_and_the_rest_is_collected(loaded):
    assert (loaded["set apart"], loaded["collects"]) == (True, True)


STOPPED = """
import os, signal, sys
from imsinfo.operating import granian_main
granian_main.load = lambda: os.kill(os.getpid(), signal.SIGINT)
sys.argv += ["--workers", "2"]
granian_main.begin()
"""


def test_ctrl_c_while_the_code_is_loaded_leaves_no_trace():
    done = subprocess.run([sys.executable, "-c", STOPPED], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (-signal.SIGINT, b"")
