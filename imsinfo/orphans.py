"""Ends a worker whose server is gone, so that no old code answers beside the next start."""

import os
import signal
import threading
import time

SERVER = "IMSINFO_SERVER_PID"


def end_with_server() -> None:
    """Watch the process that `manage.py serve` became; without one (make dev, tests) do nothing."""
    server = os.environ.get(SERVER)
    if server:
        threading.Thread(target=_watch, args=(int(server),), daemon=True).start()


def _watch(server: int) -> None:
    # A killed parent is replaced by another process; asking once a second costs nothing.
    while os.getppid() == server or os.getpid() == server:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
