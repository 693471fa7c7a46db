import pytest
from hypothesis import given
from hypothesis import strategies as st

from imsinfo.articles.claims import claimed, indexed, is_phrase, numbers_in, tokens_of, value_of

PHRASES = ["cure", "cures", "guarantee*", "root cause", "100 %", "risk-free", "very safe", "very"]
FINE = ["is it a cure", "root cause analysis"]


def claims(text):
    tokens = tokens_of(text)
    spans = claimed(
        tokens, indexed((each, 0) for each in PHRASES), indexed((each, 0) for each in FINE)
    )
    return [text[tokens[span.first].start : tokens[span.last].end] for span in spans]


def numbers(text):
    return [number.found for number in numbers_in(text)]


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


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It was 55% of them.", ["55%"]),
        ("It was 5.5 % or 6 per cent.", ["5.5 %", "6 per cent"]),
        ("Twenty percent and ten  percent", ["Twenty percent", "ten percent"]),
        ("About 1 in 4 patients", ["1 in 4"]),
        ("**1** in *4*", ["1 in 4"]),
        ("one in five, two in three people", ["one in five", "two in three"]),
        ("nine out of ten", ["nine out of ten"]),
        ("3 of the 22 people", ["3 of the 22"]),
        ("one of ten people", ["one of ten"]),
        ("1 of 3 trials", ["1 of 3"]),
        ("one in every hundred", ["one in every hundred"]),
        ("1 in a thousand", ["1 in a thousand"]),
        ("none in 7,629", ["none in 7,629"]),
        ("10 per 1,000", ["10 per 1,000"]),
        ("1 in 2,000, and 1 in 2000 people", ["1 in 2,000", "1 in 2000"]),
        ("37 in 100 in the United States", ["37 in 100"]),
        ("at most 3 times a day", ["3 times"]),
        ("two or three times", ["three times"]),
        ("twice as often", ["twice as"]),
        ("ten-fold, tenfold and 10-fold", ["ten-fold", "tenfold", "10-fold"]),
        ("twenty-five in two hundred", ["twenty-five in two hundred"]),
        ("[1 in 5](x.md)", ["1 in 5"]),
        ("1 in\n5", ["1 in 5"]),
    ],
)
def test_a_number_is_found_in_digits_and_words(text, found):
    assert numbers(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "on the 24 of November",
        "the 24th of November 2026",
        "1 to 2 weeks",
        "one of the four",
        "one of these",
        "one of three kinds",
        "some of 3",
        "four of them",
        "In 2014 in 78 women",
        "in 2014 in 3,000 women",
        "four trials, one in 2012 and three in 2014",
        "one in 2014 and one in 2016",
        "two in one visit",
        "one in one arm",
        "once or twice a week",
        "at other times",
        "opening times",
        "many times",
        "at 9.30 in 2 rooms",
        "1.5 points out of 10",
        "step 2 of 5, page 1 of 3",
        "two in six weeks",
        "one or two in three-week blocks",
        "the % sign and percentages",
        "The aim is twofold",
        "see [@a_1_in_5] and {figure:one_in_5}",
        "[words](https://x.org/50%)",
        "phone 604 555 0123 in 5 minutes",
        "24 hours",
        "an eye on the one in the middle",
    ],
)
def test_other_numbers_need_no_source(text):
    assert numbers(text) == []


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("7,629", 7629),
        ("0.3", 0.3),
        ("twenty-five", 25),
        ("a hundred", 100),
        ("two hundred and five", 205),
        ("two hundred thousand", 200_000),
        ("none", 0),
        ("9" * 400, float("9" * 300)),
    ],
)
def test_the_value_of_a_number(words, value):
    assert value_of(words) == value


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
