"""All articles, read and rendered once."""

import logging
import re
from collections import defaultdict

from imsinfo.articles.checking import Known, problems_of
from imsinfo.articles.frontmatter import SECTION_LABELS, Draft, read_draft
from imsinfo.articles.material import (
    CLINIC,
    RED_FLAGS,
    SOURCES,
    DataFiles,
    Material,
    read_data_files,
)
from imsinfo.articles.pages import Article, Library
from imsinfo.articles.rendering import render
from imsinfo.articles.reviews import review_of
from imsinfo.articles.syntax import CITATION, address_of, prose_lines
from imsinfo.content import ContentFile, built_from_content, content_files
from imsinfo.problems import ContentError, Problem

logger = logging.getLogger("imsinfo.articles")

PAGE_NAME = re.compile(r"^([a-z0-9]+(-[a-z0-9]+)*/)*[a-z0-9]+(-[a-z0-9]+)*\.md$")
TAKEN = ("/admin/", "/enquiry/", "/static/", "/search/", "/changes/", "/style-guide/")
# Folders of the content that hold no pages.
SHARED, IMAGES = "shared/", "images/"


@built_from_content
def get_library() -> Library:
    library = read_library()
    for problem in library.problems:
        logger.warning("Left out: %s", problem)
    return library


def read_library() -> Library:
    """Read every article, collecting what is wrong instead of stopping at it.

    Raises ContentError where clinic.yaml is broken: no page can be shown without it.
    """
    files = read_data_files()
    if files.clinic is None:
        raise ContentError(*files.problems)
    pages = _pages()
    material = Material(files.clinic, files.red_flags, files.sources, pages.keys())
    known = _known(files, pages)
    articles: list[Article] = []
    problems: list[Problem] = list(files.problems)
    for file in pages.values():
        try:
            draft = _checked_draft(file, known, files.broken)
            articles.append(_article(file.name, draft, material))
        except ContentError as error:
            problems += error.problems
    articles, doubled = _one_an_address(articles)
    articles.sort(key=_place)
    return Library(
        tuple(article for article in articles if not article.is_draft),
        tuple(sorted([*problems, *doubled])),
        tuple(article for article in articles if article.is_draft),
    )


def _article(name: str, draft: Draft, material: Material) -> Article:
    return Article(name, address_of(name), draft, render(draft, material), review_of(draft, ()))


def content_problems() -> list[Problem]:
    """The faults of the data files and of every article, also where clinic.yaml is broken."""
    files = read_data_files()
    if files.clinic:
        return sorted(set(read_library().problems))
    pages, problems = _pages(), set(files.problems)
    for file in pages.values():
        try:
            _checked_draft(file, _known(files, pages), frozenset())
        except ContentError as error:
            problems.update(error.problems)
    return sorted(problems)


def _pages() -> dict[str, ContentFile]:
    return {name: file for name, file in content_files().items() if _is_page(name)}


def _known(files: DataFiles, pages: dict[str, ContentFile]) -> Known:
    sources = None if SOURCES in files.broken else files.sources.keys()
    return Known(pages.keys(), sources, files.clinic.fields.keys() if files.clinic else None)


def _is_page(name: str) -> bool:
    is_text = name.endswith(".md") and name.rpartition("/")[2] != "README.md"
    return is_text and not name.startswith((SHARED, IMAGES))


def _checked_draft(file: ContentFile, known: Known, broken: frozenset[str]) -> Draft:
    """Return an article that is ready to be rendered; raises ContentError with every fault."""
    if not PAGE_NAME.match(file.name) or address_of(file.name).startswith(TAKEN):
        expected = "small letters, digits and hyphens, such as neck-pain.md"
        repair = "rename the file: its name is the address of the page"
        raise ContentError(
            Problem(file.shown_as, 1, "no page can have this name", file.name, expected, repair)
        )
    draft = read_draft(file)
    found = [*problems_of(draft, known), *_waiting_for(draft, broken)]
    if found:
        raise ContentError(*found)
    return draft


def _waiting_for(draft: Draft, broken: frozenset[str]) -> list[Problem]:
    """A page that needs a broken data file waits for its repair; the others stay up."""
    prose = "\n".join(line for _, line in prose_lines(draft.text))
    has_signs = bool(draft.front.red_flags) or "::: red-flags" in prose
    cites = bool(CITATION.search(prose)) or any(line.sources for line in draft.front.evidence)
    needed = {RED_FLAGS: has_signs, SOURCES: cites or has_signs, CLINIC: False}
    return [
        Problem(draft.file, 1, f"this page needs {name}, which is broken", repair=f"repair {name}")
        for name in sorted(broken)
        if needed[name]
    ]


def _one_an_address(articles: list[Article]) -> tuple[list[Article], list[Problem]]:
    """Of two files with one address neither is shown: which of them is meant is not known."""
    by_url = defaultdict(list)
    for article in articles:
        by_url[article.url].append(article)
    problems = [
        Problem(
            article.file, 1, "another file has the same address", url, repair="keep one of them"
        )
        for url, same in by_url.items()
        if len(same) > 1
        for article in same
    ]
    return [same[0] for same in by_url.values() if len(same) == 1], problems


def _place(article: Article) -> tuple[int, int, str]:
    """Reading order: the sections as in the menu, then each page's own order."""
    return list(SECTION_LABELS).index(article.section), article.front.order, article.url
