import pytest

from imsinfo.articles.glossary import Term
from imsinfo.articles.search.queries import Synonyms, Wanted, synonyms_of


def term(*names):
    return Term(id="x", term=names[0], meaning="something", also=names[1:])


@pytest.fixture
def synonyms():
    terms = (
        term("neck pain", "stiff neck", "crick in the neck"),
        term("trigger point", "muscle knot"),
        term("trigger point injection", "wet needling"),
        term("qi", "chi"),
    )
    return synonyms_of(dict(enumerate(terms)))


STIFF_NECK = Wanted(("stiff", "neck"), (("neck", "pain"), ("crick", "in", "the", "neck")))


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("stiff neck", [STIFF_NECK]),
        ("my stiff neck after", [STIFF_NECK, Wanted(("after",))]),
        ("neck stiff", [Wanted(("neck",)), Wanted(("stiff",))]),
        ("muscle knots", [
            Wanted(("muscle", "knots"), (("trigger", "point"), ("muscle", "knot")))
        ]),
        ("trigger point injections", [
            Wanted(
                ("trigger", "point", "injections"),
                (("trigger", "point", "injection"), ("wet", "needling")),
            )
        ]),
        ("pain pain", [Wanted(("pain",))]),
        ("what is it", [Wanted(("what",)), Wanted(("is",)), Wanted(("it",))]),
        ("what is chi", [Wanted(("chi",), (("qi",),))]),
        ("", []),
    ],
)  # fmt: skip
def test_a_query_is_read_as_terms_and_words(synonyms, query, wanted):
    assert synonyms.wanted(query.split()) == wanted


def test_a_name_of_two_terms_stands_for_both():
    names = synonyms_of({"a": term("spasm", "cramp"), "b": term("tightness", "cramp")})
    assert names.wanted(["cramp"]) == [Wanted(("cramp",), (("spasm",), ("tightness",)))]


def test_without_a_glossary_every_word_stands_for_itself():
    assert Synonyms({}).wanted(["stiff", "neck"]) == [Wanted(("stiff",)), Wanted(("neck",))]


@pytest.mark.parametrize(
    ("wanted", "question"),
    [
        (Wanted(("neck",)), '"neck"'),
        (Wanted(("stiff", "neck")), '("stiff" AND "neck")'),
        (Wanted(("qi",), (("life", "force"),)), '("qi" OR "life force")'),
    ],
)
def test_whole_words_are_asked_for(wanted, question):
    assert str(wanted.whole()) == question


@pytest.mark.parametrize(
    ("wanted", "question"),
    [
        (Wanted(("neck",)), '("neck" OR "neck" *)'),
        (Wanted(("qi",)), '"qi"'),
        (Wanted(("needli",)), '("needli" OR "needli" * OR "needling")'),
    ],
)
def test_beginnings_are_asked_for(wanted, question):
    assert str(wanted.begun({"needli": ["needling"], "qi": ["quick"]})) == question
