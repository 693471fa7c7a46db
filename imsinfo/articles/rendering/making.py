"""What is gathered of one page while it is rendered: ids, citations, links, captions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from markdown.extensions.toc import slugify, unique

from imsinfo.articles import syntax
from imsinfo.articles.frontmatter import Draft
from imsinfo.articles.material import Material
from imsinfo.articles.pieces import shared_name
from imsinfo.articles.sources import Source
from imsinfo.problems import ContentError, Problem


class Link(NamedTuple):
    """A link within the site. file: the page's, "" for the page itself; anchor: "" for none."""

    file: str
    anchor: str
    line: int


@dataclass(frozen=True)
class Reference:
    """One entry of a page's reference list."""

    number: int
    key: str
    source: Source

    @property
    def id(self) -> str:
        """The id of the entry. Numbers, not keys: a page of many sources is loaded sooner."""
        return f"ref-{self.number}"

    @property
    def cited_at(self) -> str:
        """The id of the place where the source is cited first."""
        return f"cite-{self.number}"


def references_of(keys: Iterable[str], sources: Mapping[str, Source]) -> tuple[Reference, ...]:
    """Return the reference list of a page that cites these sources in this order."""
    return tuple(Reference(at, key, sources[key]) for at, key in enumerate(keys, start=1))


@dataclass
class Citations:
    """Numbers the sources of one article in the order of their first use."""

    cited: dict[str, Reference] = field(default_factory=dict)

    def cite(self, key: str, source: Source) -> tuple[Reference, bool]:
        """Return the entry of a source, and whether it is cited for the first time."""
        if key in self.cited:
            return self.cited[key], False
        entry = Reference(len(self.cited) + 1, key, source)
        self.cited[key] = entry
        return entry, True


@dataclass
class Ids:
    """Gives every part of a page an id of its own. taken: those that have been given."""

    taken: set[str] = field(default_factory=set)

    def of(self, words: str) -> str:
        """Return an id made from words, the same for headings and for questions."""
        name = slugify(words, "-")
        if name in syntax.TAKEN_IDS or name.startswith(syntax.TAKEN_BEGINNINGS):
            name = f"section-{name}"
        return unique(name, self.taken)

    def of_heading(self, words: str, separator: str) -> str:
        return self.of(words)


@dataclass
class PageInMaking:
    """One page while it is rendered.

    captions: of tables, in the order of the text; explained: terms that have been used;
    marks: what stands for the HTML of components until Markdown has read the text.
    """

    draft: Draft
    material: Material
    citations: Citations = field(default_factory=Citations)
    ids: Ids = field(default_factory=Ids)
    links: list[Link] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    explained: set[str] = field(default_factory=set)
    marks: set[str] = field(default_factory=set)
    pictures: int = 0

    def link(self, address: str, words: str = "") -> str:
        """Note a link to a page by its file, and return the address that it leads to.

        words: what stands in the text where the link is, if not the address itself.
        """
        target, sign, anchor = address.partition("#")
        self.links.append(Link(target, anchor, self.line_of(words or address)))
        return f"{syntax.address_of(target) if target else ''}{sign}{anchor}"

    def line_of(self, words: str) -> int:
        """The first line of the article that holds words, itself or by a shared piece."""
        if words not in self.draft.text:
            for index, line in syntax.prose_lines(self.draft.text):
                if words in self.material.pieces.get(shared_name(line), ""):
                    return self.draft.first_line + index
        return self.draft.line_of(words)

    def unreadable(self, what: str, found: str) -> ContentError:
        """A fault told at the first line that holds what was found."""
        repair = "write it in one of the forms of the editor's guide; see also the lines above it"
        line = self.line_of(found)
        return ContentError(Problem(self.draft.file, line, what, found[:60], repair=repair))
