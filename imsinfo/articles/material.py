"""What every article is rendered with: clinic, warning signs, sources and the names of pages."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from imsinfo.articles import syntax
from imsinfo.articles.sources import Source, get_sources
from imsinfo.clinic import CLINIC_FIELD, Clinic, get_clinic
from imsinfo.content import content_file
from imsinfo.problems import ContentError, Problem
from imsinfo.red_flags import AfterSign, RedFlags, Sign, get_red_flags

Read = TypeVar("Read")

CLINIC, RED_FLAGS, SOURCES = "clinic.yaml", "red-flags.yaml", "sources.yaml"
NO_RED_FLAGS = RedFlags(form_lines=(), before_needling=(), after_needling=())


@dataclass(frozen=True)
class Material:
    """What articles are rendered with. pages: the content files that a link may lead to."""

    clinic: Clinic
    red_flags: RedFlags
    sources: Mapping[str, Source]
    pages: Collection[str] = ()


@dataclass(frozen=True)
class DataFiles:
    """The data files as far as they can be used. broken: those that cannot."""

    clinic: Clinic | None
    red_flags: RedFlags
    sources: Mapping[str, Source]
    broken: frozenset[str]
    problems: tuple[Problem, ...]


def read_data_files() -> DataFiles:
    """Read the three data files; a broken one is named and stands empty."""
    faults: dict[str, tuple[Problem, ...]] = {}
    clinic = _read(CLINIC, get_clinic, None, faults)
    nothing: dict[str, Source] = {}
    sources = _read(SOURCES, get_sources, nothing, faults)
    red_flags = _read(RED_FLAGS, get_red_flags, NO_RED_FLAGS, faults)
    if not faults and clinic:
        found = tuple(_unknown_names(red_flags, clinic, sources))
        if found:
            faults[RED_FLAGS], red_flags = found, NO_RED_FLAGS
    problems = tuple(problem for found in faults.values() for problem in found)
    return DataFiles(clinic, red_flags, sources, frozenset(faults), problems)


def _read(
    name: str, read: Callable[[], Read], empty: Read, faults: dict[str, tuple[Problem, ...]]
) -> Read:
    try:
        return read()
    except ContentError as error:
        faults[name] = error.problems
        return empty


def _unknown_names(
    red_flags: RedFlags, clinic: Clinic, sources: Mapping[str, Source]
) -> Iterator[Problem]:
    """Sources that are not there, and signs with braces or citations that no page can fill."""
    file = content_file(RED_FLAGS)
    text, shown_as = file.read(), file.shown_as
    signs: tuple[Sign | AfterSign, ...] = (*red_flags.before_needling, *red_flags.after_needling)
    for sign in signs:
        for key in sign.sources:
            if key not in sources:
                line = _line_in(text, key, sign.id)
                yield Problem(
                    shown_as,
                    line,
                    f"unknown source in {sign.id}",
                    key,
                    "a key of sources.yaml",
                    "correct the key, or add the source to sources.yaml after reading it",
                )
        for words in (sign.sign, sign.action, getattr(sign, "title", "")):
            yield from _unfillable(words, clinic, text, shown_as, sign.id)
    for each in red_flags.form_lines:
        yield from _unfillable(each.line, clinic, text, shown_as, each.key)


def _unfillable(words: str, clinic: Clinic, text: str, file: str, name: str) -> Iterator[Problem]:
    left = CLINIC_FIELD.sub(lambda m: "" if m[1] in clinic.fields else m[0], words)
    for found in syntax.BRACED.findall(left) + [m[0] for m in syntax.CITATION.finditer(left)]:
        names = ", ".join(sorted(clinic.fields))
        expected = f"{{clinic.NAME}} with one of: {names}"
        repair = "correct the name; sources stand in the field sources"
        line = _line_in(text, found, name)
        yield Problem(file, line, f"{name} holds what no page can fill", found, expected, repair)


def _line_in(text: str, words: str, entry: str) -> int:
    """The line of words at or after the entry that is meant."""
    start = max(text.find(f": {entry}\n"), 0)
    at = text.find(words, start)
    return 1 + text.count("\n", 0, at if at >= 0 else start)
