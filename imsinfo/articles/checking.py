"""Everything that can be wrong in an article's text, found line by line before it is rendered."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import get_args

from imsinfo.articles import syntax
from imsinfo.articles.frontmatter import Draft
from imsinfo.clinic import CLINIC_FIELD
from imsinfo.problems import Problem
from imsinfo.red_flags import Region

RAW_HTML = re.compile(r"<[A-Za-z/!?][^>]*>?")
CITED = re.compile(r"\[@[^\]]*\]?")
PICTURE = re.compile(r"!\[")


@dataclass(frozen=True)
class Known:
    """What an article may name. files: pages; sources and clinic_fields: their keys.

    None stands for a data file that is itself broken: then no name of it can be called wrong.
    """

    files: Collection[str]
    sources: Collection[str] | None
    clinic_fields: Collection[str] | None


def problems_of(draft: Draft, known: Known) -> list[Problem]:
    """Return every fault in the text of an article, in the order of its lines."""
    lines = list(syntax.prose_lines(draft.text))
    found = [
        *_sources_of_evidence(draft, known),
        *_components(draft, lines),
        *_lists(draft, lines),
        *_headings(draft, lines),
    ]
    for index, line in lines:
        at = draft.file, draft.first_line + index
        found += [*_raw_html(at, line), *_braces(at, line, known), *_links(at, line, known)]
        found += _citations(at, line, known)
    return sorted(found)


def _raw_html(at: tuple[str, int], line: str) -> Iterator[Problem]:
    for tag in RAW_HTML.findall(line):
        repair = "use Markdown or a ::: component; write a web link as [words](https://…)"
        yield Problem(*at, "HTML is not used in articles", found=tag[:60], repair=repair)
    if PICTURE.search(line):
        yield Problem(*at, "pictures are not used in articles", repair="remove the picture")


def _braces(at: tuple[str, int], line: str, known: Known) -> Iterator[Problem]:
    for braced in syntax.BRACED.findall(line):
        field = CLINIC_FIELD.fullmatch(braced)
        if field and (known.clinic_fields is None or field[1] in known.clinic_fields):
            continue
        names = ", ".join(sorted(known.clinic_fields or ()))
        repair = "correct the name; a brace that shall be read goes between `backticks`"
        what = "unknown clinic field" if field else "a brace that is no clinic field"
        yield Problem(*at, what, braced, f"{{clinic.NAME}} with one of: {names}", repair)


def _citations(at: tuple[str, int], line: str, known: Known) -> Iterator[Problem]:
    for cited in CITED.findall(line):
        form = syntax.CITATION.fullmatch(cited)
        if form and (known.sources is None or form[1] in known.sources):
            continue
        what = "unknown source" if form else "a citation in the wrong form"
        expected = "[@key], one key of sources.yaml each"
        repair = "correct the key, or add the source to sources.yaml after reading it"
        yield Problem(*at, what, cited, expected, repair)


def _links(at: tuple[str, int], line: str, known: Known) -> Iterator[Problem]:
    for target, _anchor in syntax.PAGE_LINK.findall(line):
        if target not in known.files:
            expected = "the name of a file in the content folder, such as aftercare.md"
            repair = "correct the name; begin a web address with https://"
            yield Problem(*at, "a link to a page that is not there", target, expected, repair)


def _headings(draft: Draft, lines: list[tuple[int, str]]) -> Iterator[Problem]:
    level = 1
    for index, line in lines:
        heading = syntax.HEADING.match(line)
        if not heading:
            continue
        found, at = len(heading[1]), (draft.file, draft.first_line + index)
        if found == 1:
            repair = "begin with ##: the title of the page is its heading of level 1"
            yield Problem(*at, "a heading of level 1", line[:60], "##", repair)
        elif found > level + 1:
            repair = f"write {'#' * (level + 1)}"
            yield Problem(*at, "a heading that skips a level", line[:60], repair=repair)
        level = max(found, 1)


def _sources_of_evidence(draft: Draft, known: Known) -> Iterator[Problem]:
    for line in draft.front.evidence:
        for key in line.sources:
            if known.sources is not None and key not in known.sources:
                what = f"unknown source in the evidence of {line.method}"
                repair = "correct the key, or add the source to sources.yaml after reading it"
                yield Problem(
                    draft.file, _line_of_key(draft, key), what, key, "a key of sources.yaml", repair
                )


def _line_of_key(draft: Draft, key: str) -> int:
    """The line of the front matter that names a source."""
    found = re.search(rf"\b{re.escape(key)}\b", draft.fields)
    return 2 + draft.fields.count("\n", 0, found.start()) if found else 1


def _lists(draft: Draft, lines: list[tuple[int, str]]) -> Iterator[Problem]:
    """Do and do-not hold a list, and a ::: line begins at the left edge."""
    opened: tuple[int, str] | None = None
    for index, line in lines:
        if opened and line.strip():
            if not syntax.LIST_ITEM.match(line):
                at, repair = draft.first_line + opened[0], "write its lines as a list, with -"
                what = f"the component {opened[1]} holds no list"
                yield Problem(draft.file, at, what, line[:60], "- one thing to do", repair)
            opened = None
        fence = syntax.FENCE_OPEN.match(line)
        opened = (index, fence["name"]) if fence and fence["name"] in syntax.LISTS else opened
        if line.lstrip().startswith(":::") and not line.startswith(":::"):
            at, repair = draft.first_line + index, "take away the spaces in front of it"
            yield Problem(
                draft.file,
                at,
                "a ::: line that does not begin at the left edge",
                line[:60],
                ":::",
                repair,
            )


def _components(draft: Draft, lines: list[tuple[int, str]]) -> Iterator[Problem]:
    """Faults of names, titles and balance of the ::: fences."""
    open_at: list[tuple[int, str]] = []
    for index, line in lines:
        at = draft.file, draft.first_line + index
        opened = syntax.FENCE_OPEN.match(line)
        if line.startswith(":::") and open_at and open_at[-1][1] in syntax.LEAVES and opened:
            yield Problem(*at, f"text inside {open_at[-1][1]}", line[:60], ":::", "close it first")
        if opened:
            yield from _component(draft, at, opened["name"], opened["title"])
            open_at.append((index, opened["name"]))
        elif syntax.FENCE_CLOSE.match(line) and open_at:
            open_at.pop()
        elif line.startswith(":::"):
            expected = "'::: name Title', or ::: alone to close"
            repair = "name a component, or remove the line"
            yield Problem(
                *at, "a ::: line that opens and closes nothing", line[:60], expected, repair
            )
        elif open_at and open_at[-1][1] in syntax.LEAVES and line.strip():
            yield Problem(*at, f"text inside {open_at[-1][1]}", line[:60], ":::", "move it below")
    for index, name in open_at:
        at = draft.file, draft.first_line + index
        yield Problem(*at, f"the component {name} is not closed", repair="add a line ::: below it")


def _component(draft: Draft, at: tuple[str, int], name: str, title: str) -> Iterator[Problem]:
    if name not in syntax.COMPONENTS:
        names = ", ".join(syntax.COMPONENTS)
        yield Problem(*at, "unknown component", name, names, "correct the name")
    elif name in (*syntax.CARDS, "callout") and not title:
        yield Problem(*at, f"the component {name} has no title", repair=f"write ::: {name} Title")
    elif name == "evidence" and (title or not draft.front.evidence):
        repair = "write ::: evidence alone, and the lines in the front matter under evidence:"
        yield Problem(*at, "evidence that is not in the front matter", title, repair=repair)
    elif name == "red-flags":
        yield from _red_flags(at, title)


def _red_flags(at: tuple[str, int], title: str) -> Iterator[Problem]:
    words = title.split()
    after = len(words) == 2 and words[0] == "after-needling" and words[1] in syntax.AFTER_LEVELS
    if not after and (len(words) != 1 or words[0] not in get_args(Region)):
        levels = ", ".join(syntax.AFTER_LEVELS)
        expected = f"a region ({', '.join(get_args(Region))}), or after-needling with {levels}"
        yield Problem(*at, "red-flags of what?", title, expected, "write ::: red-flags neck")
