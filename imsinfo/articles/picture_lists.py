"""What a picture may hold: open lists of its elements, classes and attributes."""

import re
from dataclasses import dataclass

from imsinfo.articles.svg import NAMES

# The classes of the stylesheet (static/css/pictures.css) for letters, with their size in
# units of the viewBox, and for everything else.
TEXT_SIZES = {"picture-text": 16, "picture-text-small": 15}
PICTURE_CLASSES = frozenset(
    (
        *TEXT_SIZES,
        *("picture-text-strong", "picture-line", "picture-thin", "picture-ink", "picture-paper"),
        *("picture-soft", "picture-tint", "picture-accent", "picture-accent-line"),
        *("picture-on-accent", "picture-on-accent-line", "picture-region"),
    )
)

# Kept for use elsewhere in the picture.
STORES = frozenset(("defs", "symbol", "pattern", "clipPath", "marker"))
LETTERS = frozenset(("text", "tspan"))
DRAWN = frozenset(("path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "use"))
# All that may stand within the svg element.
ELEMENTS = frozenset(("g", "a", *DRAWN, *STORES, *LETTERS, *NAMES))
# Elements that have a reason of their own: what is told, and the repair.
REFUSED_ELEMENTS = {
    "script": ("a picture holds no script", "remove the script element"),
    "style": ("a picture holds no stylesheet of its own", "remove it and use class instead"),
    "foreignObject": ("a picture holds no part of a web page", "draw it with shapes and text"),
    "image": ("a picture holds no photograph and no other file", "draw it with shapes"),
}


@dataclass(frozen=True)
class Form:
    """What the value of an attribute must look like in full, and how that is told."""

    pattern: re.Pattern[str]
    expected: str


def _form(pattern: str, expected: str) -> Form:
    return Form(re.compile(pattern, re.ASCII), expected)


def _one_of(*words: str) -> Form:
    return _form("|".join(words), f"{', '.join(words[:-1])} or {words[-1]}")


ID = "[a-z][a-z0-9-]*"
NUMBER = r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
PLACE = r"-?[0-9]{1,5}(?:\.[0-9]{1,3})?"
SIZE = r"[1-9][0-9]{0,4}(?:\.[0-9]{1,3})?"
TRANSFORM = r"(?:translate|rotate|scale|skewX|skewY|matrix)\([-+.,\seE0-9]*\)"

NAME = _form(ID, "small letters, digits and hyphens, a letter first")
ONE_NUMBER = _form(f"{NUMBER}%?", "a number, such as 12 or 12.5")
MANY_NUMBERS = _form(r"[-+.,\seE0-9]*", "numbers, such as 10 20 30 40")
COLOUR = _form(rf"none|currentColor|url\(#{ID}\)", "none, currentColor or url(#name)")
PART = _form(rf"none|url\(#{ID}\)", "url(#name) of a part of this picture")
SAME_FILE = _form(f"#{ID}", "#name of a part of this picture")
PAGE = _form(
    r"(?:[a-z0-9]+(?:-[a-z0-9]+)*/)*[a-z0-9]+(?:-[a-z0-9]+)*\.md(?:#[\w-]+)?",
    "the name of a content file, such as conditions/neck-pain.md#symptoms",
)
VIEW_BOX = _form(
    f"{PLACE} {PLACE} {SIZE} {SIZE}", "left, top, width and height, such as 0 0 288 200"
)

# Colours come from classes, so that a picture follows theme, forced colours and print.
COLOURS = ("fill", "stroke")
PARTS = ("clip-path", "marker-start", "marker-mid", "marker-end")
FORMS: dict[str, Form] = {
    **dict.fromkeys(("x", "y", "width", "height", "cx", "cy", "r", "rx", "ry"), ONE_NUMBER),
    **dict.fromkeys(("x1", "y1", "x2", "y2", "pathLength", "stroke-width"), ONE_NUMBER),
    **dict.fromkeys(("refX", "refY", "markerWidth", "markerHeight"), ONE_NUMBER),
    **dict.fromkeys(("dx", "dy", "points", "stroke-dasharray"), MANY_NUMBERS),
    **dict.fromkeys(COLOURS, COLOUR),
    **dict.fromkeys(PARTS, PART),
    **dict.fromkeys(
        ("patternUnits", "patternContentUnits", "clipPathUnits", "markerUnits"),
        _one_of("userSpaceOnUse", "objectBoundingBox", "strokeWidth"),
    ),
    **dict.fromkeys(("fill-rule", "clip-rule"), _one_of("nonzero", "evenodd")),
    **dict.fromkeys(
        ("transform", "patternTransform"),
        _form(rf"\s*{TRANSFORM}(?:[\s,]*{TRANSFORM})*\s*", "a move, such as translate(10 20)"),
    ),
    "d": _form(r"[MmZzLlHhVvCcSsQqTtAa\s.,eE0-9+-]*", "the points of a path"),
    "viewBox": VIEW_BOX,
    "text-anchor": _one_of("start", "middle", "end"),
    "orient": _form(f"{NUMBER}|auto|auto-start-reverse", "auto or an angle"),
    "stroke-linecap": _one_of("butt", "round", "square"),
    "stroke-linejoin": _one_of("miter", "round", "bevel"),
    "id": NAME,
}
# Attributes that have a reason of their own: what is told, and the repair.
LETTER_STYLE = (
    "letters have a size or typeface of their own",
    "remove it and use class, such as picture-text",
)
REFUSED_ATTRIBUTES = {
    "style": ("a shape has a style of its own", "remove it and use class, such as picture-line"),
    **dict.fromkeys(("font", "font-size", "font-family", "font-weight"), LETTER_STYLE),
    "xlink:href": ("this is an old form of a link", "write href"),
    "role": ("the site itself says what a picture is", "remove it"),
    "tabindex": ("the site itself says what can be reached by keyboard", "remove it"),
}
