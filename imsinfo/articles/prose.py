"""From the text of an article to its sentences, each with the line on which it begins."""

import functools
import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from imsinfo.articles import syntax
from imsinfo.clinic import CLINIC_FIELD

# title: of a ::: line; caption: the words of a picture; field: of the front matter.
BlockKind = Literal["paragraph", "item", "heading", "cell", "title", "caption", "field"]
Fill = Callable[[str], str]

QUOTE = re.compile(r"^(?: {0,3}> ?)+")
RULE = re.compile(r"^\s*([-*_=])(?:\s*\1)+\s*$")
MARKER = re.compile(r"^\s*(?:(?:[-*+]|(?P<number>\d{1,3}\.)|:)\s+|\*\[[^\]]*\]:\s*)")
DEFINITION = re.compile(r"^ {0,3}\[[^\]]+\]:\s*\S")
CELL_END = re.compile(r"(?<!\\)\|")

LINK_TARGET = re.compile(r'\](?:\((?:[^()\[\]\s]|\([^()\[\]\s]*\))*(?:\s+"[^"]*")?\)|\[[^\[\]]*\])')
EMPHASIS = re.compile(r"[*~]+|(?<![^\W_])_+|_+(?![^\W_])")
ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
BRACKET = re.compile(r"!?\[|\]")
SPACED_STOP = re.compile(r" (?=[.,;:!?](?:\s|$))")
SIGNS_OF_EMPHASIS = re.compile(r"[*~_]")
ENTITY = re.compile(r"&(?:#[xX]?[0-9a-fA-F]{1,6}|[A-Za-z]{2,31});")
INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")

# A number with its signs, or letters with hyphens and apostrophes; a detail of the clinic is one.
WORD = re.compile(r"\{[^{}\s]*\}|[^\W_]+(?:(?:[.,:](?=\d)|[-‐‑'’])[^\W_]+)*")

# Signs that end a sentence, what may close behind them, and the citations that belong to it.
# Atomic, so that a long row of signs is read once.
STOP = re.compile(
    r"""(?<![.!?…])(?P<signs>[.!?…]++)"""
    r"""(?>(?:["'”’»)*_]|\](?>(?:\([^()\[\]\s]*+\))?))*)(?>(?:\s?\[@[a-z0-9_]+\])*)(?=\s|\Z)"""
)
OPENERS = " \t\n\"'“‘«([*_!"
CLOSERS = " \t\n\"'”’»)]*_"
BOLD = re.compile(r"(\*\*|__)[^*_]{1,80}\1[.!?:]?")
LABEL_WORDS = 4

# Abbreviations that never end a sentence, and those that do not in front of a number.
ABBREVIATIONS = frozenset(
    ("dr", "mr", "mrs", "ms", "prof", "st", "vs", "e.g", "i.e", "eg", "ie", "approx", "cf", "ca")
)
BEFORE_NUMBERS = frozenset(("no", "nos", "p", "pp", "fig", "figs", "vol", "ch", "al", "ref"))
# A single letter behind one of these is no initial of a name: "hepatitis C. People …".
LETTERED = frozenset(
    ("hepatitis", "vitamin", "type", "grade", "group", "plan", "part", "appendix", "class", "table")
)
# Words that begin a sentence and no surname.
STARTERS = frozenset(
    (
        *("A", "After", "An", "And", "As", "Ask", "At", "Because", "Before", "But", "Call", "Do"),
        *("Each", "For", "From", "He", "How", "If", "In", "It", "Many", "Most", "No", "Nobody"),
        *("None", "Not", "Of", "On", "One", "Our", "She", "So", "Some", "Tell", "That", "The"),
        *("Then", "There", "These", "They", "This", "To", "Two", "Use", "We", "What", "When"),
        *("Which", "Who", "With", "You", "Your"),
    )
)


@dataclass(frozen=True)
class Block:
    """A paragraph, list item, heading or the like. line: its first, counted from 0."""

    line: int
    kind: BlockKind
    raw: str


@dataclass(frozen=True)
class Sentence:
    """One sentence as it was written. line: on which it begins, counted from 0."""

    line: int
    raw: str

    @property
    def is_ended(self) -> bool:
        """Whether it ends as a sentence does, and not as an item of a list may."""
        return masked(self.raw).rstrip(CLOSERS).endswith((".", "!", "?", "…"))

    @property
    def is_label(self) -> bool:
        """Whether it is a bold run-in, such as **Dry needling.**, that names what follows."""
        raw = self.raw.strip()
        return BOLD.fullmatch(raw) is not None and len(words(raw)) <= LABEL_WORDS


# Asked for by the checks of words and by the reading grade, one page after the other.
@functools.lru_cache(maxsize=8)
def blocks(text: str) -> tuple[Block, ...]:
    """Return what there is to read in the text of an article, without code and keys."""
    found: list[Block] = []
    chunk: list[tuple[int, str]] = []
    opened: list[str] = []
    for index, line in [*syntax.prose_lines(text), (-1, "")]:
        words_of_line = QUOTE.sub("", line)
        if words_of_line.strip() and not _stands_alone(words_of_line):
            chunk.append((index, words_of_line))
            continue
        found += [] if opened and _holds_keys(opened[-1]) else _blocks_of(chunk)
        chunk = []
        if words_of_line.startswith("#"):
            found.append(Block(index, "heading", words_of_line.strip("# ")))
        elif fence := syntax.FENCE_OPEN.match(words_of_line):
            opened.append(fence["name"])
            if not _is_leaf(fence["name"]):
                found.append(Block(index, "title", fence["title"]))
        elif syntax.FENCE_CLOSE.match(words_of_line):
            opened = opened[:-1]
    return tuple(block for block in found if block.raw)


def _holds_keys(name: str) -> bool:
    """Whether the lines within a component are ids of figures, and no words."""
    return name in syntax.COMPONENTS and syntax.COMPONENTS[name].holds == "figures"


def _is_leaf(name: str) -> bool:
    """Whether what follows the name of a component is a key, such as a region, and no title."""
    return name in syntax.COMPONENTS and syntax.COMPONENTS[name].is_leaf


def _stands_alone(line: str) -> bool:
    return line.startswith(("#", ":::")) or RULE.match(line) is not None


def _blocks_of(chunk: list[tuple[int, str]]) -> Iterator[Block]:
    """The blocks in lines that no empty line parts."""
    if len(chunk) > 1 and "|" in chunk[0][1] and syntax.TABLE_RULE.match(chunk[1][1]):
        for index, row in chunk:
            if not syntax.TABLE_RULE.match(row):
                yield from (Block(index, "cell", cell.strip()) for cell in CELL_END.split(row))
        return
    first = MARKER.match(chunk[0][1]) if chunk else None
    parts: list[tuple[int, BlockKind, list[str]]] = []
    for index, line in chunk:
        marker = MARKER.match(line)
        # In a paragraph a line may begin with a year: "in\n2012. It".
        begins = marker and (first or not marker["number"])
        if begins and marker:
            parts.append((index, "item", [line[marker.end() :].strip()]))
        elif picture := syntax.PICTURE.match(line.strip()):
            parts += [
                (index, "caption", [picture[name] or ""]) for name in ("alternative", "caption")
            ]
        elif parts and parts[-1][1] != "caption":
            parts[-1][2].append(line.strip())
        elif not DEFINITION.match(line):
            parts.append((index, "paragraph", [line.strip()]))
    yield from (Block(index, kind, "\n".join(lines)) for index, kind, lines in parts)


@functools.lru_cache(maxsize=512)
def sentences(block: Block) -> tuple[Sentence, ...]:
    """Return the sentences of a block; words without a full stop are one as well."""
    raw, found, start = block.raw, [], 0
    ends = [stop.end() for stop in STOP.finditer(raw) if _ends_sentence(raw, stop)]
    line = block.line
    for end in [*ends, len(raw)]:
        part = raw[start:end]
        space = len(part) - len(part.lstrip())
        line += part.count("\n", 0, space)
        if WORD.search(part):
            found.append(Sentence(line, part.strip()))
        line += part.count("\n", space)
        start = end
    return tuple(found)


def _ends_sentence(raw: str, stop: re.Match[str]) -> bool:
    """Whether these signs end a sentence, and do not only shorten a word or name."""
    after = raw[stop.end() : stop.end() + 60].lstrip(OPENERS)
    if stop["signs"] != "." or not after:
        return not after[:1].islower()
    before = re.findall(r"[^\s(\[\"'“‘*_]+", raw[max(stop.start() - 40, 0) : stop.start()])
    return not after[0].islower() and not _is_shortened(before, after)


def _is_shortened(before: list[str], after: str) -> bool:
    """Whether the last word before a full stop is an abbreviation or an initial in its sentence."""
    word = before[-1] if before else ""
    if word.lower() in ABBREVIATIONS:
        return True
    if word.lower() in BEFORE_NUMBERS:
        return after[0].isdigit()
    if not re.fullmatch(r"[A-HJ-Z]|(?:[A-Z]\.)+[A-Z]", word):
        return False
    next_word = re.match(r"\w*", after)
    is_letter = len(word) == 1 and len(before) > 1 and before[-2].lower() in LETTERED
    return not is_letter and (next_word is None or next_word[0] not in STARTERS)


def plain(raw: str, fill: Fill) -> str:
    """Return Markdown as the words that are read: no citations, links as their words, no emphasis.

    fill: what {figure:…} and {term:…} print. {clinic.…} stays, so that it counts as one word:
    how long a clinic's name or hours are is not the writer's doing.
    """
    text = raw
    if "{" in text or "}" in text:
        text = syntax.BRACED.sub(
            lambda m: m[0] if CLINIC_FIELD.fullmatch(m[0]) else fill(m[0]), text
        )
    if "[" in text or "]" in text:
        text = BRACKET.sub("", LINK_TARGET.sub("]", syntax.CITATION.sub("", text)))
    text = ESCAPED.sub(r"\1", text) if "\\" in text else text
    text = EMPHASIS.sub("", text) if SIGNS_OF_EMPHASIS.search(text) else text
    text = html.unescape(text)
    text = " ".join((text if text.isascii() else INVISIBLE.sub("", text)).split())
    return SPACED_STOP.sub("", text)


def words(text: str) -> list[str]:
    """Return the words of plain text; "long-lasting", "isn't", "1.5" and "7,629" are one each."""
    return WORD.findall(text)


def masked(raw: str) -> str:
    """Return Markdown of the same length with everything blank that is no word.

    Citations, addresses and braces become spaces, so that an index stays what it is.
    """
    patterns = (syntax.CITATION, LINK_TARGET) if "]" in raw else ()
    for pattern in (*patterns, syntax.BRACED) if "{" in raw or "}" in raw else patterns:
        raw = pattern.sub(lambda found: " " * len(found[0]), raw)
    return ENTITY.sub(_as_sign, raw) if "&" in raw else raw


def _as_sign(entity: re.Match[str]) -> str:
    """The sign that an entity stands for, made as long as the entity with invisible signs."""
    sign = html.unescape(entity[0])
    return sign + "\u00ad" * (len(entity[0]) - len(sign)) if len(sign) < len(entity[0]) else sign
