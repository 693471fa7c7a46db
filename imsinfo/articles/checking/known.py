"""What an article may name."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from imsinfo.articles.figures import Figure
from imsinfo.articles.material import (
    FIGURES,
    GLOSSARY,
    IMAGES,
    SHARED,
    SOURCES,
    DataFiles,
    piece_name,
)
from imsinfo.articles.syntax import address_of


@dataclass(frozen=True)
class Known:
    """What an article may name.

    files: pages; sources, clinic_fields and terms: their keys; figures: by id; pieces: shared
    texts; pictures: files in images/; addresses: all that the site answers.
    None stands for what is itself broken or not known here: then no name of it can be wrong.
    """

    files: Collection[str]
    sources: Collection[str] | None
    clinic_fields: Collection[str] | None
    figures: Mapping[str, Figure] | None = None
    terms: Collection[str] | None = None
    pieces: Collection[str] | None = None
    pictures: Collection[str] | None = None
    addresses: Collection[str] | None = None

    @cached_property
    def page_at(self) -> Mapping[str, str]:
        """The file of each page by its address."""
        return {address_of(name): name for name in self.files}


def known_names(
    files: DataFiles, pages: Collection[str], addresses: Collection[str] | None = None
) -> Known:
    """Return what an article may name.

    pages: content files that are pages; addresses: what the site answers beside them, such as
    /enquiry/, or None to believe every address.
    """
    broken = files.broken
    return Known(
        pages,
        None if SOURCES in broken else files.sources.keys(),
        files.clinic.fields.keys() if files.clinic else None,
        None if FIGURES in broken else files.figures,
        None if GLOSSARY in broken else files.terms.keys(),
        tuple(piece_name(name) for name in files.inserts if name.startswith(SHARED)),
        tuple(name for name in files.inserts if name.startswith(IMAGES)),
        addresses,
    )


def one_of(what: str, found: str, names: Iterable[str]) -> str:
    """Return what was expected, with the names that are most like the one that was found."""
    near = get_close_matches(found, list(names), n=3, cutoff=0.6)
    return f"{what}, such as {' or '.join(near)}" if near else what
