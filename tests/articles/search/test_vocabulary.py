from collections import Counter
from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imsinfo.articles.search.vocabulary import Vocabulary, most_alike

PAGES = (
    "neck pain pain plan needles needles needling needle acupuncture bruise safe most drive 1970s"
)
WORDS = Vocabulary(Counter(PAGES.split()) | {"what": 9})


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("nek", "neck"),
        ("pian", "pain"),
        ("acupunture", "acupuncture"),
        ("accupuncture", "acupuncture"),
        ("bruize", "bruise"),
        ("needels", "needles"),
    ],
)
def test_a_slip_is_corrected(typed, meant):
    assert WORDS.correction(typed) == meant


@pytest.mark.parametrize(
    "typed", ["café", "cost", "die", "want", "zxqv", "ne", "1971s", "", "x" * 200]
)
def test_a_word_that_is_like_no_other_stays(typed):
    assert WORDS.correction(typed) == ""


def test_of_two_words_as_near_the_commoner_one_is_meant():
    assert Vocabulary({"bandage": 1, "bandags": 2}).correction("bandagx") == "bandags"


def test_completions_begin_with_the_commonest():
    assert WORDS.completions("needl") == ["needles", "needle", "needling"]


def test_nothing_begins_as_an_unknown_word_does():
    assert WORDS.completions("zx") == []


def test_completions_are_few():
    assert len(Vocabulary({f"a{sign}": 1 for sign in "bcdefghijklm"}).completions("a")) == 8


@given(st.text("abc", min_size=1), st.text("abc", min_size=1))
def test_no_two_words_are_more_alike_than_they_are_taken_for(candidate, word):
    ratio = SequenceMatcher(a=candidate, b=word, autojunk=False).ratio()
    assert most_alike(candidate, word) >= ratio
