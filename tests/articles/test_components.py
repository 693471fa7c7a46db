import re

import pytest
from pytest_django.asserts import assertHTMLEqual, assertInHTML

from imsinfo.articles.icon_arrays import icon_array
from imsinfo.articles.library import read_library
from imsinfo.clinic import get_clinic

pytestmark = pytest.mark.usefixtures("written")

KIM, GA = "kim_2012", "ga_2007"


def cite(number, first=True):
    place = f' id="cite-{number}"' if first else ""
    return f'<sup><a href="#ref-{number}"{place}>[{number}]</a></sup>'


def test_a_figure_prints_its_words_and_its_sources(body):
    assertHTMLEqual(
        body("It came after {figure:bruise}.").html,
        f"<p>It came after <span>about 8 in 100 treatments {cite(1)} {cite(2)}</span>.</p>",
    )


def test_our_own_rule_has_no_source(body):
    rendered = body("Phone us after {figure:review}.")
    assertHTMLEqual(rendered.html, "<p>Phone us after <span>three days</span>.</p>")
    assert rendered.references == ()


@pytest.mark.parametrize(
    "text",
    ["- {figure:pain}", "> {figure:pain}", "**{figure:pain}**", "::: do\n- {figure:pain}\n:::"],
)
def test_a_figure_can_stand_in_any_text(body, text):
    assertInHTML(f"<span>about 3 in 100 treatments {cite(1)}</span>", body(text).html)


def test_a_figure_can_stand_in_an_evidence_line(body):
    line = 'statement: "After {figure:pain}.", sources: []'
    html = body(
        "::: evidence\n:::",
        more=f"evidence:\n  - {{method: ims, grade: none-found, {line}}}\n"
        f"  - {{method: dry-needling, grade: none-found, {line}}}\n",
    ).html
    assert html.count("about 3 in 100 treatments") == 2


def test_markdown_leaves_the_words_of_figures_and_terms_alone(body, write):
    says = "*5* & _6_ [a](b) `c` {clinic.emergency_number} *d* [e](f)"
    write("figures.yaml", f"- {{id: x, kind: our_rule, says: '{says}'}}\n")
    html = body("{figure:x} {term:trigger-point *a* & _b_}").html
    number = '<a href="tel:911">911</a>'
    assert f"<span>*5* &amp; _6_ [a](b) `c` {number} *d* [e](f)</span>" in html
    assert "<dfn>*a* &amp; _b_</dfn>" in html


def test_the_first_use_of_a_term_explains_it(body):
    assertHTMLEqual(
        body("A {term:trigger-point tight spot}, a {term:trigger-point}.").html,
        "<p>A <span><dfn>tight spot</dfn> (a sore spot in a muscle)</span>, "
        "a <span>trigger point</span>.</p>",
    )


@pytest.mark.parametrize(
    "first",
    [
        "- a {term:trigger-point}",
        "> a {term:trigger-point}",
        "::: comparison C\n| a | b |\n|---|---|\n| {term:trigger-point} | b |\n:::",
        "::: question Q\nA {term:trigger-point}.\n:::",
    ],
)
def test_the_first_use_is_the_one_that_is_read_first(body, first):
    html = body(f"{first}\n\nA {{term:trigger-point}}.").html
    assert html.count("<dfn>") == 1
    assert html.index("<dfn>") < html.index("<span>trigger point</span>")


def test_a_term_can_be_called_from_its_meaning(body):
    assertInHTML(
        '<span><dfn>Pneumothorax</dfn> (a collapsed lung; call <a href="tel:911">911</a>)</span>',
        body("{term:pneumothorax}").html,
    )


def test_a_term_leads_to_the_glossary_where_there_is_one(write_article):
    write_article("::: glossary\n:::", name="glossary.md")
    write_article("A {term:trigger-point}.", name="a.md")
    article = read_library().articles[0]
    assert '<dfn><a href="/glossary/#trigger-point">trigger point</a></dfn>' in article.body


def test_the_glossary_tells_every_term_in_the_order_of_the_alphabet(body):
    assertHTMLEqual(
        body("::: glossary\n:::").html,
        '<dl><div class="glossary__entry"><dt id="pneumothorax">'
        "<dfn>Pneumothorax</dfn></dt><dd><p><span>A collapsed lung; call "
        '<a href="tel:911">911</a>.</span></p></dd></div>'
        '<div class="glossary__entry"><dt id="trigger-point"><dfn>trigger point</dfn></dt>'
        f"<dd><p><span>A sore spot in a muscle. {cite(1)}</span></p></dd>"
        '<dd class="glossary__also">Also called: muscle knot, tender spot</dd></div></dl>',
    )


def test_nothing_else_has_the_id_of_a_term(body):
    text = "## Trigger point\n\n::: question Pneumothorax?\nx\n:::\n\n::: glossary\n:::"
    rendered = body(text)
    assert rendered.html.count('id="trigger-point"') == 1
    assert rendered.headings[0].id == "trigger-point_1"
    assert '<details class="question" id="pneumothorax_1">' in rendered.html


def test_an_empty_glossary_prints_nothing(body, write):
    write("glossary.yaml", "[]\n")
    assert "<dl" not in body("::: glossary\n:::").html


def test_an_icon_array_says_its_base_once_and_each_figure_in_words_first(body):
    assertHTMLEqual(
        body("::: icon-array Minor *effects*\n- bruise\n- pain\n:::").html,
        '<section class="figures"><h2>Minor *effects*</h2>'
        '<p class="figures__base">Of 100 treatments</p><ul class="figures__rows">'
        '<li class="figures__row"><div class="figures__words"><p><span><strong>A bruise</strong>: '
        "8 of 100 treatments. Who counted: the therapists. Time span: ten weeks. "
        f"{cite(1)} {cite(2)}</span></p></div>{icon_array(8, 100)}</li>"
        '<li class="figures__row"><div class="figures__words"><p><span><strong>Pain</strong>: '
        f"3 of 100 treatments. {cite(2, first=False)}</span></p></div>{icon_array(3, 100)}</li>"
        "</ul></section>",
    )


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("::: differ\nA.\n:::", "Where sources differ"),
        ("::: differ On rest\nA.\n:::", "On rest"),
    ],
)
def test_where_sources_differ_is_a_box(body, text, title):
    expected = f'<section class="differ"><h2>{title}</h2><p>A.</p></section>'
    assertHTMLEqual(body(text).html, expected)


def test_a_question_opens_on_its_answer_and_can_be_linked_to(body):
    rendered = body("::: question Does it *hurt* at {clinic.phone}?\n- No.\n:::")
    assertHTMLEqual(
        rendered.html,
        '<details class="question" id="does-it-hurt-at-604-555-0123">'
        "<summary>Does it *hurt* at 604 555 0123?</summary>"
        '<div class="question__answer"><ul><li>No.</li></ul></div></details>',
    )
    assert "does-it-hurt-at-604-555-0123" in rendered.anchors


@pytest.mark.parametrize(
    ("titles", "ids"),
    [
        (["Why?", "Why?"], ["why", "why_1"]),
        (["???", "???"], ["_1", "_2"]),
        (["References"], ["section-references"]),
        (["Picture 1"], ["section-picture-1"]),
    ],
)
def test_questions_have_ids_of_their_own(body, parsed_body, titles, ids):
    text = "\n".join(f"::: question {title}\nx\n:::" for title in titles)
    assert parsed_body(body(text)).with_attribute("id") == ids


def test_a_heading_does_not_take_the_id_of_a_question(body, parsed_body):
    rendered = body("## Why\n\n## Why\n\n::: question Why\nx\n:::")
    assert parsed_body(rendered).with_attribute("id") == ["why_1", "why_2", "why"]


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("::: steps\n1. a\n2. b\n:::", '<section class="steps">'),
        ("::: steps Your visit\n1. a\n2. b\n:::", '<section class="steps"><h2>Your visit</h2>'),
    ],
)
def test_steps_are_a_numbered_list(body, text, start):
    assertHTMLEqual(body(text).html, f"{start}<ol><li>a</li><li>b</li></ol></section>")


def test_a_comparison_is_a_table_with_caption_and_headings(body):
    assertHTMLEqual(
        body(
            "::: comparison Choices at {clinic.name}\n"
            "| Choice | Found |\n|---|--:|\n| None [@kim_2012] | 1 |\n:::"
        ).html,
        '<div class="table-wrap"><table><caption>Choices at <span>Example IMS Clinic</span>'
        '</caption><thead><tr><th scope="col">Choice</th><th class="align-right" scope="col">'
        f'Found</th></tr></thead><tbody><tr><th scope="row">None {cite(1)}</th>'
        '<td class="align-right" data-label="Found">1</td></tr></tbody></table></div>',
    )


def test_an_empty_corner_of_a_table_is_no_heading(body):
    html = body("::: comparison C\n| | b |\n|---|---|\n| 1 | |\n| | 2 |\n:::").html
    assertInHTML('<tr><td></td><th scope="col">b</th></tr>', html)
    assertInHTML('<tr><th scope="row">1</th><td data-label="b"></td></tr>', html)
    assertInHTML('<tr><td></td><td data-label="b">2</td></tr>', html)


def test_two_comparisons_have_their_own_captions(body):
    table = "| a | b |\n|---|---|\n| 1 | 2 |\n:::"
    html = body(f"::: comparison One\n{table}\n::: comparison Two\n{table}").html
    parts = html.split("<table>")[1:]
    assert [part.split("</caption>")[0].strip() for part in parts] == [
        "<caption>One",
        "<caption>Two",
    ]


def test_a_picture_is_drawn_in_the_page_with_its_alternative_and_caption(body):
    assertHTMLEqual(
        body('![a <"needle"> & {clinic.name}](images/band.svg "The *caption*")').html,
        '<figure><svg class="picture" viewBox="0 0 288 100" role="img" '
        'aria-label="a &lt;&quot;needle&quot;&gt; &amp; Example IMS Clinic">'
        '<path id="picture-1-band" d="M0 0L9 9" class="picture-line"/></svg>'
        "<figcaption>The *caption*</figcaption></figure>",
    )


def test_a_picture_that_stands_twice_has_two_ids(body, parsed_body):
    picture = '![x](images/band.svg "C")'
    ids = parsed_body(body(f"{picture}\n\n{picture}")).with_attribute("id")
    assert ids == ["picture-1-band", "picture-2-band"]


def test_a_shared_piece_stands_where_it_is_named(body):
    rendered = body("Before.\n\n::: callout Us\n::: shared ask\n:::\n:::\n\nAfter [@ga_2007].")
    assertHTMLEqual(
        rendered.html,
        f'<p>Before.</p><section class="callout"><h2>Us</h2><p>Ask <em>us</em> {cite(1)}.</p>'
        f"</section><p>After {cite(2)}.</p>",
    )


def test_a_shared_piece_is_no_part_of_the_paragraphs_around_it(body):
    assertHTMLEqual(
        body("Before.\n::: shared ask\n:::\nAfter.").html,
        f"<p>Before.</p><p>Ask <em>us</em> {cite(1)}.</p><p>After.</p>",
    )


def test_a_shared_piece_in_a_code_block_is_only_shown(body):
    assertHTMLEqual(
        body("```\n::: shared ask\n:::\n```").html,
        "<pre><code>::: shared ask\n:::\n</code></pre>",
    )


def test_sources_are_numbered_as_they_are_read_wherever_they_come_from(body):
    text = "::: icon-array T\n- pain\n:::\n\n{figure:bruise}\n\n::: shared ask\n:::"
    assert [(each.number, each.key) for each in body(text).references] == [(1, GA), (2, KIM)]


EVERYTHING = """## A heading

{figure:bruise} {term:trigger-point} {term:pneumothorax}

::: question A heading?
::: shared ask
:::
:::

::: icon-array T
- bruise
:::

::: red-flags neck
:::

![x](images/band.svg "C")
"""


def test_every_component_may_stand_twice_on_a_page(body, parsed_body):
    ids = parsed_body(body(f"{EVERYTHING}\n{EVERYTHING}")).with_attribute("id")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ('::: question <x" y>\na\n:::', "<summary>&lt;x&quot; y&gt;</summary>"),
        ("::: callout a & b\na\n:::", "<h2>a &amp; b</h2>"),
        ("::: callout a & {clinic.name} & b\na\n:::", "<h2>a &amp; Example IMS Clinic &amp; b<"),
        ("::: comparison a & b\n| a | b |\n|---|---|\n| 1 | 2 |\n:::", "<caption>a &amp; b<"),
    ],
)
def test_titles_are_escaped(write_article, text, escaped):
    write_article(text.replace("<x", "< x"))
    [article] = read_library().articles
    assert escaped.replace("&lt;x", "&lt; x") in article.body


def test_words_of_data_files_are_escaped(body, write):
    write("figures.yaml", "- {id: x, kind: our_rule, says: 'a \"b\" < c & d'}\n")
    assert '<span>a "b" &lt; c &amp; d</span>' in body("{figure:x}").html


def test_words_of_terms_are_escaped(body, write):
    words = "{id: x, term: 'a < b', meaning: 'c & d', also: ['e < f & g']}"
    write("glossary.yaml", f"- {words}\n")
    html = body("::: glossary\n:::\n\n{term:x}").html
    for escaped in ("<dfn>a &lt; b</dfn>", "C &amp; d.", "(c &amp; d)", "e &lt; f &amp; g</dd>"):
        assert escaped in html


def test_prices_are_those_of_the_clinic_with_its_note_on_insurance(body):
    clinic = get_clinic()
    rows = "".join(f"<dt>{p.what}</dt><dd>{p.price}. {p.note}</dd>" for p in clinic.prices)
    assertHTMLEqual(
        body("::: prices\n:::").html,
        f"<div><dl>{rows}</dl><p>{clinic.insurance_note}</p></div>",
    )


def test_a_clinic_without_prices_says_whom_to_ask(body, content):
    file = content / "clinic.yaml"
    text = re.sub(r"(?ms)^prices:\n(?:[ -].*?\n)+", "", file.read_text())
    file.write_text(text)
    assert "Ask us for our prices: <a href=" in body("::: prices\n:::").html
