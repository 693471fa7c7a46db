import functools
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st

from imsinfo.articles.checking import Known, problems_of
from imsinfo.articles.figures import Figure
from imsinfo.articles.frontmatter import Draft, FrontMatter
from imsinfo.articles.glossary import Term
from imsinfo.articles.library import read_library
from imsinfo.articles.material import Material, read_data_files
from imsinfo.articles.pictures import picture_of
from imsinfo.articles.rendering import render
from imsinfo.problems import ContentError
from tests.articles.conftest import DRAWING
from tests.extent import examples

FRONT = {
    "title": "A page",
    "summary": "What it says.",
    "kind": "guide",
    "section": "clinic",
    "order": 1,
    "sources_checked": "2026-11-21",
    "next_review": "2027-11-21",
}
# What an editor can get wrong so that the checks and Markdown read the text differently.
MISREAD = {
    "unclosed code block": ("```\n[@nobody]", 11, "unknown source"),
    "code block closed by another sign": ("```\n~~~\n```\n[@nobody]", 13, "unknown source"),
    "escaped backticks": ("\\`[@nobody]\\`", 10, "unknown source"),
    "code span that began a line above": ("a ` b\n[@nobody] ` c `[@nobody]`", 11, "unknown source"),
    "hidden sign in a citation": ("[\x02@nobody]", 10, "unknown source"),
    "script in a reference link": ("[a][b]\n\n[b]: javascript:x", 12, "a link to a page"),
    "page in a reference link": ("[a][b]\n\n[b]: nowhere.md", 12, "a link to a page"),
    "another site without https": ("[a](//example.org/)", 10, "a link to a page"),
    "link to the editors' guide": ("[a](README.md)", 10, "a link to a page"),
    "link to a data file": ("[a](clinic.yaml)", 10, "a link to a page"),
    "phone number inside a link": ("[a {clinic.phone}](/enquiry/)", 10, "a link inside a link"),
    "underlined title": ("Title\n=====", 10, "a heading of level 1"),
    "title without a space": ("#Title", 10, "a heading of level 1"),
    "field in an abbreviation": ("A b.\n\n*[A]: {clinic.name}", 12, "Markdown does not read"),
    "component not at the left edge": (" ::: do\n- a", 10, "a ::: line that does not begin"),
    "do without a list": ("::: do\na\n:::", 10, "the component do holds no list"),
    "do not without anything": ("::: do-not\n:::", 10, "the component do-not holds no list"),
    "term in an underlined heading": (
        "x\n\nA {term:trigger-point y}\n-----",
        12,
        "a term in a heading",
    ),
    "figure in an underlined heading": ("x\n\n{figure:review}\n-----", 12, "a figure in a heading"),
    "figure in a link with brackets": ("[a [b] {figure:review}](/enquiry/)", 10, "a figure in a"),
    "colon below a component": ("::: do\n- a\n:::\n:   ", 10, "a line that Markdown joins"),
    "citation in a link": ("[a [@ga_2007]](/enquiry/)", 10, "a link inside a link"),
    "picture from a list of addresses": ("![a][b]\n\n[b]: x.svg", 10, "a picture that is not"),
    "code block in braces that are not closed": (
        "``` {x} y}\n::: nothing\n```",
        11,
        "unknown component",
    ),
    "code block in braces that closes a component": (
        "``` {x} y}\n:::\n```",
        11,
        "a ::: line that opens and closes nothing",
    ),
    "code block in braces that opens a component": (
        "``` {x} y}\n::: do\n- a\n```",
        11,
        "a component that is not closed",
    ),
    "code block in braces with a picture": (
        "``` {x} y}\n\nb ![a](x.svg)\n\n```",
        12,
        "a picture that is not alone on its line",
    ),
    "component in a row of a table": (
        "::: comparison C\n| a | b |\n|---|---|\n| ::: do | b |\n:::",
        13,
        "a ::: line that does not begin",
    ),
    "very deep list": ("\n".join(" " * 4 * n + "- a" for n in range(300)), 10, "lists or quotes"),
}


@pytest.mark.parametrize(("text", "line", "what"), MISREAD.values(), ids=MISREAD)
def test_what_markdown_reads_otherwise_is_told_and_takes_nothing_down(
    written, write_article, write, text, line, what
):
    write("README.md", "For editors.")
    write_article("Text.", name="good.md")
    write_article(text, name="bad.md")
    library = read_library()
    told = [str(problem) for problem in library.problems]
    assert [article.url for article in library.articles] == ["/good/"]
    assert any(one.startswith(f"content/bad.md:{line}: {what}") for one in told), told


@pytest.mark.parametrize(
    ("fields", "is_read"),
    [
        ({"next_review": "2029-11-21"}, True),
        ({"next_review": "2029-11-22"}, False),
        ({"sources_checked": "9998-01-01", "next_review": "9999-01-01"}, True),
        ({"title": "'\\ud800'"}, True),
        ({"title": '"\\ud800"'}, False),
    ],
)
def test_odd_values_are_read_or_told(write, fields, is_read):
    lines = "".join(f"{name}: {value}\n" for name, value in (FRONT | fields).items())
    write("page.md", f"---\n{lines}---\nText.\n")
    library = read_library()
    "".join(map(str, library.problems)).encode()
    assert bool(library.articles) == is_read


def test_the_example_of_the_editors_guide_is_read(write, settings):
    guide = (settings.BASE_DIR / "content" / "README.md").read_text()
    example = guide.split("```yaml\n")[1].split("```")[0]
    needling = "  - {method: dry-needling, grade: some, statement: Less., sources: [ga_2007]}\n"
    write("page.md", example.replace("changes:", f"{needling}changes:"))
    assert [article.title for article in read_library().articles] == ["Neck pain"]


def test_unknown_source_of_evidence_is_told_on_its_line(told):
    told_of = told(
        "Text.",
        more="evidence:\n"
        "  - {method: ims, grade: none-found, statement: No study., sources: []}\n"
        "  - {method: dry-needling, grade: some, statement: Weeks., sources: [nobody]}\n",
    )
    assert [one.split(";")[0] for one in told_of] == [
        "page.md:11: unknown source in the evidence of dry-needling"
    ]


def test_ids_of_the_page_itself_are_not_given_to_headings(body):
    headings = body("## Get help\n\n## References\n\n## Symptoms").headings
    assert [each.id for each in headings] == ["section-get-help", "section-references", "symptoms"]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("sources: [patel_2019, mintken_2025", "sources: [nobody", "unknown source in AN-01"),
        ("Call {clinic.emergency_number} now", "Call {clinic.fax} now", "EM-01 holds what no page"),
        ("Losing weight without trying", "Losing {weight}", "weight holds what no page"),
        ("sign: You are still sore", "sign: You [@x] are", "AN-08 holds what no page"),
    ],
)
def test_a_sign_no_page_can_show_is_told_in_its_own_file(write_article, content, old, new, what):
    file = content / "red-flags.yaml"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))
    write_article("Text.", name="good.md")
    write_article("::: red-flags neck\n:::", name="signs.md")
    library = read_library()
    assert [article.url for article in library.articles] == ["/good/"]
    assert any(
        one.file == "content/red-flags.yaml" and one.what.startswith(what) and one.line > 1
        for one in library.problems
    )


@pytest.mark.parametrize(
    ("name", "waiting"),
    [("sources.yaml", ["cites.md", "signs.md"]), ("red-flags.yaml", ["signs.md"])],
)
def test_only_pages_that_need_a_broken_data_file_wait_for_it(write, write_article, name, waiting):
    write_article("Text.", name="good.md")
    write_article("Text [@ga_2007].", name="cites.md")
    write_article("::: red-flags neck\n:::", name="signs.md")
    write(name, "a: [\n")
    told = [problem.file for problem in read_library().problems]
    assert told == sorted([*(f"content/{page}" for page in waiting), f"content/{name}"])


@pytest.mark.parametrize("name", ["clinic.yaml", "red-flags.yaml", "sources.yaml"])
def test_articles_are_checked_beside_a_broken_data_file(write, write_article, name, capsys):
    from django.core.management import CommandError, call_command  # noqa: PLC0415

    write(name, "a: [\n")
    write_article("<b>")
    with pytest.raises(CommandError):
        call_command("check_content")
    told = [line.split(": ")[0] for line in capsys.readouterr().out.splitlines()]
    assert told == sorted(["content/page.md:10", f"content/{name}:2"])


def test_a_broken_clinic_stops_the_start(write):
    write("clinic.yaml", "a: [\n")
    with pytest.raises(ContentError, match=r"content/clinic\.yaml:2: "):
        read_library()


def test_a_source_that_stands_twice_is_told(write, content):
    text = (content / "sources.yaml").read_text()
    again = "\n- key: ga_2007\n  authors: A\n  title: B\n  url: https://example.org\n"
    write("sources.yaml", text + again)
    [problem] = read_library().problems
    assert (problem.what, problem.found, problem.line) == (
        "two entries have the same key",
        "ga_2007",
        text.count("\n") + 2,
    )


TABLE = "| a | b |\n|-|-|\n| 1 | 2 |\n"
OPENING = [
    *(f"::: {name}\n" for name in ("do", "do-not", "steps", "differ", "evidence", "glossary")),
    *(f'::: {name} A "b" & *c* {{clinic.phone}}\n' for name in ("urgent", "callout", "question")),
    *("::: icon-array A\n", "::: comparison A\n", "::: red-flags neck\n", "::: shared ask\n"),
]
WHOLE = [
    "::: steps\n1. a\n2. {figure:bruise}\n:::\n",
    "::: do\n- {term:spot}\n:::\n",
    f"::: comparison A & b\n{TABLE}:::\n",
    "::: icon-array A\n- bruise\n:::\n",
    "::: glossary\n:::\n",
    "::: shared ask\n:::\n",
    "::: red-flags after-needling today\n:::\n",
    '![a "b" & c](images/band.svg "A < b > & \'c\'")\n',
]
INLINE = [
    *("{figure:bruise}", "{term:spot}", "{term:spot a *b* & c}", "{clinic.phone}", "[@ga_2007]"),
    *("{figure:x}", "{term:x}", "[@x]", "{counted:bruise}", "{meaning:spot}", "{caption:0}"),
    *("[a](b.md)", "[a](#b)", "[a](/enquiry/)", "[a](javascript:x)", "![a](b)", "<b>"),
]
SIGNS = [
    *("`", "```\n", "~~~\n", "``` {a} b\n", "\\", "\n", "\n\n", "    ", "- ", "> ", "1. "),
    *("# ", "## ", "===\n", "---\n", "|", TABLE, "[a]: x\n", "*[a]: x\n", "*", "_", "!", "a"),
    *("\x02", "\x03", "{", "}", ": ", '"', "'", ":::", ":::\n", ":::\n", "&amp;", "\t", "\r"),
]
ANYTHING = [*OPENING, *WHOLE, *INLINE, *SIGNS]
FIGURE = Figure(
    id="bruise", says="8 of 100", what="a b", n=8, of=100, group="c", sources=("ga_2007",)
)
SPOT = Term(id="spot", term="spot", meaning="a {clinic.phone} b", sources=("kim_2012",))
BAND = picture_of(DRAWING.format(more=""), "band.svg")
VOID = {"br", "hr"}
TAGS = VOID | {
    *("a", "abbr", "blockquote", "caption", "code", "dd", "details", "dfn", "div", "dl", "dt"),
    *("em", "figcaption", "figure", "g", "h2", "h3", "h4", "h5", "h6", "li", "ol", "p", "path"),
    *("pre", "section", "span", "strong", "summary", "sup", "svg", "table", "tbody", "td", "th"),
    *("thead", "tr", "ul"),
}
ATTRIBUTES = {
    *("aria-label", "class", "d", "data-label", "fill", "href", "id", "role", "scope", "start"),
    *("stroke-dasharray", "stroke-linecap", "title", "viewbox"),
}
SAFE = ("http://", "https://", "mailto:", "tel:", "#", "/")


class Markup(HTMLParser):
    """Notes what is wrong with HTML: tags and attributes that no page has, open ends."""

    def __init__(self, html):
        super().__init__()
        self.opened, self.wrong, self.ids = [], [], []
        self.feed(html)
        self.close()
        self.wrong += self.opened

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.opened.append(tag)
        self.wrong += [tag] if tag not in TAGS else []
        self.wrong += [name for name, _ in attrs if name not in ATTRIBUTES]
        links = [value for name, value in attrs if name == "href"]
        self.wrong += [link for link in links if not link.startswith(SAFE) or link[:2] == "//"]
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.opened.pop()

    def handle_endtag(self, tag):
        if not self.opened or self.opened.pop() != tag:
            self.wrong.append(f"/{tag}")


@functools.cache
def shelf():
    """The shipped data files, with one figure, term, piece and picture."""
    files = read_data_files()
    return Material(
        files.clinic,
        files.red_flags,
        files.sources,
        figures={"bruise": FIGURE},
        terms={"spot": SPOT},
        pieces={"ask": "Ask *us* [@kim_2012]: {figure:bruise}\n\n- a\n"},
        pictures={"images/band.svg": BAND},
    )


def rendered(text, material):
    """Return the body of a text, or None where it has a fault that is told with its line."""
    draft = Draft("page.md", FrontMatter.model_validate(FRONT, strict=False), text, 1)
    known = Known(
        (),
        material.sources.keys(),
        material.clinic.fields.keys(),
        material.figures,
        material.terms.keys(),
        material.pieces.keys(),
        material.pictures.keys(),
        ("/enquiry/",),
    )
    told = [each for each in problems_of(draft, known) if each.severity == "broken"]
    body = None
    if not told:
        try:
            body = render(draft, material)
        except ContentError as error:
            told = error.problems
    assert all(problem.line >= 1 and problem.what for problem in told)
    return body


def wrong_in(body):
    markup = Markup(body.html)
    doubled = [name for name, count in Counter(markup.ids).items() if count > 1]
    lost = set(markup.ids) - body.anchors
    return [*markup.wrong, *doubled, *lost]


@tuned(max_examples=examples(1000), deadline=None)
@given(
    st.lists(
        st.sampled_from([*OPENING, *WHOLE, *INLINE, *SIGNS]) | st.text(max_size=4), max_size=40
    )
)
def test_any_text_renders_as_sound_markup_or_is_told(parts):
    body = rendered("".join(parts), shelf())
    assert body is None or wrong_in(body) == []


@tuned(max_examples=examples(500), deadline=None)
@given(st.lists(st.sampled_from([*WHOLE, *INLINE[:4], "\n\n", "a ", "- ", "## A\n"]), max_size=20))
def test_components_beside_each_other_render_as_sound_markup(parts):
    body = rendered("\n".join(parts), shelf())
    assert body is None or wrong_in(body) == []


NASTY = st.text(alphabet="ab<>&\"'`[]()@:#*|_-! \n/=", min_size=1, max_size=30)


@tuned(max_examples=examples(300), deadline=None)
@given(NASTY, NASTY, NASTY)
def test_words_of_data_files_cannot_become_markup(one, two, three):
    figure = FIGURE.model_copy(update={"says": one, "what": two, "group": three, "over": one})
    term = SPOT.model_copy(update={"term": one, "meaning": two, "also": (three,)})
    material = replace(shelf(), figures={"bruise": figure}, terms={"spot": term})
    body = rendered("{figure:bruise} {term:spot}\n\n" + "".join(WHOLE[3:5]), material)
    assert body is None or wrong_in(body) == []


@tuned(max_examples=examples(300), deadline=None)
@given(st.sampled_from(["callout", "question", "icon-array", "comparison", "steps"]), NASTY)
def test_titles_cannot_become_markup(name, title):
    inner = {"icon-array": "- bruise\n", "comparison": TABLE, "steps": "1. a\n"}.get(name, "a\n")
    body = rendered(f"::: {name} {title}\n{inner}:::", shelf())
    assert body is None or wrong_in(body) == []


@tuned(max_examples=examples(300), deadline=None)
@given(NASTY, NASTY)
def test_words_of_pictures_cannot_become_markup(alternative, caption):
    body = rendered(f'![{alternative}](images/band.svg "{caption}")', shelf())
    assert body is None or wrong_in(body) == []


@pytest.mark.parametrize("text", WHOLE)
def test_each_whole_component_renders(text):
    assert wrong_in(rendered(text, shelf())) == []
