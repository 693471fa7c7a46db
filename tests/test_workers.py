import subprocess
import sys

PARENT = """
import os, subprocess, sys
os.environ["IMSINFO_SERVER_PID"] = str(os.getpid())
child = "from imsinfo.workers import *; end_with_server(); time.sleep(30)"
print(subprocess.Popen([sys.executable, "-c", child], stdout=subprocess.DEVNULL).pid, flush=True)
os.kill(os.getpid(), 9)
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


def test_nothing_is_watched_without_a_server(monkeypatch):
    from imsinfo.workers import end_with_server  # noqa: PLC0415 -- after the environment is set

    monkeypatch.delenv("IMSINFO_SERVER_PID", raising=False)
    monkeypatch.setattr("threading.Thread", None)
    assert end_with_server() is None
