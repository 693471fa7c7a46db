"""The last pass over a page, in the order in which it is read."""

import re
from xml.etree.ElementTree import Element, SubElement

from markdown.treeprocessors import Treeprocessor, UnescapeTreeprocessor
from markdown.util import ETX, STX, AtomicString

from imsinfo.articles.rendering.making import PageInMaking
from imsinfo.articles.rendering.tables import captioned, wrapped
from imsinfo.articles.rendering.words import CITED, FIGURE, TERM, WORDS, add_words

SAFE_LINK = re.compile(r"(https?://|mailto:|tel:|#|/(?!/))")
STORED = re.compile(f"{STX}.*?{ETX}")
CAPTION = "data-caption"
# Headings are listed and links are read out by their words alone.
PLAIN = ("h1", "h2", "h3", "h4", "h5", "h6", "th", "a")
GLOSSARY_PAGE = "glossary.md"
NO_BREAK = "\u00a0"


class Finish(Treeprocessor):
    """Page links become addresses, tables get their captions, citations their numbers.

    Raises ContentError for what the checks have read differently from Markdown.
    """

    def __init__(self, md, page: PageInMaking):
        super().__init__(md)
        self.page = page

    def run(self, root):
        self._refuse(root)
        self._refuse_joined(root)
        for link in root.iter("a"):
            self._finish_link(link)
        _mark_lone_links(root)
        self._finish_tables(root)
        _bind_citations(root)
        # The tree is walked in the order in which a page is read.
        for element in list(root.iter()):
            element.attrib.pop(FIGURE, "")
            if CITED in element.attrib:
                self._number(element)
            elif TERM in element.attrib:
                self._finish_term(element)

    def _refuse(self, root: Element) -> None:
        title, picture = root.find(".//h1"), root.find(".//img")
        if title is not None:
            raise self.page.unreadable("a heading of level 1", "".join(title.itertext()))
        if picture is not None:
            address = _unescaped(picture.get("src", ""))
            raise self.page.unreadable("a picture that is not alone on its line", address)
        for place in root.iter():
            if place.tag in PLAIN:
                for mark in place.iter():
                    for kind, name in ((FIGURE, "figure"), (TERM, "term")):
                        if kind in mark.attrib:
                            what = f"a {name} in a heading or link"
                            raise self.page.unreadable(what, f"{{{name}:{mark.attrib[kind]}")

    def _refuse_joined(self, root: Element) -> None:
        """Refuse a component that Markdown has joined to the text beside it.

        Its first and its last HTML stand alone in the page, or what is between them would not
        be within it.
        """
        alone = {child for child in root if child.tag == "p" and child.text in self.page.marks}
        for element in root.iter():
            for text in (element.text if element not in alone else "", element.tail):
                if text and any(mark in self.page.marks for mark in STORED.findall(text)):
                    what = "a line that Markdown joins to the component beside it"
                    raise self.page.unreadable(what, ":::")

    def _finish_link(self, link: Element) -> None:
        """Refuse what leads nowhere or runs a script, however Markdown came to it."""
        address = _unescaped(link.get("href", ""))
        target = address.partition("#")[0]
        if target in self.page.material.pages or address.startswith("#"):
            link.set("href", self.page.link(address))
        elif not SAFE_LINK.match(address):
            raise self.page.unreadable("a link to a page that is not there", address)
        if link.find(".//a") is not None or link.find(".//sup") is not None:
            raise self.page.unreadable("a link inside a link", address)

    def _finish_tables(self, root: Element) -> None:
        for parent in list(root.iter()):
            caption = None
            for child in list(parent):
                mark = child.find(f"span[@{CAPTION}]") if child.tag == "p" else None
                if child.tag == "table":
                    table = captioned(child, caption, self.page.material.clinic)
                    parent.insert(list(parent).index(child), wrapped(table))
                    parent.remove(child)
                elif caption is not None:
                    raise self.page.unreadable("the component comparison holds no table", caption)
                caption = None
                if mark is not None:
                    caption = self.page.captions[int(mark.attrib[CAPTION])]
                    parent.remove(child)
            if caption is not None:
                raise self.page.unreadable("the component comparison holds no table", caption)

    def _number(self, sup: Element) -> None:
        key = sup.attrib.pop(CITED)
        source = self.page.material.sources[key]
        reference, is_first = self.page.citations.cite(key, source)
        link = SubElement(sup, "a", {"href": f"#{reference.id}"})
        if is_first:
            link.set("id", reference.cited_at)
        link.text = f"[{reference.number}]"

    def _finish_term(self, span: Element) -> None:
        """Explain a term where it first stands; later its words are enough."""
        key, words = span.attrib.pop(TERM), span.attrib.pop(WORDS)
        if key in self.page.explained:
            span.text = AtomicString(words)
            return
        self.page.explained.add(key)
        name = SubElement(span, "dfn")
        if GLOSSARY_PAGE in self.page.material.pages:
            address = self.page.link(f"{GLOSSARY_PAGE}#{key}", f"{{term:{key}")
            name = SubElement(name, "a", {"href": address})
        name.text = AtomicString(words)
        meaning = self.page.material.terms[key].meaning.rstrip(".")
        add_words(span, f" ({meaning})", self.page.material.clinic)


def _mark_lone_links(root: Element) -> None:
    """Tell the links that are all of a paragraph, item or cell: they need room for a thumb."""
    for element in root.iter():
        is_block = element.tag in ("p", "li", "td")
        if is_block and len(element) == 1 and element[0].tag == "a":
            around = (element.text or "") + (element[0].tail or "")
            if not around.strip(" .\n"):
                element[0].set("class", "lone-link")


def _bind_citations(root: Element) -> None:
    """Let no line begin with the mark of a source: it stays with the word in front of it."""
    for parent in root.iter():
        before: Element | None = None
        for child in parent:
            if child.tag == "sup" and before is None:
                parent.text = _bound(parent.text)
            elif child.tag == "sup" and before is not None:
                before.tail = _bound(before.tail)
            before = child


def _bound(words: str | None) -> str | None:
    """Words with a last space at which no line breaks; one between two marks stays as it is."""
    return f"{words[:-1]}{NO_BREAK}" if words and words.strip() and words[-1] == " " else words


def _unescaped(address: str) -> str:
    """An address without the signs behind which Markdown hides what it has escaped."""
    return UnescapeTreeprocessor().unescape(address)
