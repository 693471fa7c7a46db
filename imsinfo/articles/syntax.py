"""The syntax of articles beyond Markdown: block components, clinic fields, citations, page links.

Fixed here for good, and used by the checks and by the rendering alike.
"""

import posixpath
import re
from collections.abc import Iterator

from imsinfo.clinic import CLINIC_FIELD

FENCE_OPEN = re.compile(r"^:::\s*(?P<name>[A-Za-z][\w-]*)\s*(?P<title>.*?)\s*$")
FENCE_CLOSE = re.compile(r"^:::\s*$")
CITATION = re.compile(r"\[@([a-z0-9_]+)\]")
PAGE_LINK = re.compile(r"\]\(\s*(?!https?://|/|#|mailto:|tel:)([^)\s#]+)(#[^)\s]*)?\s*\)")
HEADING = re.compile(r"^(#{1,6})\s")
CODE_SPAN = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
CODE_FENCE = re.compile(r"^\s*(```|~~~)")

CARDS = {"emergency": "Emergency", "urgent": "Urgent", "non-urgent": "Not urgent"}
LISTS = {"do": "Do", "do-not": "Do not"}
LEAVES = ("red-flags", "evidence")
COMPONENTS = (*CARDS, "callout", *LISTS, *LEAVES)
AFTER_LEVELS = ("emergency", "today", "phone-us")

__all__ = ["CITATION", "CLINIC_FIELD", "HEADING", "PAGE_LINK"]


def prose_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield each line with its index, without code blocks and with code spans blanked out."""
    in_code = False
    for index, line in enumerate(text.split("\n")):
        if CODE_FENCE.match(line):
            in_code = not in_code
        elif not in_code:
            yield index, CODE_SPAN.sub("", line)


def address_of(name: str) -> str:
    """Return the address of a content file: conditions/neck-pain.md is /conditions/neck-pain/."""
    path = name.removesuffix(".md")
    folder, last = posixpath.split(path)
    path = folder if last == "index" else path
    return f"/{path}/" if path else "/"


def linked_file(target: str, from_name: str) -> str:
    """Return the content file that a link names, read from the content folder.

    A link may also be written from the folder of its own page, with ./ or ../ in front.
    """
    if target.startswith("."):
        target = posixpath.join(posixpath.dirname(from_name), target)
    return posixpath.normpath(target)
