"""The server's main process: it loads the code once, and its workers are copies of it.

So a worker is there sooner, at the start and in a dead one's place, and what the code takes of
the memory is there once for all of them. Run as granian is: `python -m` and the same arguments.
"""

import gc
import os
from importlib import import_module

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
    """Import all that answers requests. Reads no content, opens no database, starts no thread."""
    # Nothing of it is garbage; what is set apart is never looked through again, which would copy
    # it into every worker.
    gc.disable()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "imsinfo.settings")
    import django  # noqa: PLC0415 -- its settings are named above

    django.setup()
    from django.conf import settings  # noqa: PLC0415
    from django.template import engines  # noqa: PLC0415

    middleware = (path.rpartition(".")[0] for path in settings.MIDDLEWARE)
    for name in (settings.ROOT_URLCONF, *middleware, *NEEDED):
        import_module(name)
    # With the engines come the tags and filters of all apps.
    engines.all()
    gc.freeze()
    gc.enable()


if __name__ == "__main__":
    load()
    from granian.cli import entrypoint

    entrypoint()
