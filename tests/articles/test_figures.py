import pytest

from imsinfo.articles.figures import Figure, get_figures
from imsinfo.articles.sources import get_sources
from imsinfo.problems import ContentError

GOOD = {
    "id": "bruise_dn_ireland",
    "kind": "counted",
    "says": "about 8 in 100 treatments",
    "what": "a bruise",
    "n": "8",
    "of": "100",
    "group": "treatments",
    "sources": "[brady_2014]",
}
MEASURED = {"kind": "measured", "n": None, "of": None}
RULE = MEASURED | {"kind": "our_rule"}


def entry(**changes):
    """One figure as it stands in the file; a field with the value None is left out."""
    fields = {name: value for name, value in (GOOD | changes).items() if value is not None}
    return "- " + "\n  ".join(f"{name}: {value}" for name, value in fields.items()) + "\n"


@pytest.fixture
def read(write):
    """Write figures.yaml and read it."""

    def read(text):
        write("figures.yaml", text)
        get_figures.cache_clear()
        return get_figures()

    yield read
    get_figures.cache_clear()


@pytest.fixture
def faults(read):
    """Write figures.yaml and return what is told of it."""

    def faults(text):
        with pytest.raises(ContentError) as refused:
            read(text)
        return [str(problem) for problem in refused.value.problems]

    return faults


@pytest.fixture
def shipped():
    get_figures.cache_clear()
    return get_figures()


def test_figure_is_read_with_everything_that_must_be_told(read):
    more = {"counted_by": "the therapists", "over": "one day"}
    assert read(entry(**more)) == {
        "bruise_dn_ireland": Figure(
            id="bruise_dn_ireland",
            kind="counted",
            says="about 8 in 100 treatments",
            what="a bruise",
            n=8,
            of=100,
            group="treatments",
            counted_by="the therapists",
            over="one day",
            sources=("brady_2014",),
        )
    }


def test_figure_is_a_counted_one_unless_it_says_otherwise(read):
    assert read(entry(kind=None))["bruise_dn_ireland"].kind == "counted"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"n": None}, "bruise_dn_ireland is counted and lacks: n"),
        ({"of": None, "group": None}, "bruise_dn_ireland is counted and lacks: of, group"),
        ({"what": '""'}, "bruise_dn_ireland is counted and lacks: what"),
        ({"n": "101"}, "bruise_dn_ireland counts 101 of 100: n is more than of"),
        ({"n": "9"}, "bruise_dn_ireland does not say its count, 9 of 100"),
        ({"of": "1000"}, "bruise_dn_ireland does not say its count, 8 of 1000"),
        (
            {"kind": "measured", "of": None},
            "bruise_dn_ireland is measured: n and of belong to counted figures",
        ),
        (
            {"kind": "our_rule", "sources": None},
            "bruise_dn_ireland is our_rule: n and of belong to counted figures",
        ),
        (RULE, "bruise_dn_ireland is our own rule, which has no source; or it is no rule"),
        (MEASURED | {"sources": None}, "bruise_dn_ireland needs its sources"),
        ({"sources": "[]"}, "bruise_dn_ireland needs its sources"),
    ],
)
def test_fields_that_do_not_fit_together_are_told(faults, changes, told):
    assert faults(entry(id="first") + entry(**changes)) == [
        f"content/figures.yaml:9: {told}; repair: correct one of them"
    ]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"id": "Bruise-1"},
            "1: '1.id': write small letters, digits and _, such as bruise_dn_ireland; "
            "found: Bruise-1; repair: correct the value",
        ),
        (
            {"says": "about 8 in 100 treatments."},
            "3: '1.says': these words stand inside a sentence, so no stop ends them; "
            "found: about 8 in 100 treatments.; repair: correct the value",
        ),
        (
            {"kind": "guessed"},
            "2: '1.kind' has an unknown value; found: guessed; "
            "expected: counted, measured or our_rule; repair: use one of these words",
        ),
        ({"says": None}, "1: the field '1.says' is missing; repair: add a line 'says: …'"),
        (
            {"note": "seen"},
            "9: unknown field '1.note'; repair: correct the name or remove the line",
        ),
    ],
)
def test_wrong_field_is_told_with_its_line(faults, changes, told):
    assert faults(entry(**changes)) == [f"content/figures.yaml:{told}"]


def test_doubled_figure_is_told_with_the_line_of_the_second(faults):
    assert faults(entry() + entry()) == [
        "content/figures.yaml:9: two entries have the same id; found: bruise_dn_ireland; "
        "repair: keep one of them"
    ]


@pytest.mark.parametrize(
    ("says", "n", "of"),
    [
        ("about 8 in 100 treatments", 8, 100),
        ("12 of the 22 people", 12, 22),
        ("55% of the people", 12, 22),
        ("19,726 of 229,230 patients", 19726, 229230),
        ("none in 7,629 treatments", 0, 7629),
        ("0 of 7,629 treatments", 0, 7629),
        ("all 60 volunteers", 60, 60),
    ],
)
def test_words_that_say_the_count_are_good(read, says, n, of):
    assert read(entry(says=says, n=n, of=of))["bruise_dn_ireland"].says == says


@pytest.mark.parametrize(
    ("says", "n", "of"),
    [
        ("about 18 in 100 treatments", 8, 100),
        ("about 8 in 1,000 treatments", 8, 100),
        ("more than half of the people", 12, 22),
        ("54% of the people", 12, 22),
        ("7,629 treatments", 0, 7629),
    ],
)
def test_words_that_do_not_say_the_count_are_refused(faults, says, n, of):
    [problem] = faults(entry(says=says, n=n, of=of))
    assert f"does not say its count, {n} of {of}" in problem


def test_shipped_figures_use_sources_that_are_there(shipped):
    assert {key for figure in shipped.values() for key in figure.sources} - set(
        get_sources()
    ) == set()


def test_shipped_rules_of_the_clinic_are_these(shipped):
    assert {each.id: each.says for each in shipped.values() if each.kind == "our_rule"} == {
        "review_after_sessions": "three to six sessions",
        "phone_if_sore_after": "three days",
        "press_on_bruise": "ten minutes",
        "numbness_until": "the next morning",
        "backups_kept": "30 days",
    }


def test_shipped_figures_of_one_survey_share_their_base(shipped):
    groups = {each.group for each in shipped.values() if "_dn_ireland" in each.id and each.of}
    assert groups == {"dry needling treatments in Ireland"}


def test_no_shipped_figure_counts_collapsed_lungs(shipped):
    # Nobody has counted them for IMS: one figure names what "major" meant.
    naming = {each.id for each in shipped.values() if each.of and "lung" in each.what}
    assert naming == {"major_dn_us"}
