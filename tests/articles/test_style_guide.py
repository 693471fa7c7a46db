import pytest
from pytest_django.asserts import assertContains, assertNotContains

from imsinfo.articles.style_guide import get_style_guide
from imsinfo.articles.syntax import COMPONENTS
from tests import accounts

ENTRIES = [entry.id for entry in get_style_guide()]
INLINE = ["{figure:", "{term:", "[@", "![", "](aftercare.md#", "{clinic."]


@pytest.fixture
def editor(settings):
    settings.DEBUG = True


@pytest.mark.parametrize("form", [*(f"::: {name}" for name in COMPONENTS), *INLINE])
def test_every_component_has_an_example(form):
    shown = [entry.id for entry in get_style_guide() if form in entry.source]
    assert shown != []


@pytest.mark.parametrize("entry", get_style_guide(), ids=ENTRIES)
def test_every_example_is_without_a_fault(entry):
    assert entry.faults == ()
    assert entry.body is not None


@pytest.mark.parametrize("entry", get_style_guide(), ids=ENTRIES)
def test_every_section_of_the_guide_says_what_its_component_is_for(entry):
    assert len(entry.words) > 40


@pytest.mark.parametrize("path", ["/style-guide/", "/style-guide/steps/"])
def test_readers_see_no_style_guide(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.django_db
def test_signed_in_staff_see_the_style_guide(client, django_user_model):
    accounts.sign_in(client, django_user_model.objects.create_user("e", is_staff=True))
    response = client.get("/style-guide/steps/")
    assertContains(response, "<h1>Steps</h1>", html=True)
    assert set(response["Cache-Control"].split(", ")) == {"private", "no-store"}


@pytest.mark.django_db
def test_an_account_that_is_no_staff_sees_no_style_guide(client, django_user_model):
    accounts.sign_in(client, django_user_model.objects.create_user("r"))
    assert client.get("/style-guide/").status_code == 404


def test_the_style_guide_lists_every_section(client, editor):
    page = client.get("/style-guide/")
    for entry in ENTRIES:
        assertContains(page, f'href="/style-guide/{entry}/"')


def test_a_page_of_the_style_guide_shows_what_to_write_and_what_readers_see(client, editor):
    page = client.get("/style-guide/question-and-answer/")
    assertContains(page, "<pre><code>::: question Can I ask to stop?")
    assertContains(page, "<summary>Can I ask to stop?</summary>", html=True)


def test_a_section_that_is_not_there_is_a_404(client, editor):
    assert client.get("/style-guide/nothing/").status_code == 404


@pytest.mark.parametrize("entry", ENTRIES)
def test_ids_of_a_page_of_the_style_guide_are_single(client, editor, parsed, entry):
    ids = parsed(client.get(f"/style-guide/{entry}/")).with_attribute("id")
    assert len(ids) == len(set(ids))


def test_a_broken_example_is_told_on_its_page(client, editor, write_content):
    write_content(
        "README.md", "\n## Components\n\n### Steps\n\nWords.\n\n```\n::: nothing\n:::\n```\n"
    )
    page = client.get("/style-guide/steps/")
    assertContains(page, "unknown component")
    assertNotContains(page, "Traceback")


def test_an_example_with_an_error_that_could_be_shown_is_told_too(client, editor, write_content):
    table = "| a | b |\n| --- | --- |\n| c | d |"
    write_content("README.md", f"\n## Components\n\n### Steps\n\nWords.\n\n```\n{table}\n```\n")
    assertContains(client.get("/style-guide/steps/"), "a table without a caption")


def test_an_example_waits_for_a_broken_data_file(client, editor, write_content):
    write_content("sources.yaml", "a: [")
    page = client.get("/style-guide/citation/")
    assertContains(page, "this page needs sources.yaml, which is broken")
