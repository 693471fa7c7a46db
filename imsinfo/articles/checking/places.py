"""Figures, terms and citations where no page can show them: headings, titles, links, pictures."""

import re
from collections.abc import Iterator

from imsinfo.articles import syntax
from imsinfo.articles.frontmatter import Draft
from imsinfo.problems import Problem

Lines = list[tuple[int, str]]

LINK_WORDS = re.compile(r"(?<!!)\[([^\[\]@][^\[\]]*)\](?=[(\[])")
FORMS = (("figure", syntax.FIGURE), ("term", syntax.TERM), ("citation", syntax.CITATION))
BELOW = "write it into the text below"


def place_problems(draft: Draft, lines: Lines) -> Iterator[Problem]:
    """Yield a problem for each figure, term or citation that stands where it cannot be shown."""
    for place, (index, line) in enumerate(lines):
        below = lines[place + 1][1] if place + 1 < len(lines) else ""
        at = draft.file, draft.first_line + index
        for where, words, repair in _places(line, below):
            for kind, form in FORMS:
                # A heading and a column may cite a source: the number stands behind the words.
                if kind == "citation" and where in {"a heading", "the head of a table"}:
                    continue
                for found in form.finditer(words):
                    what = f"a {kind} in {where}"
                    yield Problem(*at, what, found[0][:60], "plain words", repair)


def _places(line: str, below: str) -> Iterator[tuple[str, str, str]]:
    """Each place of a line with its words, and what an editor can do instead."""
    fence = syntax.FENCE_OPEN.match(line)
    if fence:
        yield "the title of a component", fence["title"], BELOW
    elif syntax.HEADING.match(line):
        yield "a heading", line, BELOW
    elif syntax.TABLE_RULE.match(below) and "|" in line:
        yield "the head of a table", line, "write it into a row of the table"
    picture = syntax.PICTURE_SIGN.search(line)
    if picture:
        yield "the words of a picture", line[picture.start() :], BELOW
        return
    for words in LINK_WORDS.findall(line):
        yield "the words of a link", words, "write it in front of the link or behind it"
