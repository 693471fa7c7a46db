"""A process of the site that runs pieces of Python on its data: one start of Django for all.

Each line that comes in is one piece, as JSON. The line that goes out says what it printed, or the
trace of its fault.
"""

import json
import sys
import traceback
from contextlib import redirect_stdout
from io import StringIO

from django.db import connections


def answer_each_line() -> None:
    for line in sys.stdin:
        told = _run(json.loads(line))
        # The database is nobody's until the next line.
        connections.close_all()
        print(json.dumps(told), flush=True)  # noqa: T201 -- this is how it answers


def _run(code: str) -> dict[str, str]:
    printed = StringIO()
    try:
        with redirect_stdout(printed):
            exec(code, {})  # noqa: S102 -- the tests' own code
    except Exception:
        return {"fault": traceback.format_exc()}
    return {"printed": printed.getvalue()}
