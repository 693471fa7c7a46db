"""The syntax of articles beyond Markdown: block components, clinic fields, citations, page links.

Fixed here for good, and used by the checks and by the rendering alike.
"""

import posixpath
import re
from collections.abc import Iterator

from markdown.extensions.fenced_code import FencedBlockPreprocessor
from markdown.util import ETX, STX

FENCE_OPEN = re.compile(r"^:::\s*(?P<name>[A-Za-z][\w-]*)\s*(?P<title>.*?)\s*$")
FENCE_CLOSE = re.compile(r"^:::\s*$")
CITATION = re.compile(r"\[@([a-z0-9_]+)\]")
PAGE_LINK = re.compile(r"\]\(\s*(?!https?://|/|#|mailto:|tel:)([^)\s#]+)(#[^)\s]*)?\s*\)")
BRACED = re.compile(r"\{[^{}]*\}?|\}")
HEADING = re.compile(r"^(#{1,6})")
CODE_SPAN = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
CODE_BLOCK = FencedBlockPreprocessor.FENCED_BLOCK_RE
LIST_ITEM = re.compile(r"^ {0,3}([-*+]|\d+\.)\s")

CARDS = {"emergency": "Emergency", "urgent": "Urgent", "non-urgent": "Not an emergency"}
LISTS = {"do": "Do", "do-not": "Do not"}
LEAVES = ("red-flags", "evidence")
COMPONENTS = (*CARDS, "callout", *LISTS, *LEAVES)
# Ids that templates and components already use on a page.
TAKEN_IDS = frozenset(
    ("get-help", "main", "references", "about-this-page", "on-this-page", "clinic")
)
AFTER_LEVELS = ("emergency", "today", "phone-us")


def prose_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield each line with its index, without code blocks and with code spans blanked out."""
    # Markdown drops these two signs, so they must not hide anything from the checks.
    text = text.replace(STX, "").replace(ETX, "").expandtabs(4)
    prose = CODE_BLOCK.sub(lambda block: "\n" * block[0].count("\n"), text)
    for index, line in enumerate(prose.split("\n")):
        yield index, CODE_SPAN.sub("", line)


def address_of(name: str) -> str:
    """Return the address of a content file: conditions/neck-pain.md is /conditions/neck-pain/."""
    path = name.removesuffix(".md")
    folder, last = posixpath.split(path)
    path = folder if last == "index" else path
    return f"/{path}/" if path else "/"
