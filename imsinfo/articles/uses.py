"""What a page shows beyond its own text, and what it therefore waits for and is signed with."""

import functools
from collections.abc import Iterable, Iterator, Mapping
from typing import cast, get_args

from imsinfo.articles import syntax
from imsinfo.articles.frontmatter import Draft
from imsinfo.articles.material import (
    FIGURES,
    GLOSSARY,
    RED_FLAGS,
    SHARED,
    SOURCES,
    DataFiles,
    Material,
)
from imsinfo.articles.pieces import shared_name, with_pieces
from imsinfo.problems import Problem
from imsinfo.red_flags import AfterLevel, AfterSign, FormLine, Level, RedFlags, Sign

# Which data files stand behind a name of each kind.
BEHIND = {
    "figure": (FIGURES, SOURCES),
    "glossary": (GLOSSARY, SOURCES),
    "signs": (RED_FLAGS, SOURCES),
    "source": (SOURCES,),
    "term": (GLOSSARY,),
}


def waiting_for(draft: Draft, files: DataFiles) -> list[Problem]:
    """Return a problem for each broken file that a page needs: it waits, the others stay up."""
    needed = _files_needed(draft, files.pieces)
    return [
        Problem(draft.file, 1, f"this page needs {name}, which is broken", repair=f"repair {name}")
        for name in sorted(files.broken)
        if name in needed
    ]


def uses_of(draft: Draft, material: Material) -> frozenset[str]:
    """Return the names of what a page shows beyond its own text, such as figure:bruise.

    The kinds are shared, figure, term, picture, sign, and line (of the merged warning signs).
    """
    return frozenset(_texts(draft, material))


def texts_used(draft: Draft, material: Material) -> tuple[str, ...]:
    """Return the texts that a page shows from elsewhere, sorted: what is signed beside its own."""
    return tuple(sorted(_texts(draft, material).values()))


def _files_needed(draft: Draft, pieces: Mapping[str, str]) -> set[str]:
    needed = {RED_FLAGS, SOURCES} if draft.front.red_flags else set()
    for name in _names(draft, pieces):
        kind, _, key = name.partition(":")
        needed.update(BEHIND.get(kind, ()))
        if kind == "shared":
            needed.add(f"{SHARED}{key}.md")
        elif kind == "picture":
            needed.add(key)
    return needed


def _names(draft: Draft, pieces: Mapping[str, str]) -> frozenset[str]:
    """The names in the text itself; signs and glossary stand for all that they will show."""
    own = [line for _, line in syntax.prose_lines(draft.text)]
    statements = [each.statement for each in draft.front.evidence]
    return _names_in(with_pieces(draft.text, pieces)).union(
        (f"shared:{name}" for name in map(shared_name, own) if name),
        (name for line in statements for name in _inline(line)),
        (f"source:{key}" for each in draft.front.evidence for key in each.sources),
    )


# Asked for by what a page waits for, what it is signed with and what it shows.
@functools.lru_cache(maxsize=8)
def _names_in(text: str) -> frozenset[str]:
    lines = syntax.prose_lines(text)
    return frozenset(
        [
            *(name for _, line in lines for name in _inline(line)),
            *(name for block in syntax.blocks(lines) for name in _in_block(block)),
        ]
    )


def _inline(line: str) -> Iterator[str]:
    if "{" in line:
        yield from (f"figure:{found[1]}" for found in syntax.FIGURE.finditer(line))
        yield from (f"term:{found[1]}" for found in syntax.TERM.finditer(line))
    if "[" in line:
        yield from (f"source:{found[1]}" for found in syntax.CITATION.finditer(line))
    picture = syntax.PICTURE.match(line)
    if picture:
        yield f"picture:{picture['file']}"


def _in_block(block: syntax.Block) -> Iterator[str]:
    if block.component.name == "red-flags":
        yield f"signs:{block.title}"
    elif block.component.name == "glossary":
        yield "glossary:"
    elif block.component.holds == "figures":
        items = (syntax.FIGURE_ITEM.match(line) for _, line in block.lines)
        yield from (f"figure:{item[1]}" for item in items if item)


def _texts(draft: Draft, material: Material) -> dict[str, str]:
    """The text of each thing that the page shows, by its name."""
    texts: dict[str, str] = {}
    for name in _names(draft, material.pieces):
        kind, _, key = name.partition(":")
        if kind == "signs":
            texts |= _signs(material.red_flags, key)
        elif kind == "glossary":
            texts |= {f"term:{term}": _term(material, term) for term in material.terms}
        elif kind == "term" and key in material.terms:
            texts[name] = _term(material, key)
        elif kind == "figure" and key in material.figures:
            texts[name] = _figure(material, key)
        elif kind == "shared" and key in material.pieces:
            texts[name] = material.pieces[key].strip()
        elif kind == "picture" and key in material.pictures:
            texts[name] = material.pictures[key].root.words
    return texts


def _term(material: Material, key: str) -> str:
    term = material.terms[key]
    return f"{', '.join(term.names)}: {term.meaning}"


def _figure(material: Material, key: str) -> str:
    each = material.figures[key]
    parts = (each.says, each.what, each.n, each.of, each.group, each.counted_by, each.over)
    return "; ".join(str(part) for part in (*parts, *each.sources) if part not in {None, ""})


def _signs(red_flags: RedFlags, words: str) -> dict[str, str]:
    if words == "after-needling in-short":
        after: tuple[AfterLevel, ...] = get_args(AfterLevel)
        return {
            f"short:{sign.id}": f"{sign.level} {sign.in_short}"
            for level in after
            for sign in red_flags.after(level)
        }
    if words.startswith("after-needling "):
        level = cast(AfterLevel, words.split()[1])
        return {f"sign:{sign.id}": _sign(sign) for sign in red_flags.after(level)}
    if words.startswith("in-full "):
        lines = red_flags.lines(cast(Level, words.split()[1]))
        full = {f"sign:{each.id}": _sign(each) for line in lines for each in red_flags.signs(line)}
        return full | _lines(lines)
    levels: tuple[Level, ...] = get_args(Level)
    return _lines(line for level in levels for line in red_flags.lines_for(words, level))


def _sign(sign: Sign | AfterSign) -> str:
    title = sign.title if isinstance(sign, AfterSign) else ""
    return " ".join(part for part in (sign.level, title, sign.sign, sign.action) if part)


def _lines(lines: Iterable[FormLine]) -> dict[str, str]:
    return {f"line:{line.key}": f"{line.level} {line.line}" for line in lines}
