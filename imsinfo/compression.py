"""Public pages as small as they get: brotli at its strongest, once a page; gzip for the rest."""

import re
from functools import lru_cache

import brotli
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

# Shorter bodies, such as an empty answer, gain nothing.
LEAST_BYTES = 200
# So many pages stay compressed in a worker's memory, about 10 kB each with the text they stand for.
PAGES_KEPT = 256
BROTLI = re.compile(r"(?:^|,)\s*br\s*(?:;\s*q=(?P<weight>[01](?:\.\d{0,3})?)\s*)?(?:,|$)")


class Compression(GZipMiddleware):
    """Answers readers' pages in brotli where the browser takes it, everything else in gzip.

    Only what is public is kept: pages of staff and answers to a form are compressed each time,
    with Django's own guard against reading a secret from the length of an answer.
    """

    def process_response(self, request, response):
        if not _is_public_text(response):
            return super().process_response(request, response)
        if not takes_brotli(request.headers.get("Accept-Encoding", "")):
            return super().process_response(request, response)
        response.content = _smallest(response.content)
        response.headers["Content-Length"] = str(len(response.content))
        response.headers["Content-Encoding"] = "br"
        # The bytes differ between encodings, so the tag only promises the same page.
        etag = response.get("ETag", "")
        if etag.startswith('"'):
            response.headers["ETag"] = f"W/{etag}"
        patch_vary_headers(response, ("Accept-Encoding",))
        return response


def takes_brotli(accepted: str) -> bool:
    """Return whether an Accept-Encoding header names br with a weight above zero."""
    found = BROTLI.search(accepted.lower())
    return found is not None and float(found["weight"] or 1) > 0


def _is_public_text(response) -> bool:
    return (
        not response.streaming
        and not response.has_header("Content-Encoding")
        and "public" in response.get("Cache-Control", "")
        and len(response.content) >= LEAST_BYTES
    )


@lru_cache(maxsize=PAGES_KEPT)
def _smallest(body: bytes) -> bytes:
    return brotli.compress(body, quality=11)
