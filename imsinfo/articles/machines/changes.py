"""What was changed on the pages, and when, as their editors wrote it down."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from imsinfo.articles.pages import Article, Library


@dataclass(frozen=True)
class ChangeNote:
    """One change of one page.

    mark: tells it from every other change of its page. It comes of the day and of what was
    changed, so it stays as it is when further changes are written above or below it.
    """

    article: Article
    date: date
    mark: str
    what: str
    why: str


def change_notes(library: Library) -> tuple[ChangeNote, ...]:
    """Return every change note, newest first, and of one day in the order of the pages."""
    notes = [note for article in library.articles for note in _of(article)]
    return tuple(sorted(notes, key=lambda note: note.date, reverse=True))


def last_change(article: Article) -> date:
    """Return the last day on which somebody changed, checked or signed a page."""
    signed = article.review.signed
    days = [article.sources_checked, *(change.date for change in article.changes)]
    return max([*days, signed.date] if signed else days)


def _of(article: Article) -> Iterator[ChangeNote]:
    told: Counter[str] = Counter()
    for change in article.changes:
        digest = hashlib.sha256(change.what.encode()).hexdigest()[:8]
        mark = f"{change.date.isoformat()}-{digest}"
        told[mark] += 1
        if told[mark] > 1:
            mark = f"{mark}-{told[mark]}"
        yield ChangeNote(article, change.date, mark, change.what, change.why)
