"""What can be found: each page with its sections, as the plain text that a reader sees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

from imsinfo.articles.syntax import GET_HELP

if TYPE_CHECKING:
    from imsinfo.articles.pages import Library

HEADINGS = frozenset(("h2", "h3", "dt", "summary"))
# What has an address itself, while its heading has none: a care card, a question.
BOXES = frozenset(("section", "details"))
# Within a line of text; every other element begins a new block of words.
INLINE = frozenset(
    (
        *("a", "abbr", "b", "cite", "code", "dfn", "em", "i", "mark", "q", "s", "small"),
        *("span", "strong", "sub", "sup", "time", "u"),
    )
)
VOID = frozenset(("br", "hr", "img", "input", "wbr"))
# Marks, and words for those who cannot see what stands beside them: no sentence needs them.
LEFT_OUT_CLASSES = frozenset(("visually-hidden", "care-card__level"))
# Only citations are set high.
LEFT_OUT = frozenset(("script", "style", "sup", "svg", "template"))

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# The HTML is the site's own: whole, without comments, its attributes in double quotes.
TAG = re.compile(r'<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>"]*(?:"[^"]*"[^<>"]*)*)>')
ID, CLASS = re.compile(r'\sid="([^"]*)"'), re.compile(r'\sclass="([^"]*)"')
# The title of this card tells to call: as a link it would be taken for the call itself.
CARD_NAME = "Emergency signs"
BLOCK_END = "\x1e"
# Letters of a block of words that two pages do not share by chance.
LONG_BLOCK = 60
STOPS = (".", "!", "?", ":", ";", ",")


@dataclass(frozen=True)
class Section:
    """A part of a page. id: its anchor, "" for what stands before the first heading."""

    id: str
    heading: str
    text: str


@dataclass(frozen=True)
class Document:
    """A page as it is searched."""

    url: str
    title: str
    summary: str
    keywords: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()


def documents_of(library: Library) -> tuple[Document, ...]:
    """Return every published page of a library, in reading order.

    What every condition page repeats, such as the two serious risks, is looked for on the pages
    that are about it: they would be lost among twenty conditions.
    """
    guides = (page for page in library.articles if page.kind != "condition")
    elsewhere = frozenset(block for page in guides for block in _long_blocks(page.body))
    return tuple(
        Document(
            page.url,
            page.title,
            page.summary,
            page.front.keywords,
            sections_of(page.body, elsewhere if page.kind == "condition" else frozenset()),
        )
        for page in library.articles
    )


def sections_of(html: str, left_out: frozenset[str] = frozenset()) -> tuple[Section, ...]:
    """Return the parts of a rendered body: the text before the first heading, then each heading's.

    A part begins at a heading with an id, or at a box with an id and a heading within. Words that
    stand in neighbouring blocks are parted by " · " where no stop parts them. left_out: blocks of
    words, such as whole paragraphs, that are not looked for here.
    """
    return tuple(part.section(left_out) for part in _parts(html))


def _parts(html: str) -> list[_Part]:
    reader = _Reader()
    # Words, then of each tag whether it closes, its name, its attributes and the words behind it.
    words, *tags = TAG.split(CONTROL.sub(" ", html))
    reader.read(words)
    for closes, tag, attributes, words in zip(*[iter(tags)] * 4, strict=True):
        if closes:
            reader.close(tag)
        else:
            reader.open(tag, attributes)
        reader.read(words)
    return reader.parts


def _long_blocks(html: str) -> Iterator[str]:
    for part in _parts(html):
        yield from (block for block in _blocks(part.text) if len(block) >= LONG_BLOCK)


@dataclass
class _Part:
    id: str
    heading: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def section(self, left_out: frozenset[str]) -> Section:
        heading = _blocks(self.heading)
        text = [block for block in _blocks(self.text) if block not in left_out]
        if self.id == GET_HELP:
            heading, text = [CARD_NAME], [*heading, *text]
        return Section(self.id, " ".join(heading), _sentences(text))


class _Open(NamedTuple):
    """An element that has begun, and what held outside it."""

    tag: str
    part: _Part
    is_left_out: bool
    is_heading: bool


class _Reader:
    """Sorts the words of a body into parts."""

    def __init__(self) -> None:
        self.part = _Part("")
        self.parts = [self.part]
        self.is_left_out = self.is_heading = False
        self.opened: list[_Open] = []

    def open(self, tag: str, attributes: str) -> None:
        """Begin an element. attributes: as they stand in its tag."""
        if tag not in INLINE:
            self._end_block()
        if tag in VOID:
            return
        before = _Open(tag, self.part, self.is_left_out, self.is_heading)
        self.is_left_out = self._leaves_out(tag, attributes)
        if not self.is_left_out:
            self._begin_part(tag, attributes)
        if attributes.endswith("/"):
            self.is_left_out, self.is_heading = before.is_left_out, before.is_heading
        else:
            self.opened.append(before)

    def close(self, tag: str) -> None:
        if tag not in INLINE:
            self._end_block()
        is_innermost = bool(self.opened) and self.opened[-1].tag == tag
        if not is_innermost and not any(opened.tag == tag for opened in self.opened):
            return
        while (opened := self.opened.pop()).tag != tag:
            pass
        self.is_left_out, self.is_heading = opened.is_left_out, opened.is_heading
        # After a box or a list of terms goes on what it stands in; a heading's part goes on.
        if tag in BOXES or tag == "dl":
            self.part = opened.part

    def read(self, words: str) -> None:
        if words and not self.is_left_out:
            self._words().append(unescape(words))

    def _leaves_out(self, tag: str, attributes: str) -> bool:
        if tag == "title":
            # The words of a drawing for those who do not see it.
            return False
        classes = CLASS.search(attributes)
        is_marked = classes and not LEFT_OUT_CLASSES.isdisjoint(classes[1].split())
        return self.is_left_out or tag in LEFT_OUT or bool(is_marked)

    def _begin_part(self, tag: str, attributes: str) -> None:
        anchor = ID.search(attributes) if tag in HEADINGS or tag in BOXES else None
        if anchor and anchor[1]:
            self.part = _Part(unescape(anchor[1]))
            self.parts.append(self.part)
        if tag in HEADINGS:
            is_empty = not _blocks(self.part.heading) and not _blocks(self.part.text)
            self.is_heading = bool(self.part.id) and is_empty

    def _words(self) -> list[str]:
        return self.part.heading if self.is_heading else self.part.text

    def _end_block(self) -> None:
        self._words().append(BLOCK_END)


def _blocks(words: list[str]) -> list[str]:
    blocks = (" ".join(block.split()) for block in "".join(words).split(BLOCK_END))
    text = BLOCK_END.join(filter(None, blocks))
    # Where something is left out in front of a stop, it leaves a blank.
    for stop in (*STOPS, ")"):
        text = text.replace(f" {stop}", stop)
    return text.split(BLOCK_END) if text else []


def _sentences(blocks: list[str]) -> str:
    """Join blocks of words so that no two are read as one sentence."""
    joined = (block if block.endswith(STOPS) else f"{block} ·" for block in blocks)
    return " ".join(joined).removesuffix(" ·")
