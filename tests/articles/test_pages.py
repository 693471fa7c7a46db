import pytest
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from imsinfo.articles.library import read_library
from tests import accounts

DRAFT = "draft: true\n"


@pytest.fixture
def draft(write_article):
    write_article("Published.", name="page.md")
    write_article("Secret plan.", name="new.md", more=DRAFT)


@pytest.fixture
def staff_client(client, django_user_model):
    return accounts.sign_in(client, django_user_model.objects.create_user("e", is_staff=True))


def test_a_draft_is_in_no_list(draft):
    library = read_library()
    assert [article.url for article in library.articles] == ["/page/"]
    assert [article.url for article in library.drafts] == ["/new/"]


def test_a_draft_is_not_there_for_readers(client, draft):
    response = client.get("/new/")
    assertNotContains(response, "Secret", status_code=404)


@pytest.mark.django_db
def test_a_draft_is_not_there_for_an_account_that_is_no_staff(client, draft, django_user_model):
    accounts.sign_in(client, django_user_model.objects.create_user("reader"))
    assertNotContains(client.get("/new/"), "Secret", status_code=404)


@pytest.mark.django_db
def test_a_draft_is_shown_to_staff_and_says_so(staff_client, draft):
    assertContains(staff_client.get("/new/"), "<strong>Draft.</strong>", html=True)


@pytest.mark.django_db
def test_a_draft_is_kept_by_no_cache(staff_client, draft):
    response = staff_client.get("/new/")
    assert set(response["Cache-Control"].split(", ")) == {"private", "no-store"}


@pytest.mark.django_db
def test_a_published_page_is_the_same_for_staff(staff_client, draft):
    response = staff_client.get("/page/")
    assertNotContains(response, "Draft.")
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize("path", ["/old/", "/older/name/", "/old"])
def test_an_old_address_leads_to_the_page_for_good(client, write_article, path):
    write_article("Text.", more="aliases: [/old/, /older/name/]\n")
    assertRedirects(client.get(path), "/page/", status_code=301)


def test_a_page_wins_over_an_old_address(client, write_article):
    write_article("Text.", name="a.md", more="aliases: [/b/]\n")
    write_article("Here.", name="b.md")
    assertContains(client.get("/b/"), "Here.")


def test_related_pages_stand_in_place_of_the_rest_of_the_section(client, write_article):
    write_article("Text.", name="a.md", more="related: [b.md, gone.md]\n")
    write_article("Text.", name="b.md")
    write_article("Text.", name="c.md")
    page = client.get("/a/")
    assertContains(page, "<h2>Related pages</h2>", html=True)
    assertContains(page, '<a href="/b/">')
    assertNotContains(page, '<a href="/c/">')


def test_pages_of_shared_pieces_and_pictures_are_no_pages(write_article, write):
    write("shared/piece.md", "Only a piece.")
    write_article("Text.", name="page.md")
    assert [article.url for article in read_library().articles] == ["/page/"]
