"""How a worker goes over to the newest generation: whole, between two requests, or not at all."""

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from imsinfo.articles.outline import get_outline
from imsinfo.content import Edition, build_everything, in_force, put_in_force
from imsinfo.editions.fingerprint import fingerprint
from imsinfo.editions.generations import (
    GenerationError,
    Marker,
    generations_folder,
    read_generation,
    read_marker,
)
from imsinfo.editions.needs import lacking
from imsinfo.editions.prepared import Prepared, PreparedError, prepared_folder, read_prepared
from imsinfo.operating.own_core import keep_to_one_core, use_every_core
from imsinfo.operating.workers import SERVER
from imsinfo.today import clinics_date
from imsinfo.web.headers import Application, StartResponse
from imsinfo.web.representations import Page

logger = logging.getLogger("imsinfo.content")

SECONDS_BETWEEN_LOOKS = 1
# Half a minute is what 1,000 pages take on a slow machine.
LONGEST_PREPARING = 300  # seconds
NO_PAGES: Mapping[str, Page] = {}


def follow() -> None:
    """Show the newest generation from now on, and go over to every later one.

    Only in a worker of `manage.py serve`: elsewhere the content folders are read as they are.
    """
    if os.environ.get(SERVER) and not settings.DEBUG:
        follower = Follower(generations_folder())
        follower.begin()
        # What begin() made, all cores have shared. From here on there are threads, and each
        # inherits the core of the one that starts it.
        keep_to_one_core()
        threading.Thread(target=_follow, args=(follower,), daemon=True).start()


def prepared_pages() -> Mapping[str, Page]:
    """Return the prepared pages of the edition that this request reads, by address."""
    prepared = in_force().prepared
    return prepared.pages if prepared else NO_PAGES


def _follow(follower: "Follower") -> None:
    # It reads whole editions and has pages made: wherever there is room.
    use_every_core()
    while True:
        time.sleep(SECONDS_BETWEEN_LOOKS)
        follower.look()


class Follower:
    """Knows which generation a worker shows, and takes up the next one.

    folder: of all generations. A generation that cannot be used is logged once and tried again
    as soon as somebody has run `manage.py prepare`. Pages are prepared for one day, of whose
    holidays they tell: on the next one they are made anew.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.shown = ""
        self._seen: Marker | None = None
        self._edition: Edition | None = None
        self._day: date | None = None
        self._asked: set[tuple[str, date]] = set()

    def begin(self) -> None:
        """Show the newest generation that can be used; where there is none change nothing."""
        self._look_for_another()
        if not self.shown and self._seen and self._seen.previous:
            self._take_up(self._seen.previous)

    def look(self) -> None:
        """Go over to the generation in force unless it is shown already. Raises nothing."""
        self._look_for_another()
        if self.shown and settings.PREPARED:
            self._see_that_it_is_prepared()

    def _look_for_another(self) -> None:
        try:
            marker = read_marker(self.folder)
        except OSError:
            # Whatever it is, the next look may find it gone.
            return
        if marker is None or marker == self._seen:
            return
        self._seen = marker
        # Somebody has run `manage.py prepare`: what failed before may be mended.
        self._asked.clear()
        if marker.current and marker.current != self.shown:
            self._take_up(marker.current)

    def _take_up(self, name: str) -> None:
        try:
            edition = built(self.folder / name)
            put_in_force(edition)
        except Exception:
            # Whatever it was, what is shown now is better than a site that is half new.
            logger.exception("Generation %s cannot be used; the site stays as it is", name)
        else:
            self.shown, self._edition, self._day = name, edition, day_of(edition)
            logger.info("The site now shows generation %s", name)

    def _see_that_it_is_prepared(self) -> None:
        """Have the pages made for a new day, and where they are not there; once for each day.

        Meanwhile Django makes each reader's. A clock that jumped may have asked for a day already:
        its pages are taken up all the same.
        """
        if self._edition is None:
            return
        day = day_of(self._edition)
        is_new, is_asked = day != self._day, (self.shown, day) in self._asked
        if not is_new and (self._edition.prepared or is_asked):
            return
        self._edition.prepared = None
        if not is_asked:
            self._asked.add((self.shown, day))
            prepare_again()
        self._take_up(self.shown)


def day_of(edition: Edition) -> date:
    """Return the day that it is at the clinic of an edition."""
    with edition.pinned():
        return clinics_date()


def prepare_again() -> None:
    """Have a process of its own make the pages of the generation in force. Raises nothing."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "prepare", "--pages"]
    try:
        # What it says of itself stands in the log already, or is of no use to anybody.
        subprocess.run(command, check=True, timeout=LONGEST_PREPARING)  # noqa: S603 -- our own command
    except (OSError, subprocess.SubprocessError):
        logger.exception("The pages could not be prepared; each reader's is made anew")


def built(path: Path) -> Edition:
    """Return a generation with everything built that readers will ask for.

    Raises GenerationError where it is not whole, or not of use to them.
    """
    generation = read_generation(path)
    edition = Edition(generation.roots)
    edition.prepared = _prepared(edition, generation.hashes)
    build_everything(edition)
    # Removed in the meantime, because newer ones have been made, it would lack pages.
    read_generation(path)
    with edition.pinned():
        missing = lacking(get_outline)
    if missing:
        raise GenerationError(f"{path.name}: the site would be without {', '.join(missing)}")
    return edition


def _prepared(edition: Edition, hashes: Mapping[str, str]) -> Prepared | None:
    """Return today's set of an edition; None where there is none that is whole."""
    if not settings.PREPARED:
        return None
    name = fingerprint(hashes, day_of(edition))
    try:
        return read_prepared(prepared_folder() / name)
    except PreparedError as error:
        logger.warning("The pages are not prepared: %s", error)
        return None


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
