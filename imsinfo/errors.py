"""The pages for what went wrong, in the site's own look, each saying what to do now."""

import logging
import sys
from collections.abc import Mapping

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.deprecation import MiddlewareMixin
from django.utils.html import escape

from imsinfo.clinic import get_clinic
from imsinfo.content import built_from_content
from imsinfo.context import site_context
from imsinfo.problems import ContentError

logger = logging.getLogger("imsinfo.errors")

# Seconds, as long as a database takes to start anew.
RETRY_AFTER = 30

# Heading and advice by status. Nothing here repeats what the visitor sent.
WORDS = {
    400: (
        "We could not read that",
        "Go back in your browser and try again. What you typed is still there.",
    ),
    403: (
        "That did not come from our own page",
        "Nothing was stored. Go back in your browser: what you typed is still there. Open the page "
        "on this site and send it from there, or phone us.",
    ),
    404: ("Page not found", "Check the address, or choose one of the pages below."),
    405: ("That cannot be done here", "Open the page again and use its buttons."),
    408: (
        "That took too long to reach us",
        "Nothing was stored. Go back in your browser: what you typed is still there. Send it "
        "again, or phone us.",
    ),
    411: (
        "We could not read that",
        "Go back in your browser and try again. What you typed is still there.",
    ),
    413: (
        "That is too long to send",
        "Go back in your browser: your text is still there. Make it shorter and send it again.",
    ),
    429: (
        "Too many tries",
        "Go back in your browser: what you typed is still there. Please wait ten minutes and try "
        "again, or phone us.",
    ),
    500: (
        "Something went wrong on our side",
        "Were you sending something? Go back in your browser: what you typed is still there. "
        "Please try again in a few minutes, or phone us.",
    ),
    503: (
        "We cannot take that right now",
        "Were you sending something? Go back in your browser: what you typed is still there. "
        "Please try again in a few minutes, or phone us.",
    ),
}

PLAIN_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{heading}</title></head>
<body><h1>{heading}</h1><p>{message}</p><p>{phone}</p></body></html>
"""


def error_page(status: int) -> bytes:
    """Return the whole page for a status; it needs no request and no database.

    Where even the template or the clinic's data fails, a plain page stands in.
    """
    return _render(status) if settings.DEBUG else get_error_pages()[status]


@built_from_content
def get_error_pages() -> Mapping[int, bytes]:
    """Return every page, rendered once, so that none needs anything when it is wanted."""
    return {status: _render(status) for status in WORDS}


def _render(status: int) -> bytes:
    heading, message = WORDS[status]
    words = {"status": status, "heading": heading, "message": message}
    try:
        return render_to_string("errors/page.html", site_context() | words).encode()
    except Exception:
        # An error page must come, whatever it was that failed.
        logger.exception("The page for %s could not be rendered", status)
        return PLAIN_PAGE.format(heading=heading, message=message, phone=_phone_line()).encode()


def _phone_line() -> str:
    try:
        clinic = get_clinic()
    except ValueError:
        return "In an emergency call your emergency number."
    return escape(f"{clinic.name}: {clinic.phone}. In an emergency call {clinic.emergency_number}.")


def error_response(status: int) -> HttpResponse:
    return HttpResponse(
        error_page(status), status=status, headers={"Cache-Control": "private, no-cache"}
    )


# Django's default for 400 reads the body again to make a token, and fails on it with 500.
def bad_request(request, exception):
    return error_response(400)


def permission_denied(request, exception):
    return error_response(403)


def page_not_found(request, exception):
    return error_response(404)


def server_error(request):
    """Answer 503 where the database is away: that passes, and what was sent may be sent again."""
    if not isinstance(sys.exception(), OperationalError | InterfaceError):
        return error_response(500)
    response = error_response(503)
    response["Retry-After"] = str(RETRY_AFTER)
    return response


class ErrorPages(MiddlewareMixin):
    """Gives a page to refusals that Django answers with nothing but a status.

    Under make dev, what is wrong with the content is told to its editor in place of a trace.
    """

    def process_exception(self, request, exception):
        if not settings.DEBUG or not isinstance(exception, ContentError):
            return None
        context = {"edited": {"above": exception.problems}}
        # Without the request: what every page shows may be what is broken.
        return HttpResponse(render_to_string("articles/faults.html", context), status=500)

    def process_response(self, request, response):
        bare = not response.streaming and not response.content
        if not bare or response.status_code not in WORDS:
            return response
        response.content = error_page(response.status_code)
        response["Content-Type"] = "text/html; charset=utf-8"
        response["Content-Length"] = str(len(response.content))
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-cache"
        return response
