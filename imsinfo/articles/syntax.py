"""The syntax of articles beyond Markdown: components, fields, figures, terms, citations, links.

Fixed here for good, and used by the checks, the rendering and the style guide alike.
"""

import functools
import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from markdown.extensions.fenced_code import FencedBlockPreprocessor
from markdown.util import ETX, STX

from imsinfo.red_flags import Level, Region

FENCE_OPEN = re.compile(r"^:::\s*(?P<name>[A-Za-z][\w-]*)\s*(?P<title>.*?)\s*$")
FENCE_CLOSE = re.compile(r"^:::\s*$")
CITATION = re.compile(r"\[@([a-z0-9_]+)\]")
FIGURE = re.compile(r"\{figure:([a-z0-9_]+)\}")
TERM = re.compile(r"\{term:([a-z0-9]+(?:-[a-z0-9]+)*)(?: +([^{}\s][^{}]*?))? *\}")
BRACED = re.compile(r"\{[^{}]*\}?|\}")
RAW_HTML = re.compile(r"<[A-Za-z/!?][^>]*>?")
HEADING = re.compile(r"^(#{1,6})")
# Possessive: a long row of backticks is looked at once, and not from each of its places.
CODE_SPAN = re.compile(r"(?<!`)(`++).*?(?<!`)\1(?!`)")
CODE_BLOCK = FencedBlockPreprocessor.FENCED_BLOCK_RE
CODE_FENCE = re.compile(r"^(?:~{3,}|`{3,})")
LIST_ITEM = re.compile(r"^ {0,3}([-*+]|\d+\.)\s")
DEFINITION = re.compile(r"^ {0,3}: {1,3}\S")
NUMBERED_ITEM = re.compile(r"^ {0,3}(\d+)\.\s+\S")
FIGURE_ITEM = re.compile(r"^- +([a-z0-9_]+)\s*$")
TABLE_RULE = re.compile(r"^[\s>]*(?=.*\|)\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
PAGE_LINK = re.compile(r"\]\(\s*(?!https?://|/|#|mailto:|tel:)([^)\s#]+)(#[^)\s]*)?\s*\)")
# A path of the site, in a link or in the list of addresses that links share.
SITE_LINK = re.compile(r"(?:\]\(|^ {0,3}\[[^\]]+\]:)\s*<?(/(?!/)[^)\s>#?]*)")
PICTURE_SIGN = re.compile(r"!\[")
PICTURE = re.compile(
    r'^!\[(?P<alternative>[^\]]*)\]\(\s*(?P<file>[^\s()"]*)(?:\s+"(?P<caption>.*)")?\s*\)\s*$'
)
PICTURE_FILE = re.compile(r"images/[a-z0-9]+(-[a-z0-9]+)*\.svg")
PIECE_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

# What red-flags can show of the signs after needling: one level, or all of them in a few words.
AFTER_NEEDLING = ("in-short", "emergency", "today", "phone-us")
CARDS = {"emergency": "Emergency", "urgent": "Urgent", "non-urgent": "Not an emergency"}

TitleRule = Literal["required", "optional", "none"]
Holds = Literal["text", "a list", "a numbered list", "a table", "figures", "nothing"]


@dataclass(frozen=True)
class Component:
    """What one ::: component is.

    help: what it is for, in a line; title: whether words must, may or cannot follow its name;
    label: what these words are; default: the title of one without words; holds: what stands
    between its two lines; in_pieces: whether a shared piece may hold it.
    """

    name: str
    help: str
    title: TitleRule = "required"
    label: str = "Title"
    default: str = ""
    holds: Holds = "text"
    in_pieces: bool = True

    @property
    def is_leaf(self) -> bool:
        """Whether nothing stands between its two lines."""
        return self.holds == "nothing"

    @property
    def form(self) -> str:
        """Its first line as the editor's guide and the errors write it."""
        label = {"required": f" {self.label}", "optional": f" [{self.label}]", "none": ""}
        return f"::: {self.name}{label[self.title]}"


_TABLE = (
    Component("emergency", "a red card: call the emergency number now"),
    Component("urgent", "an amber card: get medical help today"),
    Component("non-urgent", "a calm card: phone the clinic, or see a doctor"),
    Component("callout", "a plain box, such as the key facts of a page"),
    Component("do", "what to do, each with a tick", "optional", default="Do", holds="a list"),
    Component(
        "do-not", "what not to do, with a cross", "optional", default="Do not", holds="a list"
    ),
    Component(
        "red-flags",
        "the warning signs for a part of the body, in full, or after needling",
        label="REGION",
        holds="nothing",
    ),
    Component(
        "evidence",
        "the lines of evidence from the front matter",
        "none",
        holds="nothing",
        in_pieces=False,
    ),
    Component("icon-array", "counted figures on one base, in words and drawn", holds="figures"),
    Component(
        "differ", "a box for what sources disagree on", "optional", default="Where sources differ"
    ),
    Component("question", "a question that opens on its answer"),
    Component("steps", "what happens in order, or is done so", "optional", holds="a numbered list"),
    Component("comparison", "one table with its caption", label="Caption", holds="a table"),
    Component(
        "shared",
        "a piece of text that is written once, in shared/NAME.md",
        label="NAME",
        holds="nothing",
        in_pieces=False,
    ),
    Component("prices", "the prices and the insurance note of the clinic", "none", holds="nothing"),
    Component("glossary", "every term with its meaning", "none", holds="nothing", in_pieces=False),
)
COMPONENTS: Mapping[str, Component] = {component.name: component for component in _TABLE}

# Ids that the templates of a page use, with what the page must have for them to be there.
TEMPLATE_IDS: Mapping[str, Literal["always", "references", "contents", "home"]] = {
    "main": "always",
    "about-this-page": "always",
    "references": "references",
    "on-this-page": "contents",
    "clinic": "home",
}
GET_HELP = "get-help"
TAKEN_IDS = frozenset({GET_HELP, *TEMPLATE_IDS})
# How the ids begin that sources, citations, pictures, cards of signs and parts of the body get.
TAKEN_BEGINNINGS = ("ref-", "cite-", "picture-", "signs-", "body-", "map-")


@dataclass(frozen=True)
class Block:
    """A component as it stands in a text: index of its first line, and the lines within."""

    component: Component
    title: str
    index: int
    lines: tuple[tuple[int, str], ...]


# Each check of a page asks for its lines, one page after the other.
@functools.lru_cache(maxsize=8)
def prose_lines(text: str) -> tuple[tuple[int, str], ...]:
    """Return each line with its index, without code blocks and with code spans blanked out."""
    # Markdown drops these two signs, so they must not hide anything from the checks.
    text = text.replace(STX, "").replace(ETX, "").expandtabs(4)
    prose = CODE_BLOCK.sub(lambda block: "\n" * block[0].count("\n"), text)
    return tuple(
        (index, CODE_SPAN.sub("", line) if "`" in line else line)
        for index, line in enumerate(prose.split("\n"))
    )


def blocks(lines: Sequence[tuple[int, str]]) -> list[Block]:
    """Return the components of prose lines, inner ones too, as far as they are closed."""
    opened: list[tuple[re.Match[str], int]] = []
    found = []
    for place, (_index, line) in enumerate(lines):
        if not line.startswith(":::"):
            continue
        fence = FENCE_OPEN.match(line)
        if fence:
            opened.append((fence, place))
        elif FENCE_CLOSE.match(line) and opened:
            start, at = opened.pop()
            component = COMPONENTS.get(start["name"])
            if component:
                inner = tuple(lines[at + 1 : place])
                found.append(Block(component, start["title"], lines[at][0], inner))
    return sorted(found, key=lambda block: block.index)


def is_shown_by(words: str) -> bool:
    """Return whether red-flags can show these words: a region, or a level of either kind."""
    match words.split():
        case [region]:
            return region in get_args(Region)
        case ["in-full", level]:
            return level in get_args(Level)
        case ["after-needling", level]:
            return level in AFTER_NEEDLING
    return False


def address_of(name: str) -> str:
    """Return the address of a content file: conditions/neck-pain.md is /conditions/neck-pain/."""
    path = name.removesuffix(".md")
    folder, last = posixpath.split(path)
    path = folder if last == "index" else path
    return f"/{path}/" if path else "/"
