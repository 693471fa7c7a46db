import pytest
from pytest_django.asserts import assertContains, assertNotContains

from imsinfo.articles.bibliography import MOST_ON_A_PAGE, used_sources
from imsinfo.articles.designs import DESIGNS, GROUPS
from imsinfo.articles.library import get_library, read_library
from imsinfo.articles.sources import get_sources

SOURCE = """- key: {key}
  authors: {authors}
  title: Title of {key}
  url: https://example.org/{key}
  design: {design}
"""


@pytest.fixture
def cite(write, write_article):
    """Write sources, (key, authors, design) each, and a page that cites them all."""

    def cite(*sources, name="page.md"):
        texts = (SOURCE.format(key=k, authors=a, design=d) for k, a, d in sources)
        write("sources.yaml", "".join(texts))
        write("red-flags.yaml", "form_lines: []\nbefore_needling: []\nafter_needling: []\n")
        write("figures.yaml", "[]\n")
        write("glossary.yaml", "[]\n")
        write_article(" ".join(f"Text [@{key}]." for key, _, _ in sources), name=name)

    return cite


def listed(group_id):
    groups = {group.id: sources for group, sources in used_sources(read_library()).items()}
    return [(used.source.key, [page.url for page in used.pages]) for used in groups[group_id]]


def test_sources_stand_under_their_kind_in_the_order_of_their_authors(cite):
    cite(("a", "Zett A", "review"), ("b", "alef B", "systematic review"), ("c", "Bet C", "book"))
    assert listed("reviews") == [("b", ["/page/"]), ("a", ["/page/"])]
    assert listed("background") == [("c", ["/page/"])]


def test_a_source_names_every_page_that_uses_it_in_reading_order(cite, write_article):
    cite(("a", "Alef B", "review"), name="later.md")
    write_article("Text [@a] again [@a].", name="earlier.md")
    assert listed("reviews") == [("a", ["/earlier/", "/later/"])]


def test_a_source_that_no_page_uses_is_not_listed(cite, write_article):
    cite(("a", "Alef B", "review"))
    write_article("Text.")
    assert listed("reviews") == []


def test_each_design_belongs_to_one_group():
    assert len(DESIGNS) == sum(len(group.designs) for group in GROUPS)


def test_guide_names_every_design(settings):
    guide = (settings.BASE_DIR / "content" / "README.md").read_text()
    assert [design for design in DESIGNS if design and f"`{design}`" not in guide] == []


def test_every_shipped_source_says_its_design():
    assert [key for key, source in get_sources().items() if not source.design] == []


def test_every_reference_of_every_page_is_in_the_lists():
    keys = {ref.key for article in get_library().articles for ref in article.references}
    lists = used_sources(get_library()).values()
    assert sorted(used.source.key for each in lists for used in each) == sorted(keys)


def test_the_list_leads_to_source_and_pages(client, cite):
    cite(("a", "Alef B", "review"))
    page = client.get("/references/reviews/")
    assertContains(page, '<a href="https://example.org/a">Title of a.</a>', html=True)
    assertContains(page, '<a href="/page/">A page</a>', html=True)


def test_the_overview_counts_and_leads_to_the_lists(client, cite):
    cite(("a", "Alef B", "review"), ("b", "Bet C", "review"))
    page = client.get("/references/")
    assertContains(
        page, '<a class="lone-link" href="/references/reviews/">See 2 sources: reviews</a>'
    )
    assertNotContains(page, "/references/trials/")


def test_a_long_list_comes_in_parts(client, cite):
    cite(*((f"s{n:03}", f"Name{n:03} A", "review") for n in range(MOST_ON_A_PAGE + 1)))
    first, second = client.get("/references/reviews/"), client.get("/references/reviews/2/")
    assertContains(first, "https://example.org/s", count=MOST_ON_A_PAGE)
    assertContains(first, 'href="/references/reviews/2/"')
    assertContains(second, "https://example.org/s", count=1)
    assertContains(second, 'href="/references/reviews/"')


@pytest.mark.parametrize("path", ["rumours/", "reviews/0/", "reviews/1/", "reviews/2/"])
def test_there_is_no_other_list(client, cite, path):
    cite(("a", "Alef B", "review"))
    assert client.get(f"/references/{path}").status_code == 404
