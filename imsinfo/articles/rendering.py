"""From a checked draft to HTML, with its contents and its numbered references."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, SubElement

import markdown
from django.utils.safestring import SafeString, mark_safe
from markdown.extensions import Extension
from markdown.extensions.toc import TocExtension
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from imsinfo.articles import syntax
from imsinfo.articles.components import Expander
from imsinfo.articles.frontmatter import Draft
from imsinfo.articles.sources import Source
from imsinfo.clinic import CLINIC_FIELD, PHONE_FIELDS, Clinic, phone_href
from imsinfo.red_flags import RedFlags

EXTENSIONS = ("tables", "def_list", "abbr", "fenced_code", "sane_lists", "smarty")


@dataclass(frozen=True)
class Heading:
    id: str
    text: str


@dataclass(frozen=True)
class Reference:
    """One entry of a page's reference list. cited_by: the ids of the places that cite it."""

    number: int
    key: str
    text: str
    url: str
    cited_by: tuple[str, ...]


@dataclass(frozen=True)
class Body:
    html: SafeString
    headings: tuple[Heading, ...]
    references: tuple[Reference, ...]


@dataclass(frozen=True)
class Material:
    """What every article is rendered with."""

    clinic: Clinic
    red_flags: RedFlags
    sources: Mapping[str, Source]


@dataclass
class Citations:
    """Numbers the sources of one article in the order of their first use."""

    places: dict[str, list[str]] = field(default_factory=dict)

    def cite(self, key: str) -> tuple[int, str]:
        """Return the number of a source and the id of this place."""
        places = self.places.setdefault(key, [])
        places.append(f"cite-{key}-{len(places) + 1}")
        return list(self.places).index(key) + 1, places[-1]

    def references(self, sources: Mapping[str, Source]) -> tuple[Reference, ...]:
        return tuple(
            Reference(number, key, sources[key].text, sources[key].address, tuple(places))
            for number, (key, places) in enumerate(self.places.items(), start=1)
        )


def render(draft: Draft, material: Material) -> Body:
    """Return the body of an article whose text has passed the checks."""
    citations = Citations()
    # A Markdown instance keeps state between calls, so each article gets its own.
    engine = markdown.Markdown(
        extensions=[
            *EXTENSIONS,
            TocExtension(marker="", toc_depth="2-3"),
            ArticleSyntax(draft, material, citations),
        ]
    )
    body = engine.convert(draft.text)
    headings = tuple(
        Heading(token["id"], html.unescape(token["name"])) for token in engine.toc_tokens
    )
    # Raw HTML is refused by the checks and escaped by Markdown.
    safe = mark_safe(body)  # noqa: S308
    return Body(safe, headings, citations.references(material.sources))


class ArticleSyntax(Extension):
    """Adds the components, citations, clinic fields and page links to Markdown; removes HTML."""

    def __init__(self, draft: Draft, material: Material, citations: Citations):
        super().__init__()
        self.draft, self.material, self.citations = draft, material, citations

    def extendMarkdown(self, md):  # noqa: N802 -- the name is Markdown's
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        md.preprocessors.register(_Components(md, self.draft, self.material), "components", 15)
        # Before links (160) and references (170), after code spans (190) and escapes (180).
        citation = _Citation(syntax.CITATION.pattern, md, self.citations)
        md.inlinePatterns.register(citation, "citation", 175)
        clinic = _ClinicField(CLINIC_FIELD.pattern, md, self.material.clinic)
        md.inlinePatterns.register(clinic, "clinic", 174)
        md.treeprocessors.register(_Finish(md), "finish", 5)


class _Components(Preprocessor):
    def __init__(self, md, draft: Draft, material: Material):
        super().__init__(md)
        self.draft, self.material = draft, material

    def run(self, lines):
        front, material = self.draft.front, self.material
        store = self.md.htmlStash.store
        return Expander(front, material.clinic, material.red_flags, store).expand(lines)


class _Citation(InlineProcessor):
    def __init__(self, pattern: str, md, citations: Citations):
        super().__init__(pattern, md)
        self.citations = citations

    def handleMatch(self, m, data):  # noqa: N802 -- the name is Markdown's
        number, place = self.citations.cite(m[1])
        sup = Element("sup", {"class": "citation"})
        link = SubElement(sup, "a", {"href": f"#ref-{m[1]}", "id": place})
        words = SubElement(link, "span", {"class": "visually-hidden"})
        words.text = AtomicString("source ")
        words.tail = AtomicString(f"[{number}]")
        return sup, m.start(0), m.end(0)


class _ClinicField(InlineProcessor):
    def __init__(self, pattern: str, md, clinic: Clinic):
        super().__init__(pattern, md)
        self.clinic = clinic

    def handleMatch(self, m, data):  # noqa: N802 -- the name is Markdown's
        value = self.clinic.fields[m[1]]
        is_phone = m[1] in PHONE_FIELDS
        element = Element("a", {"href": phone_href(value)}) if is_phone else Element("span")
        element.text = AtomicString(value)
        return element, m.start(0), m.end(0)


class _Finish(Treeprocessor):
    """Page links become addresses; tables can be read as cards; no style attribute is left."""

    def run(self, root):
        for link in root.iter("a"):
            target, _, anchor = link.get("href", "").partition("#")
            if re.fullmatch(r"[\w./-]+\.md", target):
                link.set("href", syntax.address_of(target) + (f"#{anchor}" if anchor else ""))
        for parent in list(root.iter()):
            for index, child in enumerate(list(parent)):
                if child.tag == "table":
                    parent.remove(child)
                    parent.insert(index, _wrapped(child))


def _wrapped(table: Element) -> Element:
    """Put a table into its box and tell every cell the heading of its column."""
    heads = ["".join(cell.itertext()) for cell in table.iter("th")]
    for cell in table.iter("th"):
        cell.set("scope", "col")
    for row in table.iter("tr"):
        for head, cell in zip(heads, row.findall("td"), strict=False):
            cell.set("data-label", head)
    for cell in (*table.iter("th"), *table.iter("td")):
        align = re.search(r"text-align: (right|center)", cell.attrib.pop("style", ""))
        if align:
            cell.set("class", f"align-{align[1]}")
    box = Element("div", {"class": "table-wrap"})
    box.append(table)
    return box
