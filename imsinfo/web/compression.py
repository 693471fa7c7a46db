"""Answers as small as they get: public pages as they are prepared, everything else in gzip."""

from typing import TypeGuard

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from imsinfo.web.headers import Header
from imsinfo.web.representations import answer_from

# What a page says of its bytes follows from them.
OF_THE_BYTES = frozenset({"content-length", "etag", "vary"})


class Compression(GZipMiddleware):
    """Answers readers' pages in the encoding they like best, or says that they have them already.

    Only what is public is kept: pages of staff and answers to a form are compressed each time,
    with Django's own guard against reading a secret from the length of an answer.
    """

    def process_response(self, request, response):
        if not is_published(response):
            return super().process_response(request, response)
        answer = answer_from(headers_of(response), response.content, request.META)
        response.status_code, response.content = answer.status, answer.body
        for name in list(response.headers):
            del response.headers[name]
        for name, value in answer.headers:
            response.headers[name] = value
        return response


def is_published(response: HttpResponseBase) -> TypeGuard[HttpResponse]:
    """Whether an answer is the same for everybody: a whole page, and nobody's own."""
    return (
        isinstance(response, HttpResponse)
        and response.status_code == 200
        and not response.cookies
        and "public" in response.get("Cache-Control", "")
        and not response.has_header("Content-Encoding")
        and response.get("Vary", "Accept-Encoding") == "Accept-Encoding"
    )


def headers_of(response: HttpResponse) -> tuple[Header, ...]:
    """Return the headers that a view gave its page, without those of the bytes."""
    return tuple(item for item in response.items() if item[0].lower() not in OF_THE_BYTES)
