"""One content folder with forty faults: every one is told, in one run, and nothing else."""

import os
import subprocess
import sys
from datetime import date

import pytest

from imsinfo.articles.proofreading import proofread
from tests.markup import ROOT

TODAY = date(2026, 11, 21)
FRONT_LINES = 9
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>\n'
LONG = (
    "This one has far too many words in it, for it goes on and on, and never "
    + "so " * 12
    + "ends."
)
# One fault a paragraph.
PARAGRAPHS = [
    ("A line<br>break.", "HTML is not used in articles"),
    ("Call {clinic.fax}.", "unknown clinic field"),
    ("A { brace.", "a brace that is no clinic field, figure or term"),
    ("After {figure:nothing}.", "unknown figure"),
    ("After {figure:Bad Form}.", "a figure in the wrong form"),
    ("A {term:nothing}.", "unknown term"),
    ("A {term:Bad}.", "a term in the wrong form"),
    ("Text [@nobody].", "unknown source"),
    ("Text [@a, @b].", "a citation in the wrong form"),
    ("To [there](nowhere.md).", "a link to a page that is not there"),
    ("To [there](/other/).", "a link to a page by its address"),
    ("To [there](/nothing/).", "a link to an address that is not there"),
    ('See ![a](images/good.svg "B").', "a picture that is not alone on its line"),
    ('![](images/good.svg "B")', "a picture without a text alternative"),
    ("![a](images/good.svg)", "a picture without a caption"),
    ('![a](photo.png "B")', "a picture that is no drawing of this site"),
    ('![a](images/gone.svg "B")', "a picture that is not there"),
    ("# Title", "a heading of level 1"),
    ("#### Deep", "a heading that skips a level"),
    ("## After {figure:bruise_dn_ireland}", "a figure in a heading"),
    ("::: warning A\n:::", "unknown component"),
    ("::: callout\nText.\n:::", "the component callout has no title"),
    ("::: do\nText.\n:::", "the component do holds no list"),
    ("::: steps\n- a\n:::", "the component steps holds no numbered list"),
    ("::: red-flags tail\n:::", "red-flags of what?"),
    ("::: evidence\n:::", "evidence that is not in the front matter"),
    ("::: shared gone\n:::", "unknown shared piece"),
    (" ::: do", "a ::: line that does not begin at the left edge"),
    (":::", "a ::: line that opens and closes nothing"),
    ("| a | b |\n| --- | --- |\n| c | d |", "a table without a caption"),
    ("IMS is a cure.", "this claims too much"),
    ("It helps 80% of people.", "a number without a source"),
    (LONG, "a sentence is too long"),
]
OTHER = "To [it](#nowhere).\n"
OTHER_FIELDS = (
    "aliases: [/many/]\nrelated: [many.md]\nchanges: [{date: 2027-01-01, what: A., why: B.}]\n"
)
ELSEWHERE = [
    ("other.md", 9, "an alias that is taken already"),
    ("other.md", 10, "a related page that does not name this one"),
    ("other.md", 11, "a day in changes that is yet to come"),
    ("other.md", 13, "a link to a place that is not on the page"),
    ("proof.md", 1, "a page of kind evidence lacks a part"),
    ("bare.md", 1, "the file does not begin with front matter"),
    ("field.md", 8, "unknown field 'author'"),
    ("field.md", 12, "unknown clinic field"),
    ("My Page.md", 1, "no page can have this name"),
    ("images/bad.svg", 1, "a picture holds no script"),
    ("shared/bad.md", 1, "a heading in a shared piece"),
]


@pytest.fixture
def many_faults(write, write_article):
    """Write the folder and return where each fault was put: (file, line, what)."""
    write_article("\n\n".join(text for text, _ in PARAGRAPHS) + "\n", name="many.md")
    write_article(OTHER, name="other.md", more=OTHER_FIELDS)
    write("proof.md", page_of("evidence"))
    write("bare.md", "Text.\n")
    write("field.md", page_of("guide", "author: A\n") + "{clinic.fax}\n")
    write_article("Text.", name="My Page.md")
    write("images/bad.svg", SVG.format("<script/>"))
    write("images/good.svg", SVG.format("<path d='M0 0'/>"))
    write("shared/bad.md", "## Heading\n")
    line, planted = FRONT_LINES + 1, []
    for text, what in PARAGRAPHS:
        planted.append(("many.md", line, what))
        line += text.count("\n") + 2
    return sorted([*planted, *ELSEWHERE])


def page_of(kind, more=""):
    fields = f"title: A\nsummary: B.\nkind: {kind}\nsection: clinic\norder: 1\n"
    dates = "sources_checked: 2026-11-21\n" + more + "next_review: 2028-11-21\n"
    return f"---\n{fields}{dates}---\nText.\n"


def test_every_fault_of_a_folder_is_told_in_one_run(many_faults):
    told = sorted(
        (problem.file.removeprefix("content/"), problem.line, problem.what)
        for problem in proofread(TODAY)
        if not problem.is_warning
    )
    assert len(many_faults) > 40
    assert told == many_faults


def test_every_fault_says_how_to_mend_it(many_faults):
    assert [str(problem) for problem in proofread(TODAY) if not problem.repair] == []


def test_the_shipped_content_has_no_fault_but_that_no_clinician_has_signed_it():
    told = {problem.what for problem in proofread(TODAY)}
    assert told == {"not yet reviewed by a clinician"}


@pytest.mark.parametrize("today", [date(2026, 11, 21), date(2040, 1, 1)])
def test_the_day_decides_what_is_overdue(write_article, today):
    write_article("Text.")
    told = {problem.what for problem in proofread(today)}
    overdue = {"the next check of the sources is overdue"} if today.year == 2040 else set()
    assert told == {"not yet reviewed by a clinician"} | overdue


@pytest.fixture
def told(write_article):
    """Write one article and return what is told beside that nobody has signed it."""

    def told(text="Text.", **options):
        write_article(text, **options)
        found = (problem for problem in proofread(TODAY) if problem.what != UNSIGNED)
        return [(each.file, each.line, each.what) for each in found]

    return told


UNSIGNED = "not yet reviewed by a clinician"


def test_a_logo_that_is_not_there_is_told(told, content):
    file = content / "clinic.yaml"
    file.write_text(f"logo: images/gone.svg\n{file.read_text()}")
    assert told() == [("content/clinic.yaml", 1, "the logo is not there")]


def test_a_file_of_unknown_origin_in_the_clinics_folder_is_told(told, content, tmp_path, settings):
    own = tmp_path / "clinic"
    own.mkdir()
    (own / "sources.yaml").write_bytes((content / "sources.yaml").read_bytes())
    settings.CONTENT_ROOTS = [content, own]
    what = "it is not known which shipped text this file was made from"
    assert told() == [("clinic/sources.yaml", 1, what)]


def test_the_words_of_a_figure_count_in_the_length_of_a_sentence(told, write):
    write("figures.yaml", f"- {{id: long, kind: our_rule, says: {'so ' * 24}long}}\n")
    assert told("After {figure:long} it ends.") == [
        ("content/page.md", 10, "a sentence is too long")
    ]


def test_a_claim_in_a_shared_piece_is_told_there(told, write):
    write("shared/piece.md", "Words.\n\nIMS is a cure.\n")
    assert told() == [("content/shared/piece.md", 3, "this claims too much")]


def test_the_text_of_pages_with_one_address_is_read_all_the_same(told, write_article):
    write_article("Text.", name="page/index.md")
    assert told("<br>") == [
        ("content/page.md", 1, "another file has the same address"),
        ("content/page.md", 10, "HTML is not used in articles"),
        ("content/page/index.md", 1, "another file has the same address"),
    ]


def test_a_worker_that_serves_visits_has_not_loaded_the_checks(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", "import sys, imsinfo.wsgi; print(*sys.modules)"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DEBUG": "true", "VAR_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.split())
    checks = {"editing", "preview", "proofreading", "readability", "wording"}
    assert "imsinfo.articles.views" in loaded
    assert {f"imsinfo.articles.{name}" for name in checks} & loaded == set()
