from datetime import date

import pytest

from imsinfo.articles.dates import date_problems, review_warnings
from imsinfo.articles.library import read_library

DAY = date(2026, 11, 21)


@pytest.fixture
def told(write_article):
    def told(today, more=""):
        write_article("Text.", more=more)
        [article] = read_library().articles
        return [str(problem) for problem in date_problems(article.source, today)]

    return told


@pytest.mark.parametrize("today", [DAY, date(2027, 1, 1), date(2028, 11, 21)])
def test_a_page_within_its_dates_has_no_fault(told, today):
    assert told(today) == []


def test_a_page_past_its_review_is_told(told):
    assert told(date(2028, 11, 22)) == [
        "content/page.md:8: the next check of the sources is overdue; found: 2028-11-21; "
        "expected: a day from 2028-11-22 on; repair: check each source, mend the text, then set "
        "sources_checked and next_review"
    ]


def test_an_overdue_page_is_a_warning(write_article):
    write_article("Text.")
    [article] = read_library().articles
    [problem] = date_problems(article.source, date(2040, 1, 1))
    assert problem.severity == "warning"


CHANGED = "changes:\n  - {date: 2026-12-24, what: A., why: B.}\n"
SIGNED = (
    "clinical_review: {name: A, role: B, register: C, date: 2026-12-24, hash: '" + "0" * 64 + "'}\n"
)


@pytest.mark.parametrize(
    ("more", "line", "field"), [(CHANGED, 9, "changes"), (SIGNED, 9, "clinical_review")]
)
def test_a_day_that_is_yet_to_come_is_told(told, more, line, field):
    assert told(DAY, more) == [
        f"content/page.md:{line}: a day in {field} that is yet to come; found: 2026-12-24; "
        "expected: 2026-11-21 or earlier; repair: write the day it was done"
    ]


def test_a_day_that_has_begun_elsewhere_is_no_fault(told):
    assert told(date(2026, 11, 20)) == []


def test_sources_checked_in_days_to_come_are_told(told):
    [problem] = told(date(2026, 11, 19))
    assert problem.startswith(
        "content/page.md:7: a day in sources_checked that is yet to come; found: 2026-11-21; "
    )


def test_a_page_changed_since_its_review_is_told(write_article):
    write_article("Text.", more=SIGNED)
    [article] = read_library().articles
    assert [str(problem) for problem in review_warnings(article)] == [
        "content/page.md:9: the text has changed since a clinician reviewed it; repair: let a "
        "clinician read it, then run manage.py sign_review page.md"
    ]


def test_a_draft_need_not_be_signed(write_article):
    write_article("Text.", more="draft: true\n")
    [draft] = read_library().drafts
    assert list(review_warnings(draft)) == []
