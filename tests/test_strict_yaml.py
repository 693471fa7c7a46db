from datetime import date
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st
from pydantic import Field

from imsinfo import strict_yaml
from imsinfo.problems import ContentError, Problem
from imsinfo.strict_yaml import Strict, read_yaml
from tests.extent import examples


class Hours(Strict):
    days: str
    open: bool = True


class Page(Strict):
    title: str
    checked: date
    order: int = 0
    hours: tuple[Hours, ...] = ()
    words: tuple[str, ...] = ()


GOOD = "title: Gout\nchecked: 2026-11-21\n"


def faults(text, first_line=1):
    with pytest.raises(ContentError) as refused:
        read_yaml(text, Page, "content/gout.md", first_line)
    return [str(problem) for problem in refused.value.problems]


def test_good_text_becomes_the_record():
    text = GOOD + "hours:\n  - {days: Monday, open: false}\nwords: [ache, pain]\n"
    assert read_yaml(text, Page, "content/gout.md") == Page(
        title="Gout",
        checked=date(2026, 11, 21),
        hours=(Hours(days="Monday", open=False),),
        words=("ache", "pain"),
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            GOOD + "summry: Pain\n",
            "content/gout.md:3: unknown field 'summry'; "
            "expected: title, checked, order, hours, words; "
            "repair: correct the name or remove the line",
        ),
        (
            GOOD + "hours:\n  - days: Monday\n    close: true\n",
            "content/gout.md:5: unknown field 'hours.1.close'; "
            "repair: correct the name or remove the line",
        ),
        (
            "checked: 2026-11-21\n",
            "content/gout.md:1: the field 'title' is missing; repair: add a line 'title: …'",
        ),
        (
            GOOD + "hours:\n  - days: Monday\n  - open: true\n",
            "content/gout.md:5: the field 'hours.2.days' is missing; repair: add a line 'days: …'",
        ),
        (
            GOOD + "title: Gout again\n",
            "content/gout.md:3: the field 'title' stands twice; found: also on line 1; "
            "repair: keep one of the two",
        ),
        (
            GOOD + "hours:\n  - days: Monday\n    days: Friday\n",
            "content/gout.md:5: the field 'days' stands twice; found: also on line 4; "
            "repair: keep one of the two",
        ),
        (
            "title: 811\nchecked: 2026-11-21\n",
            "content/gout.md:1: 'title' is not text; found: 811; expected: text; "
            'repair: put it in "double quotes"',
        ),
        (
            "title: Gout\nchecked: soon\n",
            "content/gout.md:2: 'checked' is not a date; found: soon; "
            "expected: a date such as 2026-11-21; repair: write year-month-day",
        ),
        (
            GOOD + 'order: "1"\n',
            "content/gout.md:3: 'order' is not right; found: 1; "
            "expected: Input should be a valid integer; repair: correct the value",
        ),
    ],
)
def test_wrong_field_is_told_with_its_line_and_repair(text, told):
    assert faults(text) == [told]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            GOOD + "hours:\n\t- days: Monday\n",
            "content/gout.md:4: this is not YAML (found character '\\t' that cannot start any "
            "token); found: - days: Monday; repair: use spaces, not tabs, in front of a field",
        ),
        (
            "title: Gout: what it is\nchecked: 2026-11-21\n",
            "content/gout.md:1: this is not YAML (mapping values are not allowed here); "
            "found: title: Gout: what it is; "
            "repair: put a value that holds ': ' in \"double quotes\"",
        ),
        (
            "title: {clinic.name} and gout\nchecked: 2026-11-21\n",
            "content/gout.md:1: this is not YAML (expected <block end>, but found '<scalar>'); "
            "found: title: {clinic.name} and gout; "
            "repair: put a value that begins with '{' or '[' in \"double quotes\"",
        ),
        (
            "title: {clinic.name}\nchecked: 2026-11-21\n",
            "content/gout.md:1: 'title' is not text; found: {'clinic.name': None}; "
            "expected: text; repair: put a value that begins with '{' in \"double quotes\"",
        ),
        (
            "title: &name Gout\nchecked: 2026-11-21\n",
            "content/gout.md:1: this is not YAML (& and * anchors are not used here); "
            "found: title: &name Gout; "
            'repair: write the value out, or put it in "double quotes"',
        ),
        (
            "title: Gout\nchecked: *name\n",
            "content/gout.md:2: this is not YAML (& and * anchors are not used here); "
            "found: checked: *name; "
            'repair: write the value out, or put it in "double quotes"',
        ),
        (
            GOOD + "words: [ache, *name]\n",
            "content/gout.md:3: this is not YAML (& and * anchors are not used here); "
            "found: words: [ache, *name]; "
            'repair: write the value out, or put it in "double quotes"',
        ),
        (
            "title: Gout\nchecked: 2026-02-30\n",
            "content/gout.md:2: this is not YAML (day is out of range for month); "
            "found: checked: 2026-02-30; "
            "repair: write a day of the calendar as year-month-day, such as 2026-11-30",
        ),
        (
            "title: Gout\nchecked: 2026-13-21\n",
            "content/gout.md:2: this is not YAML (month must be in 1..12); "
            "found: checked: 2026-13-21; "
            "repair: write a day of the calendar as year-month-day, such as 2026-11-30",
        ),
        (
            "title: Gout\x0b\nchecked: 2026-11-21\n",
            "content/gout.md:1: this is not YAML (special characters are not allowed); "
            "found: title: Gout; repair: write one 'field: value' a line; "
            'put a value with unusual signs in "double quotes"',
        ),
    ],
)
def test_text_that_is_not_yaml_is_told_with_its_line_and_repair(text, told):
    assert faults(text) == [told]


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "Gout\n", "- Gout\n"])
def test_text_without_fields_is_told(text):
    [told] = faults(text)
    assert told.startswith("content/gout.md:1: there are no fields; ")


def test_every_fault_is_told_at_once():
    text = "titel: Gout\nchecked: soon\nchecked: later\n"
    assert [told.split("; ")[0] for told in faults(text)] == [
        "content/gout.md:3: the field 'checked' stands twice",
        "content/gout.md:1: the field 'title' is missing",
        "content/gout.md:3: 'checked' is not a date",
        "content/gout.md:1: unknown field 'titel'",
    ]


def test_list_with_a_wrong_item_is_not_told_as_too_short():
    class Week(Strict):
        hours: Annotated[tuple[Hours, ...], Field(min_length=1)]

    with pytest.raises(ContentError) as refused:
        read_yaml("hours:\n  - {day: Monday}\n", Week, "content/week.yaml")
    assert [problem.what for problem in refused.value.problems] == [
        "the field 'hours.1.days' is missing",
        "unknown field 'hours.1.day'",
    ]


def test_line_is_counted_from_the_first_line_of_the_text():
    [told] = faults("titel: Gout\n" + GOOD, first_line=2)
    assert told.startswith("content/gout.md:2: unknown field 'titel'")


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x]\nb: [*a, *a]\n",
        "!!python/object/apply:os.system ['true']\n",
        "? [a]\n: b\n",
        "? {a: b}\n: c\n",
        "1: a\n2026-11-21: b\nnull: c\n",
        "--- a\n--- b\n",
        "title: !!int x\n",
        "title: !!binary ü\n",
        "title: \x00\n",
        "[" * 5000,
        "{a: " * 5000,
        "- " * 5000,
        "title: " + "9" * 5000 + "\n",
        "<<: {title: a}\n",
        "@title: a\n",
        "title: `a`\n",
        "%YAML 9.9\n---\ntitle: a\n",
    ],
)
def test_odd_yaml_is_refused_as_content(text):
    assert faults(text)


def test_long_value_is_shown_cut():
    [told] = faults(GOOD + f"order: {'a' * 100}\n")
    assert f"found: {'a' * 57}…;" in told


def test_record_cannot_be_changed():
    page = read_yaml(GOOD, Page, "content/gout.md")
    with pytest.raises(ValueError, match="frozen"):
        page.title = "Another"


def test_problem_tells_only_what_it_knows():
    assert str(Problem("content/gout.md", 3, "dead link", repair="correct it")) == (
        "content/gout.md:3: dead link; repair: correct it"
    )


def test_content_error_tells_every_problem_on_its_line():
    problems = (Problem("a.md", 1, "one"), Problem("b.md", 2, "two"))
    assert str(ContentError(*problems)) == "a.md:1: one\nb.md:2: two"


def test_a_value_that_is_not_of_its_own_tag_is_told():
    [told] = faults(GOOD + "order: !!int ''\n")
    assert told.startswith("content/gout.md:3: this is not YAML")


@pytest.fixture
def in_python(monkeypatch):
    """Let the reader do without the parser in C, which a machine may lack."""
    monkeypatch.setattr(strict_yaml, "_QuickLoader", None)


def test_good_text_is_read_without_the_parser_in_c(in_python):
    assert read_yaml(GOOD, Page, "content/gout.md").title == "Gout"


def test_faults_are_told_without_the_parser_in_c_as_with_it(monkeypatch):
    broken = GOOD + "order: [1\n"
    with_it = faults(broken)
    monkeypatch.setattr(strict_yaml, "_QuickLoader", None)
    assert faults(broken) == with_it


def test_ordinary_text_needs_the_parser_in_c_alone(monkeypatch):
    monkeypatch.setattr(strict_yaml, "_Loader", None)
    text = GOOD + "words: [ache, R&D]\n"
    assert read_yaml(text, Page, "content/gout.md").words == ("ache", "R&D")


@pytest.mark.parametrize(
    "lines",
    [
        "words:\t[a]\n",
        "words: [how many?]\n",
        "words:\n  - &one a\n  - *one\n",
        "words: [a, &one b]\n",
        "words: [!]\n",
        "words:\n- |#\n",
    ],
)
def test_what_the_parser_in_c_takes_is_refused_all_the_same(lines):
    assert faults(GOOD + lines)


SIGNS = (
    *"\n:,[]{}#&*!|>'\"%@`-?\t\r\x85\u2028\ufeff\\~=<",
    *(
        " ",
        "a",
        "0",
        "é",
        "- ",
        ": ",
        "\n  ",
        "\n- ",
        "? ",
        "--- ",
        "...",
        "\n---\n",
        "|-\n",
        "> \n",
    ),
    *("!!int ", "!!str ", "yes", "null", "2026-11-21", "1e3", "12:30", "<<: ", "&a ", "*a", " #c"),
    *("%YAML 1.2\n---\n", "words: [a, b]\n", "title: Gout\n", "\\x41"),
)


@tuned(max_examples=examples(500), deadline=None)
@given(st.lists(st.sampled_from(SIGNS), max_size=12).map("".join))
def test_both_parsers_read_alike_what_both_may_read(text):
    def found():
        try:
            return strict_yaml._read(text, "gout.md", 1)
        except strict_yaml.UNREADABLE as error:
            return str(error)

    with_c = found()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strict_yaml, "_QuickLoader", None)
        assert with_c == found()


@pytest.mark.parametrize("depth", [50, 500, 5000])
def test_what_lies_too_deep_is_refused_as_content(depth):
    with pytest.raises(ContentError):
        read_yaml("title: " + "{a: " * depth + "}" * depth, Page, "content/gout.md")
