import pytest
from hypothesis import given
from hypothesis import strategies as st

from imsinfo.articles.search.words import (
    LONGEST_QUERY,
    MOST_WORDS,
    singular,
    tidied,
    typed_words,
    words_of,
)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("  neck \t\n pain ", "neck pain"),
        ("cafe\u0301", "café"),
        ("a\x00b\ud800c", "abc"),
        ("\u202eneck\u202c", "neck"),
        ("<b>", "<b>"),
        ("\u2028", ""),
        ("x" * 10_000, "x" * LONGEST_QUERY),
    ],
)
def test_a_query_is_tidied(typed, shown):
    assert tidied(typed) == shown


@given(st.text(max_size=400))
def test_a_tidied_query_stays_as_it_is(text):
    once = tidied(text)
    assert (tidied(once), len(once) <= LONGEST_QUERY) == (once, True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Café au lait", ["cafe", "au", "lait"]),
        ("Gunn’s model", ["gunn", "s", "model"]),
        ("over-sensitive_muscle", ["over", "sensitive", "muscle"]),
        ('"neck" NEAR/2 (pain* -x ^y:z)', ["neck", "near", "2", "pain", "x", "y", "z"]),
        ("😀 ?!", []),
    ],
)
def test_words_are_folded_as_in_the_index(text, words):
    assert words_of(text) == words


def test_a_query_has_twelve_words_at_most():
    assert typed_words("Can't " + "a " * 20) == ["Can't", *["a"] * (MOST_WORDS - 2)]


@pytest.mark.parametrize(
    ("word", "one"),
    [("needles", "needle"), ("stress", "stress"), ("virus", "virus"), ("sepsis", "sepsis")],
)
def test_a_plural_is_read_as_one(word, one):
    assert singular(word) == one
