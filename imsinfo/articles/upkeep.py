"""What there is to do for the pages: which are drafts, unsigned, due for review or at fault."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from imsinfo.articles.dates import date_problems, review_warnings
from imsinfo.articles.library import get_library
from imsinfo.articles.pages import Article, Library
from imsinfo.content import built_when_asked
from imsinfo.problems import Problem
from imsinfo.today import clinics_date

# Time enough to check sources and to find a clinician.
SOON = timedelta(days=60)
SIGN_OFF = {
    "none": "No sign-off yet",
    "changed": "Changed since its sign-off",
    "current": "Signed off",
}

Due = Literal["overdue", "soon", "later"]


@dataclass(frozen=True)
class PageState:
    """One page as its editor must know it. url: where it is read; sign_off: in words.

    needs_sign_off: whether a clinician is to read it, before it is published or now.
    """

    title: str
    file: str
    url: str
    is_draft: bool
    sign_off: str
    needs_sign_off: bool
    next_review: date
    due: Due
    faults: tuple[Problem, ...]


@dataclass(frozen=True)
class Upkeep:
    """All pages, those with most to do first; others: faults of files that are no page shown."""

    pages: tuple[PageState, ...]
    others: tuple[Problem, ...]

    def count_due(self, due: Due) -> int:
        return sum(page.due == due for page in self.pages)

    @property
    def drafts(self) -> int:
        return sum(page.is_draft for page in self.pages)

    @property
    def unsigned(self) -> int:
        return sum(page.needs_sign_off for page in self.pages)

    @property
    def faults(self) -> tuple[Problem, ...]:
        """Every fault but warnings, of pages and of other files."""
        of_pages = (fault for page in self.pages for fault in page.faults)
        return tuple(each for each in (*of_pages, *self.others) if not each.is_warning)


def upkeep(library: Library, problems: Iterable[Problem], today: date) -> Upkeep:
    """Return what there is to do on a day. problems: as proofread tells them."""
    by_file: dict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        by_file[problem.file].append(problem)
    pages = [
        _state(article, tuple(by_file.pop(article.file, ())), today)
        for article in (*library.articles, *library.drafts)
    ]
    others = tuple(problem for found in by_file.values() for problem in found)
    return Upkeep(tuple(sorted(pages, key=_urgency)), others)


def get_upkeep() -> Upkeep:
    """Return what there is to do for the pages that are served, today."""
    return upkeep(get_library(), get_problems(), clinics_date())


# When asked: readers wait for no worker that counts faults before it serves.
@built_when_asked
def get_problems() -> tuple[Problem, ...]:
    """Return every fault of the content but those that dates and sign-offs tell.

    These are told by the pages themselves, and those of dates change from day to day. The first
    question after content was published takes about as long as building the library.
    """
    from imsinfo.articles.proofreading import proofread  # noqa: PLC0415 -- no visit needs it

    today, library = clinics_date(), get_library()
    told = {
        problem
        for article in (*library.articles, *library.drafts)
        for problem in (*date_problems(article.source, today), *review_warnings(article))
    }
    return tuple(problem for problem in proofread(today) if problem not in told)


def _state(article: Article, faults: tuple[Problem, ...], today: date) -> PageState:
    signed = article.review.state
    return PageState(
        title=article.title,
        file=article.file,
        url=article.url,
        is_draft=article.is_draft,
        sign_off=SIGN_OFF[signed] if article.is_for_clinicians else "Needs none",
        needs_sign_off=article.is_for_clinicians and signed != "current",
        next_review=article.next_review,
        due=_due(article.next_review, today),
        faults=faults,
    )


def _due(next_review: date, today: date) -> Due:
    """A page is reviewed in time on the very day."""
    if next_review < today:
        return "overdue"
    return "soon" if next_review <= today + SOON else "later"


def _urgency(page: PageState) -> tuple[bool, date, str]:
    return not page.faults, page.next_review, page.file
