import itertools
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st

from imsinfo.articles.icon_arrays import LARGEST_BASE, icon_array
from tests.extent import examples

COUNTS = st.integers(1, LARGEST_BASE).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


def parts(n, of):
    """The places of the marks of each part of an icon array, in the order of the drawing."""
    group = ElementTree.fromstring(icon_array(n, of)).find("g")  # noqa: S314 -- ours
    dashes = [int(number) for number in group.get("stroke-dasharray").split()]
    return {
        path.get("class").removeprefix("icon-array__"): places(path.get("d"), dashes)
        for path in group
    }


def places(lines, dashes):
    """Where lines of dashes without length have their dots: (row, from the left), in order."""
    found = []
    for x, y, end in re.findall(r"M(\d+) (\d+)H(\d+)", lines):
        steps = itertools.accumulate(itertools.cycle(dashes[1::2]), initial=int(x))
        found += [(int(y), at) for at in itertools.takewhile(int(end).__ge__, steps)]
    return found


def test_an_icon_array_is_a_named_picture():
    assert icon_array(2, 12) == (
        '<svg class="icon-array" viewBox="0 0 20 4" role="img" '
        'aria-label="2 of 12 marks are filled">'
        '<g fill="none" stroke-linecap="round" '
        'stroke-dasharray="0 2 0 2 0 2 0 2 0 2 0 2 0 2 0 2 0 2 0 3">'
        '<path class="icon-array__ring" d="M1 1H20M1 3H4"/>'
        '<path class="icon-array__hole" d="M1 1H20M1 3H4"/>'
        '<path class="icon-array__dot" d="M1 1H4"/></g></svg>'
    )


@pytest.mark.parametrize(
    ("n", "of", "label"),
    [
        (0, 22, "0 of 22 marks are filled"),
        (1, 1, "1 of 1 marks is filled"),
        (10, 10_000, "10 of 10,000 marks are filled"),
        (7_629, 7_629, "7,629 of 7,629 marks are filled"),
    ],
)
def test_the_label_says_the_count(n, of, label):
    assert f'role="img" aria-label="{label}"' in icon_array(n, of)


@pytest.mark.parametrize(
    ("of", "columns", "rows"),
    [
        *((1, 1, 1), (7, 7, 1), (10, 10, 1), (22, 10, 3), (100, 10, 10), (101, 20, 6)),
        *((200, 20, 10), (1_000, 50, 20), (5_000, 100, 50), (7_629, 90, 85), (10_000, 100, 100)),
    ],
)
def test_the_grid_has_whole_tens_a_row(of, columns, rows):
    rings = parts(0, of)["ring"]
    assert (len({x for _, x in rings}), len({y for y, _ in rings})) == (columns, rows)


def test_large_arrays_are_told_apart_for_the_stylesheet():
    assert [' icon-array--large"' in icon_array(1, of) for of in (100, 101)] == [False, True]


@tuned(max_examples=examples(200), deadline=None)
@given(COUNTS)
def test_as_many_marks_are_filled_as_are_counted(counts):
    n, of = counts
    drawn = parts(n, of)
    every = parts(0, of)["ring"]
    assert (len(every), len(set(every))) == (of, of)
    assert drawn.get("dot", []) == every[:n]
    assert set(drawn.get("ring", [])) >= set(every[n:])
    assert drawn.get("hole") == drawn.get("ring")


@tuned(max_examples=examples(200), deadline=None)
@given(COUNTS)
def test_an_array_is_light_and_has_no_ids(counts):
    html = icon_array(*counts)
    assert (len(html.encode()) <= 2_300, "id=" in html, "style=" in html) == (True, False, False)


@pytest.mark.parametrize(
    ("n", "of", "words"),
    [
        (-1, 10, "an icon array cannot fill -1 of 10 marks"),
        (11, 10, "an icon array cannot fill 11 of 10 marks"),
        (0, 0, "an icon array has from 1 to 10,000 marks, not 0"),
        (1, 20_464, "an icon array has from 1 to 10,000 marks, not 20,464"),
    ],
)
def test_a_count_that_cannot_be_drawn_is_refused(n, of, words):
    with pytest.raises(ValueError, match=f"^{words}$"):
        icon_array(n, of)


@pytest.mark.parametrize("part", ["", "--large", "__ring", "__hole", "__dot"])
def test_the_stylesheet_knows_each_part(settings, part):
    css = (settings.BASE_DIR / "static/css/figures.css").read_text()
    assert re.search(rf"^\.icon-array{part}[ ,{{]", css, re.MULTILINE)


def test_a_dot_covers_the_ring_below_it(settings):
    css = (settings.BASE_DIR / "static/css/figures.css").read_text()
    rules = re.findall(r"\.icon-array__(\w+) {[^}]*stroke-width: ([\d.]+);", css)
    widths = {name: float(width) for name, width in reversed(rules)}
    assert widths["hole"] < widths["ring"] < widths["dot"]
