"""Asking whether the site can do its work: quickly, once at a time, and told when it changes."""

import logging
import threading
import time
from collections.abc import Callable

logger = logging.getLogger("imsinfo.health")

# Returns in a few words why nothing can be done, "" if all is well; the words go to the log alone.
Need = Callable[[], str]

LONGEST = 0.5  # seconds, in all
REMEMBERED = 1.0
NO_ANSWER = f"no answer within {LONGEST} seconds"

further_needs: list[Need] = []


def add_need(fault: Need) -> None:
    """Ask fault too at each look at the site. It may ask the database."""
    further_needs.append(fault)


class _Look:
    """One look at everything, in a thread of its own: whatever hangs, no visitor's thread does."""

    def __init__(self, ask: Need):
        self.ask, self.began = ask, time.monotonic()
        self.done, self.found = threading.Event(), NO_ANSWER

    def run(self) -> None:
        try:
            self.found = self.ask()
        except Exception as error:
            # Whatever it was, the site is not ready. Its words may be anybody's.
            self.found = f"{type(error).__module__}.{type(error).__qualname__}"
        finally:
            self.done.set()


class Readiness:
    """Remembers for a second whether the site can do its work, so that asking costs nothing.

    ask: returns why it cannot, "" if it can. Only one look is under way at a time, and nobody
    waits longer than LONGEST for it. The log is told when the reason changes.
    """

    def __init__(self, ask: Need):
        self.ask = ask
        self._lock = threading.Lock()
        self._look: _Look | None = None
        self._told = ""

    def reason(self) -> str:
        """Return why the site is not ready, "" where it is."""
        with self._lock:
            look = self._look
            if look is None or (look.done.is_set() and _age(look) > REMEMBERED):
                look = self._look = _Look(self.ask)
                threading.Thread(target=look.run, daemon=True).start()
        if not look.done.is_set():
            look.done.wait(max(0.0, LONGEST - _age(look)))
        found = look.found
        if found != self._told:
            self._tell(found)
        return found

    def _tell(self, found: str) -> None:
        with self._lock:
            if found == self._told:
                return
            self._told = found
        if found:
            logger.error("The site is not ready: %s", found)
        else:
            logger.info("The site is ready again")


def _age(look: _Look) -> float:
    return time.monotonic() - look.began
