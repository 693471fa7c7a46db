"""The pages of `make dev`: with their faults, drafts included, and broken ones too."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from imsinfo.articles.checking import problems_of
from imsinfo.articles.library import Manuscripts, page_files, read_manuscripts
from imsinfo.articles.material import CLINIC, material_of
from imsinfo.articles.pages import Article
from imsinfo.articles.preview import preview
from imsinfo.articles.proofreading import proofread
from imsinfo.articles.rendering import render
from imsinfo.articles.reviews import review_of
from imsinfo.articles.syntax import address_of
from imsinfo.articles.uses import texts_used
from imsinfo.content import ContentFile, built_when_asked, content_files
from imsinfo.problems import ContentError, Problem
from imsinfo.today import clinics_date


@dataclass(frozen=True)
class SourceLine:
    number: int
    text: str
    faults: tuple[Problem, ...]


@dataclass(frozen=True)
class EditedPage:
    """What an editor sees at an address.

    article: the page with its faults in it, or None where it cannot be rendered; above: faults
    without a place in its text; source: the file line by line, where there is no article;
    others: data files and shared pieces with faults, and how many each has.
    """

    article: Article | None
    above: tuple[Problem, ...]
    source: tuple[SourceLine, ...]
    others: Mapping[str, int]


@built_when_asked
def get_manuscripts() -> Manuscripts:
    return read_manuscripts()


@built_when_asked
def get_faults() -> Mapping[str, tuple[Problem, ...]]:
    """Return every fault and warning of the content, by file."""
    faults: dict[str, list[Problem]] = defaultdict(list)
    for problem in proofread(clinics_date()):
        faults[problem.file].append(problem)
    return {file: tuple(found) for file, found in faults.items()}


def edited_page(url: str) -> EditedPage | None:
    """Return the page at an address as its editor sees it; None where no file has the address."""
    file = {address_of(name): file for name, file in page_files().items()}.get(url)
    if file is None:
        return None
    faults = get_faults().get(file.shown_as, ())
    others = _faults_of_data()
    read = get_manuscripts()
    if read.files.clinic is None:
        return EditedPage(None, (), _source_of(CLINIC), others)
    draft, material = read.drafts.get(file.name), material_of(read.files, read.known.files)
    shown = draft and preview(
        draft, faults, lambda d: problems_of(d, read.known), lambda d: render(d, material)
    )
    if not draft or not shown:
        return EditedPage(None, (), _source(file, faults), others)
    review = review_of(draft, texts_used(draft, material))
    article = Article(file.name, url, draft, shown.body, review)
    return EditedPage(article, shown.above, (), others)


def _source_of(name: str) -> tuple[SourceLine, ...]:
    file = content_files()[name]
    return _source(file, get_faults().get(file.shown_as, ()))


def _faults_of_data() -> dict[str, int]:
    """How many faults, without warnings, each file has that is no page of its own."""
    found = {
        name: sum(not fault.is_warning for fault in faults)
        for name, faults in get_faults().items()
        if not name.endswith(".md") or "/shared/" in name
    }
    return {name: count for name, count in found.items() if count}


def _source(file: ContentFile, faults: tuple[Problem, ...]) -> tuple[SourceLine, ...]:
    try:
        lines = file.read().split("\n")
    except ContentError:
        # The fault says what is the matter with the bytes.
        lines = [""]
    last = len(lines)
    at_line: dict[int, list[Problem]] = defaultdict(list)
    for fault in faults:
        at_line[min(max(fault.line, 1), last)].append(fault)
    return tuple(
        SourceLine(number, line, tuple(at_line.get(number, ())))
        for number, line in enumerate(lines, start=1)
    )
