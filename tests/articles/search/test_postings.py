from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imsinfo.articles.glossary import Term
from imsinfo.articles.library import get_library
from imsinfo.articles.search import reckoning
from imsinfo.articles.search.documents import Document, documents_of
from imsinfo.articles.search.index import SearchIndex, glossary_synonyms
from imsinfo.articles.search.postings import RANKS, Postings, best
from imsinfo.articles.search.queries import Phrase, all_of, any_of, synonyms_of
from imsinfo.articles.search.stored import in_memory
from tests.extent import some

NECK, PAIN, NAME = Phrase(("neck",)), Phrase(("pain",)), Phrase(("stiff", "neck"))
QUESTIONS = [
    *(NECK, NAME, Phrase(("acupuncture",)), Phrase(("pai",), is_beginning=True)),
    *(Phrase(("zxqv",)), all_of([NECK, PAIN]), any_of([NECK, PAIN, NAME])),
    any_of([all_of([NECK, Phrase(("zxqv",))]), PAIN]),
]


@pytest.fixture(scope="module")
def database():
    """The tables of the shipped pages with lists for everything."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reckoning, "FEW_ROWS", 0)
        with closing(in_memory(documents_of(get_library()), glossary_synonyms())) as database:
            yield database


def phrase_of(key):
    words = key.removesuffix(" *")
    return Phrase(tuple(words.split()), is_beginning=words != key)


def asked(database, kind, question):
    return dict(database.execute(RANKS[kind], {"phrase": str(question)}).fetchall())


def listed(database, kind, question):
    postings = Postings(database)
    if kind == "page":
        return postings.pages(question)
    return postings.sections(question, [range(1, 10_000)], kind)


@pytest.mark.parametrize("kind", RANKS)
def test_what_is_reckoned_is_what_sqlite_reckons(database, kind):
    keys = [key for (key,) in database.execute("SELECT phrase FROM phrase")]
    phrases = [phrase_of(key) for key in keys[::9] + [key for key in keys if " " in key][::7]]
    wrong = [p.key for p in phrases if listed(database, kind, p) != asked(database, kind, p)]
    assert (wrong, len(phrases) > 100) == ([], True)


@pytest.mark.parametrize("kind", RANKS)
@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_a_question_is_answered_as_sqlite_answers_it(database, kind, question):
    found = listed(database, kind, question)
    assert found == pytest.approx(asked(database, kind, question), rel=1e-12)


def test_only_sections_with_the_numbers_asked_for_are_ranked(database):
    found = Postings(database).sections(NECK, [range(3, 9), range(40, 50)])
    every = asked(database, "section", NECK).items()
    assert found == {n: score for n, score in every if 3 <= n < 9 or 40 <= n < 50}


@pytest.mark.parametrize(
    "query", some(["nee", "neck pain", "neck zxqv", "trigger points", "nek"], 2)
)
def test_lists_change_no_answer(database, monkeypatch, query):
    monkeypatch.setattr(reckoning, "FEW_ROWS", 10**9)
    documents, synonyms = documents_of(get_library()), glossary_synonyms()
    without = SearchIndex.build(documents, synonyms)
    monkeypatch.setattr(reckoning, "FEW_ROWS", 0)
    assert SearchIndex.build(documents, synonyms).search(query) == without.search(query)


@pytest.mark.parametrize("name", ["necks", "sore necks", "neck \U0001e922"])
def test_names_that_are_the_same_to_sqlite_are_found(monkeypatch, name):
    monkeypatch.setattr(reckoning, "FEW_ROWS", 0)
    terms = {"x": Term(id="x", term=name, meaning="m", also=("nape", "sore neck", "neck"))}
    index = SearchIndex.build([Document("/a/", "A sore neck", "Necks.")], synonyms_of(terms))
    assert [hit.url for hit in index.search("nape").hits] == ["/a/"]


@given(st.dictionaries(st.integers(1, 99), st.sampled_from([0.5, 1.0, 2.0])), st.integers(1, 30))
def test_the_best_come_first_and_of_equals_the_first_one(scores, count):
    expected = sorted(scores, key=lambda row: (-scores[row], row))[:count]
    assert best(scores, count) == expected
