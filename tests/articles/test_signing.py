from datetime import date

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.asserts import assertContains, assertNotContains

from imsinfo.articles.frontmatter import read_draft
from imsinfo.articles.library import read_library
from imsinfo.articles.signing import sign_off, with_sign_off
from imsinfo.content import ContentFile

WHO = {
    "name": "Robin Example",
    "role": "Physiotherapist",
    "register": "Example Register 12345",
}
UNSIGNED = "Not yet reviewed by a clinician at this clinic."


@pytest.fixture
def real_clinic(content):
    file = content / "clinic.yaml"
    file.write_text(file.read_text().replace("example: true\n", ""))


@pytest.fixture
def sign(real_clinic):
    return lambda *paths, **changes: call_command("sign_review", *paths, **(WHO | changes))


@pytest.fixture
def reviews():
    return lambda: {article.name: article.review.state for article in read_library().articles}


def test_a_signed_page_says_who_and_when(client, write_article, sign, time_machine):
    time_machine.move_to("2026-11-21T12:00:00-08:00")
    write_article("Text.")
    sign("page.md")
    page = client.get("/page/")
    assertContains(
        page,
        "<p>Reviewed by Robin Example, Physiotherapist (Example Register 12345), on "
        '<time datetime="2026-11-21">21 November 2026</time>.</p>',
        html=True,
    )
    assertNotContains(page, UNSIGNED)


def test_the_sign_off_is_dated_in_the_clinics_time(write_article, sign, time_machine, content):
    time_machine.move_to("2026-11-22T03:00:00Z")
    write_article("Text.")
    sign("page.md")
    assert "  date: 2026-11-21\n" in (content / "page.md").read_text()


def test_a_page_changed_since_says_so(client, write_article, write, sign, content):
    write_article("Text.")
    sign("page.md")
    signed = (content / "page.md").read_text()
    write("page.md", signed.replace("Text.", "Other text."))
    page = client.get("/page/")
    assertContains(page, "An earlier version was reviewed by Robin Example")
    assertContains(page, "<strong>The text has changed since.</strong>", html=True)


@pytest.mark.parametrize(
    ("old", "new", "state"),
    [
        ("Text.", "Text!", "changed"),
        ("title: A page", "title: B page", "changed"),
        ("summary: What it says.", "summary: Else.", "changed"),
        ("order: 50", "order: 60", "current"),
        ("next_review: 2028-11-21", "next_review: 2027-11-21", "current"),
        ("order: 50", "order: 50\naliases: [/old/]", "current"),
        ("Text.\n", "Text.   \n\n", "current"),
        ("First line", "First line  ", "current"),
    ],
)
def test_what_a_reader_reads_as_medical_text_counts(
    write_article, write, sign, content, reviews, old, new, state
):
    write_article("First line\nof two.\n\nText.\n")
    sign("page.md")
    text = (content / "page.md").read_text()
    assert old in text
    write("page.md", text.replace(old, new))
    assert reviews() == {"page.md": state}


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("red-flags.yaml", "Losing weight without trying", "Losing weight"),
        ("figures.yaml", "counted_by: 39 physio", "counted_by: 40 physio"),
        ("glossary.yaml", "term: trigger point\n", "term: trigger spot\n"),
        ("shared/piece.md", "A piece.", "Another piece."),
    ],
)
def test_a_change_of_what_the_page_shows_from_elsewhere_counts(
    write_article, write, sign, content, reviews, name, old, new
):
    write("shared/piece.md", "A piece.")
    write_article(
        "::: red-flags neck\n:::\n\nAfter {figure:bruise_dn_ireland}, a {term:trigger-point}.\n\n"
        "::: shared piece\n:::"
    )
    sign("page.md")
    assert reviews() == {"page.md": "current"}
    text = (content / name).read_text()
    assert old in text
    write(name, text.replace(old, new))
    assert reviews() == {"page.md": "changed"}


def test_signing_again_replaces_the_first_sign_off(write_article, sign, content, reviews):
    write_article("Text.")
    sign("page.md")
    once = (content / "page.md").read_text()
    sign("page.md", name="Kim Other")
    assert (content / "page.md").read_text() == once.replace("Robin Example", "Kim Other")
    assert reviews() == {"page.md": "current"}


@pytest.mark.parametrize("path", ["a/b.md", "content/a/b.md", "/anywhere/content/a/b.md"])
def test_a_page_is_found_by_the_path_that_a_shell_offers(write_article, sign, reviews, path):
    write_article("Text.", name="a/b.md")
    write_article("Text.", name="b.md")
    sign(path)
    assert reviews() == {"a/b.md": "current", "b.md": "none"}


@pytest.mark.parametrize(
    ("paths", "told"),
    [
        (["gone.md"], "gone.md is no page"),
        (["page.md", "gone.md"], "gone.md is no page"),
        (["broken.md"], "content/broken.md:10: HTML is not used in articles"),
    ],
)
def test_nothing_is_signed_where_one_page_cannot_be(write_article, sign, reviews, paths, told):
    write_article("Text.")
    write_article("<b>", name="broken.md")
    with pytest.raises(CommandError, match=told):
        sign(*paths)
    assert reviews() == {"page.md": "none"}


@pytest.mark.parametrize("field", WHO)
def test_a_sign_off_without_its_words_is_refused(write_article, sign, reviews, field):
    write_article("Text.")
    with pytest.raises(CommandError, match=f"The sign-off is not complete: {field}"):
        sign("page.md", **{field: " "})
    assert reviews() == {"page.md": "none"}


def test_nobody_signs_for_the_example_clinic(write_article):
    write_article("Text.")
    with pytest.raises(CommandError, match="which has no clinicians"):
        call_command("sign_review", "page.md", **WHO)


def test_a_shipped_page_is_signed_in_the_clinics_own_copy(
    write_article, real_clinic, content, tmp_path, settings, sign, reviews
):
    write_article("Text.")
    own = tmp_path / "clinic"
    own.mkdir()
    settings.CONTENT_ROOTS = [content, own]
    shipped = (content / "page.md").read_text()
    sign("page.md")
    assert (content / "page.md").read_text() == shipped
    assert "page.md" in (own / "overrides.yaml").read_text()
    assert reviews() == {"page.md": "current"}


@given(
    st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=40), min_size=3, max_size=3)
)
def test_any_name_is_read_back_as_it_was_signed(tmp_path_factory, names):
    try:
        lines = sign_off(*names, date(2026, 11, 21), "0" * 64)
    except ValueError:
        return
    path = tmp_path_factory.mktemp("page") / "page.md"
    front = "title: A\nsummary: B\nkind: guide\nsection: clinic\norder: 1\n"
    dates = "sources_checked: 2026-11-21\nnext_review: 2027-11-21\n"
    path.write_text(with_sign_off(f"---\n{front}{dates}---\nText.\n", lines), "utf-8")
    signed = read_draft(ContentFile("page.md", path)).front.clinical_review
    assert [signed.name, signed.role, signed.registration] == list(names)
