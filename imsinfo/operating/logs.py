"""Log lines that name what happened and never what somebody typed.

One record a line, in UTC, with the id of the request that it belongs to: as text for people, or
as JSON for what collects and counts it.
"""

import copy
import json
import logging
import re
import sys
import threading
import time
import traceback
from types import TracebackType
from typing import Any

from imsinfo.operating.request_ids import current_request_id

QUERY = re.compile(r"\?\S*")
# Where a warning comes from and its kind, without its words.
WARNED = re.compile(r"^.*?:\d+: \w+")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# How deep a line looks into the code that failed.
DEEPEST = 12

FORMATTERS = {
    "text": "imsinfo.operating.logs.LineFormatter",
    "json": "imsinfo.operating.logs.JsonFormatter",
}


def configuration(form: str) -> dict[str, Any]:
    """Return Django's LOGGING: every line goes to stderr in this form, text or json."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": FORMATTERS[form]}},
        "filters": {
            "faults": {"()": "imsinfo.operating.logs.FaultsAlone"},
            "refusals": {"()": "imsinfo.operating.logs.Refusals"},
        },
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "line",
                "filters": ["refusals"],
            }
        },
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            # What was refused is told by imsinfo.requests, with an address of our own words.
            "django.request": {"filters": ["faults"], "level": "ERROR"},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            # Granian has set its own up before; in a worker its lines are to look like ours.
            "_granian": {"handlers": [], "level": "ERROR", "propagate": True},
        },
    }


class FaultsAlone(logging.Filter):
    """Lets only those records of a logger through that bring an exception."""

    def filter(self, record: logging.LogRecord) -> bool:
        return bool(record.exc_info)


class Refusals(logging.Filter):
    """Makes a warning without a trace of what Django refused: that is no fault of ours.

    For a handler: a logger asks its filters nothing about the records of those below it.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("django.security") and record.levelno > logging.WARNING:
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.exc_info = record.exc_text = None
        return True


class LineFormatter(logging.Formatter):
    """2026-11-21T02:30:00Z ERROR imsinfo.mail [request id]: what happened | the exception.

    Of an exception its class, and where it came from. Its message is left out: a database error,
    for one, may hold the value that it refused.
    """

    converter = staticmethod(time.gmtime)

    def __init__(self):
        super().__init__("%(message)s", "%Y-%m-%dT%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        request_id = current_request_id()
        place = f"{record.name} [{request_id}]" if request_id else record.name
        time_of_day = self.formatTime(record, self.datefmt)
        told = self.told(record)
        return _clean(f"{time_of_day}Z {record.levelname} {place}: {told}")

    def told(self, record: logging.LogRecord) -> str:
        """Return the message, and after it the exception."""
        record = copy.copy(record)
        record.exc_text = None  # Another handler may have left the whole trace there.
        record.msg, record.args = _words_of(record), ()
        return " | ".join(super().format(record).splitlines())

    def formatException(self, ei) -> str:  # noqa: N802 -- the name is logging's
        return told_exception(*ei)


class JsonFormatter(LineFormatter):
    """The same as an object: time, level, logger, message, request_id, exception.

    A line about a request has method, route, status and ms besides.
    """

    def format(self, record: logging.LogRecord) -> str:
        exception = record.exc_info
        bare = copy.copy(record)
        bare.exc_info = bare.stack_info = None
        told = {
            "time": f"{self.formatTime(record, self.datefmt)}.{int(record.msecs):03d}Z",
            "level": record.levelname,
            "logger": record.name,
            "message": _clean(self.told(bare)),
            "request_id": current_request_id(),
            "exception": _clean(told_exception(*exception)) if exception and exception[0] else "",
            **getattr(record, "about_request", {}),
        }
        return json.dumps({name: value for name, value in told.items() if value != ""})


def _words_of(record: logging.LogRecord) -> str:
    """Return what a record says, as far as it is our own words."""
    if record.name.startswith("django.security"):
        # Django's words hold what a stranger sent: a Referer, a Host, a name in a query.
        return "a request was refused"
    if record.name == "django.request":
        # Django's words hold the address as it was typed.
        return "a request failed"
    try:
        message = record.getMessage()
    except Exception:
        # Logging itself would print the words and values together with a trace.
        return "a line could not be put together"
    if record.name == "py.warnings":
        found = WARNED.match(message)
        return found[0] if found else "a warning"
    # Under make dev: the request line, which may end in what somebody searched for.
    return QUERY.sub("?…", message) if record.name == "django.server" else message


def told_exception(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> str:
    """Return the class of an exception and the places it came through, the innermost first."""
    frames = traceback.extract_tb(trace)[-DEEPEST:]
    places = " < ".join(f"{f.filename}:{f.lineno} {f.name}" for f in reversed(frames))
    return f"{kind.__module__}.{kind.__qualname__} at {places}"


def _clean(line: str) -> str:
    return CONTROL.sub("?", line)


def log_what_nobody_catches() -> None:
    """Let warnings, and exceptions that end a thread or come from nowhere, be lines like others.

    Python would print them with their messages, over many lines.
    """
    logger = logging.getLogger("imsinfo.server")

    def in_thread(told: threading.ExceptHookArgs) -> None:
        if told.exc_type is not SystemExit:
            found = (told.exc_type, told.exc_value, told.exc_traceback)
            logger.error("A thread has ended", exc_info=found)  # type: ignore[arg-type]

    def unraisable(told: Any) -> None:
        found = (told.exc_type, told.exc_value, told.exc_traceback)
        logger.error("Something failed where nobody could be told", exc_info=found)

    threading.excepthook = in_thread
    sys.unraisablehook = unraisable
    logging.captureWarnings(True)
