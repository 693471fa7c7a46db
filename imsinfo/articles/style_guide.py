"""The living style guide: every section of the editor's guide with its example, rendered."""

import re
from dataclasses import dataclass, replace
from datetime import date

from django.utils.safestring import SafeString
from markdown.extensions.toc import slugify

from imsinfo.articles.checking import problems_of
from imsinfo.articles.frontmatter import METHOD_LABELS, Draft, Evidence, FrontMatter
from imsinfo.articles.library import Manuscripts, read_manuscripts
from imsinfo.articles.material import Material, material_of
from imsinfo.articles.rendering import Body, render
from imsinfo.articles.uses import waiting_for
from imsinfo.content import ContentFile, built_when_asked, content_file
from imsinfo.problems import ContentError, Problem

GUIDE = "README.md"
# Sections between these headings of the guide have an example each.
CHAPTER = "## Components"
SECTION = re.compile(r"^### (?P<title>.+)$", re.MULTILINE)
EXAMPLE = re.compile(r"^(?P<fence>`{3,})\n(?P<text>.*?)\n(?P=fence)$", re.MULTILINE | re.DOTALL)

EXAMPLE_FRONT = FrontMatter(
    title="Example",
    summary="An example of the style guide.",
    kind="condition",
    section="conditions",
    order=1,
    body=("whole-body",),
    sources_checked=date(2026, 11, 21),
    next_review=date(2028, 11, 21),
    evidence=tuple(
        Evidence(
            method=method,
            grade="none-found",
            statement="We found no study of this example.",
            sources=(),
        )
        for method in METHOD_LABELS
    ),
)


@dataclass(frozen=True)
class Entry:
    """One section of the guide: its words, its example as typed, and as readers see it.

    faults: what is wrong with the example, which then has no body.
    """

    id: str
    title: str
    words: SafeString
    source: str
    body: Body | None
    faults: tuple[Problem, ...]


def style_guide(file: ContentFile, read: Manuscripts) -> tuple[Entry, ...]:
    """Return an entry for each section of the chapter on components in the editor's guide.

    file: the guide; read: the content that the examples use. Raises ContentError where the
    guide or clinic.yaml cannot be read.
    """
    chapter = file.read().partition(f"\n{CHAPTER}\n")[2]
    chapter = re.split(r"^## ", chapter, maxsplit=1, flags=re.MULTILINE)[0]
    material = material_of(read.files, read.known.files)
    found = list(SECTION.finditer(chapter))
    ends = [*(section.start() for section in found[1:]), len(chapter)]
    return tuple(
        _entry(section["title"], chapter[section.end() : end], read, material)
        for section, end in zip(found, ends, strict=True)
    )


@built_when_asked
def get_style_guide() -> tuple[Entry, ...]:
    return style_guide(content_file(GUIDE), read_manuscripts())


def _entry(title: str, text: str, read: Manuscripts, material: Material) -> Entry:
    example = EXAMPLE.search(text)
    source = example["text"] if example else ""
    draft = Draft(f"{GUIDE}, {title}", EXAMPLE_FRONT, source, 1)
    words = render(replace(draft, text=EXAMPLE.sub("", text, count=1)), material).html
    body, faults = None, (*problems_of(draft, read.known), *waiting_for(draft, read.files))
    if not faults:
        try:
            body = render(draft, material)
        except ContentError as error:
            faults = error.problems
    return Entry(slugify(title, "-"), title, words, source, body, faults)
