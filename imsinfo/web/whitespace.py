"""Pages without the line breaks and indents of their templates, which no browser shows."""

import re

from django.utils.deprecation import MiddlewareMixin

# What stands in these is shown or read as it is.
KEPT = re.compile(rb"(<(pre|textarea|script)\b.*?</\2>)", re.DOTALL)
BLANKS = b" \t\r"


class Trimmed(MiddlewareMixin):
    """Trims the HTML of public pages; staff's pages and answers to a form pass as they are."""

    def process_response(self, request, response):
        is_html = response.get("Content-Type", "").startswith("text/html")
        if is_html and not response.streaming and "public" in response.get("Cache-Control", ""):
            response.content = trimmed(response.content)
            response.headers["Content-Length"] = str(len(response.content))
        return response


def trimmed(html: bytes) -> bytes:
    """Return a page with one line break for each run of blanks that holds one.

    A browser shows both as one space, but in pre, textarea and script, which stay as they are.
    """
    parts = KEPT.split(html)
    # Of each three the first is text, then what is kept, then the name of its element.
    return b"".join(
        _with_single_breaks(part) if index % 3 == 0 else part
        for index, part in enumerate(parts)
        if index % 3 != 2
    )


def _with_single_breaks(text: bytes) -> bytes:
    # Several times as quick as a pattern, which would be tried at every blank.
    lines = text.split(b"\n")
    if len(lines) == 1:
        return text
    first, *between, last = lines
    kept = filter(None, (line.strip(BLANKS) for line in between))
    return b"\n".join([first.rstrip(BLANKS), *kept, last.lstrip(BLANKS)])
