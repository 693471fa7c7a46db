"""Markdown's walk over the text of a page, without the steps that can find nothing there.

Python-Markdown tries every pattern on every piece of text. Most pieces hold no sign with which a
pattern could begin, and looking for the sign is many times as cheap as trying the pattern.
"""

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.inlinepatterns import Pattern
from markdown.treeprocessors import InlineProcessor
from markdown.util import AtomicString, Registry

# What a text must hold for these patterns to match anything in it; em_strong begins with either
# of two signs. A pattern that is not named here is always tried.
SIGNS: Mapping[str, tuple[str, ...]] = {
    "`": ("backtick",),
    "\\": ("escape",),
    "[": ("reference", "link", "short_reference"),
    "![": ("image_link", "image_reference", "short_image_ref"),
    "<": ("autolink", "automail"),
    "  \n": ("linebreak",),
    "&": ("entity",),
    "*": ("em_strong",),
    "_": ("em_strong",),
    "[@": ("_citation",),
    "{clinic.": ("_clinic_field",),
    "{figure:": ("_figure",),
    "{term:": ("_term",),
    "{counted:": ("_counted",),
    "{meaning:": ("_meaning",),
    "{caption:": ("_caption",),
    "---": ("smarty-em-dashes",),
    "--": ("smarty-en-dashes",),
    "...": ("smarty-ellipses",),
    "'": tuple(f"smarty-quotes-{number}" for number in (0, 6, 7, 8, 9, 10)),
    '"': tuple(f"smarty-quotes-{number}" for number in (1, 11, 12, 13, 14)),
    "\"'": ("smarty-quotes-2", "smarty-quotes-5"),
    "'\"": ("smarty-quotes-3", "smarty-quotes-4"),
}
# The steps of Markdown that try patterns on texts, with the places where they stand.
STEPS = {"inline": 20, "smarty": 6}


def leave_out_vain_steps(md: Markdown) -> None:
    """Let an engine try only patterns that can match; every extension has registered its own."""
    for name, place in STEPS.items():
        step = QuickInline(md)
        step.inlinePatterns = md.treeprocessors[name].inlinePatterns
        md.treeprocessors.register(step, name, place)


class QuickInline(InlineProcessor):
    """Markdown's own step, which tries a pattern only on texts that hold its sign."""

    def run(self, tree: Element, ancestors: list[str] | None = None) -> Element:
        signs = signs_of(self.inlinePatterns)
        # The first sign, and the last where there are two.
        self.patterns = [
            (pattern, signs[pattern][0], signs[pattern][-1]) for pattern in self.inlinePatterns
        ]
        return super().run(tree, ancestors)

    # The name that Markdown's class has for its own method; without it nothing would be left out.
    def _InlineProcessor__handleInline(self, data: str, patternIndex: int = 0) -> str:  # noqa: N802, N803
        if isinstance(data, AtomicString):
            return data
        start = 0
        for index in range(patternIndex, len(self.patterns)):
            pattern, first, last = self.patterns[index]
            found = first in data or last in data
            while found:
                data, found, start = self._InlineProcessor__applyPattern(
                    pattern, data, index, start
                )
        return data


def signs_of(patterns: Registry) -> dict[Pattern, tuple[str, ...]]:
    """Return the signs of each pattern, one of which a text must hold; "", which each text holds,
    for a pattern without."""
    signs: dict[Pattern, tuple[str, ...]] = dict.fromkeys(patterns, ())
    for sign, names in SIGNS.items():
        for name in names:
            if name in patterns:
                signs[patterns[name]] += (sign,)
    return {pattern: found or ("",) for pattern, found in signs.items()}
