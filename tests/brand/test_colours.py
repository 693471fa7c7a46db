import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imsinfo.brand.colours import (
    DARK,
    LIGHT,
    brand_css,
    contrast,
    luminance,
    mix,
    shades,
    unreadable,
)

COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)
# Text on a filled card, and running text: the same in both schemes, and one for each.
ON_CALM, INK = "#ffffff", {LIGHT: "#221e19", DARK: "#f3ede3"}


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#000000", 21.0),
        ("#0b5459", "#0b5459", 1.0),
        # Pairs whose ratio is widely published.
        ("#767676", "#ffffff", 4.54),
        ("#777777", "#ffffff", 4.48),
        ("#ff0000", "#ffffff", 4.0),
        ("#0000ff", "#ffffff", 8.59),
    ],
)
def test_contrast_is_that_of_wcag(a, b, expected):
    assert round(contrast(a, b), 2) == expected


@pytest.mark.parametrize(("colour", "expected"), [("#000000", 0.0), ("#ffffff", 1.0)])
def test_luminance_runs_from_black_to_white(colour, expected):
    assert luminance(colour) == pytest.approx(expected)


@pytest.mark.parametrize(("share", "expected"), [(0, "#0b5459"), (0.5, "#85aaac"), (1, "#ffffff")])
def test_mix_takes_a_share_of_the_other_colour(share, expected):
    assert mix("#0b5459", "#ffffff", share) == expected


def tokens(css):
    return dict(re.findall(r"(--[a-z-]+): (#[0-9a-f]+);", css))


def full(colour):
    """Return #rgb as #rrggbb."""
    return colour if len(colour) == 7 else "#" + "".join(2 * each for each in colour[1:])


@pytest.mark.parametrize("scheme", [LIGHT, DARK])
def test_backgrounds_are_those_of_the_stylesheet(settings, scheme):
    css = (settings.BASE_DIR / "static/css/variables.css").read_text()
    by_day, by_night, *_ = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    found = tokens(by_day) | (tokens(by_night) if scheme is DARK else {})
    names = ("--paper", "--surface", "--sunken", "--on-teal", "--on-calm", "--ink")
    assert [full(found[name]) for name in names] == [
        *(scheme.paper, scheme.surface, scheme.sunken, scheme.on_accent, ON_CALM, INK[scheme])
    ]


@pytest.mark.parametrize(
    ("scheme", "accent"),
    [
        (LIGHT, "#0b5459"),
        (LIGHT, "#1D4ED8"),
        (LIGHT, "#6b21a8"),
        (LIGHT, "#166534"),
        (LIGHT, "#000000"),
        (DARK, "#7fd0ca"),
        (DARK, "#93c5fd"),
        (DARK, "#f0abfc"),
        (DARK, "#ffffff"),
    ],
)
def test_readable_accent_is_let_through(scheme, accent):
    assert unreadable(accent, scheme) == ""


@pytest.mark.parametrize(
    ("scheme", "accent", "expected"),
    [
        (
            LIGHT,
            "#777777",
            "a darker colour: the contrast of this one on #f1eadd is 3.74, at least 4.5 is needed",
        ),
        (
            DARK,
            "#777777",
            "a lighter colour: the contrast of this one on #252220 is 3.53, at least 4.5 is needed",
        ),
        (LIGHT, "#a1160e", "another colour: red is for emergencies alone"),
        (LIGHT, "#b0103a", "another colour: red is for emergencies alone"),
        (DARK, "#ff8a80", "another colour: red is for emergencies alone"),
        (DARK, "#f3b53f", "another colour: amber is for urgent advice alone"),
    ],
)
def test_unreadable_accent_is_told_with_what_would_be_right(scheme, accent, expected):
    assert unreadable(accent, scheme) == expected


@given(COLOURS, st.sampled_from([LIGHT, DARK]))
def test_every_accent_let_through_can_be_read_wherever_it_stands(accent, scheme):
    if unreadable(accent, scheme):
        return
    made = shades(accent, scheme)
    grounds = (scheme.paper, scheme.surface, scheme.sunken, made.tint, scheme.on_accent)
    links = product((made.accent, made.strong), grounds)
    assert min(contrast(shade, ground) for shade, ground in links) >= 4.5
    assert contrast(INK[scheme], made.tint) >= 7


@given(COLOURS)
def test_white_text_can_be_read_on_every_light_accent_let_through(accent):
    assert unreadable(accent, LIGHT) or contrast(accent, ON_CALM) >= 4.5


def test_stylesheet_sets_both_schemes_on_the_screen_alone():
    assert brand_css("#1D4ED8", "#93c5fd") == (
        "@media screen {\n"
        "  :root {\n"
        "    --teal: #1d4ed8;\n"
        "    --teal-strong: #143797;\n"
        "    --teal-tint: #e8edfb;\n"
        "    --calm: #1d4ed8;\n"
        "  }\n"
        "}\n"
        "@media screen and (prefers-color-scheme: dark) {\n"
        "  :root {\n"
        "    --teal: #93c5fd;\n"
        "    --teal-strong: #bedcfe;\n"
        "    --teal-tint: #262c34;\n"
        "    --calm: #1d4ed8;\n"
        "  }\n"
        "}\n"
    )


def test_stylesheet_sets_tokens_that_the_site_has(settings):
    css = (settings.BASE_DIR / "static/css/variables.css").read_text()
    assert tokens(brand_css("#1d4ed8", "#93c5fd")).keys() <= tokens(css).keys()
