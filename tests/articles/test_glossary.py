from collections import Counter

import pytest

from imsinfo.articles.glossary import Term, get_glossary
from imsinfo.articles.sources import get_sources
from imsinfo.problems import ContentError

GOOD = {"id": "tight-band", "term": "tight band", "meaning": "a line of tight muscle"}


def entry(**changes):
    """One term as it stands in the file; a field with the value None is left out."""
    fields = {name: value for name, value in (GOOD | changes).items() if value is not None}
    return "- " + "\n  ".join(f"{name}: {value}" for name, value in fields.items()) + "\n"


@pytest.fixture
def read(write):
    """Write glossary.yaml and read it."""

    def read(text):
        write("glossary.yaml", text)
        get_glossary.cache_clear()
        return get_glossary()

    yield read
    get_glossary.cache_clear()


@pytest.fixture
def shipped():
    get_glossary.cache_clear()
    return get_glossary()


def test_term_is_read_with_its_names_and_sources(read):
    assert read(entry(also="[taut band, cord]", sources="[rathbone_2017]")) == {
        "tight-band": Term(
            id="tight-band",
            term="tight band",
            meaning="a line of tight muscle",
            also=("taut band", "cord"),
            sources=("rathbone_2017",),
        )
    }


def test_term_is_called_by_its_own_name_first(read):
    assert read(entry(also="[taut band]"))["tight-band"].names == ("tight band", "taut band")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"id": "tight_band"},
            "1: '1.id': write small letters, digits and hyphens, such as trigger-point; "
            "found: tight_band; repair: correct the value",
        ),
        (
            {"meaning": "a line of tight muscle."},
            "3: '1.meaning': these words stand inside a sentence, so no stop ends them; "
            "found: a line of tight muscle.; repair: correct the value",
        ),
        ({"meaning": None}, "1: the field '1.meaning' is missing; repair: add a line 'meaning: …'"),
        (
            {"term": "t" * 81},
            f"2: '1.term' is 81 characters long; found: {'t' * 57}…; expected: at most 80; "
            "repair: shorten it",
        ),
        (
            {"synonyms": "[cord]"},
            "4: unknown field '1.synonyms'; repair: correct the name or remove the line",
        ),
    ],
)
def test_wrong_field_is_told_with_its_line(read, changes, told):
    with pytest.raises(ContentError) as refused:
        read(entry(**changes))
    assert str(refused.value) == f"content/glossary.yaml:{told}"


def test_doubled_term_is_told_with_the_line_of_the_second(read):
    with pytest.raises(ContentError) as refused:
        read(entry() + entry(term="cord"))
    assert str(refused.value) == (
        "content/glossary.yaml:4: two entries have the same id; found: tight-band; "
        "repair: keep one of them"
    )


def test_shipped_terms_use_sources_that_are_there(shipped):
    assert {key for term in shipped.values() for key in term.sources} - set(get_sources()) == set()


def test_no_name_stands_under_two_shipped_terms(shipped):
    counts = Counter(name.casefold() for term in shipped.values() for name in term.names)
    assert [name for name, count in counts.items() if count > 1] == []


def test_shipped_meanings_are_short(shipped):
    lengths = {term.id: len(term.meaning.split()) for term in shipped.values()}
    assert {name: length for name, length in lengths.items() if length > 15} == {}


def test_shipped_meanings_go_on_with_a_sentence(shipped):
    assert [term.id for term in shipped.values() if not term.meaning[0].islower()] == []


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("stiff neck", "neck-pain"),
        ("slipped disc", "slipped-disc"),
        ("lateral epicondylitis", "tennis-elbow"),
        ("pneumothorax", "collapsed-lung"),
        ("sham", "pretend-needling"),
        ("taut band", "tight-band"),
        ("physical therapist", "physiotherapist"),
        ("plantar fasciitis", "heel-pain"),
        ("chronic pain", "long-lasting-pain"),
        ("IMS", "ims"),
    ],
)
def test_words_that_people_type_lead_to_a_shipped_term(shipped, typed, found):
    assert [term.id for term in shipped.values() if typed in term.names] == [found]


@pytest.mark.parametrize("name", ["gunns-model", "supersensitivity"])
def test_theory_is_told_as_theory_in_the_shipped_glossary(shipped, name):
    assert "theory" in shipped[name].meaning
