from itertools import pairwise

import pytest

from imsinfo.charts import BAR, COLUMN, WIDTH, Row, bars, fields

LEGEND = ("Late", "Due today", "In time")


def widths(chart):
    return [[box.width for box in line.boxes] for line in chart.lines]


def test_bars_are_as_long_as_their_amounts_to_one_scale():
    [first, second] = widths(
        bars([Row("New", (4, 2, 0), "6"), Row("Booked", (2, 0, 0), "2")], LEGEND)
    )
    assert first == pytest.approx([2 * first[1], first[1]], abs=0.2)
    assert second == pytest.approx([first[1]], abs=0.2)


def test_the_parts_of_a_bar_touch_and_keep_their_kinds():
    [line] = bars([Row("New", (0, 2, 3), "5")], LEGEND).lines
    striped, empty = line.boxes
    assert (striped.kind, empty.kind) == ("striped", "open")
    assert empty.x == pytest.approx(striped.x + striped.width, abs=0.2)


@pytest.mark.parametrize("amount", [0, 0.5, 1, 20_000])
def test_a_bar_and_its_words_stay_within_the_picture(amount):
    [line] = bars([Row("Awaiting clinician", (amount, amount), f"{amount}")], LEGEND[:2]).lines
    assert all(box.x > 0 and box.x + box.width < line.told_x for box in line.boxes)
    assert line.told_x + 7 * len(line.told) <= WIDTH


def test_a_mark_stands_where_a_bar_of_its_amount_would_end():
    chart = bars([Row("16 Nov", (2,), "2")], LEGEND, mark=2)
    [box] = chart.lines[0].boxes
    assert chart.mark_x == pytest.approx(box.x + box.width, abs=0.2)


def test_bars_lie_below_the_legend_and_below_each_other():
    chart = bars([Row("New", (1,), "1"), Row("Booked", (1,), "1")], LEGEND)
    tops = [box.y for line in (*chart.legend, *chart.lines) for box in line.boxes]
    assert all(later >= top + BAR for top, later in pairwise(tops))
    assert tops[-1] + BAR <= chart.height


def test_stripes_lie_within_their_box_and_other_kinds_have_none():
    [line] = bars([Row("New", (3, 3, 3), "9")], LEGEND).lines
    full, striped, empty = line.boxes
    places = [float(each.split(" ")[0]) for each in striped.stripes.split("M")[1:]]
    assert full.stripes == empty.stripes == ""
    assert len(places) > 1
    assert all(striped.x < place < striped.x + striped.width for place in places)


def test_columns_are_as_high_as_their_amounts_and_stand_on_one_line():
    [line, _] = fields([("Neck", (5, 10))], ("Many", "Few"), ("first", "last")).lines
    low, high = line.boxes
    assert (low.height, high.height) == (COLUMN / 2, COLUMN)
    assert low.y + low.height == high.y + high.height


def test_an_amount_that_is_not_told_is_striped_and_lower_than_the_least():
    [line, _] = fields([("Neck", (None, 5, 20_000))], ("Many", "Few"), ("first", "last")).lines
    untold, least, _ = line.boxes
    assert (untold.kind, least.kind) == ("striped", "full")
    assert untold.height < least.height
