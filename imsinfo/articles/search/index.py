"""Searching: which pages hold what a reader typed, and where on them it stands."""

import sqlite3
import weakref
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from imsinfo.articles.glossary import Term, get_glossary
from imsinfo.articles.library import get_library
from imsinfo.articles.pages import Library
from imsinfo.articles.search import tables
from imsinfo.articles.search.answers import Found
from imsinfo.articles.search.documents import Document, documents_of
from imsinfo.articles.search.postings import Postings, Scores
from imsinfo.articles.search.queries import (
    Phrase,
    Question,
    Synonyms,
    Wanted,
    all_of,
    any_of,
    synonyms_of,
)
from imsinfo.articles.search.showing import Showing
from imsinfo.articles.search.stored import in_memory, opened
from imsinfo.articles.search.turns import Turns
from imsinfo.articles.search.vocabulary import Vocabulary
from imsinfo.articles.search.words import typed_words, words_of
from imsinfo.content import built_from_content, in_force
from imsinfo.problems import ContentError

# With fewer pages than these, words that only begin as the reader's do are looked for as well.
FEW_PAGES = 5
# The file that holds the index among what is prepared.
SEARCH = "search.sqlite3"
IS_KNOWN = "SELECT 1 FROM pages WHERE pages MATCH ? LIMIT 1"


class SearchIndex:
    """Pages that can be searched by any number of threads at a time; it never changes."""

    def __init__(self, database: sqlite3.Connection):
        """database: the tables of the pages, for this index alone."""
        self._database = database
        self._synonyms = tables.read_synonyms(database)
        self._postings = Postings(database)
        self._showing = Showing(database, self._postings)
        # One connection for all threads, which ask in turn: a search takes them a few milliseconds.
        self._turns = Turns()
        weakref.finalize(self, database.close)

    @classmethod
    def build(cls, documents: Iterable[Document], synonyms: Synonyms) -> "SearchIndex":
        """Return the index of some pages; of two that fit as well, the first one comes first."""
        return cls(in_memory(documents, synonyms))

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        """Read when somebody mistypes a word for the first time."""
        return Vocabulary(tables.read_word_counts(self._database))

    def search(self, query: str) -> Found:
        """Return the pages that have all words of a query; where none has, those with some."""
        typed = typed_words(query)
        wanted = self._synonyms.wanted([word for each in typed for word in words_of(each)])
        if not wanted:
            return Found()
        with self._turns:
            return self._with_all(wanted) or self._with_some(wanted, typed)

    def _with_all(self, wanted: Sequence[Wanted]) -> Found | None:
        questions = [each.whole() for each in wanted]
        pages = self._postings.pages(all_of(questions))
        further: Scores = {}
        if len(pages) < FEW_PAGES:
            questions = [self._begun(each) for each in wanted]
            further = self._postings.pages(all_of(questions))
        return self._showing.of(pages, further, questions) if pages or further else None

    def _with_some(self, wanted: Iterable[Wanted], typed: Sequence[str]) -> Found:
        """Pages that have some of the words, and what was perhaps meant by the others."""
        known: list[Question | Phrase] = []
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
        found = self._showing.of(self._postings.pages(any_of(known)), {}, known)
        return replace(found, some_words=True, suggestion=suggestion)

    def _question(self, wanted: Wanted) -> Question | Phrase | None:
        """The strictest question that some page answers; None if there is none."""
        questions = (wanted.whole(), self._begun(wanted))
        return next((question for question in questions if self._is_known(question)), None)

    def _begun(self, wanted: Wanted) -> Question | Phrase:
        """The question for beginnings as well.

        An index of words without endings does not know "needli"; the words as they are written do.
        """
        unknown = (w for w in wanted.words if not self._is_known(Wanted((w,)).begun({})))
        return wanted.begun({word: self._vocabulary.completions(word) for word in unknown})

    def _is_known(self, question: Question | Phrase) -> bool:
        return self._database.execute(IS_KNOWN, (str(question),)).fetchone() is not None


def open_index(path: Path) -> SearchIndex:
    """Return the index in a file that write_index made; raises SearchFileError.

    The file is read while it is searched: it may be removed meanwhile, but not changed.
    """
    return SearchIndex(opened(path))


def build_index(library: Library, terms: Mapping[str, Term] | None = None) -> SearchIndex:
    """Return the index of a library. terms: the glossary, by default that of the content."""
    synonyms = glossary_synonyms() if terms is None else synonyms_of(terms)
    return SearchIndex.build(documents_of(library), synonyms)


@built_from_content
def get_search_index() -> SearchIndex:
    prepared = in_force().prepared
    return build_index(get_library()) if prepared is None else open_index(prepared.file(SEARCH))


def glossary_synonyms() -> Synonyms:
    """Return the names in the glossary; none where it cannot be read, which check_content tells."""
    with suppress(ContentError):
        return synonyms_of(get_glossary())
    return Synonyms({})


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
