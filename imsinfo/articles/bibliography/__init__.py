"""Every source that the published pages use, by kind of study, with the pages that use it."""

from collections.abc import Mapping
from dataclasses import dataclass

from imsinfo.articles.designs import GROUPS, Group
from imsinfo.articles.pages import Article, Library
from imsinfo.articles.sources import Source

# A list of more would take a poor phone line more than one round trip.
MOST_ON_A_PAGE = 40


@dataclass(frozen=True)
class UsedSource:
    """One source and the pages whose reference lists it stands in, in reading order."""

    source: Source
    pages: tuple[Article, ...]


def addresses_of_sources(library: Library) -> tuple[str, ...]:
    """Return the address of each part of each list of sources."""
    found: list[str] = []
    for group, sources in used_sources(library).items():
        parts = -(-len(sources) // MOST_ON_A_PAGE)
        further = (f"/references/{group.id}/{part}/" for part in range(2, parts + 1))
        found += [f"/references/{group.id}/", *further]
    return tuple(found)


def used_sources(library: Library) -> Mapping[Group, tuple[UsedSource, ...]]:
    """Return the sources of each group, in the order of their first authors and years."""
    pages: dict[str, list[Article]] = {}
    sources: dict[str, Source] = {}
    for article in library.articles:
        for reference in article.references:
            sources[reference.key] = reference.source
            pages.setdefault(reference.key, []).append(article)
    ordered = sorted(sources.values(), key=lambda source: (source.who.casefold(), source.key))
    return {
        group: tuple(
            UsedSource(source, tuple(pages[source.key]))
            for source in ordered
            if source.design in group.designs
        )
        for group in GROUPS
    }
