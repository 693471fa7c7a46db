"""What a screen reader says of a page, cut down to what tells the reader the way.

Landmarks, headings, links and controls are kept with their names. Running text, dates, numbers of
sources and the clinic's own phone numbers are left out: they change with the content, and a
test of each is elsewhere. Lists that grow with the library are told by the shape of their items.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from textwrap import shorten

import yaml

FOLDER = Path(__file__).parent / "outlines"
# What is outlined, by the name of its file: a place of visits.py.
OUTLINED = {
    "home": "/",
    "article": "/conditions/neck-pain/",
    "enquiry-start": "/enquiry/",
    "enquiry-errors": "question errors",
    "enquiry-check": "check",
    "conditions": "/conditions/",
    "search": "/search/?q=neck",
    "not-found": "/no-such-page/",
    "enquiry-sent": "sent",
}
# Their lists within the main part are made from the library.
GROWING = {"article", "conditions", "search"}
KEPT = {
    *("banner", "navigation", "main", "contentinfo", "search", "region", "form", "complementary"),
    *("heading", "link", "button", "textbox", "searchbox", "radio", "checkbox", "group", "img"),
    *("alert", "status", "table", "columnheader", "rowheader"),
}
KEY = re.compile(r'(?P<role>[\w/]+)(?: "(?P<name>(?:[^"\\]|\\.)*)")?(?P<marks>(?: \[[^\]]+\])*)')
CITATION = re.compile(r"source \[\d+\]")
LONGEST_NAME = 60
# The same on every page, so one outline shows them.
FRAME = {"banner", "contentinfo"}


@dataclass(frozen=True)
class Node:
    """One thing that is announced. role, name: as announced; marks: such as [level=2]."""

    role: str
    name: str
    marks: str
    children: tuple["Node", ...]

    @property
    def address(self) -> str:
        return next((each.name for each in self.children if each.role == "/url"), "")


def outline(snapshot: str, *, grows: bool = False, has_frame: bool = True) -> str:
    """Return the outline of a page, one line each, indented by what stands within what.

    snapshot: what Playwright's aria_snapshot returns; grows: whether lists in the main part are
    made from the library; has_frame: whether header and footer are told.
    """
    nodes = _nodes(yaml.safe_load(snapshot))
    shown = tuple(node for node in nodes if has_frame or node.role not in FRAME)
    return "".join(f"{line}\n" for line in _lines(shown, 0, grows=grows, in_main=False))


def _nodes(items: object) -> tuple[Node, ...]:
    if not isinstance(items, list):
        return ()
    return tuple(node for item in items for node in _node(item))


def _node(item: object) -> Iterator[Node]:
    pairs = item.items() if isinstance(item, dict) else [(str(item), None)]
    for key, held in pairs:
        if key == "/url":
            yield Node(key, str(held), "", ())
        elif match := KEY.fullmatch(str(key)):
            yield Node(match["role"], match["name"] or "", match["marks"], _nodes(held))


def _lines(nodes: tuple[Node, ...], depth: int, *, grows: bool, in_main: bool) -> Iterator[str]:
    for node in nodes:
        if node.role == "list" and grows and in_main:
            yield from _shapes(node, depth)
            continue
        is_kept = node.role in KEPT and not CITATION.fullmatch(node.name)
        if is_kept:
            yield "  " * depth + _told(node)
        # A citation has nothing within it; a link and a heading are told by their name.
        if node.role != "link":
            inside = in_main or node.role == "main"
            yield from _lines(node.children, depth + is_kept, grows=grows, in_main=inside)


def _shapes(node: Node, depth: int) -> Iterator[str]:
    """A list that grows: its richest item, without names."""
    shapes = []
    for item in node.children:
        lines = _lines((item,), depth + 1, grows=True, in_main=True)
        unnamed = [re.sub(r' ".*"', " …", line) for line in lines]
        shapes.append([line for line, _ in groupby(unnamed)])
    richest = max(shapes, key=len, default=[])
    if richest:
        yield "  " * depth + "list, of"
        yield from richest


def _told(node: Node) -> str:
    name = node.name
    if node.address.startswith(("tel:", "mailto:")):
        name = "(a phone number)" if node.address.startswith("tel:") else "(an email address)"
    else:
        name = shorten(name, LONGEST_NAME, placeholder=" …")
    return node.role + (f' "{name}"' if name else "") + node.marks
