"""What time and sign-offs say of a page: overdue checks, dates to come, no clinician's word."""

from collections.abc import Iterator
from datetime import date, timedelta

from imsinfo.articles.frontmatter import Draft
from imsinfo.articles.pages import Article
from imsinfo.problems import Problem

# An editor east of the clinic may be a day ahead of it.
ELSEWHERE = timedelta(days=1)


def date_problems(draft: Draft, today: date) -> Iterator[Problem]:
    """Yield a warning for a page past its review, and an error for each day that is yet to come."""
    front = draft.front
    if front.next_review < today:
        yield Problem(
            draft.file,
            draft.line_of_field("next_review:"),
            "the next check of the sources is overdue",
            found=front.next_review.isoformat(),
            expected=f"a day from {today.isoformat()} on",
            repair="check each source, mend the text, then set sources_checked and next_review",
            severity="warning",
        )
    done = {"sources_checked": [front.sources_checked]}
    done["changes"] = [change.date for change in front.changes]
    done["clinical_review"] = [front.clinical_review.date] if front.clinical_review else []
    for field, days in done.items():
        for day in days:
            if day > today + ELSEWHERE:
                yield _to_come(draft, field, day, today)


def _to_come(draft: Draft, field: str, day: date, today: date) -> Problem:
    line = draft.line_of_field(f"{field}:")
    what, expected = f"a day in {field} that is yet to come", f"{today.isoformat()} or earlier"
    return Problem(
        draft.file, line, what, day.isoformat(), expected, "write the day it was done", "error"
    )


def review_warnings(article: Article) -> Iterator[Problem]:
    """Yield a warning where a clinician is to sign the page and has not signed it as it stands."""
    what = {
        "none": "not yet reviewed by a clinician",
        "changed": "the text has changed since a clinician reviewed it",
    }.get(article.review.state)
    if what and not article.is_draft and article.is_for_clinicians:
        repair = f"let a clinician read it, then run manage.py sign_review {article.name}"
        line = article.source.line_of_field("clinical_review:")
        yield Problem(article.file, line, what, repair=repair, severity="warning")
