import pytest
from hypothesis import given

from imsinfo.articles.numbers import (
    END_OF_SHARE,
    OF_OTHER_NUMBERS,
    OTHER_NUMBERS,
    SHARE,
    numbers_in,
    value_of,
)
from tests.articles.word_rows import TEXTS


def numbers(text):
    return [number.found for number in numbers_in(text)]


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


@given(TEXTS)
def test_every_share_has_the_end_of_one(text):
    assert END_OF_SHARE.search(text) or not SHARE.search(text)


@given(TEXTS)
def test_every_other_number_has_one_of_its_parts(text):
    has_part = any(part in text.casefold() for part in OF_OTHER_NUMBERS)
    assert has_part or not OTHER_NUMBERS.search(text)
