"""Files that an editor takes for content, and that nothing reads."""

from pathlib import Path

import pytest
from django.utils import timezone

from imsinfo.content import forget_content
from imsinfo.editions.generations import generations_folder
from imsinfo.editions.publishing import publish
from imsinfo.editions.strangers import DATA, stranger_problems

PAGES = ("index.md", "aftercare.md")
ROOT = Path(__file__).parent.parent.parent


def told():
    return [(problem.file, problem.repair.split(",")[0]) for problem in stranger_problems()]


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("red-flags.yml", "red-flags.yaml"),
        ("redflags.yaml", "red-flags.yaml"),
        ("Clinic.YAML", "clinic.yaml"),
        ("conditions/glossary.yaml", "glossary.yaml"),
        ("conditions/gout.MD", "conditions/gout.md"),
        ("gout.markdown", "gout.md"),
        ("history.md.txt", "history.md"),
        ("images/needle.SVG", "images/needle.svg"),
    ],
)
def test_a_file_that_nothing_reads_is_told_with_its_right_name(small_site, name, right):
    path = small_site / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("")
    assert told() == [(f"content/{name}", f"rename it to {right}")]


@pytest.mark.parametrize("name", ["notes.docx", ".gout.md.swp", ".git/x.yml", "README.md", "a.png"])
def test_what_is_no_content_is_left_alone(small_site, name):
    path = small_site / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("")
    assert told() == []


def test_the_data_files_are_those_that_are_shipped():
    shipped = {path.name for path in (ROOT / "content").glob("*.yaml")}
    assert set(DATA) == shipped | {"overrides.yaml"}


def test_a_stranger_is_told_and_keeps_nothing_from_readers(small_site):
    before = publish(generations_folder(), timezone.now())
    (small_site / "red-flags.yml").write_text("")
    forget_content()
    after = publish(generations_folder(), timezone.now())
    new = set(after.problems) - set(before.problems)
    assert [problem.file for problem in new] == ["content/red-flags.yml"]
    assert (after.pages, before.pages) == (before.pages, len(PAGES))
