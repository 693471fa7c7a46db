"""Asking the site's own views for its pages, as a reader at its one address would."""

import logging
import os
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.urls import URLPattern, URLResolver, get_resolver

from imsinfo.articles.bibliography import addresses_of_sources
from imsinfo.articles.library import get_library
from imsinfo.editions.cores import mapped
from imsinfo.web.compression import headers_of, is_published
from imsinfo.web.headers import Header
from imsinfo.web.representations import Encoding, compressed, tag_of

logger = logging.getLogger("imsinfo.content")


@dataclass(frozen=True)
class Made:
    """A page as it came from its view. bodies: None where they are those of an earlier set."""

    url: str
    headers: tuple[Header, ...]
    tag: str
    bodies: Mapping[Encoding, bytes] | None


def made_pages(known: Container[str], besides: Callable[[], object]) -> list[Made]:
    """Return every page that is the same for everybody, made on all cores.

    known: tags of texts that somebody has compressed before; besides: further work, done meanwhile.
    """
    asked, views = addresses(), _Views()

    def made(url: str | None) -> Made | None:
        if url is not None:
            return views.made(url, known)
        besides()
        return None

    # The first page fills what all of them share, so that no other process has to.
    views.made(asked[0], known)
    return [page for page in mapped(made, [None, *asked]) if page]


def addresses() -> tuple[str, ...]:
    """Return every address at which a page for all may be: those of fixed names, and of content.

    What answers there to this reader alone, or not at all, is found out by asking.
    """
    library = get_library()
    found = (article.url for article in library.articles)
    return tuple(dict.fromkeys([*found, *addresses_of_sources(library), *_fixed()]))


def _fixed(patterns: Sequence[Any] | None = None, above: str = "/") -> Iterator[str]:
    """Yield the addresses without variable parts, those of staff left out."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        address = above + str(pattern.pattern)
        if isinstance(pattern, URLResolver) and not address.startswith("/admin/"):
            yield from _fixed(pattern.url_patterns, address)
        elif isinstance(pattern, URLPattern) and "<" not in address:
            yield address


class _Views:
    """The site's own views, middleware included."""

    def __init__(self) -> None:
        self.handler = WSGIHandler()

    def made(self, url: str, known: Container[str]) -> Made | None:
        """Return a page; None where there is none that is the same for everybody."""
        response = self.handler.get_response(WSGIRequest(_environ(url)))
        if response.status_code >= 500:
            logger.error("%s cannot be prepared; it will be made for each reader", url)
        if not is_published(response):
            return None
        tag = tag_of(response.content)
        is_known = tag in known
        bodies = None if is_known else compressed(response.content)
        return Made(url, headers_of(response), tag, bodies)


def _environ(url: str) -> dict[str, Any]:
    site = urlsplit(settings.SITE_URL)
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(url).decode("latin-1"),
        "QUERY_STRING": "",
        "SERVER_NAME": site.hostname or "",
        "SERVER_PORT": str(site.port or (443 if site.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": site.netloc,
        "REMOTE_ADDR": "",
        "wsgi.url_scheme": site.scheme,
        "wsgi.input": BytesIO(),
        "wsgi.errors": os.devnull,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": True,
    }
