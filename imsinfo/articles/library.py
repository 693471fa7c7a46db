"""All articles, read and rendered once."""

import logging
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from imsinfo.articles.checking import Known, known_names, problems_of
from imsinfo.articles.designs import GROUPS
from imsinfo.articles.frontmatter import SECTION_LABELS, Draft, read_draft, read_text
from imsinfo.articles.inserts import check_inserts
from imsinfo.articles.material import (
    IMAGES,
    SHARED,
    DataFiles,
    Material,
    material_of,
    read_data_files,
)
from imsinfo.articles.pages import Article, Library
from imsinfo.articles.rendering import Body, references_of, render
from imsinfo.articles.reviews import Review, review_of
from imsinfo.articles.syntax import address_of
from imsinfo.articles.uses import texts_used, waiting_for
from imsinfo.content import ContentFile, built_when_asked, content_files
from imsinfo.editions.cores import mapped
from imsinfo.problems import ContentError, Problem

logger = logging.getLogger("imsinfo.articles")

PAGE_NAME = re.compile(r"^([a-z0-9]+(-[a-z0-9]+)*/)*[a-z0-9]+(-[a-z0-9]+)*\.md$")
TAKEN = (
    *("/admin/", "/enquiry/", "/static/", "/search/", "/changes/", "/leaflets/", "/style-guide/"),
    "/references/",
)
# What the site answers beside the pages, so that an article can link to it. A test asks each.
ADDRESSES = (
    *("/enquiry/", "/enquiry/on-paper/", "/leaflets/", "/leaflets/questions-to-ask/"),
    *("/references/", *(f"/references/{group.id}/" for group in GROUPS)),
    *("/search/", "/changes/", "/feed.xml", "/sitemap.xml"),
)


@built_when_asked
def get_library() -> Library:
    library = read_library()
    for problem in library.problems:
        if problem.severity == "broken":
            logger.warning("Left out: %s", problem)
    return library


@dataclass(frozen=True)
class Manuscripts:
    """What lies in the content folder, read and not yet rendered.

    drafts: the articles by name; unusable: those that cannot be shown whatever their text is,
    with neutral fields where their own cannot be read.
    """

    files: DataFiles
    known: Known
    drafts: Mapping[str, Draft]
    unusable: Mapping[str, Draft]
    problems: tuple[Problem, ...]


def read_manuscripts() -> Manuscripts:
    """Read every data file and article, collecting what is wrong instead of stopping at it."""
    files, pages = read_data_files(), page_files()
    known = known_names(files, pages.keys(), ADDRESSES)
    files = check_inserts(files, known)
    drafts: dict[str, Draft] = {}
    unusable: dict[str, Draft] = {}
    problems = list(files.problems)
    for name, file in pages.items():
        try:
            drafts[name] = _draft(file)
        except ContentError as error:
            problems += error.problems
            with suppress(ContentError):
                unusable[name] = read_text(file)
    doubled = _with_the_address_of_another(drafts)
    problems += doubled.values()
    unusable.update((name, drafts.pop(name)) for name in doubled)
    return Manuscripts(files, known, drafts, unusable, tuple(problems))


def text_problems(draft: Draft, manuscripts: Manuscripts) -> list[Problem]:
    """Return every fault for which a page cannot be shown, as far as its source tells."""
    found = problems_of(draft, manuscripts.known)
    return [*found, *waiting_for(draft, manuscripts.files)]


@dataclass(frozen=True)
class Printed:
    """What became of one draft: its faults, and what readers see of it unless one forbids that.

    cited: the keys of the references, which the body is without. They stand in one list for all
    pages, and so need not travel from the process that rendered the page.
    """

    problems: tuple[Problem, ...]
    body: Body | None = None
    cited: tuple[str, ...] = ()
    review: Review | None = None


def printed(draft: Draft, manuscripts: Manuscripts, material: Material) -> Printed:
    """Render an article if nothing in its text forbids it; never raises ContentError."""
    found = tuple(text_problems(draft, manuscripts))
    if any(problem.severity == "broken" for problem in found):
        return Printed(found)
    try:
        body = render(draft, material)
    except ContentError as error:
        return Printed((*found, *error.problems))
    cited = tuple(reference.key for reference in body.references)
    review = review_of(draft, texts_used(draft, material))
    return Printed(found, replace(body, references=()), cited, review)


def read_library(manuscripts: Manuscripts | None = None) -> Library:
    """Render every article that has no fault, and collect the faults of the others.

    manuscripts: what has been read already. Raises ContentError where clinic.yaml is broken:
    no page can be shown without it.
    """
    read = manuscripts or read_manuscripts()
    material = material_of(read.files, read.known.files)
    drafts = tuple(read.drafts.values())
    return library_of(read, mapped(lambda draft: printed(draft, read, material), drafts))


def library_of(manuscripts: Manuscripts, each_printed: Iterable[Printed]) -> Library:
    """Return the pages and faults of manuscripts. each_printed: one for each draft, in order."""
    articles: list[Article] = []
    problems: list[Problem] = list(manuscripts.problems)
    for (name, draft), made in zip(manuscripts.drafts.items(), each_printed, strict=True):
        problems += made.problems
        if made.body and made.review:
            references = references_of(made.cited, manuscripts.files.sources)
            body = replace(made.body, references=references)
            articles.append(Article(name, address_of(name), draft, body, made.review))
    articles.sort(key=_place)
    return Library(
        tuple(article for article in articles if not article.is_draft),
        tuple(sorted(set(problems))),
        tuple(article for article in articles if article.is_draft),
    )


def page_files() -> dict[str, ContentFile]:
    """Return the content files that are pages, by name."""
    return {name: file for name, file in content_files().items() if _is_page(name)}


def _is_page(name: str) -> bool:
    is_text = name.endswith(".md") and name.rpartition("/")[2] != "README.md"
    return is_text and not name.startswith((SHARED, IMAGES))


def _draft(file: ContentFile) -> Draft:
    """Read an article whose name can be an address; raises ContentError with every fault."""
    if address_of(file.name).startswith(TAKEN):
        what, repair = "the site itself answers at this address", "choose another name"
        raise ContentError(Problem(file.shown_as, 1, what, address_of(file.name), repair=repair))
    if not PAGE_NAME.match(file.name):
        expected = "small letters, digits and hyphens, such as neck-pain.md"
        repair = "rename the file: its name is the address of the page"
        raise ContentError(
            Problem(file.shown_as, 1, "no page can have this name", file.name, expected, repair)
        )
    return read_draft(file)


def _with_the_address_of_another(drafts: Mapping[str, Draft]) -> dict[str, Problem]:
    """Of two files with one address neither is shown: which of them is meant is not known."""
    what, repair = "another file has the same address", "keep one of them"
    counts = Counter(address_of(name) for name in drafts)
    return {
        name: Problem(draft.file, 1, what, address_of(name), repair=repair)
        for name, draft in drafts.items()
        if counts[address_of(name)] > 1
    }


def _place(article: Article) -> tuple[int, int, str]:
    """Reading order: the sections as in the menu, then each page's own order."""
    return list(SECTION_LABELS).index(article.section), article.front.order, article.url
