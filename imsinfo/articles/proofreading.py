"""Everything that can be told of the content folder, at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from imsinfo.articles import syntax
from imsinfo.articles.between_pages import problems_between
from imsinfo.articles.dates import date_problems, review_warnings
from imsinfo.articles.frontmatter import Draft
from imsinfo.articles.library import (
    Manuscripts,
    Printed,
    library_of,
    printed,
    read_manuscripts,
    text_problems,
)
from imsinfo.articles.material import SHARED, DataFiles, Material, material_of
from imsinfo.articles.pages import Library
from imsinfo.articles.prose import Fill
from imsinfo.articles.readability import get_ceilings
from imsinfo.articles.sections import section_problems
from imsinfo.articles.wording import get_wording, problems_of_piece, problems_of_words
from imsinfo.brand.logo import get_logo
from imsinfo.clinic import CLINIC_FIELD
from imsinfo.editions.cores import mapped
from imsinfo.editions.overrides import override_problems
from imsinfo.editions.strangers import stranger_problems
from imsinfo.problems import ContentError, Problem
from imsinfo.reply_texts import get_reply_texts


def proofread(today: date) -> tuple[Problem, ...]:
    """Return every fault and warning of every content file, in the order of files and lines.

    today: the day in the clinic's time zone. A page that cannot be shown is checked as far as
    its text can be read.
    """
    return proof(today).problems


class Proof(NamedTuple):
    """Everything that can be told of the content, and the library that was rendered to tell it.

    library: as read_library returns it; None where clinic.yaml is broken.
    """

    problems: tuple[Problem, ...]
    library: Library | None


def proof(today: date) -> Proof:
    """Return what proofread tells, together with the library, so that nobody renders it again."""
    read = read_manuscripts()
    words, faults_of_lists = _checks_of_words(read.files)
    found = {*read.problems, *override_problems(), *stranger_problems()}
    found.update(_problems_of_replies(), faults_of_lists)
    reader = _Reader(read, today, words)
    for problems in mapped(reader.of_unusable, tuple(read.unusable.items())):
        found.update(problems)
    if read.files.clinic is None:
        for problems in mapped(reader.of_draft, tuple(read.drafts.items())):
            found.update(problems)
        return Proof(tuple(sorted(found)), None)
    pages = mapped(reader.of_page, tuple(read.drafts.items()))
    library = library_of(read, (made for _, made in pages))
    found.update(problem for problems, _ in pages for problem in problems)
    found.update(library.problems, get_logo().problems)
    found.update(problems_between(read.drafts, library))
    for article in library.articles:
        found.update(review_warnings(article))
    return Proof(tuple(sorted(found)), library)


@dataclass(frozen=True)
class _Reader:
    """Checks one article after the other. words: the checks of its words, by its name."""

    read: Manuscripts
    today: date
    words: Callable[[str, Draft], list[Problem]]

    def of_unusable(self, named: tuple[str, Draft]) -> list[Problem]:
        return [*text_problems(named[1], self.read), *self.words(*named)]

    def of_draft(self, named: tuple[str, Draft]) -> list[Problem]:
        return [*text_problems(named[1], self.read), *self._of_fields_and_words(*named)]

    def of_page(self, named: tuple[str, Draft]) -> tuple[list[Problem], Printed]:
        """What is wrong with an article beyond its text, and what is made of it."""
        made = printed(named[1], self.read, self._material)
        return self._of_fields_and_words(*named), made

    @cached_property
    def _material(self) -> Material:
        return material_of(self.read.files, self.read.known.files)

    def _of_fields_and_words(self, name: str, draft: Draft) -> list[Problem]:
        dates = date_problems(draft, self.today)
        return [*section_problems(draft), *dates, *self.words(name, draft)]


def _problems_of_replies() -> list[Problem]:
    """No page is made with them, and staff miss them all the same where they are at fault."""
    try:
        get_reply_texts()
    except ContentError as error:
        return list(error.problems)
    return []


def filled_with(files: DataFiles) -> Fill:
    """Return a function that puts words in place of braces, as readers see them."""

    def fill(text: str) -> str:
        fields = files.clinic.fields if files.clinic else {}
        text = CLINIC_FIELD.sub(lambda found: fields.get(found[1], found[0]), text)
        text = syntax.FIGURE.sub(lambda found: _says(files, found[1]), text)
        return syntax.TERM.sub(lambda found: found[2] or _term(files, found[1]), text)

    return fill


def _says(files: DataFiles, key: str) -> str:
    return files.figures[key].says if key in files.figures else key


def _term(files: DataFiles, key: str) -> str:
    return files.terms[key].term if key in files.terms else key


def _checks_of_words(
    files: DataFiles,
) -> tuple[Callable[[str, Draft], list[Problem]], list[Problem]]:
    """Return the checks of an article's words, and what is wrong with those of shared pieces.

    Where the lists of words cannot be read, their faults are all that is told.
    """
    try:
        wording, ceilings = get_wording(), get_ceilings()
    except ContentError as error:
        return lambda name, draft: [], list(error.problems)
    fill = filled_with(files)
    found: list[Problem] = []
    for name, text in files.pieces.items():
        shown_as = files.inserts[f"{SHARED}{name}.md"].shown_as
        found += problems_of_piece(shown_as, text, wording, fill)
    return lambda name, draft: problems_of_words(draft, wording, fill, ceilings.get(name)), found
