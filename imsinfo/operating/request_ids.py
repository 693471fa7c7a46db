"""The id of the request that a thread is at work on, by which lines of the log belong together."""

import re
import secrets
from contextvars import ContextVar

# As nginx makes them ($request_id), or a UUID: nothing that anybody could have typed.
STRICT = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

# A list of one: the id is made when a line asks for it, for most requests never.
_current: ContextVar[list[str] | None] = ContextVar("request id", default=None)


def begin_request(given: str = "") -> None:
    """Let what this thread logs from now on belong to a new request, until the next one begins.

    given: what a proxy of our own called it; taken where it has a strict form.
    """
    _current.set([given if given and STRICT.fullmatch(given) else ""])


def end_request() -> None:
    """Let what this thread logs belong to no request."""
    _current.set(None)


def current_request_id() -> str:
    """Return the id, "" outside a request."""
    found = _current.get()
    if found is None:
        return ""
    if not found[0]:
        found[0] = secrets.token_hex(16)
    return found[0]
