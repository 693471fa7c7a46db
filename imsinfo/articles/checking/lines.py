"""Faults that a single line shows: HTML, braces, citations, links, pictures, headings."""

import re
from collections.abc import Collection, Iterator

from imsinfo.articles import syntax
from imsinfo.articles.checking.known import Known, one_of
from imsinfo.articles.frontmatter import Draft
from imsinfo.articles.phones import phone_problem, typed_phones
from imsinfo.clinic import CLINIC_FIELD
from imsinfo.problems import Problem

At = tuple[str, int]
Lines = list[tuple[int, str]]

READ = "correct the name; a brace that shall be read goes between `backticks`"
# Forms of the text that a field of the front matter would print as they are typed.
IN_TEXT_ALONE = re.compile(r"[{}]|\[@")
WORD = re.compile(r"[^\W_]")
# What a line must hold for any of its checks to find something.
SIGNS = re.compile(r"[<{}\[\]\d]")
CITED = re.compile(r"\[@[^\]]*\]?")


def line_problems(draft: Draft, lines: Lines, known: Known) -> Iterator[Problem]:
    """Yield the faults that each line shows by itself, and headings out of order."""
    yield from _headings(draft, lines)
    yield from _fields(draft)
    for index, line in lines:
        if not SIGNS.search(line):
            continue
        at = draft.file, draft.first_line + index
        yield from _raw_html(at, line)
        yield from (phone_problem(*at, number) for number in typed_phones(line))
        yield from _braces(at, line, known)
        yield from _citations(at, line, known)
        yield from _links(at, line, known)
        yield from _site_links(at, line, known)
        yield from _pictures(at, line, known)


def _raw_html(at: At, line: str) -> Iterator[Problem]:
    for tag in syntax.RAW_HTML.findall(line):
        repair = "use Markdown or a ::: component; write a web link as [words](https://…)"
        yield Problem(*at, "HTML is not used in articles", found=tag[:60], repair=repair)


def _braces(at: At, line: str, known: Known) -> Iterator[Problem]:
    for braced in syntax.BRACED.findall(line):
        if CLINIC_FIELD.fullmatch(braced):
            yield from _clinic_field(at, braced, known.clinic_fields)
        elif braced.startswith("{figure:"):
            yield from _figure(at, braced, known)
        elif braced.startswith("{term:"):
            yield from _term(at, braced, known)
        else:
            what = "a brace that is no clinic field, figure or term"
            expected = "{clinic.NAME}, {figure:ID} or {term:ID}"
            yield Problem(*at, what, braced[:60], expected, READ)


def _clinic_field(at: At, braced: str, fields: Collection[str] | None) -> Iterator[Problem]:
    field = CLINIC_FIELD.fullmatch(braced)
    if field and fields is not None and field[1] not in fields:
        expected = f"{{clinic.NAME}} with one of: {', '.join(sorted(fields))}"
        yield Problem(*at, "unknown clinic field", braced, expected, READ)


def _figure(at: At, braced: str, known: Known) -> Iterator[Problem]:
    form = syntax.FIGURE.fullmatch(braced)
    if form is None:
        expected = "{figure:ID}, with one id of figures.yaml"
        repair = "write the id in small letters, digits and _, without spaces"
        yield Problem(*at, "a figure in the wrong form", braced[:60], expected, repair)
    else:
        yield from unknown_figure(at, form[1], known)


def unknown_figure(at: At, name: str, known: Known) -> Iterator[Problem]:
    """Yield a problem where figures.yaml has no figure of this name."""
    if known.figures is not None and name not in known.figures:
        expected = one_of("an id of figures.yaml", name, known.figures)
        repair = "correct the id, or add the figure with its source to figures.yaml"
        yield Problem(*at, "unknown figure", name, expected, repair)


def _term(at: At, braced: str, known: Known) -> Iterator[Problem]:
    form = syntax.TERM.fullmatch(braced)
    if form is None:
        expected = "{term:ID} or {term:ID other words}, with one id of glossary.yaml"
        repair = "write the id in small letters, digits and -, then a space and your words"
        yield Problem(*at, "a term in the wrong form", braced[:60], expected, repair)
    elif known.terms is not None and form[1] not in known.terms:
        expected = one_of("an id of glossary.yaml", form[1], known.terms)
        repair = "correct the id, or add the term with its meaning to glossary.yaml"
        yield Problem(*at, "unknown term", form[1], expected, repair)


def _citations(at: At, line: str, known: Known) -> Iterator[Problem]:
    for cited in CITED.findall(line):
        form = syntax.CITATION.fullmatch(cited)
        if form and (known.sources is None or form[1] in known.sources):
            continue
        what = "unknown source" if form else "a citation in the wrong form"
        expected = "[@key], one key of sources.yaml each"
        repair = "correct the key, or add the source to sources.yaml after reading it"
        yield Problem(*at, what, cited, expected, repair)


def _links(at: At, line: str, known: Known) -> Iterator[Problem]:
    # A picture is written like a link, and has checks of its own.
    if syntax.PICTURE_SIGN.search(line):
        return
    for target, _anchor in syntax.PAGE_LINK.findall(line):
        if target not in known.files:
            expected = "the name of a file in the content folder, such as aftercare.md"
            repair = "correct the name; begin a web address with https://"
            yield Problem(*at, "a link to a page that is not there", target, expected, repair)


def _site_links(at: At, line: str, known: Known) -> Iterator[Problem]:
    """Links by address: to a page its file is the better way, for that is checked."""
    for found in syntax.SITE_LINK.findall(line):
        page = known.page_at.get(found if found.endswith("/") else f"{found}/")
        if page:
            what, repair = "a link to a page by its address", f"link to its file: [words]({page})"
            yield Problem(*at, what, found, page, repair, "error")
        elif known.addresses is not None and found not in known.addresses:
            what = "a link to an address that is not there"
            expected = one_of("an address of the site", found, known.addresses)
            repair = "correct the address; link to a page by its file, such as aftercare.md"
            yield Problem(*at, what, found, expected, repair, "error")


def _pictures(at: At, line: str, known: Known) -> Iterator[Problem]:
    if not syntax.PICTURE_SIGN.search(line):
        return
    form = '![text alternative](images/name.svg "Caption")'
    picture = syntax.PICTURE.match(line)
    if picture is None:
        repair = "begin it at the left edge of a line, and write nothing else on that line"
        yield Problem(*at, "a picture that is not alone on its line", line[:60], form, repair)
        return
    if not picture["alternative"].strip():
        repair = "say in the square brackets what the picture shows, for those who cannot see it"
        yield Problem(*at, "a picture without a text alternative", line[:60], form, repair)
    if not (picture["caption"] or "").strip():
        repair = "write a caption in quotes behind the file"
        yield Problem(*at, "a picture without a caption", line[:60], form, repair)
    yield from _picture_file(at, picture["file"], known)


def _picture_file(at: At, file: str, known: Known) -> Iterator[Problem]:
    if not syntax.PICTURE_FILE.fullmatch(file):
        what, expected = "a picture that is no drawing of this site", "images/name.svg"
        repair = "save it as SVG in images/, its name in small letters, digits and hyphens"
        yield Problem(*at, what, file, expected, repair)
    elif known.pictures is not None and file not in known.pictures:
        expected = one_of("a file in images/", file, known.pictures)
        repair = "correct the name, or put the file into images/"
        yield Problem(*at, "a picture that is not there", file, expected, repair)


def _fields(draft: Draft) -> Iterator[Problem]:
    """The fields of a page are printed as they are: nothing in them is filled in."""
    front = draft.front
    notes = [words for change in front.changes for words in (change.what, change.why)]
    for words in (front.title, front.summary, *notes):
        found = IN_TEXT_ALONE.search(words)
        if found:
            repair = "write plain words here, and this form into the text below"
            what = "a field cannot hold what is filled in"
            line = draft.line_of_field(found[0])
            yield Problem(draft.file, line, what, words[:60], "plain words", repair)
        for number in typed_phones(words):
            yield phone_problem(draft.file, draft.line_of_field(number), number)


def _headings(draft: Draft, lines: Lines) -> Iterator[Problem]:
    level = 1
    for index, line in lines:
        heading = syntax.HEADING.match(line)
        if not heading:
            continue
        found, at = len(heading[1]), (draft.file, draft.first_line + index)
        if not WORD.search(line):
            repair = "write its words, or remove the line"
            yield Problem(*at, "a heading without words", line[:60], "## Words", repair)
        if found == 1:
            repair = "begin with ##: the title of the page is its heading of level 1"
            yield Problem(*at, "a heading of level 1", line[:60], "##", repair)
        elif found > level + 1:
            repair = f"write {'#' * (level + 1)}"
            yield Problem(*at, "a heading that skips a level", line[:60], repair=repair)
        level = max(found, 1)
