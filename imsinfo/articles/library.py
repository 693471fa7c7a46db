"""All articles, read and rendered once, with everything that follows from their front matter."""

import logging
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from imsinfo.articles.checking import Known, problems_of
from imsinfo.articles.frontmatter import (
    SECTION_LABELS,
    Change,
    Draft,
    FrontMatter,
    Section,
    read_draft,
)
from imsinfo.articles.material import (
    CLINIC,
    RED_FLAGS,
    SOURCES,
    DataFiles,
    Material,
    read_data_files,
)
from imsinfo.articles.rendering import Body, render
from imsinfo.articles.syntax import CITATION, address_of, prose_lines
from imsinfo.content import ContentFile, built_from_content, content_files
from imsinfo.problems import ContentError, Problem

logger = logging.getLogger("imsinfo.articles")

PAGE_NAME = re.compile(r"^([a-z0-9]+(-[a-z0-9]+)*/)*[a-z0-9]+(-[a-z0-9]+)*\.md$")
TAKEN = ("/admin/", "/enquiry/", "/static/")


@dataclass(frozen=True)
class MenuLink:
    label: str
    url: str
    current: bool


@dataclass(frozen=True)
class Crumb:
    """A step of the way from the start page. url: "" for the page itself."""

    label: str
    url: str


@dataclass(frozen=True)
class Article:
    """One page: its address, what its editor declared, and what was rendered from its text."""

    file: str
    url: str
    front: FrontMatter
    rendered: Body

    @property
    def title(self) -> str:
        return self.front.title

    @property
    def summary(self) -> str:
        return self.front.summary

    @property
    def kind(self) -> str:
        return self.front.kind

    @property
    def section(self) -> Section:
        return self.front.section

    @property
    def section_label(self) -> str:
        return SECTION_LABELS[self.front.section]

    @property
    def red_flags(self) -> tuple[str, ...]:
        return self.front.red_flags

    @property
    def sources_checked(self) -> date:
        return self.front.sources_checked

    @property
    def next_review(self) -> date:
        return self.front.next_review

    @property
    def changes(self) -> tuple[Change, ...]:
        return self.front.changes

    @property
    def body(self):
        return self.rendered.html

    @property
    def headings(self):
        return self.rendered.headings

    @property
    def references(self):
        return self.rendered.references

    @property
    def folder(self) -> str:
        """The address above this one; the start page has none."""
        return self.url.rstrip("/").rpartition("/")[0] + "/" if self.url != "/" else ""


@dataclass(frozen=True)
class Library:
    """Every article that can be shown, in reading order, and what is wrong with the others."""

    articles: tuple[Article, ...]
    problems: tuple[Problem, ...]

    def get(self, url: str) -> Article | None:
        return next((article for article in self.articles if article.url == url), None)

    def menu(self, url: str) -> tuple[MenuLink, ...]:
        """One link a section that has pages, to its first; the start page is left out."""
        current = self.get(url)
        first: dict[Section, Article] = {}
        for article in self.articles:
            if article.kind != "home":
                first.setdefault(article.section, article)
        return tuple(
            MenuLink(
                SECTION_LABELS[section],
                article.url,
                current is not None and current.kind != "home" and current.section == section,
            )
            for section, article in first.items()
        )

    def children(self, article: Article) -> tuple[Article, ...]:
        """The pages of the folder that this page is the index of."""
        return tuple(other for other in self.articles if other.folder == article.url)

    def siblings(self, article: Article) -> tuple[Article, ...]:
        """The other pages of the section, the start page left out."""
        same = (other for other in self.articles if other.section == article.section)
        return tuple(other for other in same if other != article and other.kind != "home")

    def breadcrumbs(self, article: Article) -> tuple[Crumb, ...]:
        if article.url == "/":
            return ()
        index = self.get(article.folder) if article.folder != "/" else None
        above = (Crumb(index.title, index.url),) if index else ()
        return (Crumb("Home", "/"), *above, Crumb(article.title, ""))


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
            body = render(draft, material)
            articles.append(Article(draft.file, address_of(file.name), draft.front, body))
        except ContentError as error:
            problems += error.problems
    articles, doubled = _one_an_address(articles)
    return Library(tuple(sorted(articles, key=_place)), tuple(sorted([*problems, *doubled])))


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
    return name.endswith(".md") and not name.endswith("README.md")


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
