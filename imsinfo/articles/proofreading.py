"""Everything that can be told of the content folder, at once."""

from datetime import date

from imsinfo.articles import syntax
from imsinfo.articles.between_pages import problems_between
from imsinfo.articles.dates import date_problems, review_warnings
from imsinfo.articles.library import Manuscripts, read_library, read_manuscripts, text_problems
from imsinfo.articles.material import SHARED, DataFiles
from imsinfo.articles.prose import Fill
from imsinfo.articles.readability import get_ceilings
from imsinfo.articles.sections import section_problems
from imsinfo.articles.wording import get_wording, problems_of_piece, problems_of_words
from imsinfo.brand.logo import get_logo
from imsinfo.clinic import CLINIC_FIELD
from imsinfo.overrides import override_problems
from imsinfo.problems import ContentError, Problem
from imsinfo.reply_texts import get_reply_texts


def proofread(today: date) -> tuple[Problem, ...]:
    """Return every fault and warning of every content file, in the order of files and lines.

    today: the day in the clinic's time zone. A page that cannot be shown is checked as far as
    its text can be read.
    """
    read = read_manuscripts()
    found = {*read.problems, *override_problems(), *_problems_of_words(read)}
    found.update(_problems_of_replies())
    for draft in read.unusable.values():
        found.update(text_problems(draft, read))
    for draft in read.drafts.values():
        found.update(text_problems(draft, read))
        found.update(section_problems(draft), date_problems(draft, today))
    if read.files.clinic is not None:
        library = read_library(read)
        found.update(library.problems, get_logo().problems)
        found.update(problems_between(read.drafts, library))
        for article in library.articles:
            found.update(review_warnings(article))
    return tuple(sorted(found))


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


def _problems_of_words(read: Manuscripts) -> list[Problem]:
    """What is wrong with the words of pages and shared pieces, or with the lists of words."""
    try:
        wording, ceilings = get_wording(), get_ceilings()
    except ContentError as error:
        return list(error.problems)
    fill = filled_with(read.files)
    found: list[Problem] = []
    for name, draft in (*read.drafts.items(), *read.unusable.items()):
        found += problems_of_words(draft, wording, fill, ceilings.get(name))
    for name, text in read.files.pieces.items():
        shown_as = read.files.inserts[f"{SHARED}{name}.md"].shown_as
        found += problems_of_piece(shown_as, text, wording, fill)
    return found
