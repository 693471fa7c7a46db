"""Log lines that name what happened and never what somebody typed."""

import logging
import time
import traceback


class LineFormatter(logging.Formatter):
    """One record a line, UTC. Of an exception: its class and where it came from.

    Its message is left out: a database error, for one, may hold the value that it refused.
    """

    converter = staticmethod(time.gmtime)

    def __init__(self):
        super().__init__("%(asctime)sZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # Another handler may have left the whole trace there.
        return " | ".join(super().format(record).splitlines())

    def formatException(self, ei) -> str:  # noqa: N802 -- the name is logging's
        kind, _, trace = ei
        frames = traceback.extract_tb(trace)[-12:]
        places = " < ".join(f"{f.filename}:{f.lineno} {f.name}" for f in reversed(frames))
        return f"{kind.__module__}.{kind.__qualname__} at {places}"
