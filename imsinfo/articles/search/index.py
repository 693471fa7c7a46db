"""Searching: which pages hold what a reader typed, and where on them it stands."""

import threading
import weakref
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import accumulate
from json import dumps
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from imsinfo.articles.glossary import Term, get_glossary
from imsinfo.articles.library import get_library
from imsinfo.articles.pages import Library
from imsinfo.articles.search import tables
from imsinfo.articles.search.documents import CONTROL, Document, Section, documents_of
from imsinfo.articles.search.queries import Synonyms, Wanted, all_of, any_of, synonyms_of
from imsinfo.articles.search.vocabulary import Vocabulary
from imsinfo.articles.search.words import typed_words, words_of
from imsinfo.content import built_from_content
from imsinfo.problems import ContentError

MOST_PAGES = 20
MOST_PLACES = 3
# With fewer pages than these, words that only begin as the reader's do are looked for as well.
FEW_PAGES = 5


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


class SearchIndex:
    """Pages that can be searched by any number of threads at a time; it never changes."""

    def __init__(self, documents: Iterable[Document], synonyms: Synonyms):
        self._documents = tuple(map(_with_summary, documents))
        self._synonyms = synonyms
        self._vocabulary = Vocabulary(tables.word_counts(self._documents))
        # The number of the first section of each page, and the next one after them all.
        sizes = (len(document.sections) for document in self._documents)
        self._starts = tuple(accumulate(sizes, initial=1))
        # One connection for all threads: among 1,000 pages a search takes 3 ms, at worst 10.
        self._lock = threading.Lock()
        self._database = tables.filled(self._documents)
        weakref.finalize(self, self._database.close)

    @classmethod
    def build(cls, documents: Iterable[Document], synonyms: Synonyms) -> "SearchIndex":
        """Return the index of some pages; of two that fit as well, the first one comes first."""
        return cls(documents, synonyms)

    def search(self, query: str) -> Found:
        """Return the pages that have all words of a query; where none has, those with some."""
        typed = typed_words(query)
        wanted = self._synonyms.wanted([word for each in typed for word in words_of(each)])
        if not wanted:
            return Found()
        with self._lock:
            return self._with_all(wanted) or self._with_some(wanted, typed)

    def _with_all(self, wanted: Sequence[Wanted]) -> Found | None:
        questions = [each.whole() for each in wanted]
        pages = self._numbers(tables.RANKED_PAGES, all_of(questions))
        if len(pages) < FEW_PAGES:
            questions = [self._begun(each) for each in wanted]
            further = self._numbers(tables.RANKED_PAGES, all_of(questions))
            pages = list(dict.fromkeys([*pages, *further]))
        return self._told(pages, questions) if pages else None

    def _with_some(self, wanted: Iterable[Wanted], typed: Sequence[str]) -> Found:
        """Pages that have some of the words, and what was perhaps meant by the others."""
        known: list[str] = []
        meant: dict[str, str] = {}
        for each in wanted:
            # Of a name that stands nowhere, some words may.
            for part in (each,) if self._question(each) else each.single_words():
                question = self._question(part)
                if question:
                    known.append(question)
                else:
                    meant |= {word: self._vocabulary.correction(word) for word in part.words}
        suggestion = _corrected(typed, meant)
        if not known:
            return Found(suggestion=suggestion)
        pages = self._numbers(tables.RANKED_PAGES, any_of(known))
        found = self._told(pages, known)
        return replace(found, some_words=True, suggestion=suggestion)

    def _question(self, wanted: Wanted) -> str:
        """The strictest question that some page answers; "" if there is none."""
        questions = (wanted.whole(), self._begun(wanted))
        return next((question for question in questions if self._is_known(question)), "")

    def _begun(self, wanted: Wanted) -> str:
        """The question for beginnings as well.

        An index of words without endings does not know "needli"; the words as they are written do.
        """
        unknown = (w for w in wanted.words if not self._is_known(Wanted((w,)).begun({})))
        return wanted.begun({word: self._vocabulary.completions(word) for word in unknown})

    def _told(self, pages: Sequence[int], questions: Sequence[str]) -> Found:
        """Say where on the first pages the words stand."""
        places: dict[int, list[int]] = {page: [] for page in pages[:MOST_PAGES]}
        for number in self._sections(places, questions):
            places[bisect_right(self._starts, number)].append(number)
        best = dumps([numbers[0] for numbers in places.values() if numbers])
        excerpts = dict(self._rows(tables.EXCERPTS, any_of(questions), best))
        hits = (self._hit(page, numbers, excerpts) for page, numbers in places.items())
        return Found(tuple(hits), len(pages))

    def _sections(self, pages: Iterable[int], questions: Sequence[str]) -> list[int]:
        """The sections of some pages with any word, the best first: named by all words, or not."""
        spans = (range(self._starts[page - 1], self._starts[page]) for page in pages)
        numbers = dumps([number for span in spans for number in span])
        named = self._numbers(tables.RANKED_SECTIONS, f"heading : {all_of(questions)}", numbers)
        ranked = self._numbers(tables.RANKED_SECTIONS, any_of(questions), numbers)
        return list(dict.fromkeys([*named, *ranked]))

    def _hit(self, page: int, numbers: Sequence[int], excerpts: Mapping[int, str]) -> Hit:
        document = self._documents[page - 1]
        text = excerpts[numbers[0]] if numbers else document.summary
        sections = (document.sections[number - self._starts[page - 1]] for number in numbers)
        places = [
            Place(f"{document.url}#{section.id}", section.heading)
            for section in sections
            if section.id and section.heading
        ]
        return Hit(document.url, document.title, _marked(text), tuple(places[:MOST_PLACES]))

    def _is_known(self, question: str) -> bool:
        return bool(self._rows(tables.IS_KNOWN, question))

    def _numbers(self, statement: str, *values: str) -> list[int]:
        return [number for (number,) in self._rows(statement, *values)]

    def _rows(self, statement: str, *values: str) -> list[Any]:
        return self._database.execute(statement, values).fetchall()


def build_index(library: Library, terms: Mapping[str, Term] | None = None) -> SearchIndex:
    """Return the index of a library. terms: the glossary, by default that of the content."""
    names = _glossary() if terms is None else terms
    return SearchIndex.build(documents_of(library), synonyms_of(names))


@built_from_content
def get_search_index() -> SearchIndex:
    return build_index(get_library())


def _glossary() -> Mapping[str, Term]:
    """The terms; none where their file cannot be read, which check_content tells."""
    with suppress(ContentError):
        return get_glossary()
    return {}


def _with_summary(document: Document) -> Document:
    """The page with its title and summary at the head of its first section.

    So the excerpt of a page that a query names is what the page says of itself.
    """
    parts = {section.id: section for section in document.sections}
    first = parts.pop("", Section("", "", ""))
    opening = Section("", document.title, f"{document.summary} {first.text}".strip())
    sections = (replace(each, text=_plain(each.text)) for each in (opening, *parts.values()))
    return replace(document, summary=_plain(document.summary), sections=tuple(sections))


def _plain(text: str) -> str:
    """The text without the signs that mark words in an excerpt."""
    return CONTROL.sub(" ", text)


def _corrected(typed: Iterable[str], meant: Mapping[str, str]) -> str:
    """The query with other words in place of those that are not known; "" where none is better.

    meant: by word; "" leaves the word out.
    """
    pieces = []
    for piece in typed:
        words = words_of(piece)
        corrected = [meant.get(word, word) for word in words]
        pieces.append(piece if corrected == words else " ".join(filter(None, corrected)))
    return " ".join(filter(None, pieces)) if any(meant.values()) else ""


def _marked(text: str) -> SafeString:
    marked = escape(text).replace(tables.MARK, "<mark>").replace(tables.UNMARK, "</mark>")
    return mark_safe(marked)  # noqa: S308 -- the text is escaped, the marks are our own
