"""The text of an SVG file as a tree of shapes: well-formed, of bounded size and depth."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.parsers import expat

from imsinfo.problems import ContentError, Problem

MOST_BYTES = 30_000
# Nobody draws this deep, and a browser's own parser bears it.
MOST_LEVELS = 20
# They say what a part is; they are not seen.
NAMES = frozenset(("title", "desc"))
BLANKS = re.compile(r"[ \t\r\n]+")


@dataclass(frozen=True)
class Shape:
    """One element of a drawing. at: the file as an editor knows it, and the line."""

    tag: str
    attributes: tuple[tuple[str, str], ...]
    children: tuple["Shape | str", ...]
    at: tuple[str, int]

    def get(self, name: str) -> str:
        """Return the value of an attribute, or "" where it is not there."""
        return dict(self.attributes).get(name, "")

    @property
    def shapes(self) -> tuple["Shape", ...]:
        """The children without the text between them."""
        return tuple(child for child in self.children if isinstance(child, Shape))

    @property
    def words(self) -> str:
        """The words that are seen: all text within but that of title and desc elements."""
        seen = (each for each in self.children if isinstance(each, str) or each.tag not in NAMES)
        return "".join(each if isinstance(each, str) else each.words for each in seen).strip()

    def walk(self) -> Iterator["Shape"]:
        """Yield this shape and all within it, in the order of the file."""
        yield self
        for child in self.shapes:
            yield from child.walk()


def read_svg(text: str, file: str) -> Shape:
    """Return the root of an SVG text; comments are dropped and runs of blanks are one.

    file: the name shown in a fault. Raises ContentError for what is too large or too deep, is
    not well-formed, or holds a DOCTYPE or an instruction to programs; reading ends there.
    """
    # Half a surrogate pair becomes bytes that no UTF-8 text holds, and is told as such.
    raw = text.encode("utf-8", "surrogatepass")
    if len(raw) > MOST_BYTES:
        found, most = f"{len(raw):,} bytes", f"at most {MOST_BYTES:,}"
        repair = "draw it with fewer points, or save it from the drawing program as optimised SVG"
        raise ContentError(Problem(file, 1, "the picture is too large", found, most, repair))
    reader = _Reader(file)
    try:
        reader.parser.Parse(raw, True)
    except expat.ExpatError as error:
        raise ContentError(_not_well_formed(error, text, file)) from error
    return reader.root


def _not_well_formed(error: expat.ExpatError, text: str, file: str) -> Problem:
    lines = text.split("\n")
    line = min(error.lineno, len(lines))
    found = lines[line - 1].strip().encode("utf-8", "backslashreplace").decode()
    what = f"this cannot be read as SVG ({expat.ErrorString(error.code)})"
    repair = "correct the line, or save the picture again from the drawing program as plain SVG"
    return Problem(file, line, what, found[:60], repair=repair)


class _Reader:
    """Builds the tree from what the parser reports.

    The parser's own tree builder knows no lines, and expands what a DOCTYPE declares.
    """

    def __init__(self, file: str):
        self.file = file
        # The children so far of every element that is still open; the first list is for the root.
        self.open: list[list[Shape | str]] = [[]]
        self.begun: list[tuple[dict[str, str], int]] = []
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.ProcessingInstructionHandler = self._instruction

    @property
    def root(self) -> Shape:
        [root] = self.open[0]
        assert isinstance(root, Shape)  # noqa: S101 -- no text stands outside the root
        return root

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self.begun) == MOST_LEVELS:
            what, most = "shapes stand too deep inside each other", f"at most {MOST_LEVELS} levels"
            raise self._refused(what, f"<{tag}>", most, "take groups (g) away")
        self.begun.append((attributes, self.parser.CurrentLineNumber))
        self.open.append([])

    def _end(self, tag: str) -> None:
        attributes, line = self.begun.pop()
        children = tuple(self.open.pop())
        shape = Shape(tag, tuple(attributes.items()), children, (self.file, line))
        self.open[-1].append(shape)

    def _text(self, text: str) -> None:
        self.open[-1].append(BLANKS.sub(" ", text))

    def _doctype(self, name: str, *_more: object) -> None:
        repair = "remove everything from <!DOCTYPE to the > that ends it"
        raise self._refused("a picture holds no DOCTYPE", f"<!DOCTYPE {name}", "", repair)

    def _instruction(self, target: str, _data: str) -> None:
        what, repair = "a picture holds no instruction to programs", "remove it"
        raise self._refused(what, f"<?{target}", "", repair)

    def _refused(self, what: str, found: str, expected: str, repair: str) -> ContentError:
        line = self.parser.CurrentLineNumber
        return ContentError(Problem(self.file, line, what, found[:60], expected, repair))
