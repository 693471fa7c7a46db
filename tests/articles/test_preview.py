import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tuned
from hypothesis import strategies as st
from pytest_django.asserts import assertContains, assertInHTML, assertNotContains

from imsinfo.articles.editing import edited_page
from tests.extent import examples

GOOD = "## One\n\nBefore.\n\n"


@pytest.fixture
def edited(client, settings, write_article):
    """Write an article, open it as its editor does, and return the answer."""
    settings.DEBUG = True

    def edited(text, path="/page/", **options):
        write_article(text, **options)
        return client.get(path)

    return edited


def in_order(page, *marks):
    places = [page.content.decode().index(mark) for mark in marks]
    return places == sorted(places)


def test_a_fault_stands_at_its_place_with_its_repair(edited):
    page = edited(f"{GOOD}Call {{clinic.fax}} now.\n\nAfter.")
    assert in_order(
        page, "Before.", "Fault, content/page.md, line 14:", "Call {clinic.fax}", "After."
    )
    assertContains(page, "<dt>Repair</dt><dd>correct the name")


def test_what_cannot_be_shown_stands_as_it_was_typed(edited):
    page = edited(f"{GOOD}Some <b>bold</b> words.")
    assertContains(page, "<pre><code>Some &lt;b&gt;bold&lt;/b&gt; words.\n</code></pre>", html=True)


def test_the_rest_of_the_page_is_rendered(edited):
    assertContains(edited(f"{GOOD}<b>\n\n**After.**"), "<p><strong>After.</strong></p>", html=True)


def test_a_code_block_ends_where_its_sign_says(edited):
    page = edited("```\none\n\ntwo\n```\n\n**Between.**\n\n<b>")
    assertContains(page, "<p><strong>Between.</strong></p>", html=True)


def test_an_error_leaves_its_block_as_readers_see_it(edited):
    page = edited(f"{GOOD}To [*there*](#nowhere).")
    assertContains(page, '<a href="#nowhere"><em>there</em></a>', html=True)
    assertContains(page, "a link to a place that is not on the page.")


def test_a_warning_is_called_one(edited):
    assertContains(edited("Text."), "<strong>Warning, content/page.md, line 1:</strong>", html=True)


def test_a_component_that_is_not_closed_stands_as_typed(edited):
    page = edited(f"{GOOD}::: callout A box\nInside.\n\nAfter.")
    assertContains(page, "the component callout is not closed")
    assertContains(page, "<p>After.</p>", html=True)


def test_a_component_with_an_unknown_name_takes_its_end_along(edited):
    page = edited(f"{GOOD}::: warning Title\n\nInside.\n\n:::\n\nAfter.")
    assertContains(page, "unknown component")
    assertContains(page, "<p>Inside.</p>", html=True)


def test_an_unknown_source_of_the_evidence_is_told_above(edited):
    lines = (
        "evidence:\n  - {method: ims, grade: some, statement: S., sources: [nobody]}\n"
        "  - {method: dry-needling, grade: none-found, statement: S., sources: []}\n"
    )
    page = edited("## One\n\n::: evidence\n:::", more=lines)
    assert in_order(page, "unknown source in the evidence of ims", "<h1>", 'id="one"')


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("page.md", "no front matter", "the file does not begin with front matter"),
        ("page.md", "---\ntitle: [\n---\nText.", "this is not YAML"),
        ("page.md", b"caf\xe9", "the file is not UTF-8 text"),
        ("clinic.yaml", "name: [", "this is not YAML"),
    ],
)
def test_a_file_that_is_no_page_is_shown_line_by_line(
    client, settings, write, write_article, name, text, told
):
    settings.DEBUG = True
    write_article("Text.")
    write(name, text)
    page = client.get("/page/")
    assertContains(page, "<h1>This page cannot be shown</h1>", html=True)
    assertContains(page, told)


@pytest.mark.parametrize("path", ["/search/", "/changes/", "/feed.xml", "/nothing/"])
def test_a_broken_clinic_is_told_at_every_address(client, settings, write, path):
    settings.DEBUG = True
    write("clinic.yaml", "name: [")
    assertContains(client.get(path), "content/clinic.yaml, line", status_code=500)


def test_faults_of_data_files_are_named_on_every_page(edited, write):
    write("sources.yaml", "a: [\n")
    assertContains(edited("Text."), "<li>content/sources.yaml: 1</li>", html=True)


def test_files_with_warnings_alone_are_not_named(edited, content, tmp_path, settings):
    own = tmp_path / "clinic"
    own.mkdir()
    (own / "sources.yaml").write_bytes((content / "sources.yaml").read_bytes())
    settings.CONTENT_ROOTS = [content, own]
    assertNotContains(edited("Text."), "sources.yaml")


def test_a_draft_is_shown_to_its_editor(edited):
    assertContains(edited("Text.", more="draft: true\n"), "<strong>Draft.</strong>", html=True)


def test_readers_never_see_faults(client, write_article):
    write_article(f"{GOOD}To [there](#nowhere).")
    assertNotContains(client.get("/page/"), "fault")


def test_what_was_typed_is_escaped(edited):
    page = edited(f'{GOOD}<script>alert("x")</script> {{"<b>}}')
    assertNotContains(page, "<script>alert")
    assertNotContains(page, '"<b>')


PIECES = [
    *("::: do\n- a\n:::\n", "::: callout A\n", ":::\n", "```\n", "~~~\n", "\n\n", "<b>", "{x}"),
    *("[@no]", "# H\n", "#### H\n", "- a\n", "[a](b.md)", "[a](#b)", "Words. ", "    code\n"),
]


@tuned(
    max_examples=examples(150),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.sampled_from(PIECES), max_size=15).map("".join))
def test_any_text_can_be_edited(write_article, text):
    write_article(text)
    page = edited_page("/page/")
    assert page.article is not None or page.source
    if page.article:
        assertInHTML("", page.article.body)
        assert "xxfault" not in page.article.body
