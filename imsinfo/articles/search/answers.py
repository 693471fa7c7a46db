"""What a search answers with."""

from dataclasses import dataclass

from django.utils.safestring import SafeString


@dataclass(frozen=True)
class Place:
    """A section that holds what is looked for."""

    url: str
    heading: str


@dataclass(frozen=True)
class Hit:
    """A page that was found. excerpt: HTML, with the words that were found marked."""

    url: str
    title: str
    excerpt: SafeString
    places: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Found:
    """What a query has found. hits: the first pages of total, the best one first.

    some_words: no page has all words, these have some; suggestion: a query that was perhaps meant,
    of words that stand on the pages.
    """

    hits: tuple[Hit, ...] = ()
    total: int = 0
    some_words: bool = False
    suggestion: str = ""
