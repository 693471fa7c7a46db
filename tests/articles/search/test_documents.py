import pytest

from imsinfo.articles.library import read_library
from imsinfo.articles.search.documents import Document, Section, documents_of, sections_of

CARD = (
    '<section class="care-card" id="get-help"><h3 class="care-card__title">'
    '<span class="care-card__level">Emergency<span class="visually-hidden">: </span></span>'
    'Call <a href="tel:911">911</a> now</h3><div><ul><li>Chest pain</li></ul></div></section>'
)


def text_of(html):
    [section] = sections_of(html)
    return section.text


def test_a_section_begins_at_each_heading_with_an_id():
    html = '<p>First.</p><h2 id="a">A b</h2><p>Second.</p><h3 id="c">C</h3><p>Third.</p>'
    assert sections_of(html) == (
        Section("", "", "First."),
        Section("a", "A b", "Second."),
        Section("c", "C", "Third."),
    )


def test_a_heading_without_an_id_belongs_to_the_text_around_it():
    assert text_of("<p>Before.</p><h3>Do</h3><p>Rest.</p>") == "Before. Do · Rest."


def test_a_body_without_words_has_one_empty_section():
    assert sections_of("") == (Section("", "", ""),)


def test_after_a_card_goes_on_what_it_stands_in():
    html = f'<h2 id="see">See</h2><p>Before.</p>{CARD}<p>After.</p>'
    assert sections_of(html)[1:] == (
        Section("see", "See", "Before. After."),
        Section("get-help", "Emergency signs", "Call 911 now · Chest pain"),
    )


def test_a_question_is_a_section():
    html = '<details class="question" id="q"><summary>Does it hurt?</summary>Yes.</details><p>X</p>'
    assert sections_of(html) == (Section("", "", "X"), Section("q", "Does it hurt?", "Yes."))


def test_a_term_of_the_glossary_is_a_section():
    html = '<dl><div><dt id="qi"><dfn>qi</dfn></dt><dd>A force.</dd></div></dl><p>End.</p>'
    assert sections_of(html) == (Section("", "", "End."), Section("qi", "qi", "A force."))


@pytest.mark.parametrize(
    "html",
    [
        'A<sup><a href="#ref"><span>source </span>[1]</a></sup> b',
        'A<span class="visually-hidden"> hidden</span> b',
        "A<script>x</script> b",
        "A<style>x</style> b",
        'A<svg><path d="M0 0"/><text>12</text></svg> b',
    ],
)
def test_what_is_no_part_of_a_sentence_is_left_out(html):
    assert text_of(html).split() in (["A", "b"], ["A", "·", "b"])


def test_the_words_of_a_drawing_are_kept():
    assert text_of("<svg><title>A needle</title><path/></svg>") == "A needle"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<li>one</li><li>two</li>", "one · two"),
        ("<p>One.</p><p>Two.</p>", "One. Two."),
        ("one<br>two", "one · two"),
        ("<td>one</td><td>two</td>", "one · two"),
        ("o<em>n</em>e", "one"),
        ("one\n  two", "one two"),
    ],
)
def test_words_of_neighbouring_blocks_never_run_together(html, text):
    assert text_of(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("Gunn&rsquo;s &amp; caf&eacute; &lt;b&gt; &#8211;", "Gunn’s & café <b> –"),
        ("sore <sup>[1]</sup>, then", "sore, then"),
        ("a\x02b\x1ec", "a b c"),
    ],
)
def test_text_is_as_a_reader_sees_it(html, text):
    assert text_of(html) == text


def test_a_page_is_told_with_what_its_editor_wrote(write_article):
    write_article("Hello.\n\n## Part\n\nWords.", more="keywords: [stiff neck]\n")
    assert documents_of(read_library()) == (
        Document(
            "/page/",
            "A page",
            "What it says.",
            ("stiff neck",),
            (Section("", "", "Hello."), Section("part", "Part", "Words.")),
        ),
    )


def test_a_draft_is_no_document(write_article):
    write_article("Hello.", more="draft: true\n")
    assert documents_of(read_library()) == ()


def test_every_section_of_the_shipped_pages_leads_to_a_place_that_is_there():
    library = read_library()
    anchors = {(page.url, anchor) for page in library.articles for anchor in page.anchors}
    places = {(doc.url, s.id) for doc in documents_of(library) for s in doc.sections if s.id}
    assert places
    assert places - anchors == set()


REPEATED = "A collapsed lung is rare; its signs are trouble breathing and chest pain."
CONDITION = f"""---
title: Neck pain
summary: What it says.
kind: condition
section: conditions
order: 50
sources_checked: 2026-11-21
next_review: 2028-11-21
body: [neck]
evidence:
  - {{method: ims, grade: none-found, statement: No study., sources: []}}
  - {{method: dry-needling, grade: none-found, statement: No study., sources: []}}
---
{REPEATED}

Of the neck alone.
"""


def texts():
    return {page.url: page.sections[0].text for page in documents_of(read_library())}


def test_what_a_condition_repeats_of_a_guide_is_looked_for_in_the_guide(write, write_article):
    write("conditions/neck-pain.md", CONDITION)
    write_article(REPEATED)
    assert texts() == {"/page/": REPEATED, "/conditions/neck-pain/": "Of the neck alone."}


def test_what_only_conditions_say_is_looked_for_in_each(write):
    write("conditions/neck-pain.md", CONDITION)
    write("conditions/arm-pain.md", CONDITION)
    assert set(texts().values()) == {f"{REPEATED} Of the neck alone."}
