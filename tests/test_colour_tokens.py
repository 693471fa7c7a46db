import re

import pytest

from imsinfo.brand.colours import contrast
from tests.stylesheets import FOLDER, rules_of

HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})")
PAIR = re.compile(r"light-dark\(\s*([^,]+?)\s*,\s*([^)]+?)\s*\)")
# What else a value of variables.css may begin with: a length, a number, a name of none.
NO_COLOUR = re.compile(r"[-+.\d]|clamp\(|calc\(|min\(|max\(|var\(|none\b")
DARK = ("@media (prefers-color-scheme: dark)",)

GROUNDS = ("paper", "surface", "sunken", "teal-tint", "amber-tint")
# WCAG 2.2, success criterion 1.4.6: running text, and the links in it.
RUNNING_TEXT = {
    "ink": GROUNDS,
    "quiet": GROUNDS,
    "teal": GROUNDS,
    "teal-strong": GROUNDS,
    # The mark before an error.
    "paper": ("ink",),
}
# 1.4.3: titles, buttons and labels.
LABELS = {
    "on-teal": ("teal", "teal-strong"),
    "on-calm": ("calm",),
    "on-red": ("red",),
    "on-amber": ("amber",),
    **dict.fromkeys(
        ("grade-good", "grade-some", "grade-not-enough", "grade-does-not-help", "grade-none-found"),
        ("paper", "surface"),
    ),
}
# 1.4.11: the edges of controls and cards, and what a drawing says.
EDGES_AND_DRAWINGS = {
    "edge": ("paper", "surface", "sunken", "teal-tint"),
    "teal": ("paper", "surface", "sunken", "teal-tint"),
    "amber-edge": ("paper", "surface", "amber-tint"),
    "red": ("paper", "surface"),
    "ink": ("paper", "surface", "sunken", "teal-tint"),
    "on-teal": ("teal",),
}
# The focus ring is two rings: on every ground one of them must show, and each beside the other.
RING = ("focus-outer", "focus-inner")
RINGED = (*GROUNDS, "teal", "teal-strong", "red", "amber", "calm")
# Lines between things that space and headings part as well.
DECORATION = {"hairline"}
LEVELS = [(7.0, RUNNING_TEXT), (4.5, LABELS), (3.0, EDGES_AND_DRAWINGS)]
PAIRS = sorted(
    (front, ground, least)
    for least, table in LEVELS
    for front, grounds in table.items()
    for ground in grounds
)


def properties(file, context):
    return {
        name.removeprefix("--"): value.lower()
        for rule in rules_of(FOLDER / file)
        if (rule.context, rule.selector) == (context, ":root")
        for name, value in rule.declarations
        if name.startswith("--")
    }


def full(colour):
    """Return #rgb as #rrggbb."""
    assert HEX.fullmatch(colour), f"{colour}: write it as #rgb or #rrggbb, so that it is measured"
    return colour if len(colour) == 7 else "#" + "".join(2 * each for each in colour[1:])


def colours(values, side):
    """Return every colour as #rrggbb. side: 0 where light-dark() shows its first one, else 1."""
    sides = {name: PAIR.sub(lambda pair: pair[side + 1], value) for name, value in values.items()}
    return {name: full(value) for name, value in sides.items() if not NO_COLOUR.match(value)}


BY_DAY = properties("variables.css", ())
SCHEMES = {
    "light": colours(BY_DAY, 0),
    "dark": colours(BY_DAY | properties("variables.css", DARK), 1),
    # Browsers print in the light scheme.
    "print": colours(BY_DAY | properties("print.css", ()), 0),
}


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_token_can_be_told_from_its_ground(scheme, front, ground, least):
    tokens = SCHEMES[scheme]
    assert contrast(tokens[front], tokens[ground]) >= least


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ground", RINGED)
def test_one_of_the_two_focus_rings_shows_on_every_ground(scheme, ground):
    tokens = SCHEMES[scheme]
    assert max(contrast(tokens[ring], tokens[ground]) for ring in RING) >= 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_two_focus_rings_can_be_told_from_each_other(scheme):
    outer, inner = (SCHEMES[scheme][ring] for ring in RING)
    assert contrast(outer, inner) >= 3


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_colour_token_stands_in_a_pair(scheme):
    measured = {name for front, ground, _ in PAIRS for name in (front, ground)}
    assert SCHEMES[scheme].keys() - {*measured, *RING, *DECORATION} == set()


def test_every_token_of_the_dark_scheme_and_of_print_is_one_of_the_light():
    assert SCHEMES["dark"].keys() | SCHEMES["print"].keys() == SCHEMES["light"].keys()


@pytest.mark.parametrize(
    ("value", "side", "expected"),
    [
        ("#abc", 0, {"a": "#aabbcc"}),
        ("light-dark(#fff, #1b1917)", 0, {"a": "#ffffff"}),
        ("light-dark(#fff, #1b1917)", 1, {"a": "#1b1917"}),
        ("0.5rem", 0, {}),
        ("clamp(1rem, 4vw, 2rem)", 1, {}),
    ],
)
def test_colours_are_read_from_both_schemes(value, side, expected):
    assert colours({"a": value}, side) == expected


@pytest.mark.parametrize("value", ["teal", "rgb(0 0 0 / 50%)", "#12345678", "color-mix(in srgb)"])
def test_a_colour_in_another_form_is_refused(value):
    with pytest.raises(AssertionError, match="write it as #rgb or #rrggbb"):
        colours({"a": value}, 0)
