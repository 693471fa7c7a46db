"""Whether requests come through as many proxies of our own as TRUSTED_PROXIES says.

A wrong number shows nowhere else: every visitor would count as one sender and be refused with the
others, or a stranger could choose an address to be counted under.
"""

import logging
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

logger = logging.getLogger("imsinfo.proxies")

PAST, NO_SCHEME, MORE = "past-the-proxy", "no-scheme", "more-proxies"
# What is said of each; the status of the site says the same.
WORDS = {
    PAST: (
        "requests come with fewer addresses in X-Forwarded-For than TRUSTED_PROXIES says",
        "let each proxy set X-Forwarded-For, let nobody reach the site past the proxy, or correct "
        "TRUSTED_PROXIES",
    ),
    NO_SCHEME: (
        "requests come without X-Forwarded-Proto, so each is sent on to https again",
        "let the proxy set X-Forwarded-Proto to its own scheme",
    ),
    MORE: (
        "nearly all requests come with more addresses in X-Forwarded-For than TRUSTED_PROXIES says",
        "count every proxy of your own, a CDN too, and correct TRUSTED_PROXIES",
    ),
}
# A visitor may send addresses of their own; only when hardly anybody does not is a proxy left out.
LEAST_SEEN, NEARLY_ALL = 100, 0.9
# So often a worker writes down that it still is so.
SECONDS_BETWEEN_NOTES = 3600


class ProxyWatch:
    """Looks at each request as it came, tells the log once of each thing that is wrong, and keeps
    the time of it for `manage.py status`.

    folder: where the times are kept; trusted: TRUSTED_PROXIES; https: whether readers come by it.
    """

    def __init__(self, folder: Path, trusted: int, https: bool):
        self.folder, self.trusted, self.https = folder, trusted, https
        self.seen = self.more = 0
        self._noted: dict[str, float] = {}

    def look(self, environ: Mapping[str, Any]) -> None:
        forwarded = environ.get("HTTP_X_FORWARDED_FOR", "")
        count = forwarded.count(",") + 1 if forwarded else 0
        self.seen += 1
        if count > self.trusted:
            self.more += 1
            if self.seen >= LEAST_SEEN and self.more >= NEARLY_ALL * self.seen:
                self._tell(MORE)
        elif count < self.trusted:
            self._tell(PAST)
        if self.https and self.trusted and "HTTP_X_FORWARDED_PROTO" not in environ:
            self._tell(NO_SCHEME)

    def _tell(self, what: str) -> None:
        now, before = time.monotonic(), self._noted.get(what)
        if before is not None and now - before < SECONDS_BETWEEN_NOTES:
            return
        self._noted[what] = now
        if before is None:
            told, repair = WORDS[what]
            logger.warning("%s: %s", told[0].upper() + told[1:], repair)
        # A full disk must keep no visitor from the page.
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self.folder / what).touch(mode=0o600)
            os.utime(self.folder / what)


def proxies_folder(var_dir: Path) -> Path:
    """Return where the workers of a site keep what they have noticed."""
    return Path(var_dir) / "proxies"


def noticed(folder: Path, since: float) -> Iterator[tuple[str, str]]:
    """Yield what was wrong after a moment, and its repair. since: seconds since 1970."""
    for what, words in WORDS.items():
        with suppress(OSError):
            if (folder / what).stat().st_mtime >= since:
                yield words
