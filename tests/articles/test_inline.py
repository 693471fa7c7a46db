"""What Markdown is spared must change nothing: held against Markdown's own walk."""

from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st
from markdown.treeprocessors import InlineProcessor

from imsinfo.articles.library import read_library, read_manuscripts
from imsinfo.articles.material import material_of
from imsinfo.articles.pieces import piece_draft
from imsinfo.articles.rendering import engine_of, markdown_syntax, render
from imsinfo.articles.rendering.inline import SIGNS, QuickInline, signs_of
from imsinfo.articles.rendering.making import PageInMaking
from imsinfo.problems import ContentError
from tests.extent import examples

PARTS = (
    *("a", "Words ", " ", "\n", "\n\n", "  \n", "*", "**", "_", "`", "``", "\\", "'", '"', "'s "),
    *("--", "---", "...", "&amp;", "&", "<", ">", "<https://a.bc>", "<a@b.cd>", "80s", "(", ")"),
    *("[", "]", "![", "[a](/enquiry/)", "[a][b]", "\n[b]: /enquiry/\n", "- ", "1. ", "> ", "| "),
    *("# ", "## ", "[@kim_2012]", "{clinic.phone}", "{figure:bruise_dn_ireland}", "\x02", "\x03"),
    *("\n::: callout A's\n", "\n:::\n", "\n\n*[IMS]: needles\n\n", "é", "\u2028", "~~~\n"),
)


@pytest.fixture(scope="module")
def material():
    read = read_manuscripts()
    return material_of(read.files, read.known.files)


@pytest.fixture
def engine(material):
    return engine_of(PageInMaking(piece_draft("page.md", ""), material))


def steps(engine):
    return [each for each in engine.treeprocessors if isinstance(each, InlineProcessor)]


@contextmanager
def markdown_alone():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(markdown_syntax, "leave_out_vain_steps", lambda md: None)
        yield


def test_every_step_is_the_quick_one(engine):
    assert {type(step) for step in steps(engine)} == {QuickInline}


def test_every_pattern_has_its_sign(engine):
    for step in steps(engine):
        without = {
            pattern for pattern, signs in signs_of(step.inlinePatterns).items() if "" in signs
        }
        assert without == set()


def test_every_sign_is_that_of_a_pattern(engine):
    patterns = [step.inlinePatterns for step in steps(engine)]
    named = {name for names in SIGNS.values() for name in names}
    assert [name for name in named if not any(name in each for each in patterns)] == []


def test_plain_words_are_tried_with_no_pattern(engine, monkeypatch):
    def tried(*arguments):
        raise AssertionError(arguments)

    monkeypatch.setattr(InlineProcessor, "_InlineProcessor__applyPattern", tried)
    assert engine.convert("Plain words, and a full stop.") == "<p>Plain words, and a full stop.</p>"


def test_shipped_articles_are_as_markdown_makes_them():
    read = read_manuscripts()
    with markdown_alone():
        in_full = read_library(read)
    assert read_library(read) == in_full


def rendered(text, material):
    try:
        return render(piece_draft("page.md", text), material)
    except ContentError as error:
        return error.problems


@tuned(max_examples=examples(300), deadline=None)
@given(st.lists(st.sampled_from(PARTS), max_size=40).map("".join))
def test_any_text_becomes_what_markdown_makes_of_it(material, text):
    with markdown_alone():
        in_full = rendered(text, material)
    assert rendered(text, material) == in_full
