"""Log lines that name what happened and never what somebody typed."""

import copy
import logging
import re
import time
import traceback

QUERY = re.compile(r"\?\S*")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class LineFormatter(logging.Formatter):
    """One record a line, UTC. Of an exception: its class and where it came from.

    Its message is left out: a database error, for one, may hold the value that it refused.
    """

    converter = staticmethod(time.gmtime)

    def __init__(self):
        super().__init__("%(asctime)sZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        record = copy.copy(record)
        record.exc_text = None  # Another handler may have left the whole trace there.
        if record.name.startswith("django.security"):
            # Django's words hold what a stranger sent: a Referer, a Host, a name in a query.
            record.msg, record.args = "a request was refused", ()
        elif record.name == "django.server":
            # Under make dev: the request line, which may end in what somebody searched for.
            record.msg, record.args = QUERY.sub("?…", record.getMessage()), ()
        lines = super().format(record).splitlines()
        return CONTROL.sub("?", " | ".join(lines))

    def formatException(self, ei) -> str:  # noqa: N802 -- the name is logging's
        kind, _, trace = ei
        frames = traceback.extract_tb(trace)[-12:]
        places = " < ".join(f"{f.filename}:{f.lineno} {f.name}" for f in reversed(frames))
        return f"{kind.__module__}.{kind.__qualname__} at {places}"
