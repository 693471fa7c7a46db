"""What was changed on the pages, and when, as their editors wrote it down."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from imsinfo.articles.pages import Article, Library


@dataclass(frozen=True)
class ChangeNote:
    """One change of one page. number: the how-manieth of its day on its page, from 1."""

    article: Article
    date: date
    number: int
    what: str
    why: str


def change_notes(library: Library) -> tuple[ChangeNote, ...]:
    """Return every change note, newest first, and of one day in the order of the pages."""
    notes = [note for article in library.articles for note in _of(article)]
    return tuple(sorted(notes, key=lambda note: note.date, reverse=True))


def last_change(article: Article) -> date:
    """Return the last day on which somebody changed or checked a page."""
    return max(article.last_reviewed, article.sources_checked, *(c.date for c in article.changes))


def _of(article: Article) -> Iterator[ChangeNote]:
    numbers: Counter[date] = Counter()
    for change in article.changes:
        numbers[change.date] += 1
        yield ChangeNote(article, change.date, numbers[change.date], change.what, change.why)
