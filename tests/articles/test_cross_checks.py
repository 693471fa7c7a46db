import pytest

from imsinfo.articles.library import read_library
from imsinfo.clinic import get_clinic
from tests.articles.conftest import FIGURES, GLOSSARY

UNKNOWN = (
    "expected: a key of sources.yaml; repair: correct the key, or add the source to sources.yaml "
    "after reading it"
)


@pytest.fixture
def problems(content):
    return lambda: [str(each).removeprefix("content/") for each in read_library().problems]


def unfillable(place, found):
    names = ", ".join(sorted(get_clinic().fields))
    return (
        f"{place} holds what no page can fill; found: {found}; expected: plain words, and "
        f"{{clinic.NAME}} with one of: {names}; repair: correct the name; sources stand in the "
        "field sources"
    )


def test_figures_and_terms_without_a_fault_are_used(written, problems):
    assert problems() == []


def test_an_unknown_source_of_a_figure_is_told_on_its_line(write, problems):
    write("figures.yaml", FIGURES.replace("[kim_2012, ga_2007]", "[kim_2012, nobody]"))
    assert problems() == [f"figures.yaml:9: unknown source in bruise; found: nobody; {UNKNOWN}"]


def test_an_unknown_source_of_a_term_is_told_on_its_line(write, problems):
    write("glossary.yaml", GLOSSARY.replace("[kim_2012]", "[nobody]"))
    assert problems() == [
        f"glossary.yaml:5: unknown source in trigger-point; found: nobody; {UNKNOWN}"
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "found"),
    [
        ("what: pain", "what: pain {clinic.fax}", 12, "{clinic.fax}"),
        ("what: pain", 'what: "{figure:bruise}"', 12, "{figure:bruise}"),
        ("what: pain", "what: pain <b>", 12, "<b>"),
        ("what: pain", "what: pain [@kim_2012]", 12, "[@kim_2012]"),
        ("what: pain", 'what: "::: do"', 12, ":::"),
        ("says: about 3 in 100", "says: about 3 in 100 {x", 11, "{x treatments"),
        ("of: 100\n  group: treatments\n  s", "of: 100\n  group: all }\n  s", 15, "}"),
    ],
)
def test_words_of_a_figure_that_no_page_can_fill_are_told(write, problems, old, new, line, found):
    write("figures.yaml", FIGURES.replace(old, new, 1))
    assert problems() == [unfillable(f"figures.yaml:{line}: pain", found)]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("meaning: a sore", "meaning: a {x} sore", 3),
        ("term: trigger", "term: a {x} trigger", 2),
        ("tender spot", '"a {x}"', 4),
    ],
)
def test_words_of_a_term_that_no_page_can_fill_are_told(write, problems, old, new, line):
    write("glossary.yaml", GLOSSARY.replace(old, new))
    assert problems() == [unfillable(f"glossary.yaml:{line}: trigger-point", "{x}")]


@pytest.mark.parametrize("name", ["Trigger Point", "muscle knot"])
def test_a_name_that_two_terms_share_is_told_with_both(write, problems, name):
    write("glossary.yaml", f"{GLOSSARY}- id: band\n  term: band\n  meaning: b\n  also: [{name}]\n")
    assert problems() == [
        f"glossary.yaml:12: trigger-point and band share a name; found: {name}; expected: each "
        "name for one term; repair: remove the name from one of them, or make them one term"
    ]


@pytest.mark.parametrize("name", ["references", "main", "ref-x", "cite-x", "picture-x"])
def test_a_term_cannot_have_the_id_of_another_part_of_its_page(write, problems, name):
    write("glossary.yaml", f"- id: {name}\n  term: a\n  meaning: b\n")
    assert problems() == [
        f"glossary.yaml:1: a term has the id of another part of its page; found: {name}; "
        f"expected: an id of its own; repair: add a word to it, such as {name}-term"
    ]


@pytest.mark.parametrize(
    ("name", "text", "uses"),
    [
        ("figures.yaml", FIGURES.replace("kim_2012", "nobody"), "{figure:pain}"),
        ("figures.yaml", FIGURES.replace("kim_2012", "nobody"), "::: icon-array T\n- pain\n:::"),
        ("glossary.yaml", GLOSSARY.replace("kim_2012", "nobody"), "{term:pneumothorax}"),
        ("glossary.yaml", GLOSSARY.replace("kim_2012", "nobody"), "::: glossary\n:::"),
        ("sources.yaml", "a: [\n", "{figure:pain}"),
        ("sources.yaml", "a: [\n", "::: glossary\n:::"),
    ],
)
def test_only_pages_that_need_a_broken_file_wait_for_it(
    write, written, write_article, name, text, uses
):
    write(name, text)
    write_article("Text.", name="good.md")
    write_article(uses, name="waiting.md")
    library = read_library()
    waiting = [str(each) for each in library.problems if each.file == "content/waiting.md"]
    assert waiting == [
        f"content/waiting.md:1: this page needs {name}, which is broken; repair: repair {name}"
    ]
    assert [article.url for article in library.articles] == ["/good/"]


def test_a_clinic_without_figures_and_terms_is_no_fault(write_article, problems):
    write_article("Text.")
    assert problems() == []


@pytest.mark.parametrize("field", ["title", "in_short", "sign", "action"])
def test_words_of_a_sign_after_needling_that_no_page_can_fill_are_told(
    write, content, problems, field
):
    text = (content / "red-flags.yaml").read_text()
    sign = text.index("- id: AN-09")
    at = text.index(f"    {field}: ", sign) + len(f"    {field}: ")
    write("red-flags.yaml", text[:at] + "x{clinic.fax} " + text[at:])
    [told] = problems()
    assert "AN-09 holds what no page can fill; found: {clinic.fax};" in told
