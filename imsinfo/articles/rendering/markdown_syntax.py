"""What articles write beyond Markdown, taught to Python-Markdown; and what it must not read."""

from collections.abc import Callable
from xml.etree.ElementTree import Element, SubElement

from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.util import AtomicString

from imsinfo.articles import syntax
from imsinfo.articles.rendering.components import Expander
from imsinfo.articles.rendering.finishing import Finish
from imsinfo.articles.rendering.inline import leave_out_vain_steps
from imsinfo.articles.rendering.making import PageInMaking
from imsinfo.articles.rendering.words import (
    CITED,
    FIGURE,
    TERM,
    WORDS,
    add_citations,
    add_words,
    field_element,
)
from imsinfo.clinic import CLINIC_FIELD

# The forms that components leave in the text, for what Markdown puts into its own order.
COUNTED = r"\{counted:([a-z0-9_]+)\}"
MEANING = r"\{meaning:([a-z0-9-]+)\}"
CAPTION = r"\{caption:(\d+)\}"


class ArticleSyntax(Extension):
    """Adds components, fields, figures, terms, citations and page links; removes HTML."""

    def __init__(self, page: PageInMaking):
        super().__init__()
        self.page = page

    def extendMarkdown(self, md):  # noqa: N802 -- the name is Markdown's
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        md.preprocessors.register(_Components(md, self.page), "components", 15)
        # Before links (160) and references (170), after code spans (190) and escapes (180).
        patterns = {
            syntax.CITATION.pattern: _citation,
            CLINIC_FIELD.pattern: _clinic_field,
            syntax.FIGURE.pattern: _figure,
            syntax.TERM.pattern: _term,
            COUNTED: _counted,
            MEANING: _meaning,
            CAPTION: _caption,
        }
        for at, (pattern, build) in enumerate(patterns.items()):
            inline = _Inline(pattern, md, self.page, build)
            md.inlinePatterns.register(inline, build.__name__, 179 - at)
        # After the contents (5), which take no citation into the words of a heading.
        md.treeprocessors.register(Finish(md, self.page), "finish", 4)
        leave_out_vain_steps(md)


class _Components(Preprocessor):
    def __init__(self, md, page: PageInMaking):
        super().__init__(md)
        self.page = page

    def run(self, lines):
        return Expander(self.page, self.md.htmlStash.store).expand(lines)


class _Inline(InlineProcessor):
    """Puts what build returns in place of each match."""

    def __init__(self, pattern: str, md, page: PageInMaking, build: Callable):
        super().__init__(pattern, md)
        self.page, self.build = page, build

    def handleMatch(self, m, data):  # noqa: N802 -- the name is Markdown's
        try:
            return self.build(self.page, m), m.start(0), m.end(0)
        except (KeyError, IndexError) as error:
            # The checks and Markdown have read the text differently.
            raise self.page.unreadable(f"unknown {_KINDS[self.build]}", m[0]) from error


def _citation(page: PageInMaking, m) -> Element:
    # Only marked here: Markdown comes to lists and tables after the paragraphs below them.
    return Element("sup", {CITED: page.material.sources[m[1]].key})


def _clinic_field(page: PageInMaking, m) -> Element:
    return field_element(m[1], page.material.clinic)


def _figure(page: PageInMaking, m) -> Element:
    """The words of a figure, with its sources behind them."""
    figure = page.material.figures[m[1]]
    element = Element("span", {FIGURE: figure.id})
    add_words(element, figure.says, page.material.clinic)
    add_citations(element, figure.sources)
    return element


def _term(page: PageInMaking, m) -> Element:
    # Only marked here: which use is the first shows once the whole page is there.
    words = m[2] or page.material.terms[m[1]].term
    return Element("span", {TERM: page.material.terms[m[1]].id, WORDS: words})


def _counted(page: PageInMaking, m) -> Element:
    """What an icon array says in words: the event, the count, who counted and over what time."""
    figure, clinic = page.material.figures[m[1]], page.material.clinic
    if figure.n is None or figure.of is None:
        raise KeyError(m[1])
    element = Element("span")
    element.text = AtomicString("")
    what = SubElement(element, "strong")
    add_words(what, f"{figure.what[:1].upper()}{figure.what[1:]}", clinic)
    add_words(element, f": {figure.n:,} of {figure.of:,} {figure.group}", clinic)
    by = f" Who counted: {figure.counted_by}." if figure.counted_by else ""
    over = f" Time span: {figure.over}." if figure.over else ""
    add_words(element, f".{by}{over}", clinic)
    add_citations(element, figure.sources)
    return element


def _meaning(page: PageInMaking, m) -> Element:
    """The meaning of a term as a sentence, with its sources behind it."""
    term = page.material.terms[m[1]]
    element = Element("span")
    add_words(element, sentence(term.meaning), page.material.clinic)
    add_citations(element, term.sources)
    return element


def sentence(words: str) -> str:
    """Return words with a capital letter in front and a full stop behind."""
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."


def _caption(page: PageInMaking, m) -> Element:
    # The table that it belongs to is not there yet.
    page.captions[int(m[1])]
    return Element("span", {"data-caption": m[1]})


_KINDS = {
    _citation: "source",
    _clinic_field: "clinic field",
    _figure: "figure",
    _term: "term",
    _counted: "figure",
    _meaning: "term",
    _caption: "caption",
}
