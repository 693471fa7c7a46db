import pytest

from imsinfo.articles.sources import Source


@pytest.mark.parametrize(
    ("authors", "printed"),
    [
        ("Ga H", "Ga H."),
        ("Ga H, Koh HJ, Choi JH", "Ga H, Koh HJ, Choi JH."),
        ("Ga H, Koh HJ, Choi JH, Kim CH", "Ga H and others."),
        ("Pool-Goudzwaard AL, van der Berg P, O'Neill B, Li X", "Pool-Goudzwaard AL and others."),
        ("Health, safety, work, and pensions", "Health, safety, work, and pensions."),
    ],
)
def test_a_reference_names_few_people_and_whole_organisations(authors, printed):
    source = Source(key="a", authors=authors, title="T", url="https://example.org/")
    assert source.who == printed


def test_a_reference_says_year_journal_and_kind_of_study():
    source = Source(
        key="a",
        authors="Ga H",
        year=2007,
        title="Is it so?",
        journal="J 1:2",
        doi="10.1/x",
        design="review",
    )
    link = '<a href="https://doi.org/10.1/x">Is it so?</a>'
    assert source.entry == f"Ga H (2007). {link} J 1:2. Review."


@pytest.mark.parametrize(
    ("journal", "design", "told"),
    [
        ("Clinic page, Vancouver", "clinic page", "Clinic page, Vancouver."),
        (
            "Systematic Reviews 6:97",
            "systematic review",
            "Systematic Reviews 6:97. Systematic review.",
        ),
        ("Clinical Journal of Pain", "review", "Clinical Journal of Pain. Review."),
        ("", "clinic page", "Clinic page."),
        ("Clinic page", "", "Clinic page."),
    ],
)
def test_a_kind_of_study_is_told_once(journal, design, told):
    source = Source(
        key="a", authors="A", title="T", url="https://a.example/", journal=journal, design=design
    )
    assert source.entry.endswith(f"</a> {told}")


def test_the_words_of_a_source_are_no_html():
    source = Source(key="a", authors="A & B", title="<b>", url="https://example.org/?a&b")
    link = '<a href="https://example.org/?a&amp;b">&lt;b&gt;.</a>'
    assert source.entry == f"A &amp; B. {link} "


def test_a_kind_of_study_that_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="'rumour' is no kind of study; use one of: systematic"):
        Source(key="a", authors="A", title="T", url="https://example.org/", design="rumour")
