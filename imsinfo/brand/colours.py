"""A clinic's own accent colour: whether it can be read, and the stylesheet that sets it."""

import colorsys
import math
import re
from collections.abc import Callable
from dataclasses import dataclass

# WCAG 2.2, success criterion 1.4.3: text of ordinary size.
LEAST_CONTRAST = 4.5
HEX_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class Scheme:
    """What an accent colour must be read on, by the tokens of variables.css (a test compares).

    paper, surface, sunken: backgrounds of links; on_accent: text of buttons. hover_towards,
    hover_share, tint_of, tint_share: how the two further shades are mixed from the accent.
    """

    paper: str
    surface: str
    sunken: str
    on_accent: str
    repair: str
    hover_towards: str
    hover_share: float
    tint_of: str
    tint_share: float


LIGHT = Scheme(
    paper="#faf6ee",
    surface="#fffdf9",
    sunken="#f1eadd",
    on_accent="#ffffff",
    repair="a darker colour",
    hover_towards="#000000",
    hover_share=0.3,
    tint_of="#ffffff",
    tint_share=0.1,
)
DARK = Scheme(
    paper="#1b1917",
    surface="#252220",
    sunken="#131110",
    on_accent="#10211f",
    repair="a lighter colour",
    hover_towards="#ffffff",
    hover_share=0.4,
    tint_of="#131110",
    tint_share=0.15,
)


@dataclass(frozen=True)
class Shades:
    """What one accent colour becomes in one scheme: links and buttons, hover, quiet fill."""

    accent: str
    strong: str
    tint: str


def _channels(colour: str) -> tuple[float, float, float]:
    """Return red, green and blue of #rrggbb, each from 0 to 1."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def luminance(colour: str) -> float:
    """Return the relative luminance of #rrggbb, from 0 (black) to 1 (white).

    Source: WCAG 2.2, "relative luminance", https://www.w3.org/TR/WCAG22/#dfn-relative-luminance
    """
    linear = [
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4
        for each in _channels(colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    """Return the contrast ratio of two colours (#rrggbb), from 1 (the same) to 21.

    Source: WCAG 2.2, "contrast ratio", https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
    """
    darker, lighter = sorted((luminance(a), luminance(b)))
    return (lighter + 0.05) / (darker + 0.05)


def mix(colour: str, other: str, share: float) -> str:
    """Return colour with a share (0 to 1) of other in it."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    mixed = (round(255 * (own * (1 - share) + added * share)) for own, added in pairs)
    return "#" + "".join(f"{each:02x}" for each in mixed)


def shades(accent: str, scheme: Scheme) -> Shades:
    """Return the shades of an accent colour: its hover shade is always further from the paper."""
    return Shades(
        accent=accent.lower(),
        strong=mix(accent, scheme.hover_towards, scheme.hover_share),
        tint=mix(scheme.tint_of, accent, scheme.tint_share),
    )


def unreadable(accent: str, scheme: Scheme) -> str:
    """Return what would be right in place of an accent colour, or "" where it is right.

    accent: #rrggbb. Both it and its hover shade must be readable as a link on every background
    and as the fill of a button, and it must not look like one of the two warning colours.
    """
    made = shades(accent, scheme)
    pairs = [
        (contrast(shade, other), other)
        for shade in (made.accent, made.strong)
        for other in (scheme.paper, scheme.surface, scheme.sunken, made.tint, scheme.on_accent)
    ]
    least, other = min(pairs)
    if least < LEAST_CONTRAST:
        # Rounded down, so that 4.499 is not told as 4.5.
        shown = math.floor(least * 100) / 100
        return (
            f"{scheme.repair}: the contrast of this one on {other} is {shown:.2f}, "
            f"at least {LEAST_CONTRAST} is needed"
        )
    return next((f"another colour: {use}" for use, is_it in WARNINGS.items() if is_it(accent)), "")


def _is_red(colour: str) -> bool:
    hue, saturation, value = colorsys.rgb_to_hsv(*_channels(colour))
    return (hue * 360 <= 23 or hue * 360 >= 343) and saturation >= 0.4 and value >= 0.35


def _is_amber(colour: str) -> bool:
    hue, saturation, value = colorsys.rgb_to_hsv(*_channels(colour))
    return 30 <= hue * 360 <= 50 and saturation >= 0.45 and value >= 0.7


# 20 degrees of hue to each side of the red token, 10 of the amber one.
WARNINGS: dict[str, Callable[[str], bool]] = {
    "red is for emergencies alone": _is_red,
    "amber is for urgent advice alone": _is_amber,
}


def brand_css(light: str, dark: str) -> str:
    """Return the stylesheet that puts two accent colours in the place of the site's own.

    For the screen alone: paper stays black on white. Text on a filled card is white in both
    schemes, so the light accent, which is dark enough for it, fills the card in both.
    """
    by_day, by_night = shades(light, LIGHT), shades(dark, DARK)
    return (
        f"@media screen {{\n{_root(by_day, by_day.accent)}}}\n"
        "@media screen and (prefers-color-scheme: dark) {\n"
        f"{_root(by_night, by_day.accent)}}}\n"
    )


def _root(made: Shades, calm: str) -> str:
    return (
        f"  :root {{\n    --teal: {made.accent};\n    --teal-strong: {made.strong};\n"
        f"    --teal-tint: {made.tint};\n    --calm: {calm};\n  }}\n"
    )
