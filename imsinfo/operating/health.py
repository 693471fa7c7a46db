"""Whether the process answers, and whether it can do its work.

Not ready is only what no visitor could be served well with: a database that takes no enquiry,
tables of another version, keys that do not fit, nothing to read, a full disk. Whatever else an
operator must know, `manage.py status` tells.
"""

from pathlib import Path

from django.conf import settings

from imsinfo.articles.outline import get_outline
from imsinfo.operating.database_state import FAULTS, waiting_migrations, words_of, write_fault
from imsinfo.operating.disk import FULL, free_bytes
from imsinfo.operating.own_connection import own_connection
from imsinfo.operating.readiness import Readiness, further_needs
from imsinfo.problems import ContentError

# In seconds, both shorter than a whole look. Behind a writer that is at work for longer there is
# still time for the rest.
LONGEST_STATEMENT = 0.4
LONGEST_WAIT = 0.1


def is_alive() -> bool:
    return True


def is_ready() -> bool:
    return not readiness.reason()


def site_fault() -> str:
    """Ask everything that the site needs; return the first reason why it is not ready, or ""."""
    try:
        with own_connection(LONGEST_STATEMENT, LONGEST_WAIT):
            for ask in (write_fault, _schema.fault, *further_needs):
                if found := ask():
                    return found
    except FAULTS as error:
        return words_of(error)
    return content_fault() or disk_fault()


class _Schema:
    """Whether the tables are those of this code: of a running process, found once is enough."""

    def __init__(self) -> None:
        self.is_right = False

    def fault(self) -> str:
        if self.is_right:
            return ""
        waiting = waiting_migrations()
        self.is_right = not waiting
        return f"migrations are missing: {', '.join(waiting)}" if waiting else ""


def content_fault() -> str:
    try:
        return "" if get_outline().pages else "there is no page to show"
    except ContentError:
        return "the content cannot be read"


def disk_fault() -> str:
    """Look where the site writes; a database elsewhere has told of its own disk by the write."""
    try:
        free = free_bytes(Path(settings.VAR_DIR))
    except OSError as error:
        return f"VAR_DIR cannot be read ({error.strerror})"
    return f"the disk of VAR_DIR is full: {free // 1024} kB are left" if free < FULL else ""


_schema = _Schema()
readiness = Readiness(site_fault)

HEALTH_CHECKS = {"/healthz": is_alive, "/readyz": is_ready}
