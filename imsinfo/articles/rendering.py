"""From a checked draft to HTML, with its contents and its numbered references."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, SubElement

import markdown
from django.utils.safestring import SafeString, mark_safe
from markdown.extensions import Extension
from markdown.extensions.toc import TocExtension, slugify
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor, UnescapeTreeprocessor
from markdown.util import AtomicString

from imsinfo.articles import syntax
from imsinfo.articles.components import Expander
from imsinfo.articles.frontmatter import Draft
from imsinfo.articles.material import Material
from imsinfo.articles.sources import Source
from imsinfo.clinic import CLINIC_FIELD, PHONE_FIELDS, Clinic, phone_href
from imsinfo.problems import ContentError, Problem

SAFE_LINK = re.compile(r"(https?://|mailto:|tel:|#|/(?!/))")
CODE = re.compile(r"<code\b.*?</code>|<pre\b.*?</pre>", re.DOTALL)
LEFT_OVER = re.compile(r"[{}]|\[@|:::")

# Marks a citation until it is numbered.
CITED = "data-cited"

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
    """Return the body of an article whose text has passed the checks.

    Raises ContentError for what only shows once Markdown has read the text.
    """
    citations = Citations()
    # A Markdown instance keeps state between calls, so each article gets its own.
    engine = markdown.Markdown(
        extensions=[
            *EXTENSIONS,
            TocExtension(marker="", toc_depth="2-3", slugify=_heading_id),
            ArticleSyntax(draft, material, citations),
        ]
    )
    body = _converted(engine, draft)
    tokens = engine.toc_tokens
    headings = tuple(Heading(token["id"], html.unescape(token["name"])) for token in tokens)
    # Raw HTML is refused by the checks and escaped by Markdown.
    safe = mark_safe(body)  # noqa: S308
    return Body(safe, headings, citations.references(material.sources))


def _converted(engine: markdown.Markdown, draft: Draft) -> str:
    try:
        body = engine.convert(draft.text)
    except RecursionError as error:
        repair = "use fewer levels"
        what = "lists or quotes stand too deep inside each other"
        raise ContentError(Problem(draft.file, draft.first_line, what, repair=repair)) from error
    left = LEFT_OVER.search(CODE.sub("", body))
    if left:
        raise _unreadable(draft, "Markdown does not read this as it was meant", left[0])
    return body


def _unreadable(draft: Draft, what: str, found: str) -> ContentError:
    """A fault told at the first line that holds what was found."""
    repair = "write it in one of the forms of the editor's guide; see also the lines above it"
    return ContentError(Problem(draft.file, draft.line_of(found), what, found[:60], repair=repair))


def _heading_id(text: str, separator: str) -> str:
    """An id from the words of a heading that no other part of the page has."""
    name = slugify(text, separator)
    taken = name in syntax.TAKEN_IDS or name.startswith(("ref-", "cite-"))
    return f"section-{name}" if taken else name


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
        citation = _Citation(syntax.CITATION.pattern, md, self)
        md.inlinePatterns.register(citation, "citation", 175)
        clinic = _ClinicField(CLINIC_FIELD.pattern, md, self)
        md.inlinePatterns.register(clinic, "clinic", 174)
        # After the contents (5), which take no citation into the words of a heading.
        md.treeprocessors.register(_Finish(md, self), "finish", 4)


class _Components(Preprocessor):
    def __init__(self, md, draft: Draft, material: Material):
        super().__init__(md)
        self.draft, self.material = draft, material

    def run(self, lines):
        front, material = self.draft.front, self.material
        store = self.md.htmlStash.store
        return Expander(front, material.clinic, material.red_flags, store).expand(lines)


class _Citation(InlineProcessor):
    def __init__(self, pattern: str, md, article: ArticleSyntax):
        super().__init__(pattern, md)
        self.article = article

    def handleMatch(self, m, data):  # noqa: N802 -- the name is Markdown's
        if m[1] not in self.article.material.sources:
            raise _unreadable(self.article.draft, "unknown source", f"[@{m[1]}]")
        # Only marked here: Markdown comes to lists and tables after the paragraphs below them.
        sup = Element("sup", {"class": "citation", CITED: m[1]})
        return sup, m.start(0), m.end(0)


class _ClinicField(InlineProcessor):
    def __init__(self, pattern: str, md, article: ArticleSyntax):
        super().__init__(pattern, md)
        self.article = article
        self.clinic: Clinic = article.material.clinic

    def handleMatch(self, m, data):  # noqa: N802 -- the name is Markdown's
        if m[1] not in self.clinic.fields:
            raise _unreadable(self.article.draft, "unknown clinic field", m[0])
        value = self.clinic.fields[m[1]]
        is_phone = m[1] in PHONE_FIELDS
        element = Element("a", {"href": phone_href(value)}) if is_phone else Element("span")
        element.text = AtomicString(value)
        return element, m.start(0), m.end(0)


class _Finish(Treeprocessor):
    """Page links become addresses, tables can be read as cards, citations get their numbers."""

    def __init__(self, md, article: ArticleSyntax):
        super().__init__(md)
        self.draft, self.pages = article.draft, article.material.pages
        self.citations = article.citations

    def run(self, root):
        title = root.find(".//h1")
        if title is not None:
            raise _unreadable(self.draft, "a heading of level 1", "".join(title.itertext()))
        for link in root.iter("a"):
            self._finish_link(link)
        for parent in list(root.iter()):
            for index, child in enumerate(list(parent)):
                if child.tag == "table":
                    parent.remove(child)
                    parent.insert(index, _wrapped(child))
        for sup in root.iter("sup"):
            self._number(sup)

    def _number(self, sup: Element) -> None:
        """Number a citation; the tree is walked in the order in which a page is read."""
        key = sup.attrib.pop(CITED, "")
        if not key:
            return
        number, place = self.citations.cite(key)
        link = SubElement(sup, "a", {"href": f"#ref-{key}", "id": place})
        words = SubElement(link, "span", {"class": "visually-hidden"})
        words.text = "source "
        words.tail = f"[{number}]"

    def _finish_link(self, link: Element) -> None:
        """Refuse what leads nowhere or runs a script, however Markdown came to it."""
        # Markdown hides the signs of an address that it has escaped.
        address = UnescapeTreeprocessor().unescape(link.get("href", ""))
        target, _, anchor = address.partition("#")
        if target in self.pages:
            link.set("href", syntax.address_of(target) + (f"#{anchor}" if anchor else ""))
        elif not SAFE_LINK.match(address):
            raise _unreadable(self.draft, "a link to a page that is not there", address)
        if link.find(".//a") is not None:
            raise _unreadable(self.draft, "a link inside a link", address)


def _wrapped(table: Element) -> Element:
    """Put a table into its box and tell every cell the heading of its column."""
    heads = ["".join(cell.itertext()).strip() for cell in table.iter("th")]
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
