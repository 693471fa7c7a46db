import re
from html import unescape as html_unescape

import pytest
from pytest_django.asserts import assertHTMLEqual, assertInHTML

from imsinfo.articles.library import read_library
from imsinfo.clinic import get_clinic
from imsinfo.red_flags import get_red_flags

KEY, OTHER = "kim_2012", "ga_2007"


def test_callout_is_a_box_with_a_heading(body):
    assertHTMLEqual(
        body("::: callout Key **facts**\nText.\n:::").html,
        '<section class="callout"><h2>Key **facts**</h2><p>Text.</p></section>',
    )


def test_a_title_below_a_section_is_a_smaller_heading(body):
    html = body("## Section\n\n::: callout Facts\nText.\n:::").html
    assertInHTML("<h3>Facts</h3>", html)


@pytest.mark.parametrize(
    ("name", "level"),
    [("emergency", "Emergency"), ("urgent", "Urgent"), ("non-urgent", "Not an emergency")],
)
def test_care_card_says_its_level_in_words(body, name, level):
    html = body(f"::: {name} Get help\n- a sign\n:::").html
    assert f'<section class="care-card care-card--{name}"' in html
    assert f'<span class="care-card__level">{level}' in html
    assertInHTML("<ul><li>a sign</li></ul>", html)


def test_the_first_emergency_card_alone_can_be_linked_to(body):
    html = body("::: emergency A\nx\n:::\n::: emergency B\ny\n:::").html
    assert html.count('id="get-help"') == 1
    assert html.index('id="get-help"') < html.index("A</h2>")


@pytest.mark.parametrize(
    ("text", "css", "title"),
    [
        ("::: do\n- a\n:::", "do-list", "Do"),
        ("::: do-not\n- a\n:::", "do-not-list", "Do not"),
        ("::: do At home\n- a\n:::", "do-list", "At home"),
    ],
)
def test_do_lists_have_a_title(body, text, css, title):
    expected = f'<section class="{css}"><h2>{title}</h2><ul><li>a</li></ul></section>'
    assertHTMLEqual(body(text).html, expected)


def test_components_nest(body):
    html = body("::: callout Outer\n::: do\n- a\n:::\nafter\n:::").html
    assert html.index("do-list") < html.index("</section>") < html.index("after")


def test_citations_are_numbered_in_order_of_first_use(body):
    rendered = body(f"One [@{KEY}]. Two [@{OTHER}]. Again [@{KEY}].")
    assert [(r.number, r.key) for r in rendered.references] == [(1, KEY), (2, OTHER)]
    assert rendered.html.count('href="#ref-1"') == 2


def test_the_list_leads_back_to_where_a_source_is_cited_first(body):
    rendered = body(f"One [@{KEY}]. Two [@{OTHER}]. Again [@{KEY}].")
    assert [r.cited_at for r in rendered.references] == re.findall(
        r'id="(cite-\d+)"', rendered.html
    )


def test_a_citation_in_a_heading_or_a_column_leaves_its_words_alone(body):
    table = f"::: comparison C\n| a | Found [@{OTHER}] |\n|---|---|\n| 1 | 2 |\n:::"
    rendered = body(f"## Pain [@{KEY}]\n\n{table}")
    assert [(heading.id, heading.text) for heading in rendered.headings] == [("pain", "Pain")]
    assert '<td data-label="Found">' in rendered.html


def test_a_citation_links_to_its_reference(body):
    assertInHTML(
        '<sup><a href="#ref-1" id="cite-1">[1]</a></sup>',
        body(f"One [@{KEY}].").html,
    )


def test_clinic_fields_are_filled_and_phone_numbers_can_be_called(body):
    html = body("{clinic.name}: {clinic.phone}, or {clinic.emergency_number}.").html
    assert "Example IMS Clinic" in html
    assertInHTML('<a href="tel:6045550123">604 555 0123</a>', html)
    assertInHTML('<a href="tel:911">911</a>', html)
    assert "{" not in html


@pytest.mark.parametrize("contact", ["privacy@clinic.example", "Privacy officer"])
def test_email_addresses_can_be_written_to_and_names_cannot(body, write, content, contact):
    clinic = (content / "clinic.yaml").read_text()
    write("clinic.yaml", clinic.replace("privacy@clinic.example", contact))
    html = body("Ask {clinic.privacy_contact} or {clinic.email}.").html
    assert '<a href="mailto:reception@clinic.example">reception@clinic.example</a>' in html
    assert html.count("mailto:") == (2 if "@" in contact else 1)


@pytest.mark.parametrize(
    ("name", "link", "address"),
    [
        ("a/other.md", "a/other.md", "/a/other/"),
        ("a/other.md", "a/other.md#signs", "/a/other/#signs"),
        ("a/index.md", "a/index.md", "/a/"),
    ],
)
def test_a_link_to_a_file_leads_to_its_page(write_article, write, name, link, address):
    write(name, "")
    write_article(f"[words]({link})")
    [article] = read_library().articles
    assert f'<a class="lone-link" href="{address}">words</a>' in article.body


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("[A](/enquiry/)", 1),
        ("[A](/enquiry/).", 1),
        ("- [A](/enquiry/)", 1),
        ("See [A](/enquiry/)", 0),
        ("[A](/enquiry/) [B](/search/)", 0),
        ("::: comparison C\n| a | b |\n|---|---|\n| [A](/enquiry/) | [B](/search/) |\n:::", 2),
    ],
)
def test_a_link_that_stands_alone_has_room_for_a_thumb(body, text, count):
    assert body(text).html.count('class="lone-link"') == count


def test_headings_make_the_contents(body):
    rendered = body("## First & last\n\n### Below\n\n## Second")
    assert [(h.id, h.text) for h in rendered.headings] == [
        ("first-last", "First & last"),
        ("second", "Second"),
    ]
    assert 'id="second"' in rendered.html


def test_red_flags_show_the_lines_of_the_form(body):
    html = body("::: red-flags neck\n:::").html
    red_flags = get_red_flags()
    for line in red_flags.lines_for("neck", "emergency"):
        assert get_clinic().fill(line.line).split("&")[0] in html.replace("&#x27;", "'")
    assert html.count("care-card__title") == 3


@pytest.mark.parametrize("level", ["emergency", "today", "doctor-first"])
def test_cards_of_a_region_lead_to_every_sign_in_full(body, write_article, level):
    write_article(f"::: red-flags in-full {level}\n:::", name="warning-signs.md")
    assert f'href="/warning-signs/#signs-{level}"' in body("::: red-flags neck\n:::").html
    [page] = [each for each in read_library().articles if each.url == "/warning-signs/"]
    assert f"signs-{level}" in page.rendered.anchors


@pytest.mark.parametrize("level", ["emergency", "today", "doctor-first"])
def test_signs_in_full_stand_below_their_line_with_their_sources(body, level):
    html = html_unescape(body(f"::: red-flags in-full {level}\n:::").html)
    for line in get_red_flags().lines(level):
        below = html.split(f"<strong>{get_clinic().fill(line.line)}</strong>")[1]
        below = below.split("<strong>")[0]
        for sign in get_red_flags().signs(line):
            assert get_clinic().fill(sign.sign).rstrip(".") in f"{line.line}{below}"
        assert below.count("<sup") == sum(len(s.sources) for s in get_red_flags().signs(line))


def in_short(level):
    return [get_clinic().fill(sign.in_short) for sign in get_red_flags().after(level)]


def test_signs_in_short_stand_below_what_to_do_in_their_order(body):
    html = body("::: red-flags after-needling in-short\n:::").html
    text = " ".join(html_unescape(re.sub("<[^>]+>", " ", html)).split())
    levels = ("Call 911 now", "emergency"), ("Get medical help today", "today")
    told = [words for title, level in levels for words in (title, *in_short(level))]
    told += ["Phone us: 604 555 0123", *in_short("phone-us"), "Closed? Call HealthLink BC: 811"]
    assert text == " ".join(told)


def test_signs_in_short_are_where_links_to_help_lead(body):
    html = body(
        "::: red-flags after-needling in-short\n:::\n\n::: red-flags after-needling emergency\n:::"
    ).html
    assert html.count('id="get-help"') == 1
    assert html.startswith('<div class="in-short no-print" id="get-help">')


@pytest.mark.parametrize("level", ["emergency", "today", "phone-us"])
def test_signs_after_needling_show_sign_and_action(body, level):
    html = body(f"::: red-flags after-needling {level}\n:::").html
    assert html.count("<li>") == len(get_red_flags().after(level))
    for sign in get_red_flags().after(level):
        assert f"<strong>{sign.title}</strong>" in html


EVIDENCE = f"""evidence:
  - {{method: ims, grade: none-found, statement: No study., sources: []}}
  - {{method: dry-needling, grade: some, statement: Some weeks., sources: [{KEY}]}}
"""


def test_evidence_has_two_lines_with_their_grades(body):
    rendered = body("::: evidence\n:::", more=EVIDENCE)
    assert rendered.html.count("evidence__line") == 2
    assert rendered.html.index("IMS (Gunn):") < rendered.html.index("no studies found")
    assert 'evidence__grade--some">some evidence' in rendered.html
    assert [reference.key for reference in rendered.references] == [KEY]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Sore [@{KEY}].", "Sore\u00a0<sup>"),
        (f"Sore[@{KEY}].", "Sore<sup>"),
        (f"It *hurt* more [@{KEY}].", "</em> more\u00a0<sup>"),
        (f"Sore [@{KEY}] [@{OTHER}].", "</sup> <sup>"),
        (f"Sore [@{KEY}], stiff [@{OTHER}].", "</sup>, stiff\u00a0<sup>"),
    ],
)
def test_the_mark_of_a_source_stays_with_the_word_in_front_of_it(body, text, expected):
    assert expected in body(text).html


def test_a_sign_in_full_is_not_said_twice(body):
    html = body("::: red-flags in-full doctor-first\n:::").html
    assert html_unescape(html).count("Losing weight without trying") == 1


@pytest.mark.parametrize(
    ("text", "is_alone"),
    [
        ("- [There](https://example.org/)", True),
        ("[There](https://example.org/)", True),
        ("See [there](https://example.org/)", False),
        ("- [There](https://example.org/), and on.", False),
        ("- [There](https://example.org/) [here](https://example.org/)", False),
    ],
)
def test_a_link_that_no_text_surrounds_is_marked(body, text, is_alone):
    assert ('<a class="lone-link"' in body(text).html) is is_alone
