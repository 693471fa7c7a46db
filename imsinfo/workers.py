"""How a worker ends: with its server, and at once while it is still starting."""

import os
import signal
import threading
import time

SERVER = "IMSINFO_SERVER_PID"


def end_at_once_while_starting() -> None:
    """Let SIGTERM end a worker that has not begun to serve.

    Until granian sets its own handlers, a worker has those of the main process, which swallow
    the signal: the worker would begin to serve although the site is being stopped.
    """
    if os.environ.get(SERVER) == str(os.getppid()):
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, signal.SIG_DFL)


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
