"""From a checked draft to HTML, with its contents, numbered references, anchors and links."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

import markdown
from django.utils.safestring import SafeString, mark_safe
from markdown.extensions.toc import TocExtension

from imsinfo.articles import syntax
from imsinfo.articles.frontmatter import Draft
from imsinfo.articles.material import Material
from imsinfo.articles.pieces import with_pieces
from imsinfo.articles.rendering.making import Link, PageInMaking, Reference, references_of
from imsinfo.articles.rendering.markdown_syntax import ArticleSyntax
from imsinfo.articles.uses import uses_of
from imsinfo.problems import ContentError, Problem

__all__ = ["Body", "Heading", "Link", "Reference", "references_of", "render"]

CODE = re.compile(r"<code\b.*?</code>|<pre\b.*?</pre>", re.DOTALL)
# Written so that all other signs are passed over at once.
LEFT_OVER = re.compile(r"[{}\[:](?:(?<=[{}])|(?<=\[)@|(?<=:)::)")
ID = re.compile(r'<[a-z][^<>]*? id="([^"]+)"')

EXTENSIONS = ("tables", "def_list", "abbr", "fenced_code", "sane_lists", "smarty")
# With fewer headings a page shows no list of them.
LEAST_HEADINGS = 4


@dataclass(frozen=True)
class Heading:
    id: str
    text: str


@dataclass(frozen=True)
class Body:
    """The body of a page.

    anchors: every id on the page as readers get it; links: where it leads within the site;
    uses: the names of what it shows beyond its own text, such as figure:bruise.
    """

    html: SafeString
    headings: tuple[Heading, ...]
    references: tuple[Reference, ...]
    anchors: frozenset[str] = frozenset()
    links: tuple[Link, ...] = ()
    uses: frozenset[str] = frozenset()


def render(draft: Draft, material: Material) -> Body:
    """Return the body of an article whose text has passed the checks.

    Raises ContentError for what only shows once Markdown has read the text.
    """
    page = PageInMaking(draft, material)
    engine = engine_of(page)
    body = _converted(engine, page)
    headings = tuple(
        Heading(token["id"], html.unescape(token["name"])) for token in engine.toc_tokens
    )
    references = tuple(page.citations.cited.values())
    return Body(
        # Raw HTML is refused by the checks and escaped by Markdown.
        mark_safe(body),  # noqa: S308
        headings,
        references,
        frozenset([*ID.findall(body), *_template_ids(draft, headings, references)]),
        tuple(dict.fromkeys(page.links)),
        uses_of(draft, material),
    )


def engine_of(page: PageInMaking) -> markdown.Markdown:
    """Return the Markdown of articles. It keeps state between calls, so each page has its own."""
    contents = TocExtension(marker="", toc_depth="2-3", slugify=page.ids.of_heading)
    return markdown.Markdown(extensions=[*EXTENSIONS, contents, ArticleSyntax(page)])


def _converted(engine: markdown.Markdown, page: PageInMaking) -> str:
    draft = page.draft
    try:
        body = engine.convert(with_pieces(draft.text, page.material.pieces))
    except RecursionError as error:
        repair = "use fewer levels"
        what = "lists or quotes stand too deep inside each other"
        raise ContentError(Problem(draft.file, draft.first_line, what, repair=repair)) from error
    left = LEFT_OVER.search(CODE.sub("", body))
    if left:
        raise page.unreadable("Markdown does not read this as it was meant", left[0])
    return body


def _template_ids(
    draft: Draft, headings: tuple[Heading, ...], references: tuple[Reference, ...]
) -> Iterator[str]:
    """The ids that the template of the page adds to those of its body."""
    is_home = draft.front.kind == "home"
    has = {
        "always": True,
        "references": bool(references),
        "contents": not is_home and len(headings) >= LEAST_HEADINGS,
        "home": is_home,
    }
    yield from (name for name, needed in syntax.TEMPLATE_IDS.items() if has[needed])
    yield from (reference.id for reference in references)
