import pytest
from hypothesis import given
from hypothesis import strategies as st

from imsinfo.articles.claims import claimed, indexed, is_phrase, tokens_of
from imsinfo.articles.numbers import numbers_in
from tests.articles.word_rows import TEXTS

PHRASES = ["cure", "cures", "guarantee*", "root cause", "100 %", "risk-free", "very safe", "very"]
FINE = ["is it a cure", "root cause analysis"]


def claims(text):
    tokens = tokens_of(text)
    spans = claimed(
        tokens, indexed((each, 0) for each in PHRASES), indexed((each, 0) for each in FINE)
    )
    return [text[tokens[span.first].start : tokens[span.last].end] for span in spans]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It will CURE you.", ["CURE"]),
        ("A cure, and it cures.", ["cure", "cures"]),
        ("Results are guaranteed.", ["guaranteed"]),
        ("the root\ncause", ["root\ncause"]),
        ("the **root** *cause*", ["root** *cause"]),
        ("**100** %", ["100** %"]),
        ("100%", ["100%"]),
        ("100&nbsp;%", ["100&nbsp;%"]),
        ("risk free, risk-free, risk‑free", ["risk free", "risk-free", "risk‑free"]),
        ("c**u**re", ["c**u**re"]),
        ("cu&shy;re", ["cu&shy;re"]),
        ("[a cure](x.md)", ["cure"]),
        ("It is very safe.", ["very safe"]),
    ],
)
def test_a_claim_is_found_however_it_is_written(text, found):
    assert claims(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "secure",
        "cureall",
        "the root. Cause",
        "[read](https://x.org/cure)",
        "see [@cure]",
        "{term:cure}",
        "1,100 %",
        "Is it a cure?",
    ],
)
def test_other_words_are_no_claim(text):
    assert claims(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "It is no cure.",
        "It is not a cure.",
        "It isn't a cure.",
        "It isn’t a cure.",
        "It cannot ever be a cure.",
        "None is a cure.",
        "Nobody has found a cure.",
        "It is not a miracle or a cure.",
        "We promise no cure, guarantee or risk-free needling.",
        "Never write cure, cures, guarantee or guaranteed.",
        "No treatment that anybody here knows of is a cure.",
        "Whether it cures anybody is not known.",
        "It works without a guarantee.",
    ],
)
def test_a_claim_that_is_denied_is_none(text):
    assert claims(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Not long ago people looked for a cure.", ["cure"]),
        ("It is no massage but a cure.", ["cure"]),
        ("It is not only a cure.", ["cure"]),
        ("No doubt it cures.", ["cures"]),
        ("No more pain: a cure.", ["cure"]),
        ("No. A cure.", ["cure"]),
        ("It is not massage – it cures.", ["cures"]),
        ("No needles, no pain, nothing to fear, and a cure.", ["cure"]),
        ("None of it hurts, and all of us will cure you.", ["cure"]),
        ("Is it a cure? It is a cure.", ["cure"]),
        ("A cure that is not one", ["cure"]),
    ],
)
def test_a_claim_that_only_looks_denied_is_one(text, found):
    assert claims(text) == found


def test_an_exception_holds_for_its_own_entry_alone():
    tokens = tokens_of("root cause analysis")
    other = indexed([("root cause analysis", 1)])
    assert len(claimed(tokens, indexed([("root cause", 0)]), other)) == 1


@pytest.mark.parametrize("words", ["cure", "100 %", "side-effect*", "world's best", "5 star"])
def test_a_phrase_is_of_words(words):
    assert is_phrase(words)


@pytest.mark.parametrize("words", ["", " ", "Cure", "cu*re", "*", "a*", "cure!", "-"])
def test_other_signs_make_no_phrase(words):
    assert not is_phrase(words)


MARKS = [
    "no ",
    "cure",
    "c*u*re",
    " or ",
    "but ",
    "1 in ",
    "one of ",
    "5 ",
    "%",
    "10",
    ", ",
    ". ",
    "\n",
]


@given(st.one_of(st.text(), st.lists(st.sampled_from([*MARKS, "²", "١", "İ", "ﬁ"])).map("".join)))
def test_any_text_is_read(text):
    for token in tokens_of(text):
        assert 0 <= token.start < token.end <= len(text)
    assert all(0 <= number.at < len(text) for number in numbers_in(text))
    claims(text)


@pytest.mark.parametrize(
    "unit",
    [
        "a ",
        "cure ",
        "no cure ",
        "very ",
        "no ",
        "or ",
        "one ",
        "1 in ",
        "1",
        "1,",
        "one-",
        "a*",
        "*",
    ],
)
def test_a_long_line_is_read(unit):
    text = unit * 20_000
    assert len(claims(text)) <= 20_000
    assert len(numbers_in(text)) <= 20_000


@given(TEXTS)
def test_no_claim_stands_where_none_may(text):
    phrases = indexed((each, 0) for each in PHRASES)
    assert phrases.may_stand_in(text) or not list(phrases.spans(tokens_of(text)))
