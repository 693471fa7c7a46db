import json

import pytest

from imsinfo.articles.frontmatter import Draft, FrontMatter
from imsinfo.articles.sections import REQUIRED, section_problems

FRONT = {
    "title": "A page",
    "summary": "What it says.",
    "section": "clinic",
    "order": 1,
    "sources_checked": "2026-11-21",
    "next_review": "2027-11-21",
}
EVIDENCE = [
    {"method": "ims", "grade": "none-found", "statement": "None.", "sources": []},
    {"method": "dry-needling", "grade": "none-found", "statement": "None.", "sources": []},
]


def draft(kind, text):
    fields = FRONT | {"kind": kind, "evidence": EVIDENCE}
    fields |= {"body": ["neck"]} if kind == "condition" else {}
    return Draft("page.md", FrontMatter.model_validate_json(json.dumps(fields)), text, 10)


def whole(kind):
    return [part.openings[0] for part in REQUIRED[kind]]


@pytest.mark.parametrize("kind", REQUIRED)
def test_a_page_with_every_part_in_order_has_no_fault(kind):
    assert list(section_problems(draft(kind, "\n".join(whole(kind))))) == []


@pytest.mark.parametrize(
    ("kind", "at"), [(k, n) for k in REQUIRED for n in range(len(REQUIRED[k]))]
)
def test_each_part_is_missed(kind, at):
    lines = whole(kind)
    missing = lines.pop(at)
    after = f"'{lines[at - 1]}'" if at else "the front matter"
    [problem] = section_problems(draft(kind, "\n".join(lines)))
    assert str(problem).split("; expected")[0] == f"page.md:1: a page of kind {kind} lacks a part"
    assert f"'{missing}'" in problem.expected
    assert after.split(" or ", maxsplit=1)[0].strip("'") in problem.repair


def test_a_missing_part_is_told_with_its_repair():
    [problem] = section_problems(draft("evidence", "Text."))
    assert str(problem) == (
        "page.md:1: a page of kind evidence lacks a part; expected: a line that begins with "
        "'## What we do not know'; repair: write it after the front matter, or change the kind"
    )


def test_a_part_that_stands_too_early_is_told_with_its_line():
    lines = whole("aftercare")
    lines.insert(0, lines.pop())
    [problem] = section_problems(draft("aftercare", "\n\n".join(lines)))
    assert str(problem) == (
        "page.md:10: a part of a page of kind aftercare stands too early; found: '## What to do'; "
        "expected: it comes after '## What is normal'; repair: move it down"
    )


def test_letters_and_spaces_make_no_difference():
    assert list(section_problems(draft("evidence", "##  WHAT we do not know yet"))) == []


def test_a_part_inside_a_code_block_does_not_count():
    [problem] = section_problems(draft("evidence", "```\n## What we do not know\n```"))
    assert "lacks a part" in problem.what


@pytest.mark.parametrize("kind", ["home", "guide", "list", "legal"])
def test_other_kinds_are_free(kind):
    assert list(section_problems(draft(kind, "Text."))) == []
