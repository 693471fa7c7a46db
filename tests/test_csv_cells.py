import csv
import logging
from io import StringIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from imsinfo.csv_cells import BOM, HARMFUL, HARMLESS, BrokenOffError, cell, lines

# What begins a formula, in a spreadsheet somewhere, with what may stand before it unseen.
SIGNS = ["=", "+", "-", "@", "＝", "＋", "－", "＠", "﹢", "﹣", "﹦", "﹫"]
BLANKS = [" ", "\u00a0", "\u3000", "\u200b", "\ufeff", "\n", "\t", "\r"]
BEFORE = ["", *BLANKS, " \u00a0 "]
HOSTILE = st.text(
    st.sampled_from([*SIGNS, *BLANKS, *";,\"'|a0", "\x00", "\u202e", "\u2066", "\ud800"])
)


def read(text, separator=","):
    return list(csv.reader(StringIO(text.removeprefix(BOM), newline=""), delimiter=separator))


def in_file(*cells):
    return "".join(lines(["Name"] * len(cells), [cells]))


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("before", BEFORE)
def test_a_formula_is_made_a_text(sign, before):
    assert cell(f"{before}{sign}1+1").startswith("'")


@pytest.mark.parametrize("start", ["\t", "\r", "\n"])
def test_a_cell_that_starts_with_a_tab_or_a_new_line_is_made_a_text(start):
    assert cell(f"{start}a").startswith("'")


@pytest.mark.parametrize(
    "text", ["", "Zoë O'Hara", "604 555 0177", "a = b", "  two", "l.1\nl.2", "'="]
)
def test_what_is_no_formula_stays_as_it_is(text):
    assert cell(text) == text


@pytest.mark.parametrize("text", ["a;=1", "a\t=1", "a\n+1", 'a; "=1', "a;\u200b＝1"])
def test_a_formula_behind_what_may_separate_cells_elsewhere_is_made_a_text(text):
    assert cell(text)[:-2] == f"{text[:-2]}'"


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\x85", "\u202e", "\u2066", "\u200f", "\udc00"])
def test_signs_that_deceive_or_break_are_replaced(sign):
    assert cell(f"a{sign}b") == f"a{HARMLESS}b"


@given(HOSTILE | st.text())
@example("\x00=1")
@example("\u202e=1")
def test_no_cell_begins_with_what_is_calculated(text):
    [_, [shown], _] = read(in_file(text))
    bare = shown.lstrip("".join(BEFORE))
    assert not bare.startswith(tuple(SIGNS))
    assert not shown.startswith(("\t", "\r", "\n"))
    assert not HARMFUL.search(shown)
    shown.encode("utf-8")


@given(HOSTILE, HOSTILE)
def test_no_cell_breaks_out_where_semicolons_separate(first, second):
    shown = [each for row in read(in_file(first, second), ";") for each in row]
    starts = tuple(SIGNS)
    assert not [each for each in shown if each.lstrip("".join(BEFORE)).startswith(starts)]


@given(st.lists(HOSTILE | st.text(), min_size=1, max_size=5))
def test_a_row_has_as_many_cells_as_were_given(texts):
    assert read(in_file(*texts))[1] == [cell(text) for text in texts]


def test_a_file_begins_with_the_mark_of_utf_8_and_ends_with_its_rows():
    text = "".join(lines(["A", "B"], [["1", "2"], ["3", "4"]]))
    assert text == f'{BOM}"A","B"\r\n"1","2"\r\n"3","4"\r\n"End of export: 2 rows"\r\n'


def test_a_file_that_breaks_off_has_no_end_and_tells_nothing_of_why(caplog):
    def rows():
        yield ["1"]
        raise ValueError("Zora")

    got = []
    with caplog.at_level(logging.ERROR), pytest.raises(BrokenOffError) as broken:
        got.extend(lines(["A"], rows()))
    assert (str(broken.value), broken.value.__suppress_context__) == ("", True)
    assert caplog.messages == ["A file broke off after 1 rows"]


def test_a_file_that_breaks_off_has_the_rows_before():
    def rows():
        yield ["1"]
        raise ValueError

    file = lines(["A"], rows())
    assert [next(file), next(file)] == [f'{BOM}"A"\r\n', '"1"\r\n']
    with pytest.raises(BrokenOffError):
        next(file)
