"""The leaflets that a clinic hands out: which pages they are, and in what order."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from imsinfo.articles.checking import known_names
from imsinfo.articles.inserts import check_inserts
from imsinfo.articles.library import ADDRESSES, page_files
from imsinfo.articles.material import SHARED, DataFiles, material_of, read_data_files
from imsinfo.articles.pages import Library
from imsinfo.articles.pieces import piece_draft
from imsinfo.articles.rendering import Body, render
from imsinfo.articles.uses import waiting_for
from imsinfo.content import built_when_asked

QUESTIONS = f"{SHARED}questions-to-ask.md"


@dataclass(frozen=True)
class Leaflet:
    """One entry of the list of leaflets.

    sides: of one A4 or Letter sheet, as the tests print it; 0 where it differs from clinic to
    clinic or has not been counted.
    """

    url: str
    title: str = ""
    summary: str = ""
    sides: int = 0


QUESTIONS_TO_ASK = Leaflet(
    "/leaflets/questions-to-ask/",
    "Questions to ask",
    "What to ask before you agree to a treatment, with room for the answers.",
    sides=1,
)
# In the order in which people need them. One without words of its own is an article, and is
# listed with the article's title and summary as soon as there is one at its address.
LEAFLETS = (
    Leaflet("/your-visit/"),
    Leaflet("/aftercare/", sides=1),
    Leaflet("/risks/", sides=2),
    QUESTIONS_TO_ASK,
    Leaflet(
        "/enquiry/on-paper/",
        "The enquiry on paper",
        "For people who would rather write by hand than type.",
        sides=2,
    ),
)


def leaflets(library: Library, unavailable: Collection[str] = ()) -> Iterator[Leaflet]:
    """Yield the leaflets that are there to be printed, in the order of the list.

    unavailable: addresses of leaflets that are no articles and cannot be shown now.
    """
    for leaflet in LEAFLETS:
        article = library.get(leaflet.url)
        if article:
            yield Leaflet(leaflet.url, article.title, article.summary, leaflet.sides)
        elif leaflet.title and leaflet.url not in unavailable:
            yield leaflet


def read_questions(files: DataFiles, pages: Collection[str]) -> Body | None:
    """Return the questions to ask as they stand on every page with them, ready to be shown.

    None where the shared piece is not there, or cannot be shown for a fault in it or in what it
    needs. files: with every fault of a shared piece noted; pages: the files a link may lead to.
    """
    text = files.pieces.get("questions-to-ask")
    if text is None or files.clinic is None or QUESTIONS in files.broken:
        return None
    draft = piece_draft(QUESTIONS, text)
    return None if waiting_for(draft, files) else render(draft, material_of(files, pages))


@built_when_asked
def get_questions() -> Body | None:
    files, pages = read_data_files(), page_files().keys()
    return read_questions(check_inserts(files, known_names(files, pages, ADDRESSES)), pages)
