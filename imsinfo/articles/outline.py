"""The pages by name, place and address: what every page shows of the others.

Known without rendering any of them, so a worker with prepared pages reads no article at all.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from imsinfo.articles.frontmatter import SECTION_LABELS, Section
from imsinfo.articles.library import get_library
from imsinfo.articles.pages import Library
from imsinfo.content import built_from_content, in_force
from imsinfo.strict_yaml import Strict

OUTLINE = "outline.json"


class MenuLink(NamedTuple):
    """A link of the main menu. current: whether the reader is in this section."""

    label: str
    url: str
    current: bool


class OutlinedPage(Strict):
    """A published page. section: its part of the site; the start page is in none."""

    url: str
    title: str
    section: Section | None


class Outline(Strict):
    """Every published page in reading order, the addresses of drafts, and where pages moved to."""

    pages: tuple[OutlinedPage, ...]
    drafts: frozenset[str]
    moved: dict[str, str]

    def has(self, url: str) -> bool:
        """Whether a published page stands at this address."""
        return url in self._by_url

    def menu(self, url: str) -> tuple[MenuLink, ...]:
        """One link a section that has pages, to its first; the start page is left out.

        What is about the clinic and this site stands at the foot of every page instead.
        """
        current = self._by_url.get(url)
        here = current.section if current else None
        return tuple(
            MenuLink(SECTION_LABELS[section], pages[0].url, current=section == here)
            for section, pages in self._sections.items()
            if section != "clinic"
        )

    @property
    def policies(self) -> tuple[OutlinedPage, ...]:
        """The pages about the clinic and this site."""
        return self._sections.get("clinic", ())

    @cached_property
    def _by_url(self) -> Mapping[str, OutlinedPage]:
        return {page.url: page for page in self.pages}

    @cached_property
    def _sections(self) -> Mapping[Section, tuple[OutlinedPage, ...]]:
        found: dict[Section, tuple[OutlinedPage, ...]] = {}
        for page in self.pages:
            if page.section:
                found[page.section] = (*found.get(page.section, ()), page)
        return found


def outline_of(library: Library) -> Outline:
    """Return what is known of a library's pages without their texts."""
    pages = (
        OutlinedPage(
            url=article.url,
            title=article.title,
            section=None if article.kind == "home" else article.section,
        )
        for article in library.articles
    )
    return Outline(
        pages=tuple(pages),
        drafts=frozenset(draft.url for draft in library.drafts),
        moved={alias: each.url for each in library.articles for alias in each.front.aliases},
    )


@built_from_content
def get_outline() -> Outline:
    prepared = in_force().prepared
    if prepared is None:
        return outline_of(get_library())
    return Outline.model_validate_json(prepared.file(OUTLINE).read_bytes())
