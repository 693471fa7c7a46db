import pytest
import yaml

from imsinfo.problems import ContentError
from imsinfo.red_flags import MOST_LINES, get_red_flags

COMMON = {"regions": ["any"], "sign": "It hurts.", "action": "Call us.", "sources": []}


def line(key="chest", level="emergency"):
    return {"key": key, "level": level, "line": f"Something with your {key}"}


def before(form_line="chest", level="emergency", **changes):
    return COMMON | {"id": f"B-{form_line}", "level": level, "form_line": form_line} | changes


def after(name="A-1", level="phone-us", **changes):
    return (
        COMMON | {"id": name, "level": level, "title": "Bruise", "in_short": "A bruise"} | changes
    )


@pytest.fixture
def red_flags(write_content):
    """Return a function that reads signs: (form_lines, before_needling, after_needling=…)."""

    def read(lines, signs, after_signs=()):
        values = {"form_lines": lines, "before_needling": signs, "after_needling": [*after_signs]}
        # sort_keys keeps the order; aliases would be anchors, which are refused.
        dumper = yaml.SafeDumper
        dumper.ignore_aliases = lambda *args: True
        write_content("red-flags.yaml", yaml.dump(values, Dumper=dumper, sort_keys=False))
        return get_red_flags()

    return read


@pytest.mark.parametrize(
    ("lines", "signs", "after_signs", "told"),
    [
        (
            [line()],
            [before(), before("lungs", id="B-2")],
            [],
            "B-2 names no form line of its level: lungs",
        ),
        (
            [line()],
            [before(), before(level="today", id="B-2")],
            [],
            "B-2 names no form line of its level: chest",
        ),
        (
            [line(), line("lungs"), line("heart")],
            [before()],
            [],
            "form lines without a sign: heart, lungs",
        ),
        ([line(), line()], [before()], [], "two form lines have the same key"),
        (
            [line(), line("fall", "today")],
            [before(), before("fall", "today", id="B-chest")],
            [],
            "two signs have the same id: B-chest",
        ),
        ([line()], [before()], [after("B-chest")], "two signs have the same id: B-chest"),
    ],
)
def test_signs_and_lines_that_disagree_are_told(red_flags, lines, signs, after_signs, told):
    with pytest.raises(ContentError) as refused:
        red_flags(lines, signs, after_signs)
    assert str(refused.value) == f"own/red-flags.yaml:1: {told}; repair: correct one of them"


@pytest.mark.parametrize(("level", "most"), [("emergency", 8), ("today", 6), ("doctor-first", 6)])
def test_too_many_form_lines_are_told(red_flags, level, most):
    keys = [f"sign-{number}" for number in range(most + 1)]
    with pytest.raises(ContentError) as refused:
        red_flags([line(key, level) for key in keys], [before(key, level) for key in keys])
    assert str(refused.value) == (
        f"own/red-flags.yaml:1: {most + 1} form lines of level {level}; at most {most}; "
        "repair: correct one of them"
    )


@pytest.mark.parametrize("level", MOST_LINES)
def test_as_many_form_lines_as_allowed_are_read(red_flags, level):
    keys = [f"sign-{number}" for number in range(MOST_LINES[level])]
    flags = red_flags([line(key, level) for key in keys], [before(key, level) for key in keys])
    assert [each.key for each in flags.lines(level)] == keys


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"level": "soon"}, "'before_needling.1.level' has an unknown value"),
        ({"regions": ["toe"]}, "'before_needling.1.regions.1' has an unknown value"),
        ({"regions": []}, "'before_needling.1.regions' is not right"),
        ({"colour": "red"}, "unknown field 'before_needling.1.colour'"),
        ({"sign": "a" * 601}, "'before_needling.1.sign' is 601 characters long"),
        ({"form_line": "Chest Pain"}, "'before_needling.1.form_line' is not right"),
    ],
)
def test_wrong_sign_is_told_by_its_field(red_flags, changes, told):
    with pytest.raises(ContentError) as refused:
        red_flags([line()], [before(**changes)])
    [problem] = refused.value.problems
    assert problem.what == told


def test_lines_stand_in_the_order_of_the_file(red_flags):
    keys = ["lungs", "chest", "arms"]
    flags = red_flags([line(key) for key in keys], [before(key) for key in reversed(keys)])
    assert [each.key for each in flags.lines("emergency")] == keys


def test_signs_of_a_line_are_those_it_stands_for(red_flags):
    signs = [before(), before(id="B-2"), before("fall", "today")]
    flags = red_flags([line(), line("fall", "today")], signs)
    assert [sign.id for sign in flags.signs(flags.form_lines[0])] == ["B-chest", "B-2"]


def test_signs_for_a_region_include_those_for_everyone(red_flags):
    signs = [
        before(id="B-any"),
        before(id="B-neck", regions=["neck", "head"]),
        before(id="B-leg", regions=["leg"]),
        before("fall", "today", regions=["neck"]),
    ]
    flags = red_flags([line(), line("fall", "today")], signs)
    assert [sign.id for sign in flags.signs_for("neck", "emergency")] == ["B-any", "B-neck"]


def test_lines_for_a_region_come_once_each_in_the_order_of_the_file(red_flags):
    signs = [
        before("lungs", id="B-1", regions=["chest"]),
        before("lungs", id="B-2", regions=["chest"]),
        before("legs", id="B-3", regions=["leg"]),
        before(id="B-4"),
    ]
    flags = red_flags([line(), line("lungs"), line("legs")], signs)
    assert [each.key for each in flags.lines_for("chest", "emergency")] == ["chest", "lungs"]


def test_signs_after_needling_are_given_by_level(red_flags):
    flags = red_flags([line()], [before()], [after(), after("A-2", "today"), after("A-3")])
    assert [sign.id for sign in flags.after("phone-us")] == ["A-1", "A-3"]


def test_shipped_signs_have_lines_at_every_level():
    assert all(get_red_flags().lines(level) for level in MOST_LINES)
