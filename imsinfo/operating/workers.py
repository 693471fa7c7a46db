"""How many workers a server has, and how each ends: with it, at once while it is starting."""

import os
import signal
import threading
import time

from imsinfo.operating.supervising import SERVER

# One for each core of the smallest server that a site is meant for.
WORKERS = 2
# By this name the main process tells its workers how many they are.
COUNT = "IMSINFO_WORKERS"
FINISH_WITHIN = 10  # seconds, as the server gives its workers


def end_at_once_while_starting() -> None:
    """Let SIGTERM end a worker that has not begun to serve; end one whose server is gone already.

    Until granian sets its own handlers, a worker has those of the main process, which swallow
    the signal: the worker would begin to serve although the site is being stopped.
    """
    server = int(os.environ.get(SERVER) or os.getpid())
    if server == os.getpid():
        return
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, signal.SIG_DFL)
    if os.getppid() != server:
        os.kill(os.getpid(), signal.SIGTERM)


def end_with_server() -> None:
    """Watch the server that started this worker; without one (make dev, tests) do nothing."""
    server = os.environ.get(SERVER)
    if server:
        threading.Thread(target=_watch, args=(int(server),), daemon=True).start()


def _watch(server: int) -> None:
    # A killed parent is replaced by another process; asking once a second costs nothing.
    while os.getppid() == server or os.getpid() == server:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
    # Nobody else is there to end what does not finish.
    time.sleep(FINISH_WITHIN)
    os.kill(os.getpid(), signal.SIGKILL)
