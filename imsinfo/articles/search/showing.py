"""The pages that were found as they are shown: the best ones, with excerpts and places."""

import sqlite3
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from json import dumps, loads

from imsinfo.articles.search.answers import Found, Hit, Place
from imsinfo.articles.search.excerpts import Excerpts, marked
from imsinfo.articles.search.postings import Postings, Scores, best
from imsinfo.articles.search.queries import Phrase, Question, all_of, any_of

MOST_PAGES = 20
MOST_PLACES = 3
PAGES = """
SELECT number, url, title, summary, first_section, places FROM page
WHERE number IN (SELECT value FROM json_each(?))
"""
SECTIONS = """
SELECT number, heading, text FROM section WHERE number IN (SELECT value FROM json_each(?))
"""


@dataclass(frozen=True)
class _Page:
    """places: the id and the heading of every section, which are numbered from first."""

    url: str
    title: str
    summary: str
    first: int
    places: Sequence[tuple[str, str]]

    @property
    def span(self) -> range:
        return range(self.first, self.first + len(self.places))

    def hit(self, numbers: Iterable[int], excerpt: str) -> Hit:
        sections = (self.places[number - self.first] for number in numbers)
        places = [
            Place(f"{self.url}#{anchor}", head) for anchor, head in sections if anchor and head
        ]
        return Hit(self.url, self.title, marked(excerpt), tuple(places[:MOST_PLACES]))


class Showing:
    """Says where on pages the words stand. Not for several threads at a time."""

    def __init__(self, database: sqlite3.Connection, postings: Postings):
        self._database = database
        self._postings = postings
        self._excerpts = Excerpts()

    def of(self, pages: Scores, further: Scores, questions: Sequence[Question | Phrase]) -> Found:
        """Return the best of some pages, and after them the best of further ones."""
        numbers = dict.fromkeys([*best(pages, MOST_PAGES), *best(further, MOST_PAGES)])
        shown = self._pages(list(numbers)[:MOST_PAGES])
        sections = self._sections([page.span for page in shown], questions)
        where = _sorted_into([page.span for page in shown], sections)
        excerpts = self._cut([numbers[0] for numbers in where if numbers], questions)
        hits = (
            page.hit(numbers, excerpts[numbers[0]] if numbers else page.summary)
            for page, numbers in zip(shown, where, strict=True)
        )
        return Found(tuple(hits), len(further.keys() - pages.keys()) + len(pages))

    def _pages(self, numbers: Sequence[int]) -> list[_Page]:
        rows = self._database.execute(PAGES, (dumps(numbers),))
        pages = {
            number: _Page(url, title, summary, first, loads(places))
            for number, url, title, summary, first, places in rows
        }
        return [pages[number] for number in numbers]

    def _sections(
        self, spans: Sequence[range], questions: Sequence[Question | Phrase]
    ) -> list[int]:
        """The sections of some pages with any word, the best first: named by all words, or not."""
        named = self._postings.sections(all_of(questions), spans, "heading")
        ranked = self._postings.sections(any_of(questions), spans)
        return list(dict.fromkeys([*best(named, len(named)), *best(ranked, len(ranked))]))

    def _cut(
        self, numbers: Sequence[int], questions: Sequence[Question | Phrase]
    ) -> Mapping[int, str]:
        sections = self._database.execute(SECTIONS, (dumps(numbers),))
        return self._excerpts.of(sections, str(any_of(questions)))


def _sorted_into(spans: Sequence[range], numbers: Iterable[int]) -> list[list[int]]:
    """Put numbers, in their order, with the span that holds each; spans begin with a number."""
    places: dict[int, list[int]] = {span.start: [] for span in spans}
    starts = sorted(places)
    for number in numbers:
        places[starts[bisect_right(starts, number) - 1]].append(number)
    return [places[span.start] for span in spans]
