import pytest
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as tuned
from hypothesis import strategies as st

from imsinfo.articles.frontmatter import read_draft
from imsinfo.articles.library import get_library, read_library
from imsinfo.content import ContentFile
from imsinfo.problems import ContentError
from tests.extent import examples, some

GOOD = """---
title: A page
summary: What it says.
kind: guide
section: about-ims
order: 50
sources_checked: 2026-11-21
next_review: 2028-11-21
---
Text.
"""
QUOTES = "put a value that holds ': ' in \"double quotes\""


def changed(old, new):
    assert old in GOOD
    return GOOD.replace(old, new)


SIGNED = changed(
    "order: 50",
    "order: 50\nclinical_review:\n  name: A\n  role: B\n  register: C\n"
    "  date: 2026-11-21\n  hash: HASH",
)
BROKEN = {
    "unknown field": (changed("order: 50", "order: 50\nauthor: Ada"), 7, "unknown field 'author'"),
    "doubled field": (changed("order: 50", "order: 50\norder: 60"), 7, "'order' stands twice"),
    "missing title": (changed("title: A page\n", ""), 2, "the field 'title' is missing"),
    "bad date": (changed("2026-11-21", "21.11.2026"), 7, "'sources_checked' is not a date"),
    "impossible date": (changed("2026-11-21", "2026-02-31"), 7, "2026-02-31"),
    "tab indent": (changed("order: 50", "\torder: 50"), 6, "use spaces, not tabs"),
    "unquoted colon": (changed("A page", "What: why"), 2, QUOTES),
    "unquoted brace": (changed("A page", "{clinic.name} and you"), 2, "double quotes"),
    "brace alone": (changed("A page", "{clinic.name}"), 2, "begins with '{'"),
    "not a mapping": ("---\n- a\n- b\n---\n", 2, "'field: value' lines"),
    "no field at all": ("---\n---\nText.\n", 2, "there are no fields"),
    "no front matter": ("## Only text\n", 1, "does not begin with front matter"),
    "never closed": ("---\ntitle: A page\n", 1, "the front matter does not end"),
    "empty file": ("", 1, "does not begin with front matter"),
    "not UTF-8": (b"---\ntitle: Caf\xe9\n---\n", 2, "not UTF-8 text"),
    "too large": (b"x" * 2_000_000, 1, "the file is too large"),
    "anchor": (changed("A page", "&a Page"), 2, "anchors are not used here"),
    "alias": (changed("A page", "*a"), 2, "anchors are not used here"),
    "wrong type": (changed("order: 50", "order: soon"), 6, "'order'"),
    "number as text": (changed("A page", "2026"), 2, "'title' is not text"),
    "title too long": (changed("A page", "x" * 66), 2, "'title' is 66 characters long"),
    "unknown kind": (changed("guide", "story"), 4, "home, guide, treatment"),
    "unknown section": (changed("about-ims", "elsewhere"), 5, "'section'"),
    "late review": (changed("2028-11-21", "2031-11-21"), 2, "within three years"),
    "early review": (changed("2028-11-21", "2026-11-21"), 2, "after sources_checked"),
    "unknown region": (changed("order: 50", "order: 50\nred_flags: [tail]"), 7, "neck"),
    "blank title": (changed("A page", '" "'), 2, "'title': write some words"),
    "alias elsewhere": (changed("order: 50", 'aliases: ["//x/"]'), 6, "'aliases.1': write an add"),
    "alias twice": (changed("order: 50", "aliases: [/a/, /a/]"), 6, "/a/ stands twice"),
    "half a sign-off": (changed("order: 50", "clinical_review: {name: A}"), 6, "'clinical_review."),
    "sign-off by hand": (SIGNED.replace("HASH", "abc"), 12, "manage.py sign_review"),
    "control sign": (changed("A page", "A \x07 page"), 2, "YAML"),
}


@pytest.mark.parametrize(("text", "line", "words"), BROKEN.values(), ids=BROKEN)
def test_broken_front_matter_is_told_with_file_line_and_repair(write, text, line, words):
    write("broken.md", text)
    told = [str(problem) for problem in read_library().problems]
    assert any(one.startswith(f"content/broken.md:{line}: ") and words in one for one in told), told
    assert all("; repair: " in one for one in told)


@pytest.mark.django_db
@pytest.mark.parametrize("name", some([*BROKEN], 8))
def test_a_broken_page_takes_no_other_with_it(write, write_article, name):
    write_article("Text.", name="good.md")
    write("broken.md", BROKEN[name][0])
    client = Client()
    answers = [client.get(path).status_code for path in ("/good/", "/broken/")]
    assert answers == [200, 404]


def test_a_broken_page_is_named_in_the_log(write, caplog):
    write("broken.md", "")
    get_library()
    assert "Left out: content/broken.md:1: " in caplog.text


@pytest.mark.parametrize("text", ["\ufeff" + GOOD, GOOD.replace("\n", "\r\n")], ids=["BOM", "CRLF"])
def test_files_from_other_editors_are_read(write, text):
    write("page.md", text)
    assert [article.title for article in read_library().articles] == ["A page"]


IMS = "evidence:\n  - {method: ims, grade: none-found, statement: No study., sources: []}\n"
NEEDLING = "  - {method: dry-needling, grade: some, statement: Some weeks., sources: []}\n"


@pytest.mark.parametrize(
    ("evidence", "words"),
    [("", "two lines"), (IMS, "two lines"), (IMS + NEEDLING, "names its sources")],
)
def test_a_condition_needs_both_lines_of_evidence(write, evidence, words):
    as_condition = changed("kind: guide", "kind: condition\nbody: [neck]")
    write("page.md", as_condition.replace("order: 50\n", f"order: 50\n{evidence}"))
    [problem] = read_library().problems
    assert words in str(problem)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("condition", "body names parts of the body"),
        ("guide\nbody: [neck]", "body names parts of the body"),
        ("condition\nbody: [tail]", "tail"),
        ("condition\nbody: [neck, arm, neck]", "neck stands twice"),
    ],
)
def test_a_condition_alone_names_its_parts_of_the_body(write, kind, words):
    write(
        "page.md",
        changed("kind: guide", f"kind: {kind}").replace("order: 50\n", f"order: 50\n{IMS}"),
    )
    [problem] = read_library().problems
    assert words in str(problem)


@tuned(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=examples(200),
    deadline=None,
)
@given(st.text() | st.text().map(lambda text: f"---\n{text}\n---\n"))
def test_any_text_is_read_or_told(tmp_path, text):
    path = tmp_path / "page.md"
    path.write_text(text, "utf-8", errors="replace")
    try:
        read_draft(ContentFile("page.md", path))
    except ContentError as error:
        told = error.problems
    else:
        told = ()
    assert all(problem.line >= 1 and problem.what for problem in told)
