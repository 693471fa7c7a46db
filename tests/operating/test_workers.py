import signal
import subprocess
import sys

PARENT = """
import os, subprocess, sys
os.environ["IMSINFO_SERVER_PID"] = str(os.getpid())
child = "from imsinfo.operating.workers import *; end_with_server(); time.sleep(30)"
print(subprocess.Popen([sys.executable, "-c", child], stdout=subprocess.DEVNULL).pid, flush=True)
os.kill(os.getpid(), 9)
"""
# As granian's main process: its handlers swallow the signal, and its workers inherit them.
LATE = """
import os, signal
signal.signal(signal.SIGTERM, lambda *_: None)
os.environ["IMSINFO_SERVER_PID"] = "1" if os.getppid() != 1 else "2"
from imsinfo.operating.workers import *
end_at_once_while_starting()
print("serves", flush=True)
"""
DEAF = """
import os, signal, threading, time
from imsinfo.operating import workers
workers.FINISH_WITHIN = 0
signal.signal(signal.SIGTERM, lambda *_: print("told", flush=True))
workers._watch(1 if os.getppid() != 1 else 2)
time.sleep(30)
"""
WAIT = """
import os, sys, time
for _ in range(100):
    try:
        os.kill(int(sys.argv[1]), 0)
    except ProcessLookupError:
        sys.exit(0)
    time.sleep(0.1)
sys.exit(1)
"""


def test_a_worker_ends_when_its_server_is_killed():
    done = subprocess.run([sys.executable, "-c", PARENT], capture_output=True, check=False)
    worker = done.stdout.decode().strip()
    assert subprocess.run([sys.executable, "-c", WAIT, worker], check=False).returncode == 0


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)


def test_a_worker_that_comes_after_its_server_has_died_never_serves():
    done = run(LATE)
    assert (done.returncode, done.stdout) == (-signal.SIGTERM, b"")


def test_a_worker_that_does_not_finish_is_killed():
    done = run(DEAF)
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, b"told\n")


def test_nothing_is_watched_without_a_server(monkeypatch):
    from imsinfo.operating.workers import end_with_server  # noqa: PLC0415 -- after the environment is set

    monkeypatch.delenv("IMSINFO_SERVER_PID", raising=False)
    monkeypatch.setattr("threading.Thread", None)
    assert end_with_server() is None
