"""The server's main process: it loads the code once, and its workers are copies of it.

So a worker is there sooner, at the start and in a dead one's place, and most of what the code
takes of the memory is there once for all of them. Run as granian is: `python -m` and the same
arguments.
"""

import gc
import multiprocessing
import os
import signal
import sys
from importlib import import_module

from imsinfo.operating.workers import COUNT

# What imsinfo.wsgi needs beside Django and the views. Not itself: it makes a process a worker.
NEEDED = (
    "django.contrib.sessions.backends.db",
    "django.core.wsgi",
    "imsinfo.editions.following",
    "imsinfo.operating.health",
    "imsinfo.operating.request_log",
    "imsinfo.web.prepared_pages",
    "imsinfo.web.slow_connections",
    "imsinfo.web.static",
    "imsinfo.web.whole_bodies",
)


def load() -> None:
    """Import all that answers requests. Builds no page, opens no database, starts no thread."""
    # Nothing of it is garbage; what is set apart is never looked through again, which would copy
    # it into every worker.
    gc.disable()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "imsinfo.settings")
    import django  # noqa: PLC0415 -- its settings are named above

    django.setup()
    from django.conf import settings  # noqa: PLC0415
    from django.template import engines  # noqa: PLC0415

    from imsinfo.editions.fingerprint import of_the_code  # noqa: PLC0415

    middleware = (path.rpartition(".")[0] for path in settings.MIDDLEWARE)
    for name in (settings.ROOT_URLCONF, *middleware, *NEEDED):
        import_module(name)
    # With the engines come the tags and filters of all apps.
    engines.all()
    # Of the code that lies here now: while a release is exchanged, a worker in a dead one's place
    # still is a copy of this process.
    of_the_code()
    gc.freeze()
    gc.enable()


def begin() -> None:
    """Get ready to become granian."""
    os.environ[COUNT] = sys.argv[sys.argv.index("--workers") + 1]
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # Until granian listens for it, Ctrl+C ends the load without a trace of it.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    if sys.platform == "linux":
        # Python 3.14 would start each worker from nothing. This process has one thread: it can
        # be copied.
        multiprocessing.set_start_method("fork")
        load()


if __name__ == "__main__":
    begin()
    from granian.cli import entrypoint

    entrypoint()
