import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imsinfo.articles.prose import Block, blocks, masked, plain, sentences, words

IMSINFO = Path(__file__).parent.parent.parent / "imsinfo"


def read(text):
    return [(block.line, block.kind, block.raw) for block in blocks(text)]


def parts(raw):
    return [sentence.raw for sentence in sentences(Block(0, "paragraph", raw))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One.\nTwo.\n\nThree.", [(0, "paragraph", "One.\nTwo."), (3, "paragraph", "Three.")]),
        ("## Risks ##\ntext", [(0, "heading", "Risks"), (1, "paragraph", "text")]),
        ("- a\n  more\n- b", [(0, "item", "a\nmore"), (2, "item", "b")]),
        ("1. a\n2. b", [(0, "item", "a"), (1, "item", "b")]),
        ("Term\n:   Meaning.", [(0, "paragraph", "Term"), (1, "item", "Meaning.")]),
        ("- a\n\n    b", [(0, "item", "a"), (2, "paragraph", "b")]),
        ("A trial of\n2012. It", [(0, "paragraph", "A trial of\n2012. It")]),
        ("It fell to\n42. It", [(0, "paragraph", "It fell to\n42. It")]),
        ("Lead:\n- a", [(0, "paragraph", "Lead:"), (1, "item", "a")]),
        ("> Said.\n> More.", [(0, "paragraph", "Said.\nMore.")]),
        ("a\n\n---\n\nb", [(0, "paragraph", "a"), (4, "paragraph", "b")]),
        ("Title\n=====", [(0, "paragraph", "Title")]),
        ("[a]: https://example.org 'x'", []),
        ("*[IMS]: a method", [(0, "item", "a method")]),
        ("", []),
    ],
)
def test_text_falls_into_blocks_with_their_lines(text, expected):
    assert read(text) == expected


def test_a_table_falls_into_cells_of_the_same_line():
    table = "| A | B |\n| --- | :-: |\n| one | 1 \\| 2 |\n| | x |"
    assert read(table) == [
        (0, "cell", "A"),
        (0, "cell", "B"),
        (2, "cell", "one"),
        (2, "cell", "1 \\| 2"),
        (3, "cell", "x"),
    ]


def test_a_table_needs_no_outer_signs():
    assert read("a | b\n---|---\nc | d")[2:] == [(2, "cell", "c"), (2, "cell", "d")]


@pytest.mark.parametrize(
    "text", ["```\ncode. Code\n```", "~~~\n- a\n~~~", "`code` `{x}`", ":::", "::: evidence\n:::"]
)
def test_code_and_empty_fences_are_no_prose(text):
    assert blocks(text) == ()


def test_lines_below_code_keep_their_number():
    assert read("```\na\nb\n```\nText.") == [(4, "paragraph", "Text.")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "::: callout At a glance\ntext\n:::",
            [(0, "title", "At a glance"), (1, "paragraph", "text")],
        ),
        ("::: red-flags neck\n:::", []),
        ("::: shared what-ims-is\n:::", []),
        (
            "::: icon-array Harms\n- sore_ims\n:::\nText.",
            [(0, "title", "Harms"), (3, "paragraph", "Text.")],
        ),
        ("::: do\n::: icon-array\n- x\n:::\n- y\n:::", [(4, "item", "y")]),
    ],
)
def test_components_give_titles_and_no_keys(text, expected):
    assert read(text) == expected


def test_a_picture_gives_its_words():
    text = '![A needle in a muscle](images/needle.svg "How deep it goes.")'
    assert read(text) == [
        (0, "caption", "A needle in a muscle"),
        (0, "caption", "How deep it goes."),
    ]


@pytest.mark.parametrize(
    "raw",
    [
        "Dr. Gunn of Vancouver.",
        "Dr C. Chan Gunn, a doctor.",
        "It was C. Chan Gunn who did.",
        "Care, e.g. Exercise or rest.",
        "IMS vs. Acupuncture in one trial.",
        "It is approx. 0.3 mm thick.",
        "Look at No. 5 of the list.",
        "Kim et al. 2012 said so.",
        "Pain fell by 1.5 points.",
        "The U.S. National Library has it.",
        "Wait ... and see.",
        "Wait… and see.",
        "See www.example.org/x.html for it.",
        '"Why?" he asked.',
        "It opens at 9 a.m. on Monday.",
        "We are open: Monday to Friday",
    ],
)
def test_a_sentence_is_not_cut(raw):
    assert parts(raw) == [raw]


def test_a_link_with_a_question_in_it_stays_readable():
    [first, second] = parts("See [How long? How often?](x.md) Then ask.")[:2]
    assert plain(f"{first} {second}", str) == "See How long? How often?"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("It is sore. It goes.", ["It is sore.", "It goes."]),
        ("It is sore [@ga_2007]. It goes.", ["It is sore [@ga_2007].", "It goes."]),
        ("Sore. [@ga_2007] It goes.", ["Sore. [@ga_2007]", "It goes."]),
        ("Sore.[@a][@b] It goes.", ["Sore.[@a][@b]", "It goes."]),
        ("Is it? Yes! 43 people.", ["Is it?", "Yes!", "43 people."]),
        ("It is (rare). It", ["It is (rare).", "It"]),
        ("It is rare. (It is.) So", ["It is rare.", "(It is.)", "So"]),
        ("He said “Stop.” We did.", ["He said “Stop.”", "We did."]),
        ("Wait... Then ask.", ["Wait...", "Then ask."]),
        ("**IMS.** In 43 people", ["**IMS.**", "In 43 people"]),
        ("**IMS**. In 43 people", ["**IMS**.", "In 43 people"]),
        ("Call us. {clinic.name} answers.", ["Call us.", "{clinic.name} answers."]),
        ("People with hepatitis C. Tell us.", ["People with hepatitis C.", "Tell us."]),
        ("Ask about plan B. Nurses know.", ["Ask about plan B.", "Nurses know."]),
        ("It is in the U.S. They do.", ["It is in the U.S.", "They do."]),
        ("Heat, cold, etc. Rest too.", ["Heat, cold, etc.", "Rest too."]),
        ("Is it? No. It is not.", ["Is it?", "No.", "It is not."]),
        ("Ask [us.](/x/) Then wait.", ["Ask [us.](/x/)", "Then wait."]),
        ("", []),
        ("** . !", []),
    ],
)
def test_text_falls_into_sentences(raw, expected):
    assert parts(raw) == expected


def test_a_sentence_knows_its_line():
    block = Block(7, "paragraph", "One and\none. Two.\n\nThree.")
    assert [sentence.line for sentence in sentences(block)] == [7, 8, 10]


@pytest.mark.parametrize(
    ("raw", "ended"),
    [
        ("It is sore.", True),
        ("Is it **sore?**", True),
        ("It is sore. [@a]", True),
        ("[Ask us.](/x/)", True),
        ("He said “stop.”", True),
        ("trouble breathing", False),
        ("call {clinic.phone}", False),
    ],
)
def test_a_sentence_knows_whether_it_is_ended(raw, ended):
    [sentence] = sentences(Block(0, "item", raw))
    assert sentence.is_ended is ended


@pytest.mark.parametrize(
    ("raw", "label"),
    [
        ("**IMS.**", True),
        ("**Not traditional acupuncture.**", True),
        ("__Risks__:", True),
        ("**You have a small bruise or a spot of blood.**", False),
        ("IMS.", False),
        ("**IMS** helps.", False),
    ],
)
def test_only_a_short_bold_run_in_is_a_label(raw, label):
    [sentence] = sentences(Block(0, "paragraph", raw))
    assert sentence.is_label is label


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("It is sore [@ga_2007][@b].", "It is sore."),
        ("**Bold**, *soft* and __both__", "Bold, soft and both"),
        ("[aftercare](aftercare.md#x) and [out](https://x.org/a_(b))", "aftercare and out"),
        ('![a needle](images/x.svg "It goes in")', "a needle"),
        ("[words][ref]", "words"),
        ("line\nbreak", "line break"),
        ("100&nbsp;% &amp; more", "100 % & more"),
        ("snake_case stays", "snake_case stays"),
        (r"5 \* 3 \| 2", "5 3 | 2"),
        ("Call {clinic.phone} now", "Call {clinic.phone} now"),
    ],
)
def test_markdown_becomes_the_words_that_are_read(raw, expected):
    assert plain(raw, str) == expected


def test_a_detail_of_the_clinic_stays_one_word():
    assert (
        plain("We are open: {clinic.hours}.", lambda _: "9 to 5") == "We are open: {clinic.hours}."
    )


def test_braces_become_what_they_print_without_its_citations():
    fill = {"{figure:sore}": "55% [@ga_2007]", "{term:ims}": "IMS"}.get
    assert plain("After {term:ims} {figure:sore}.", fill) == "After IMS 55%."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("long-lasting pain", ["long-lasting", "pain"]),
        ("It isn’t 1.5 or 7,629", ["It", "isn’t", "1.5", "or", "7,629"]),
        ("and/or (you) – 20–40", ["and", "or", "you", "20", "40"]),
        ("call {clinic.phone}.", ["call", "{clinic.phone}"]),
        ("08:00 to 9", ["08:00", "to", "9"]),
    ],
)
def test_words_are_told_apart(text, expected):
    assert words(text) == expected


@pytest.mark.parametrize(
    "text", ["a [@b] c", "a [b](c.md) d", "{figure:x} y", "a&nbsp;b&shy;c &lt;"]
)
def test_masking_keeps_every_index(text):
    assert len(masked(text)) == len(text)


LONG = 20_000


@pytest.mark.parametrize(
    "unit",
    [
        "a ",
        "a. ",
        "a.",
        ".",
        "](",
        "[a](b ",
        "[@a",
        "**",
        "_",
        "{",
        "| ",
        "- ",
        "\n",
        "> ",
        '"',
        "&a",
    ],
)
def test_a_long_line_is_read(unit):
    text = unit * LONG
    assert all(len(masked(block.raw)) == len(block.raw) for block in blocks(text))
    assert sum(len(sentences(block)) for block in blocks(text)) <= LONG
    plain(text, str)


MARKS = st.sampled_from(
    [
        *("**", "_", "[@a]", "[@", "](", "]", "[", "(", ")", ". ", "? ", "…", "\n", "\n\n", "- "),
        *("1. ", "::: do\n", ":::\n", "{x}", "{", "|", "---", "# ", "> ", "&nbsp;", "C. ", "Dr. "),
        *("“", "A", "5"),
    ]
)
TEXTS = st.one_of(st.text(), st.lists(st.one_of(MARKS, st.text(max_size=5))).map("".join))


@given(TEXTS)
def test_any_text_keeps_its_lines_and_words(text):
    last = text.count("\n")
    for block in blocks(text):
        assert 0 <= block.line <= last
        assert len(masked(block.raw)) == len(block.raw)
        for sentence in sentences(block):
            assert block.line <= sentence.line <= block.line + block.raw.count("\n")
            assert sentence.raw in block.raw
            assert plain(sentence.raw, str) == plain(sentence.raw, str).strip()


def test_no_pattern_repeats_a_group_possessively():
    """Python 3.11.2, which is Debian 12's, matches those wrongly; an atomic group says the same."""
    files = sorted(IMSINFO.rglob("*.py"))
    assert [file.name for file in files if re.search(r"\)[*+?]\+|\}\+", file.read_text())] == []
