"""Faults that a data file shows only beside the others: unknown sources, words no page can fill."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from imsinfo.articles import syntax
from imsinfo.articles.figures import Figure
from imsinfo.articles.glossary import Term
from imsinfo.articles.phones import phone_problem, typed_phones
from imsinfo.clinic import CLINIC_FIELD
from imsinfo.content import content_file
from imsinfo.problems import Problem
from imsinfo.red_flags import AfterSign, RedFlags, Sign

UNFILLABLE = (syntax.BRACED, syntax.CITATION, syntax.RAW_HTML, re.compile(r":::"))


@dataclass(frozen=True)
class DataFile:
    """A data file under test. key: the field that begins a record of it."""

    shown_as: str
    text: str
    clinic_fields: Collection[str]
    sources: Collection[str]

    def line_of(self, words: str, record: str) -> int:
        """The line of words at or after the record that is meant; its own line if not there."""
        found = re.search(rf":\s*[\"']?{re.escape(record)}[\"']?\s*$", self.text, re.MULTILINE)
        start = found.start() if found else 0
        at = self.text.find(words, start)
        return 1 + self.text.count("\n", 0, at if at >= 0 else start)


def sign_faults(
    red_flags: RedFlags, fields: Collection[str], sources: Collection[str]
) -> Iterator[Problem]:
    """Yield the faults of the warning signs. fields: names of clinic fields; sources: keys."""
    file = _data_file("red-flags.yaml", fields, sources)
    signs: tuple[Sign | AfterSign, ...] = (*red_flags.before_needling, *red_flags.after_needling)
    for sign in signs:
        yield from _unknown_sources(file, sign.id, sign.sources)
        after = (sign.title, sign.in_short) if isinstance(sign, AfterSign) else ()
        for words in (sign.sign, sign.action, *after):
            yield from _unfillable(file, sign.id, words)
    for each in red_flags.form_lines:
        yield from _unfillable(file, each.key, each.line)


def figure_faults(
    figures: Mapping[str, Figure], fields: Collection[str], sources: Collection[str]
) -> Iterator[Problem]:
    """Yield the faults of the figures. fields: names of clinic fields; sources: keys."""
    if not figures:
        return
    file = _data_file("figures.yaml", fields, sources)
    for each in figures.values():
        yield from _unknown_sources(file, each.id, each.sources)
        for words in (each.says, each.what, each.group, each.counted_by, each.over):
            yield from _unfillable(file, each.id, words)


def term_faults(
    terms: Mapping[str, Term], fields: Collection[str], sources: Collection[str]
) -> Iterator[Problem]:
    """Yield the faults of the terms. fields: names of clinic fields; sources: keys."""
    if not terms:
        return
    file = _data_file("glossary.yaml", fields, sources)
    owners: dict[str, str] = {}
    for each in terms.values():
        yield from _unknown_sources(file, each.id, each.sources)
        yield from _taken_id(file, each.id)
        for words in (*each.names, each.meaning):
            yield from _unfillable(file, each.id, words)
        for name in dict.fromkeys(name.casefold() for name in each.names):
            if name in owners:
                yield _shared_name(file, name, owners[name], each)
            owners.setdefault(name, each.id)


def _data_file(name: str, fields: Collection[str], sources: Collection[str]) -> DataFile:
    file = content_file(name)
    return DataFile(file.shown_as, file.read(), fields, sources)


def _unknown_sources(file: DataFile, record: str, keys: Collection[str]) -> Iterator[Problem]:
    for key in keys:
        if key not in file.sources:
            line = file.line_of(key, record)
            what, expected = f"unknown source in {record}", "a key of sources.yaml"
            repair = "correct the key, or add the source to sources.yaml after reading it"
            yield Problem(file.shown_as, line, what, key, expected, repair)


def _unfillable(file: DataFile, record: str, words: str) -> Iterator[Problem]:
    left = CLINIC_FIELD.sub(lambda m: "" if m[1] in file.clinic_fields else m[0], words)
    for found in [m[0] for pattern in UNFILLABLE for m in pattern.finditer(left)]:
        names = ", ".join(sorted(file.clinic_fields))
        expected = f"plain words, and {{clinic.NAME}} with one of: {names}"
        repair = "correct the name; sources stand in the field sources"
        line = file.line_of(found, record)
        what = f"{record} holds what no page can fill"
        yield Problem(file.shown_as, line, what, found, expected, repair)
    for number in typed_phones(words):
        yield phone_problem(file.shown_as, file.line_of(number, record), number)


def _taken_id(file: DataFile, name: str) -> Iterator[Problem]:
    if name in syntax.TAKEN_IDS or name.startswith(syntax.TAKEN_BEGINNINGS):
        what, expected = "a term has the id of another part of its page", "an id of its own"
        repair = f"add a word to it, such as {name}-term"
        yield Problem(file.shown_as, file.line_of(name, name), what, name, expected, repair)


def _shared_name(file: DataFile, name: str, owner: str, term: Term) -> Problem:
    written = next(each for each in term.names if each.casefold() == name)
    what, expected = f"{owner} and {term.id} share a name", "each name for one term"
    repair = "remove the name from one of them, or make them one term"
    return Problem(file.shown_as, file.line_of(written, term.id), what, written, expected, repair)
