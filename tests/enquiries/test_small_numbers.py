import random
from itertools import product

import pytest

from imsinfo.enquiries.small_numbers import FEWEST, told
from tests.extent import examples


def totals(table):
    return [sum(row) for row in table], [sum(column) for column in zip(*table, strict=True)]


def as_told(table, words):
    """The totals of a table, in the places where those of the words are told."""
    places = zip(totals(table), (words.rows, words.columns), strict=True)
    return [
        [total for total, shown in zip(found, told_ones, strict=True) if shown is not None]
        for found, told_ones in places
    ]


def given_away(counts):
    """How many small cells can be worked out, by trying every table that is told the same."""
    words = told(counts)
    cells = [cell for row in words.cells for cell in row]
    width = len(counts[0])
    possible = [
        values
        for values in product(*([cell] if cell else range(FEWEST) for cell in cells))
        if as_told([values[at : at + width] for at in range(0, len(cells), width)], words)
        == as_told(counts, words)
    ]
    small = [at for at, cell in enumerate(cells) if cell is None]
    return sum(len({values[at] for values in possible}) == 1 for at in small)


def test_cells_under_five_are_not_told():
    assert told([[5, 4, 0], [12, 3, 6]]).cells == ((5, None, None), (12, None, 6))


def test_totals_are_told_where_nothing_is_small():
    words = told([[5, 7], [9, 8]])
    assert (words.rows, words.columns) == ((12, 17), (14, 15))


def test_a_total_is_not_told_that_gives_its_only_small_cell_away():
    assert told([[5, 7, 2], [9, 8, 6]]).rows == (None, 23)


@pytest.mark.parametrize("row", [[0, 0, 9], [1, 3, 9], [4, 4, 9]])
def test_a_total_is_not_told_whose_small_cells_are_few_people_or_all_known(row):
    assert told([row]).rows == (None,)


def test_a_total_is_told_whose_small_cells_are_five_people_and_open():
    assert told([[2, 3, 9]]).rows == (14,)


def test_rows_and_columns_together_give_nothing_away():
    # Two blocks of four small cells, and one cell that links them: the rows of the first block
    # less its columns would tell that one, though each total alone is harmless.
    counts = [[3, 3, 2, 9], [3, 3, 9, 9], [9, 9, 3, 3], [9, 9, 3, 3]]
    words = told(counts)
    assert None in (*words.rows[:2], *words.columns[:2])
    assert None in (*words.rows[2:], *words.columns[2:])


def test_no_small_cell_of_any_table_can_be_worked_out():
    chance = random.Random(7)  # noqa: S311 -- the same tables each time
    for _ in range(examples(60)):
        counts = [[chance.choice([0, 1, 2, 3, 4, 4, 8]) for _ in range(3)] for _ in range(2)]
        assert (counts, given_away(counts)) == (counts, 0)


def test_totals_are_told_of_most_tables():
    chance = random.Random(7)  # noqa: S311 -- the same tables each time
    tables = [[[chance.randrange(12) for _ in range(8)] for _ in range(12)] for _ in range(20)]
    found = [total for table in tables for total in (*told(table).rows, *told(table).columns)]
    assert sum(total is not None for total in found) > len(found) / 2
