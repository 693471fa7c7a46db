"""The pages that readers see, and how they hang together: menu, lists, way back, old addresses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from imsinfo.articles.frontmatter import (
    NOT_FOR_CLINICIANS,
    SECTION_LABELS,
    Change,
    Draft,
    FrontMatter,
    Section,
)
from imsinfo.articles.rendering import Body
from imsinfo.articles.reviews import Review
from imsinfo.problems import Problem

# So many links end a page at most, where its editor has named none.
MOST_SIBLINGS = 12


@dataclass(frozen=True)
class Crumb:
    """A step of the way from the start page. url: "" for the page itself."""

    label: str
    url: str


@dataclass(frozen=True)
class Article:
    """One page: its address, what its editor wrote, and what was rendered from it.

    name: the file inside the content folder, such as conditions/neck-pain.md.
    """

    name: str
    url: str
    source: Draft
    rendered: Body
    review: Review

    @property
    def file(self) -> str:
        """The name an editor knows the file by, such as content/aftercare.md."""
        return self.source.file

    @property
    def front(self) -> FrontMatter:
        return self.source.front

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
    def is_for_clinicians(self) -> bool:
        """Whether a clinician is to sign the page: it says something of health."""
        return self.front.kind not in NOT_FOR_CLINICIANS

    @property
    def is_draft(self) -> bool:
        return self.front.draft

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
    def last_reviewed(self) -> date:
        """The day on which somebody last checked the page: its sign-off, else its sources."""
        signed = self.review.signed
        return signed.date if signed and self.review.state == "current" else self.sources_checked

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
    def anchors(self) -> frozenset[str]:
        """Every id on the page that a link can lead to."""
        return self.rendered.anchors

    @property
    def folder(self) -> str:
        """The address above this one; the start page has none."""
        return self.url.rstrip("/").rpartition("/")[0] + "/" if self.url != "/" else ""


@dataclass(frozen=True)
class Library:
    """Every article that can be shown, in reading order, and what is wrong with the others.

    drafts: pages that are not published, which stand in no list.
    """

    articles: tuple[Article, ...]
    problems: tuple[Problem, ...]
    drafts: tuple[Article, ...] = ()

    @cached_property
    def _by_url(self) -> Mapping[str, Article]:
        return {article.url: article for article in self.articles}

    @cached_property
    def _by_name(self) -> Mapping[str, Article]:
        return {article.name: article for article in self.articles}

    @cached_property
    def _children(self) -> Mapping[str, tuple[Article, ...]]:
        return _grouped((article.folder, article) for article in self.articles)

    @cached_property
    def _sections(self) -> Mapping[str, tuple[Article, ...]]:
        """The pages of each section, without the start page, which is above all of them."""
        return _grouped((each.section, each) for each in self.articles if each.kind != "home")

    @cached_property
    def _places(self) -> Mapping[str, int]:
        """Where each page stands in its section."""
        return {each.url: n for pages in self._sections.values() for n, each in enumerate(pages)}

    def get(self, url: str) -> Article | None:
        return self._by_url.get(url)

    def draft(self, url: str) -> Article | None:
        return next((article for article in self.drafts if article.url == url), None)

    def children(self, article: Article) -> tuple[Article, ...]:
        """The pages of the folder that this page is the index of."""
        return self._children.get(article.url, ())

    def siblings(self, article: Article) -> tuple[Article, ...]:
        """The other pages of the section, the start page left out.

        Of a long section the next ones, and after its last page the first again: a page that
        listed them all would grow with the site.
        """
        same, place = self._sections.get(article.section, ()), self._places.get(article.url)
        if place is None:
            return same[:MOST_SIBLINGS]
        before, after = same[:place], same[place + 1 :]
        is_long = len(same) > MOST_SIBLINGS + 1
        return (*after[:MOST_SIBLINGS], *before)[:MOST_SIBLINGS] if is_long else (*before, *after)

    def related(self, article: Article) -> tuple[Article, ...]:
        """The pages that the article names as related and that are published."""
        found = (self._by_name.get(name) for name in article.front.related)
        return tuple(page for page in found if page)

    def breadcrumbs(self, article: Article) -> tuple[Crumb, ...]:
        if article.url == "/":
            return ()
        index = self.get(article.folder) if article.folder != "/" else None
        above = (Crumb(index.title, index.url),) if index else ()
        return (Crumb("Home", "/"), *above, Crumb(article.title, ""))


def _grouped(pairs: Iterable[tuple[str, Article]]) -> dict[str, tuple[Article, ...]]:
    groups: dict[str, list[Article]] = {}
    for key, article in pairs:
        groups.setdefault(key, []).append(article)
    return {key: tuple(articles) for key, articles in groups.items()}
