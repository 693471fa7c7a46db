import pytest

from imsinfo.articles import syntax
from imsinfo.articles.rendering.components import OPENERS


def test_every_component_of_the_table_can_be_rendered():
    # A shared piece is put into the text before the components are.
    assert set(OPENERS) == set(syntax.COMPONENTS) - {"shared"}


def test_every_component_says_what_it_is_for():
    assert [each.name for each in syntax.COMPONENTS.values() if not each.help] == []


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("question", "::: question Title"),
        ("differ", "::: differ [Title]"),
        ("glossary", "::: glossary"),
        ("shared", "::: shared NAME"),
        ("comparison", "::: comparison Caption"),
    ],
)
def test_the_form_of_a_component_says_what_follows_its_name(name, form):
    assert syntax.COMPONENTS[name].form == form


def test_leaves_are_those_that_hold_nothing():
    leaves = {each.name for each in syntax.COMPONENTS.values() if each.is_leaf}
    assert leaves == {"red-flags", "evidence", "shared", "prices", "glossary"}


def test_blocks_are_found_with_their_lines_inner_ones_too():
    text = "::: callout A\n::: do\n- b\n:::\nc\n:::\n::: do\nnever closed"
    found = syntax.blocks(list(syntax.prose_lines(text)))
    assert [(block.component.name, block.title, block.index) for block in found] == [
        ("callout", "A", 0),
        ("do", "", 1),
    ]
    assert found[1].lines == ((2, "- b"),)


@pytest.mark.parametrize(
    ("form", "parts"),
    [
        ("{term:a-1}", ("a-1", None)),
        ("{term:a  two words }", ("a", "two words")),
        ("{term:a_b}", None),
        ("{term:a-}", None),
        ("{term: a}", None),
        ("{term:a {b}}", None),
    ],
)
def test_the_form_of_a_term(form, parts):
    found = syntax.TERM.fullmatch(form)
    assert (found and found.groups()) == parts


@pytest.mark.parametrize(
    ("line", "is_rule"),
    [
        ("|---|---|", True),
        ("--- | :-:", True),
        ("> | --- |", True),
        ("---", False),
        ("| a | b |", False),
        ("||", False),
    ],
)
def test_the_rule_of_a_table(line, is_rule):
    assert bool(syntax.TABLE_RULE.match(line)) == is_rule


@pytest.mark.parametrize(
    ("words", "is_shown"),
    [
        ("neck", True),
        ("after-needling today", True),
        ("after-needling in-short", True),
        ("tail", False),
        ("after-needling", False),
        ("after-needling doctor-first", False),
        ("neck back", False),
        ("", False),
    ],
)
def test_red_flags_show_a_region_or_a_level_after_needling(words, is_shown):
    assert syntax.is_shown_by(words) == is_shown
