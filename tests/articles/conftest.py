import shutil

import pytest

from imsinfo.articles.library import get_library, read_library
from imsinfo.articles.sources import get_sources
from imsinfo.clinic import get_clinic
from imsinfo.red_flags import get_red_flags

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
DATA = ("clinic.yaml", "red-flags.yaml", "sources.yaml")


def forget():
    for built in (get_library, get_sources, get_clinic, get_red_flags):
        built.cache_clear()


@pytest.fixture
def content(tmp_path, settings):
    """A content folder of its own that holds the shipped data files and no article."""
    folder = tmp_path / "content"
    folder.mkdir()
    for name in DATA:
        shutil.copy(settings.BASE_DIR / "content" / name, folder)
    settings.CONTENT_ROOTS = [folder]
    forget()
    yield folder
    forget()


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
