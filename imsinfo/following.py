"""How a worker goes over to the newest generation: whole, between two requests, or not at all."""

import logging
import os
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from imsinfo.articles.library import get_library
from imsinfo.content import Edition, build_everything, in_force, put_in_force
from imsinfo.generations import (
    GenerationError,
    Marker,
    generations_folder,
    read_generation,
    read_marker,
)
from imsinfo.headers import Application, StartResponse
from imsinfo.needs import lacking
from imsinfo.workers import SERVER

logger = logging.getLogger("imsinfo.content")

SECONDS_BETWEEN_LOOKS = 1


def follow() -> None:
    """Show the newest generation from now on, and go over to every later one.

    Only in a worker of `manage.py serve`: elsewhere the content folders are read as they are.
    """
    if os.environ.get(SERVER) and not settings.DEBUG:
        follower = Follower(generations_folder())
        follower.begin()
        threading.Thread(target=_follow, args=(follower,), daemon=True).start()


def _follow(follower: "Follower") -> None:
    while True:
        time.sleep(SECONDS_BETWEEN_LOOKS)
        follower.look()


class Follower:
    """Knows which generation a worker shows, and takes up the next one.

    folder: of all generations. A generation that cannot be used is logged once and tried again
    as soon as somebody has run `manage.py prepare`.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.shown = ""
        self._seen: Marker | None = None

    def begin(self) -> None:
        """Show the newest generation that can be used; where there is none change nothing."""
        self.look()
        if not self.shown and self._seen and self._seen.previous:
            self._take_up(self._seen.previous)

    def look(self) -> None:
        """Go over to the generation in force unless it is shown already. Raises nothing."""
        try:
            marker = read_marker(self.folder)
        except OSError:
            # Whatever it is, the next look may find it gone.
            return
        if marker is None or marker == self._seen:
            return
        self._seen = marker
        if marker.current and marker.current != self.shown:
            self._take_up(marker.current)

    def _take_up(self, name: str) -> None:
        try:
            put_in_force(built(self.folder / name))
        except Exception:
            # Whatever it was, what is shown now is better than a site that is half new.
            logger.exception("Generation %s cannot be used; the site stays as it is", name)
        else:
            self.shown = name
            logger.info("The site now shows generation %s", name)


def built(path: Path) -> Edition:
    """Return a generation with everything built that readers will ask for.

    Raises GenerationError where it is not whole, or not of use to them.
    """
    edition = Edition(read_generation(path).roots)
    build_everything(edition)
    # Removed in the meantime, because newer ones have been made, it would lack pages.
    read_generation(path)
    with edition.pinned():
        missing = lacking(get_library)
    if missing:
        raise GenerationError(f"{path.name}: the site would be without {', '.join(missing)}")
    return edition


class OneEdition:
    """WSGI wrapper that lets a request read one edition of the content, whatever happens beside it.

    From its first byte to its last: a body that is made while it is sent included.
    """

    def __init__(self, application: Application):
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        edition = in_force()
        with edition.pinned():
            body = self.application(environ, start_response)
        return body if isinstance(body, list) else _Body(body, edition)


class _Body:
    """A response body whose every part is made with one edition pinned."""

    def __init__(self, body: Iterable[bytes], edition: Edition):
        self.body, self.edition = body, edition
        with edition.pinned():
            self.parts = iter(body)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        with self.edition.pinned():
            return next(self.parts)

    def close(self) -> None:
        with self.edition.pinned():
            getattr(self.body, "close", lambda: None)()
