"""A page as its editor sees it: faults told in the page itself, each at its place.

What can be shown is shown as readers would see it. A block with a fault that keeps the page from
being shown stands as it was typed, under its fault.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from imsinfo.articles.frontmatter import NEUTRAL, Draft
from imsinfo.articles.rendering import Body
from imsinfo.problems import ContentError, Problem

Check = Callable[[Draft], Iterable[Problem]]
Render = Callable[[Draft], Body]

# Stands for a fault until the page is rendered; no editor types it.
MARK = "xxfaultxx{}xx"
MARKED = re.compile(r"(?:<p>)?xxfaultxx(\d+)xx(?:</p>)?")
CODE_FENCE = "~" * 12


@dataclass(frozen=True)
class Preview:
    """body: the page with its faults in it; above: faults that have no place in its text."""

    body: Body
    above: tuple[Problem, ...]


@dataclass(frozen=True)
class Block:
    """Lines without a blank one between them. line: the first of them in the file."""

    line: int
    lines: tuple[str, ...]

    @property
    def last(self) -> int:
        return self.line + len(self.lines) - 1


def preview(
    draft: Draft, faults: Iterable[Problem], check: Check, render: Render
) -> Preview | None:
    """Return a page with its faults told in it, or None where even that cannot be rendered.

    faults: of this file; check: what keeps a text from being shown; render: as for readers.
    """
    found = sorted(set(faults))
    above = tuple(fault for fault in found if fault.line < draft.first_line)
    blocks = _blocks(draft)
    at_block: dict[int, list[Problem]] = defaultdict(list)
    for fault in found[len(above) :]:
        at_block[_block_at(blocks, fault.line)].append(fault)
    front = draft.front
    if any(fault.severity == "broken" for fault in above):
        front = front.model_copy(update={"evidence": NEUTRAL.evidence})
    body = _body(replace(draft, front=front), blocks, at_block, (check, render))
    return Preview(body, above) if body else None


def _body(
    draft: Draft,
    blocks: list[Block],
    faults: Mapping[int, list[Problem]],
    steps: tuple[Check, Render],
) -> Body | None:
    """Render with as few blocks as possible left as they were typed."""
    check, render = steps
    typed: set[int] = set()
    while True:
        text, owners = _text(blocks, typed, faults)
        shown = replace(draft, text=text, first_line=1)
        try:
            left = list(check(shown))
            if not left:
                body = render(shown)
                return replace(body, html=_with_boxes(body.html, faults))
        except ContentError as error:
            left = list(error.problems)
        more = {owners[min(max(fault.line, 1), len(owners)) - 1] for fault in left} - typed
        if not more:
            return None
        typed |= more


def _blocks(draft: Draft) -> list[Block]:
    """Split a text at its blank lines, code blocks kept whole."""
    blocks: list[Block] = []
    gathered: list[str] = []
    fence = ""
    for at, line in enumerate([*draft.text.split("\n"), ""]):
        opened = re.match(r"^(`{3,}|~{3,})", line)
        if opened and not fence:
            fence = opened[1]
        elif fence and line.rstrip() == fence:
            fence = ""
        if line.strip() or (fence and gathered):
            gathered.append(line)
        elif gathered:
            blocks.append(Block(draft.first_line + at - len(gathered), tuple(gathered)))
            gathered = []
    return [*blocks, *([Block(draft.first_line, tuple(gathered))] if gathered else [])]


def _block_at(blocks: list[Block], line: int) -> int:
    """The block that holds a line, or the nearest one above it."""
    holding = [at for at, block in enumerate(blocks) if block.line <= line]
    return holding[-1] if holding else 0


def _text(
    blocks: list[Block], typed: set[int], faults: Mapping[int, list[Problem]]
) -> tuple[str, list[int]]:
    """Return the text with marks and typed blocks, and for each of its lines the block it is of."""
    out: list[str] = []
    owners: list[int] = []
    for at, block in enumerate(blocks):
        marks = [MARK.format(at), ""] if faults.get(at) else []
        lines = [CODE_FENCE, *block.lines, CODE_FENCE] if at in typed else list(block.lines)
        new = [*marks, *lines, ""]
        out += new
        owners += [at] * len(new)
    return "\n".join(out), owners or [0]


def _with_boxes(html: str, faults: Mapping[int, list[Problem]]) -> SafeString:
    boxed = MARKED.sub(lambda mark: "".join(_boxes(faults.get(int(mark[1]), []))), html)
    # The body is safe as rendered, and a box escapes what it tells.
    return mark_safe(boxed)  # noqa: S308


def _boxes(faults: Iterable[Problem]) -> Iterator[str]:
    for fault in faults:
        yield render_to_string("articles/components/fault.html", {"fault": fault}).strip()
