from typing import get_args

import pytest

from imsinfo.articles.frontmatter import Kind
from imsinfo.articles.prose import Block, blocks
from imsinfo.articles.readability import (
    LEVELS,
    Level,
    Reading,
    ceilings_text,
    get_ceilings,
    grade_of,
    measured,
    reading,
    reading_problems,
    rounded_up,
    sentence_problems,
    with_lowered,
)
from imsinfo.problems import ContentError

# Ten words of ten syllables.
TEN = "We can see that this is a plain short line. "


def read(text, neutral=(), fill=str):
    return reading(measured(blocks(text), fill, neutral))


def counted(text, neutral=(), kind="paragraph", fill=str):
    found = measured([Block(0, kind, text)], fill, neutral)
    return [(each.words, each.syllables) for each in found]


def told(measure, kind="guide", ceiling=None):
    return [str(problem) for problem in reading_problems("page.md", kind, measure, ceiling)]


def graded(grade, mean=9.0):
    return Reading(200, 20, grade, mean, 12, (4, 9, 30))


def test_every_kind_of_page_has_its_level():
    assert set(LEVELS) == set(get_args(Kind))


@pytest.mark.parametrize(
    ("kind", "level"),
    [("aftercare", (5, 10, 20)), ("condition", (7, 14, 25)), ("legal", (9, 16, 30))],
)
def test_a_level_is_that_of_its_kind(kind, level):
    assert LEVELS[kind] == Level(*level)


def test_the_grade_is_that_of_kincaid():
    # 100 words in 5 sentences with 150 syllables.
    assert grade_of(100, 5, 150) == pytest.approx(0.39 * 20 + 11.8 * 1.5 - 15.59)


@pytest.mark.parametrize(
    ("number", "rounded"), [(6.9, 6.9), (6.9000000001, 6.9), (6.901, 7.0), (-0.35, -0.3), (7, 7.0)]
)
def test_a_grade_is_rounded_up(number, rounded):
    assert rounded_up(number) == rounded


def test_running_prose_of_a_hundred_words_has_a_grade_and_a_mean():
    # 0.39 * 10 + 11.8 * 1 - 15.59 = 0.11, rounded up.
    assert read(TEN * 10) == Reading(100, 10, 0.2, 10.0, 10, (0,))


def test_fewer_words_have_no_grade_but_a_longest_sentence():
    assert read(TEN * 9) == Reading(90, 9, None, None, 10)


def test_an_empty_page_has_nothing_to_read():
    assert read("") == Reading(0, 0, None, None, 0)


@pytest.mark.parametrize(
    "text",
    [
        "- a list item without a full stop",
        "## Some heading",
        "| A cell. | One more cell. |\n| --- | --- |\n| And a cell. | |",
        "**IMS.**",
        "::: callout A title.\n:::",
        "![Words of a picture.](images/x.svg)",
    ],
)
def test_only_whole_sentences_are_running_prose(text):
    assert read(f"{TEN * 10}\n\n{text}").words == 100


def test_items_that_end_as_sentences_are_running_prose():
    text = "::: callout At a glance\n- " + TEN * 5 + "\n- " + TEN * 5 + "\n:::"
    assert read(text) == Reading(100, 10, 0.2, 10.0, 10, (1,))


def test_the_longest_sentence_is_found_anywhere():
    assert read("Short.\n\n- " + "word " * 30).longest == 30


def test_the_hardest_sentences_are_named_by_their_lines():
    hard = ["Physiotherapists investigate.", "Radiculopathy deteriorates.", "Osteoporosis."]
    lines = [TEN * 10, *hard]
    assert read("\n\n".join(lines)).hardest == (2, 4, 6)


@pytest.mark.parametrize(
    ("text", "neutral", "expected"),
    [
        ("We use intramuscular stimulation.", (), [(4, 11)]),
        ("We use Intramuscular stimulation.", ["intramuscular stimulation"], [(3, 4)]),
        ("Trigger\npoints hurt.", ["trigger point"], [(2, 3)]),
        ("A dry-needling trial.", ["dry needling"], [(3, 5)]),
        ("Osteoarthritis hurts.", ["arthritis"], [(2, 7)]),
        ("Carpal tunnel syndrome.", ["tunnel", "carpal tunnel syndrome"], [(1, 2)]),
        ("Myofascial pain syndrome.", ["myofascial pain", "myofascial pain syndrome"], [(1, 2)]),
        ("A twitch goes.", ["twitch"], [(3, 3)]),
        ("Call {clinic.emergency_number}.", (), [(2, 3)]),
        ("It is (rare) [@ga_2007].", (), [(3, 3)]),
    ],
)
def test_names_count_as_one_easy_word(text, neutral, expected):
    assert counted(text, neutral) == expected


def test_a_figure_counts_as_the_words_that_it_prints():
    assert counted("Sore in {figure:sore}.", fill=lambda _: "8 in 100 [@x]") == [(5, 5)]


def test_a_long_sentence_is_told_with_its_first_words():
    found = measured([Block(12, "item", "**You** may [use](a.md) " + "it " * 23)], str, ())
    [problem] = sentence_problems("page.md", found, LEVELS["guide"])
    assert str(problem) == (
        "page.md:12: a sentence is too long; found: 26 words: 'You may use it it it …';"
        " expected: at most 25; repair: make two sentences of it, or leave words out"
    )


def test_a_sentence_of_the_longest_length_is_fine():
    found = measured([Block(1, "item", "it " * 25)], str, ())
    assert list(sentence_problems("page.md", found, LEVELS["guide"])) == []


LINES = "write shorter sentences and plainer words, first of all on the lines 4, 9, 30"


@pytest.mark.parametrize(
    ("measure", "ceiling", "expected"),
    [
        (
            graded(7.1),
            None,
            "the reading grade is above its level; found: 7.1; expected: at most 7 (guide)",
        ),
        (
            graded(7.4),
            6.9,
            "the reading grade is above the recorded ceiling; found: 7.4; expected: at most 6.9",
        ),
        (
            graded(3.0, mean=14.1),
            None,
            "the sentences are too long on average; found: 14.1 words a sentence;"
            " expected: at most 14",
        ),
    ],
)
def test_a_hard_page_is_told_with_its_hardest_lines(measure, ceiling, expected):
    assert told(measure, ceiling=ceiling) == [f"page.md:1: {expected}; repair: {LINES}"]


@pytest.mark.parametrize(
    ("measure", "ceiling"),
    [
        (graded(7.0, mean=14.0), None),
        (graded(8.2), 8.2),
        (graded(6.5), 6.9),
        (Reading(90, 1, None, None, 12), None),
        (Reading(90, 1, None, None, 12), 2.0),
    ],
)
def test_a_page_within_its_bounds_is_fine(measure, ceiling):
    assert told(measure, ceiling=ceiling) == []


def test_an_outdated_ceiling_is_a_warning():
    [problem] = reading_problems("page.md", "guide", graded(6.4), 6.9)
    assert problem.is_warning
    assert str(problem) == (
        "page.md:1: the recorded ceiling is out of date; found: 6.9; expected: a ceiling of 6.4;"
        " repair: run manage.py record_reading: a ceiling may fall, not rise"
    )


def test_ceilings_fall_and_never_rise():
    grades = {"a.md": 4.0, "b.md": 7.0, "new.md": 5.5, "short.md": None}
    recorded = {"a.md": 5.0, "b.md": 6.0, "gone.md": 3.0, "short.md": 2.0}
    assert with_lowered(recorded, grades) == {"a.md": 4.0, "b.md": 6.0, "new.md": 5.5}


@pytest.fixture
def ceilings(write):
    """Return a function that writes the file of ceilings, and reads it."""

    def ceilings(text):
        write("reading-ceilings.yaml", text)
        get_ceilings.cache_clear()
        return get_ceilings()

    yield ceilings
    get_ceilings.cache_clear()


@pytest.mark.parametrize("recorded", [{"b/c.md": 6.9, "a.md": 4.0, "d.md": -0.3}, {}])
def test_what_is_recorded_is_read_again(ceilings, recorded):
    assert ceilings(ceilings_text(recorded)) == recorded


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a.md: 4.0\nb.md: high\n", 2),
        ("a.md: 4.0\nb.md: 6.91\n", 2),
        ("a.md: '4.0'\n", 1),
        ("a.md: .inf\n", 1),
        ("a.md: 4.0\na.md: 5.0\n", 2),
        ("- 4.0\n", 1),
    ],
)
def test_a_wrong_ceiling_is_told_with_its_line(ceilings, text, line):
    with pytest.raises(ContentError, match=rf"^content/reading-ceilings\.yaml:{line}: "):
        ceilings(text)


def test_without_a_file_no_ceiling_is_recorded(content):
    get_ceilings.cache_clear()
    assert get_ceilings() == {}
    get_ceilings.cache_clear()
