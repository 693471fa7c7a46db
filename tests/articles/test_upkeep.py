from datetime import date, timedelta

import pytest
from pytest_django.asserts import assertContains

from imsinfo.articles.library import read_library
from imsinfo.articles.signing import sign_off
from imsinfo.articles.upkeep import SOON, get_problems, upkeep
from imsinfo.problems import Problem
from tests.articles.conftest import FRONT

TODAY = date(2026, 11, 21)
# The day that FRONT names.
REVIEW = date(2028, 11, 21)
WARNING = Problem("content/page.md", 3, "a long sentence", severity="warning")
FAULT = Problem("content/page.md", 9, "unknown source", "kim", "a key", "correct the key", "error")


def kept(problems=(), today=TODAY):
    return upkeep(read_library(), problems, today)


@pytest.mark.parametrize(
    ("days", "due"),
    [(-1, "overdue"), (0, "soon"), (SOON.days, "soon"), (SOON.days + 1, "later")],
)
def test_a_page_is_due_by_its_next_review(write_article, days, due):
    write_article("Text.")
    found = kept(today=REVIEW - timedelta(days=days))
    assert [page.due for page in found.pages] == [due]
    assert found.count_due(due) == 1


def test_a_page_without_a_sign_off_waits_for_one(write_article):
    write_article("Text.")
    [page] = kept().pages
    assert (page.sign_off, page.needs_sign_off) == ("No sign-off yet", True)
    assert kept().unsigned == 1


def test_a_page_that_no_clinician_signs_waits_for_none(write):
    write("privacy.md", FRONT.format(more="").replace("kind: guide", "kind: legal") + "Text.")
    [page] = kept().pages
    assert (page.sign_off, page.needs_sign_off) == ("Needs none", False)


def test_a_page_that_changed_since_its_sign_off_waits_for_another(write_article):
    signed = sign_off("Ada Khan", "Physiotherapist", "CPTBC 12345", TODAY, "0" * 64)
    write_article("Text.", more=f"{signed}\n")
    assert [page.sign_off for page in kept().pages] == ["Changed since its sign-off"]


def test_drafts_are_listed_with_the_others(write_article):
    write_article("Text.", more="draft: true\n")
    [page] = kept().pages
    assert (page.is_draft, kept().drafts, page.url) == (True, 1, "/page/")


def test_faults_are_told_with_their_page_and_warnings_are_no_faults(write_article):
    write_article("Text.")
    found = kept([FAULT, WARNING])
    assert [page.faults for page in found.pages] == [(FAULT, WARNING)]
    assert found.faults == (FAULT,)


def test_faults_of_other_files_are_told_by_themselves(write_article):
    write_article("Text.")
    other = Problem("content/figures.yaml", 1, "unknown source")
    assert kept([other]).others == kept([other]).faults == (other,)


def test_pages_with_faults_come_first_then_those_that_are_due(write):
    for name, review in [("late", "2028-11-21"), ("page", "2028-11-21"), ("early", "2027-11-21")]:
        front = FRONT.format(more="").replace("next_review: 2028-11-21", f"next_review: {review}")
        write(f"{name}.md", front + "Text.")
    files = [page.file for page in kept([FAULT]).pages]
    assert files == ["content/page.md", "content/early.md", "content/late.md"]


@pytest.mark.usefixtures("content")
def test_what_dates_and_sign_offs_tell_is_not_told_twice(write_article):
    get_problems.cache_clear()
    write_article("Text.", more="")
    told = {problem.what for problem in get_problems()}
    get_problems.cache_clear()
    assert "not yet reviewed by a clinician" not in told


@pytest.fixture
def editor(staff_client):
    return staff_client("Editor")


@pytest.mark.db
@pytest.mark.django_db
def test_the_overview_tells_editors_of_the_pages_and_leads_to_their_list(editor):
    response = editor.get("/admin/")
    assertContains(response, "What there is to do for the pages")
    assertContains(response, 'href="/admin/pages/"')
    assertContains(response, 'href="/style-guide/"')


@pytest.mark.db
@pytest.mark.django_db
def test_the_list_tells_each_fault_with_file_line_and_repair(editor, monkeypatch):
    fault = Problem("content/aftercare.md", 9, "unknown source", repair="correct <it>")
    monkeypatch.setattr("imsinfo.articles.upkeep.get_problems", lambda: (fault,))
    response = editor.get("/admin/pages/")
    words = "<strong>Fault, content/aftercare.md, line 9:</strong> unknown source."
    assertContains(response, f"<li>{words} To repair: correct &lt;it&gt;.</li>", html=True)


@pytest.mark.db
@pytest.mark.django_db
def test_the_list_names_every_page(editor):
    response = editor.get("/admin/pages/")
    assertContains(response, '<a href="/aftercare/">', count=1)
    assertContains(response, "No sign-off yet")


@pytest.mark.db
@pytest.mark.django_db
@pytest.mark.parametrize(("role", "status"), [("Editor", 200), ("Manager", 200), ("Triage", 403)])
def test_the_list_is_for_those_who_may_see_it(staff_client, role, status):
    assert staff_client(role).get("/admin/pages/").status_code == status


@pytest.mark.db
@pytest.mark.django_db
def test_the_list_is_only_read(editor):
    assert editor.post("/admin/pages/").status_code == 405
