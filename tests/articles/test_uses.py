from typing import get_args

import pytest

from imsinfo.articles.frontmatter import NEUTRAL, Draft
from imsinfo.articles.material import material_of, read_data_files
from imsinfo.articles.uses import texts_used, uses_of
from imsinfo.red_flags import AfterLevel, get_red_flags

pytestmark = pytest.mark.usefixtures("written")


@pytest.fixture
def material():
    return lambda: material_of(read_data_files(), ())


def draft(text, front=NEUTRAL):
    return Draft("page.md", front, text, 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Text [@kim_2012] {clinic.phone}.", set()),
        ("`{figure:bruise}`", set()),
        ("{figure:bruise} {figure:bruise}", {"figure:bruise"}),
        ("{term:trigger-point x}", {"term:trigger-point"}),
        ("::: icon-array T\n- bruise\n- pain\n:::", {"figure:bruise", "figure:pain"}),
        ("::: glossary\n:::", {"term:trigger-point", "term:pneumothorax"}),
        ("::: shared ask\n:::", {"shared:ask"}),
        ('![x](images/band.svg "C")', {"picture:images/band.svg"}),
        ("{figure:nothing} {term:nothing} ::: x", set()),
    ],
)
def test_uses_are_what_a_page_shows_beyond_its_own_text(material, text, expected):
    assert uses_of(draft(text), material()) == expected


def test_a_page_uses_what_its_pieces_use(material, write):
    write("shared/ask.md", "A {figure:bruise}.")
    assert uses_of(draft("::: shared ask\n:::"), material()) == {"shared:ask", "figure:bruise"}


def test_a_page_uses_the_figures_of_its_evidence(material):
    line = NEUTRAL.evidence[0].model_copy(update={"statement": "After {figure:pain}."})
    front = NEUTRAL.model_copy(update={"evidence": (line,)})
    assert uses_of(draft("Text.", front), material()) == {"figure:pain"}


def test_a_page_uses_the_merged_lines_of_its_region(material):
    red_flags, levels = get_red_flags(), ("emergency", "today", "doctor-first")
    lines = {f"line:{line.key}" for level in levels for line in red_flags.lines_for("neck", level)}
    assert uses_of(draft("::: red-flags neck\n:::"), material()) == lines


def test_a_page_uses_the_signs_in_full_and_their_lines(material):
    lines = get_red_flags().lines("today")
    signs = {f"sign:{sign.id}" for line in lines for sign in get_red_flags().signs(line)}
    uses = uses_of(draft("::: red-flags in-full today\n:::"), material())
    assert uses == signs | {f"line:{line.key}" for line in lines}


def test_a_page_uses_the_signs_after_needling_of_its_level(material):
    uses = uses_of(draft("::: red-flags after-needling today\n:::"), material())
    assert uses == {f"sign:{sign.id}" for sign in get_red_flags().after("today")}


def test_texts_used_are_sorted_and_say_all_that_is_shown(material):
    text = "{figure:bruise} {figure:review} {term:trigger-point}\n\n::: shared ask\n:::"
    assert texts_used(draft(text), material()) == (
        "Ask *us* [@kim_2012].",
        "about 8 in 100 treatments; a bruise; 8; 100; treatments; the therapists; ten weeks; "
        "kim_2012; ga_2007",
        "three days",
        "trigger point, muscle knot, tender spot: a sore spot in a muscle",
    )


def test_texts_used_of_signs_say_level_sign_and_action(material):
    sign = get_red_flags().after("phone-us")[0]
    texts = texts_used(draft("::: red-flags after-needling phone-us\n:::"), material())
    assert f"phone-us {sign.title} {sign.sign} {sign.action}" in texts


def test_texts_used_of_signs_in_short_say_level_and_words(material):
    texts = texts_used(draft("::: red-flags after-needling in-short\n:::"), material())
    signs = [sign for level in get_args(AfterLevel) for sign in get_red_flags().after(level)]
    assert set(texts) == {f"{sign.level} {sign.in_short}" for sign in signs}


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("figures.yaml", "about 8 in 100", "some 8 in 100"),
        ("glossary.yaml", "a sore spot", "a hard spot"),
        ("shared/ask.md", "Ask", "Call"),
        ("red-flags.yaml", "sign: You are still sore", "sign: You are sore"),
    ],
)
def test_texts_used_change_with_what_is_shown(material, write, content, name, old, new):
    page = draft(
        "{figure:bruise} {term:trigger-point}\n\n::: shared ask\n:::\n\n"
        "::: red-flags after-needling phone-us\n:::"
    )
    before = texts_used(page, material())
    write(name, (content / name).read_text().replace(old, new))
    assert texts_used(page, material()) != before
