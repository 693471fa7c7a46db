import shutil

import pytest

from imsinfo.articles.figures import get_figures
from imsinfo.articles.glossary import get_glossary
from imsinfo.articles.library import get_library, read_library
from imsinfo.articles.sources import get_sources
from imsinfo.clinic import get_clinic
from imsinfo.red_flags import get_red_flags
from tests.conftest import ParsedPage

FRONT = """---
title: A page
summary: What it says.
kind: guide
section: about-ims
order: 50
sources_checked: 2026-11-21
next_review: 2028-11-21
{more}---
"""
DATA = (
    *("clinic.yaml", "figures.yaml", "glossary.yaml", "red-flags.yaml", "sources.yaml"),
    "wording.yaml",
)
FIGURES = """- id: bruise
  says: about 8 in 100 treatments
  what: a bruise
  n: 8
  of: 100
  group: treatments
  counted_by: the therapists
  over: ten weeks
  sources: [kim_2012, ga_2007]
- id: pain
  says: about 3 in 100 treatments
  what: pain
  n: 3
  of: 100
  group: treatments
  sources: [ga_2007]
- id: other
  says: about 5 in 100 people
  what: pain
  n: 5
  of: 100
  group: people
  sources: [ga_2007]
- id: major
  says: about 10 in 10,000 treatments
  what: a major event
  n: 10
  of: 10000
  group: treatments
  sources: [ga_2007]
- id: patients
  says: about 1 in 20,000 patients
  what: a major event
  n: 1
  of: 20000
  group: patients
  sources: [ga_2007]
- id: needle
  kind: measured
  says: about 0.3 mm
  sources: [ga_2007]
- id: review
  kind: our_rule
  says: three days
"""
GLOSSARY = """- id: trigger-point
  term: trigger point
  meaning: a sore spot in a muscle
  also: [muscle knot, tender spot]
  sources: [kim_2012]
- id: pneumothorax
  term: Pneumothorax
  meaning: a collapsed lung; call {clinic.emergency_number}
"""
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 288 100">'
    '<path id="band" d="M0 0L9 9" class="picture-line"/>{more}</svg>'
)


def forget():
    built_once = (get_library, get_sources, get_clinic, get_red_flags, get_figures, get_glossary)
    for built in built_once:
        built.cache_clear()


@pytest.fixture
def content(tmp_path, settings, other_content):
    """A content folder of its own that holds the shipped data files and no article."""
    folder = tmp_path / "content"
    folder.mkdir()
    for name in DATA:
        shutil.copy(settings.BASE_DIR / "content" / name, folder)
    settings.CONTENT_ROOTS = [folder]
    return folder


@pytest.fixture
def write(content):
    """Write a file into the content folder, bytes or text as they are."""

    def write(name, text):
        path = content / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        forget()

    return write


@pytest.fixture
def write_article(write):
    """Write an article with good front matter; more: further lines of it."""
    return lambda text, name="page.md", more="": write(name, FRONT.format(more=more) + text)


@pytest.fixture
def written(write):
    """Figures, terms, a shared piece and a picture, as an article may use them."""
    write("figures.yaml", FIGURES)
    write("glossary.yaml", GLOSSARY)
    write("shared/ask.md", "Ask *us* [@kim_2012].")
    write("images/band.svg", DRAWING.format(more=""))


@pytest.fixture
def told(write_article):
    """Write one article and return what is told of it, without the folder in front."""

    def told(text, **options):
        write_article(text, **options)
        return [str(problem).removeprefix("content/") for problem in read_library().problems]

    return told


@pytest.fixture
def body(write_article):
    """Write one article and return its rendered body."""

    def body(text, **options):
        write_article(text, **options)
        library = read_library()
        assert library.problems == ()
        return library.articles[0].rendered

    return body


@pytest.fixture
def parsed_body():
    """Return a function that parses a rendered body, to ask it for its ids."""
    return lambda rendered: ParsedPage(rendered.html)
