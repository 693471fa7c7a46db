"""What every article is rendered with, read from the data files, shared pieces and pictures."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from imsinfo.articles.cross_checks import figure_faults, sign_faults, term_faults
from imsinfo.articles.figures import Figure, get_figures
from imsinfo.articles.glossary import Term, get_glossary
from imsinfo.articles.pictures import Picture, read_picture
from imsinfo.articles.sources import Source, get_sources
from imsinfo.clinic import Clinic, get_clinic
from imsinfo.content import ContentFile, content_file, content_files
from imsinfo.problems import ContentError, Problem
from imsinfo.red_flags import RedFlags, get_red_flags

Read = TypeVar("Read")
Faults = dict[str, tuple[Problem, ...]]

CLINIC, RED_FLAGS, SOURCES = "clinic.yaml", "red-flags.yaml", "sources.yaml"
FIGURES, GLOSSARY = "figures.yaml", "glossary.yaml"
# Folders of the content that hold no pages.
SHARED, IMAGES = "shared/", "images/"
NO_RED_FLAGS = RedFlags(form_lines=(), before_needling=(), after_needling=())


@dataclass(frozen=True)
class Material:
    """What articles are rendered with.

    pages: the content files that a link may lead to; pieces: shared texts by name, such as
    ask-us; pictures: by file, such as images/visit.svg.
    """

    clinic: Clinic
    red_flags: RedFlags
    sources: Mapping[str, Source]
    pages: Collection[str] = ()
    figures: Mapping[str, Figure] = field(default_factory=dict)
    terms: Mapping[str, Term] = field(default_factory=dict)
    pieces: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, Picture] = field(default_factory=dict)


@dataclass(frozen=True)
class DataFiles:
    """The data files, shared pieces and pictures as far as they can be used.

    broken: the names of those that cannot; inserts: all pieces and pictures that are there.
    """

    clinic: Clinic | None
    red_flags: RedFlags
    sources: Mapping[str, Source]
    broken: frozenset[str]
    problems: tuple[Problem, ...]
    figures: Mapping[str, Figure] = field(default_factory=dict)
    terms: Mapping[str, Term] = field(default_factory=dict)
    pieces: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    inserts: Mapping[str, ContentFile] = field(default_factory=dict)


def read_data_files() -> DataFiles:
    """Read every data file; a broken one is named and stands empty."""
    faults: Faults = {}
    clinic = _read(CLINIC, get_clinic, None, faults)
    sources = _read(SOURCES, get_sources, dict[str, Source](), faults)
    red_flags = _read(RED_FLAGS, get_red_flags, NO_RED_FLAGS, faults)
    figures = _read_if_there(FIGURES, get_figures, faults)
    terms = _read_if_there(GLOSSARY, get_glossary, faults)
    if clinic and SOURCES not in faults:
        found = _cross_faults(clinic.fields, sources, (red_flags, figures, terms), faults)
        faults |= found
    inserts = {name: file for name, file in content_files().items() if is_insert(name)}
    pieces = _read_each(SHARED, inserts, ContentFile.read, faults)
    pictures = _read_each(IMAGES, inserts, read_picture, faults)
    return DataFiles(
        clinic,
        NO_RED_FLAGS if RED_FLAGS in faults else red_flags,
        sources,
        frozenset(faults),
        tuple(problem for found in faults.values() for problem in found),
        {} if FIGURES in faults else figures,
        {} if GLOSSARY in faults else terms,
        pieces,
        pictures,
        inserts,
    )


def material_of(files: DataFiles, pages: Collection[str]) -> Material:
    """Return what articles are rendered with; raises ContentError without a clinic."""
    if files.clinic is None:
        raise ContentError(*files.problems)
    return Material(
        files.clinic,
        files.red_flags,
        files.sources,
        pages,
        files.figures,
        files.terms,
        files.pieces,
        files.pictures,
    )


def is_insert(name: str) -> bool:
    """Return whether a content file is a shared piece or a picture."""
    return (name.startswith(SHARED) and name.endswith(".md")) or (
        name.startswith(IMAGES) and name.endswith(".svg")
    )


def piece_name(file: str) -> str:
    """Return the name under which pages use a piece: shared/ask-us.md is ask-us."""
    return file.removeprefix(SHARED).removesuffix(".md")


def _read(name: str, read: Callable[[], Read], empty: Read, faults: Faults) -> Read:
    try:
        return read()
    except ContentError as error:
        faults[name] = error.problems
        return empty


def _read_if_there(
    name: str, read: Callable[[], dict[str, Read]], faults: Faults
) -> dict[str, Read]:
    """A clinic need not have a single figure or term; a page that names one is told of it."""
    return _read(name, read, {}, faults) if content_file(name).path.is_file() else {}


def _read_each(
    folder: str,
    inserts: Mapping[str, ContentFile],
    read: Callable[[ContentFile], Read],
    faults: Faults,
) -> dict[str, Read]:
    found: dict[str, Read] = {}
    for name, file in inserts.items():
        if name.startswith(folder):
            try:
                found[piece_name(name)] = read(file)
            except ContentError as error:
                faults[name] = error.problems
    return found


def _cross_faults(
    fields: Collection[str],
    sources: Mapping[str, Source],
    data: tuple[RedFlags, Mapping[str, Figure], Mapping[str, Term]],
    faults: Faults,
) -> Faults:
    """The faults that a data file shows only beside the others, by its name.

    faults: of the files that cannot be read themselves, and are not looked at again.
    """
    red_flags, figures, terms = data
    checks = {
        RED_FLAGS: lambda: sign_faults(red_flags, fields, sources),
        FIGURES: lambda: figure_faults(figures, fields, sources),
        GLOSSARY: lambda: term_faults(terms, fields, sources),
    }
    found = {name: tuple(check()) for name, check in checks.items() if name not in faults}
    return {name: problems for name, problems in found.items() if problems}
