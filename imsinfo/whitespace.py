"""Pages without the line breaks and indents of their templates, which no browser shows."""

import re

from django.utils.deprecation import MiddlewareMixin

# What stands in these is shown or read as it is.
KEPT = re.compile(rb"(<(pre|textarea|script)\b.*?</\2>)", re.DOTALL)
BREAKS = re.compile(rb"[ \t\r\n]*\n[ \t\r\n]*")


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
        BREAKS.sub(b"\n", part) if index % 3 == 0 else part
        for index, part in enumerate(parts)
        if index % 3 != 2
    )
