"""A public page in the encodings that browsers take, and which of them answers a request.

Used on both ways that a page can go: through Django's middleware, and prepared before.
So whatever a reader asks for, both answer the same bytes under the same headers.
"""

import gzip
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from http import HTTPStatus
from typing import Any, Literal

import brotli
from django.utils.http import parse_etags

from imsinfo.web.headers import Header

Encoding = Literal["br", "gzip", "identity"]

# The best first: it answers where a browser likes several as well.
ENCODINGS: tuple[Encoding, ...] = ("br", "gzip", "identity")
# Shorter bodies, such as an empty answer, gain nothing.
LEAST_BYTES = 200
# No browser sends a longer Accept-Encoding; what stands behind is not remembered.
MOST_READ = 200
# What a page may take of the ten packets (14,600 bytes, RFC 6928) that a server sends at once;
# the rest is for the stylesheet. A page that fits is there no sooner if it is smaller.
AT_ONCE = 14_600 - 5_000
# With a window of 64 kB it takes a twentieth of the time of quality 10, and a tenth more bytes.
QUICK = {"quality": 9, "lgwin": 16}
STRONG = {"quality": 10}
# So many stay compressed in memory where none are prepared, about 40 kB each with their text.
PAGES_KEPT = 256
# What a 304 repeats of the page's headers (RFC 9110, 15.4.5).
REPEATED = frozenset({"cache-control", "content-location", "etag", "expires", "vary"})


def compressed(body: bytes) -> dict[Encoding, bytes]:
    """Return a public body, small enough to come at once: what it says is no secret that lengths
    betray.

    A body too short to gain anything comes back as it is.
    """
    if len(body) < LEAST_BYTES:
        return {"identity": body}
    return {encoding: _in(encoding, body) for encoding in ENCODINGS if encoding != "identity"}


def _in(encoding: Encoding, body: bytes) -> bytes:
    if encoding == "br":
        quick = brotli.compress(body, **QUICK)
        if len(quick) <= AT_ONCE:
            return quick
        return min(quick, brotli.compress(body, **STRONG), key=len)
    # Without the time of day: the same page is the same bytes.
    return gzip.compress(body, 9, mtime=0)


@lru_cache(maxsize=PAGES_KEPT)
def _compressed(body: bytes, encoding: Encoding) -> bytes:
    return _in(encoding, body)


@lru_cache(maxsize=1024)
def chosen(accepted: str) -> Encoding:
    """Return the encoding that an Accept-Encoding header likes best (RFC 9110, 12.5.3).

    accepted: the header; "" where there is none. Where it refuses everything, the plain text is
    sent all the same: it can at least be read.
    """
    weights = dict(_weights(accepted.lower()))
    other = weights.get("*", 0.0)
    # Plain text is taken unless it is refused, but only where nothing else is wanted.
    weighed = {"identity": weights.get("identity", 0.0)}
    weighed |= {name: weights.get(name, other) for name in ("br", "gzip")}
    best = max(ENCODINGS, key=lambda name: weighed[name])
    return best if weighed[best] > 0 else "identity"


def _weights(accepted: str) -> Iterable[tuple[str, float]]:
    """Yield each encoding with its weight; one whose weight cannot be read is left out."""
    for part in accepted.split(","):
        name, _, parameter = part.partition(";")
        key, _, value = parameter.strip().partition("=")
        weight = _weight(value.strip()) if key.strip() == "q" else None if parameter else 1.0
        if name.strip() and weight is not None:
            # The older name of gzip means the same.
            yield "gzip" if name.strip() == "x-gzip" else name.strip(), weight


def _weight(value: str) -> float | None:
    """Return a weight from 0 to 1 with three decimals at most; None for anything else."""
    whole, _, decimals = value.partition(".")
    is_weight = whole in {"0", "1"} and len(decimals) <= 3 and (decimals or "0").isdecimal()
    is_plain = value.isascii() and is_weight and float(value) <= 1
    return float(value) if is_plain else None


@dataclass(frozen=True)
class Answer:
    """What a request is answered. headers: all but the security headers."""

    status: HTTPStatus
    headers: tuple[Header, ...]
    body: bytes

    @cached_property
    def line(self) -> str:
        """The status as WSGI wants it."""
        return f"{self.status.value} {self.status.phrase}"


@dataclass(frozen=True)
class Variant:
    """A page in one encoding: the answer with its text, and the one without."""

    etag: str
    full: Answer
    unchanged: Answer


@dataclass(frozen=True)
class Page:
    """A public page as its view answered it, ready to be sent.

    headers: those of the view; tag: tells its text from every other text; bodies: compressed,
    or as it is where that is worth nothing. Of a compressed page the plain body, for which few
    ask, is made again.
    """

    headers: tuple[Header, ...]
    tag: str
    bodies: Mapping[Encoding, bytes]

    @cached_property
    def _variants(self) -> dict[Encoding, Variant]:
        return {
            encoding: variant(self.headers, self.tag, encoding, body)
            for encoding, body in self.bodies.items()
        }

    def answer(self, environ: Mapping[str, Any]) -> Answer:
        """Return the answer to a GET or HEAD request; of a HEAD the body is not to be sent."""
        variants = self._variants
        if "identity" in variants:
            return answer_of(variants["identity"], environ)
        encoding = chosen(environ.get("HTTP_ACCEPT_ENCODING", "")[:MOST_READ])
        if encoding != "identity":
            return answer_of(variants[encoding], environ)
        body = brotli.decompress(self.bodies["br"])
        return answer_of(variant(self.headers, self.tag, "identity", body, varies=True), environ)


def answer_from(headers: tuple[Header, ...], body: bytes, environ: Mapping[str, Any]) -> Answer:
    """Return what a Page of these headers and this text answers, without making all of it."""
    varies = len(body) >= LEAST_BYTES
    accepted = environ.get("HTTP_ACCEPT_ENCODING", "")[:MOST_READ]
    encoding = chosen(accepted) if varies else "identity"
    sent = body if encoding == "identity" else _compressed(body, encoding)
    return answer_of(variant(headers, tag_of(body), encoding, sent, varies), environ)


def variant(
    headers: tuple[Header, ...],
    tag: str,
    encoding: Encoding,
    body: bytes,
    varies: bool = False,
) -> Variant:
    """Return a page in one encoding. varies: whether it comes in several; plain alone does not."""
    # One tag for each encoding: a strong tag vouches for the very bytes.
    etag = f'"{tag}"' if encoding == "identity" else f'"{tag}-{encoding}"'
    encoded = [] if encoding == "identity" else [("Content-Encoding", encoding)]
    varying = [("Vary", "Accept-Encoding")] if varies or encoding != "identity" else []
    length = ("Content-Length", str(len(body)))
    every = (*headers, *encoded, length, ("ETag", etag), *varying)
    repeated = tuple(header for header in every if header[0].lower() in REPEATED)
    unchanged = Answer(HTTPStatus.NOT_MODIFIED, repeated, b"")
    return Variant(etag, Answer(HTTPStatus.OK, every, body), unchanged)


def answer_of(asked: Variant, environ: Mapping[str, Any]) -> Answer:
    """Return the page, or only that it has not changed where the browser has it already."""
    known = environ.get("HTTP_IF_NONE_MATCH")
    if not known:
        return asked.full
    # A browser sends back what it was given, to the letter.
    return asked.unchanged if known == asked.etag or is_known(asked.etag, known) else asked.full


def tag_of(body: bytes) -> str:
    """Return what tells a text from every other one."""
    return hashlib.sha256(body).hexdigest()[:32]


def is_known(etag: str, if_none_match: str) -> bool:
    """Whether a browser has a page already; a weak tag counts, as RFC 9110, 13.1.2, has it."""
    tags = parse_etags(if_none_match)
    return "*" in tags or etag in {tag.removeprefix("W/") for tag in tags}
