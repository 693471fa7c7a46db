"""Shared pieces and pictures, checked once against the pages that they name."""

from collections.abc import Iterator
from dataclasses import replace

from imsinfo.articles.checking import Known, problems_of
from imsinfo.articles.material import SHARED, DataFiles, material_of, piece_name
from imsinfo.articles.pieces import piece_draft, piece_problems
from imsinfo.articles.rendering import render
from imsinfo.articles.syntax import PIECE_NAME
from imsinfo.articles.uses import waiting_for
from imsinfo.content import ContentFile
from imsinfo.problems import ContentError, Problem


def check_inserts(files: DataFiles, known: Known) -> DataFiles:
    """Return the data files with every fault of a shared piece or picture added.

    What cannot be shown counts as broken, so that the pages with it wait. known: what all of
    them may name.
    """
    found: list[Problem] = []
    broken: set[str] = set()
    for name, file in files.inserts.items():
        if name in files.broken:
            continue
        check = _piece_faults if name.startswith(SHARED) else _picture_faults
        faults = list(check(file, files, known))
        found += faults
        if any(fault.severity == "broken" for fault in faults):
            broken.add(name)
    return replace(files, broken=files.broken | broken, problems=(*files.problems, *found))


def _piece_faults(file: ContentFile, files: DataFiles, known: Known) -> Iterator[Problem]:
    name = piece_name(file.name)
    if not PIECE_NAME.fullmatch(name):
        expected = "small letters, digits and hyphens, such as shared/ask-us.md"
        yield Problem(
            file.shown_as, 1, "no piece can have this name", name, expected, "rename the file"
        )
        return
    draft = piece_draft(file.shown_as, files.pieces[name])
    found = {*problems_of(draft, known), *piece_problems(draft)}
    yield from sorted(found)
    is_broken = any(fault.severity == "broken" for fault in found)
    # What waits for another file is read by Markdown once that file is mended.
    if files.clinic is None or is_broken or waiting_for(draft, files):
        return
    try:
        body = render(draft, material_of(files, known.files))
    except ContentError as error:
        yield from error.problems
    else:
        for heading in body.headings:
            line, repair = draft.line_of(heading.text), "write the heading on each page instead"
            what = "a heading in a shared piece"
            yield Problem(file.shown_as, line, what, heading.text[:60], repair=repair)


def _picture_faults(file: ContentFile, files: DataFiles, known: Known) -> Iterator[Problem]:
    text = file.read()
    for link in files.pictures[file.name].links:
        target = link.partition("#")[0]
        if target not in known.files:
            line = 1 + text.count("\n", 0, max(text.find(link), 0))
            what, repair = "a link to a page that is not there", "correct the name in the drawing"
            expected = "the name of a file in the content folder, such as aftercare.md"
            yield Problem(file.shown_as, line, what, link, expected, repair)
