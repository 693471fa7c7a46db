import itertools
import re
import tracemalloc
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.utils.html import escape
from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st
from pytest_django.asserts import assertHTMLEqual

from imsinfo.articles.picture_lists import ELEMENTS, PICTURE_CLASSES, TEXT_SIZES
from imsinfo.articles.pictures import picture_of, read_picture
from imsinfo.content import ContentFile
from imsinfo.problems import ContentError
from tests.extent import examples

XMLNS = 'xmlns="http://www.w3.org/2000/svg"'
WORDS = '<text class="picture-text">Skin</text>'
LINK = '<a href="conditions/neck-pain.md#symptoms"><title>Neck</title><path d="M0 0H9"/></a>'
CONTENT = Path(__file__).parent.parent.parent / "content"
SHIPPED = sorted(f"images/{path.name}" for path in CONTENT.glob("images/*.svg"))


def drawing(inside, width=288):
    return f'<svg {XMLNS} viewBox="0 0 {width} 200">\n{inside}\n</svg>'


def told(text):
    with pytest.raises(ContentError) as refused:
        picture_of(text, "x.svg")
    return [str(problem) for problem in refused.value.problems]


def inlined(inside, **options):
    """The HTML of what stands in a drawing."""
    html = picture_of(drawing(inside), "x.svg").html("picture-1", "What it shows", **options)
    return re.fullmatch(r"<svg [^>]*>(.*)</svg>", html)[1]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_picture_is_accepted_and_small(name):
    html = read_picture(ContentFile(name, CONTENT / name)).html("picture-1", "What it shows")
    assert len(html.encode()) < 10_000


def test_drawings_are_shipped():
    assert {"images/tight-band.svg", "images/visit-timeline.svg"} <= set(SHIPPED)


def test_classes_of_pictures_are_those_of_the_stylesheet(settings):
    css = (settings.BASE_DIR / "static/css/pictures.css").read_text()
    assert set(re.findall(r"\.(picture-[\w-]+)", css)) == PICTURE_CLASSES


@pytest.mark.parametrize(("name", "size"), TEXT_SIZES.items())
def test_letters_have_the_size_that_the_rules_count_with(settings, name, size):
    css = (settings.BASE_DIR / "static/css/pictures.css").read_text()
    [rule] = re.findall(rf"^\.{name} {{([^}}]*)}}", css, re.MULTILINE)
    assert f"font-size: {size}px;" in rule


def test_a_picture_without_links_is_one_image():
    html = picture_of(drawing('<path d="M0 0H9"/>'), "x.svg").html("p", 'A "tight" <band>')
    assert html == (
        '<svg class="picture" viewBox="0 0 288 200" role="img" '
        'aria-label="A &quot;tight&quot; &lt;band&gt;"><path d="M0 0H9"/></svg>'
    )


def test_a_picture_with_links_is_a_group():
    html = picture_of(drawing(LINK), "x.svg").html("p", "Where it hurts")
    assertHTMLEqual(
        html,
        '<svg class="picture" viewBox="0 0 288 200" role="group" aria-label="Where it hurts">'
        '<a href="/conditions/neck-pain/#symptoms"><title>Neck</title><path d="M0 0H9"/></a></svg>',
    )


def test_links_are_told_once_each_in_their_order():
    other = '<a href="risks.md"><title>Risks</title></a>'
    picture = picture_of(drawing(LINK + other + LINK), "x.svg")
    assert picture.links == ("conditions/neck-pain.md#symptoms", "risks.md")


def test_links_lead_where_the_site_says():
    html = inlined(LINK, addresses=lambda link: f'/x/"{link}"')
    assert '<a href="/x/&quot;conditions/neck-pain.md#symptoms&quot;">' in html


def test_ids_and_what_refers_to_them_get_the_prefix():
    inside = (
        '<g id="a"><path d="M0 0"/></g><use href="#a"/><g clip-path="url(#b)" fill="url(#c)"/>'
        '<clipPath id="b"/><pattern id="c"/><g stroke="none"/>'
    )
    assert inlined(inside) == (
        '<g id="picture-1-a"><path d="M0 0"/></g><use href="#picture-1-a"/>'
        '<g clip-path="url(#picture-1-b)" fill="url(#picture-1-c)"/>'
        '<clipPath id="picture-1-b"/><pattern id="picture-1-c"/><g stroke="none"/>'
    )


@pytest.mark.parametrize(
    ("inside", "html"),
    [
        ("<!-- a --><g>\n  <!-- b -->\n</g>", "<g/>"),
        ("<title>A</title><desc>B</desc><g><title>C</title></g>", "<g/>"),
        (
            '<text class="picture-text">A \n <tspan dy="9">b &lt;i&gt;</tspan></text>',
            '<text class="picture-text">A <tspan dy="9">b &lt;i&gt;</tspan></text>',
        ),
        (
            '<text class="picture-text"><![CDATA[<b>]]>&#38;amp;</text>',
            '<text class="picture-text">&lt;b&gt;&amp;amp;</text>',
        ),
        (
            '<text class="picture-text">See <a href="risks.md">the risks</a></text>',
            '<text class="picture-text">See <a href="/risks/">the risks</a></text>',
        ),
    ],
)
def test_words_stay_and_what_nobody_sees_goes(inside, html):
    assert inlined(inside) == html


def test_a_file_may_name_its_encoding():
    text = "<?xml version='1.0' encoding='UTF-8'?>\n" + drawing("<g/>")
    assert picture_of(text, "x.svg").links == ()


PLACE = "x.svg:2: "
OUTSIDE = "a picture uses nothing from outside itself; found: "
COLOUR = "none, currentColor or url(#name)"
NO_VALUE = (
    f"; expected: {COLOUR}; repair: remove it and use class, such as picture-accent, "
    "so that it follows the theme"
)
NO_PAGE = "the link leads to no page of this site; found: "
A_PAGE = (
    "; expected: the name of a content file, such as conditions/neck-pain.md#symptoms; repair: "
)
LETTERS = "letters have a size or typeface of their own; found: "
BY_CLASS = "; repair: remove it and use class, such as picture-text"
REUSED = "what is used again holds no words, links or uses; found: "
THE_SITE = "the site itself says what a picture is; found: "
ROTATE = "; repair: use translate and rotate alone around words"
REFUSED = {
    "<script>x</script>": "a picture holds no script; found: <script>; "
    "repair: remove the script element",
    "<style>x</style>": "a picture holds no stylesheet of its own; found: <style>; "
    "repair: remove it and use class instead",
    "<foreignObject>x</foreignObject>": "a picture holds no part of a web page; "
    "found: <foreignObject>; repair: draw it with shapes and text",
    '<image href="x.png"/>': "a picture holds no photograph and no other file; found: <image>; "
    "repair: draw it with shapes",
    "<filter/>": "this element is not used in pictures; found: <filter>; "
    f"expected: {', '.join(sorted(ELEMENTS))}; repair: remove it, or draw it with one of these",
    "<path><rect/></path>": "this element cannot stand here; found: <rect> in <path>; "
    "repair: move it out",
    "<title><g/></title>": "this element cannot stand here; found: <g> in <title>; "
    "repair: move it out",
    "<tspan/>": "this element cannot stand here; found: <tspan> in <svg>; repair: move it out",
    f'<a href="risks.md">{LINK}<title>Risks</title></a>': "this element cannot stand here; "
    "found: <a> in <a>; repair: move it out",
    '<g onclick="x"/>': 'a picture holds no script; found: onclick="x"; repair: remove it',
    '<g ONLOAD="x"/>': 'a picture holds no script; found: ONLOAD="x"; repair: remove it',
    '<g style="fill:red"/>': 'a shape has a style of its own; found: style="fill:red"; '
    "repair: remove it and use class, such as picture-line",
    '<g data-x="y"/>': 'the attribute data-x is not used in pictures; found: data-x="y"; '
    "repair: remove it",
    '<g href="#a"/>': 'the attribute href is not used in pictures; found: href="#a"; '
    "repair: remove it",
    '<use xlink:href="#a"/>': 'this is an old form of a link; found: xlink:href="#a"; '
    "repair: write href",
    '<g role="img"/>': f'{THE_SITE}role="img"; repair: remove it',
    '<g aria-label="a"/>': f'{THE_SITE}aria-label="a"; repair: remove it',
    '<g tabindex="0"/>': "the site itself says what can be reached by keyboard; "
    'found: tabindex="0"; repair: remove it',
    '<g fill="#123456"/>': f'a colour is written as a value; found: fill="#123456"{NO_VALUE}',
    '<g stroke="red"/>': f'a colour is written as a value; found: stroke="red"{NO_VALUE}',
    '<g fill="url(https://a.example/#b)"/>': f'{OUTSIDE}fill="url(https://a.example/#b)"; '
    f"expected: {COLOUR}; repair: draw it in this file",
    '<g clip-path="url(a.svg#b)"/>': f'{OUTSIDE}clip-path="url(a.svg#b)"; '
    "expected: url(#name) of a part of this picture; repair: draw it in this file",
    '<use href="https://a.example/#b"/>': f'{OUTSIDE}href="https://a.example/#b"; '
    "expected: #name of a part of this picture; repair: draw it in this file",
    '<use href="#b c"/>': f'{OUTSIDE}href="#b c"; '
    "expected: #name of a part of this picture; repair: draw it in this file",
    '<a href="https://a.example/"><title>A</title></a>': f"{NO_PAGE}https://a.example/"
    f"{A_PAGE}name the page's file",
    '<a href="javascript:x"><title>A</title></a>': f"{NO_PAGE}javascript:x"
    f"{A_PAGE}name the page's file",
    '<a href="risks.md?a"><title>A</title></a>': f"{NO_PAGE}risks.md?a{A_PAGE}name the page's file",
    '<a href="#a"><title>A</title></a>': f"{NO_PAGE}#a{A_PAGE}name the page's file",
    "<a><title>A</title></a>": f"the link leads nowhere{A_PAGE}write href in <a …>",
    '<a href="risks.md"><g><title>A</title></g></a>': "the link has no name that could be read "
    "out; found: risks.md; expected: words in it; repair: add <title>…</title> in it",
    '<g class="picture-line red"/>': "drawings have no such class; found: red; "
    f"expected: {', '.join(sorted(PICTURE_CLASSES))}; repair: use one of these",
    '<g id="Layer_1"/>': "id is not right; found: Layer_1; "
    "expected: small letters, digits and hyphens, a letter first; repair: correct the value",
    '<g id="a"/><g id="a"/>': "the id stands twice; found: a, also on line 2; "
    "repair: give each a name of its own",
    '<g id="a"/><use href="#b"/>': "no part of the picture has this id; found: #b; expected: a; "
    "repair: correct the name",
    '<g id="a"><use href="#a"/></g>': f"{REUSED}<use>; repair: move it out",
    f"<defs>{WORDS}</defs>": f"{REUSED}<text>; repair: move it out",
    f'<g id="a">{LINK}</g><use href="#a"/>': f"{REUSED}<a>; repair: move it out",
    "<text>A</text>": "the words have no size; found: A; "
    'expected: class="picture-text" or class="picture-text-small"; '
    "repair: give the text element one of these",
    f'<g transform="scale(.5)">{WORDS}</g>': f"letters are stretched; found: scale(.5){ROTATE}",
    '<text class="picture-text" font-size="9">A</text>': f'{LETTERS}font-size="9"{BY_CLASS}',
    '<rect x="1em"/>': "x is not right; found: 1em; expected: a number, such as 12 or 12.5; "
    "repair: correct the value",
    '<g transform="skip(1)"/>': "transform is not right; found: skip(1); "
    "expected: a move, such as translate(10 20); repair: correct the value",
    "<g>": "this cannot be read as SVG (mismatched tag); found: </svg>; repair: correct the "
    "line, or save the picture again from the drawing program as plain SVG",
    "<?a b?>": "a picture holds no instruction to programs; found: <?a; repair: remove it",
    "<g>" * 20 + "</g>" * 20: "shapes stand too deep inside each other; found: <g>; "
    "expected: at most 20 levels; repair: take groups (g) away",
}


@pytest.mark.parametrize(("inside", "what"), REFUSED.items())
def test_what_cannot_stand_in_a_page_is_told(inside, what):
    place = "x.svg:3: " if inside == "<g>" else PLACE
    assert told(drawing(inside)) == [place + what]


LARGE = drawing(f'<path d="{"M0 0" * 7_500}"/>')
VIEW_BOX = "left, top, width and height, such as 0 0 288 200"
REFUSED_FILES = {
    "": [
        "x.svg:1: this cannot be read as SVG (no element found); repair: correct the line, "
        "or save the picture again from the drawing program as plain SVG"
    ],
    "<svg>\ud800</svg>": [
        "x.svg:1: this cannot be read as SVG (not well-formed (invalid token)); "
        "found: <svg>\\ud800</svg>; repair: correct the line, "
        "or save the picture again from the drawing program as plain SVG"
    ],
    "<html/>": [
        "x.svg:1: this is no SVG drawing; found: <html>; expected: <svg>; "
        "repair: save the picture as SVG"
    ],
    "<!DOCTYPE svg>\n<svg/>": [
        "x.svg:1: a picture holds no DOCTYPE; found: <!DOCTYPE svg; "
        "repair: remove everything from <!DOCTYPE to the > that ends it"
    ],
    LARGE: [
        "x.svg:1: the picture is too large; found: 30,082 bytes; expected: at most 30,000; "
        "repair: draw it with fewer points, or save it from the drawing program as optimised SVG"
    ],
    '<svg viewBox="0 0 9 9"/>': [
        "x.svg:1: the svg element does not name its format; "
        f"expected: {XMLNS}; repair: write this in <svg …>"
    ],
    f"<svg {XMLNS}/>": [
        f"x.svg:1: the picture has no viewBox; expected: {VIEW_BOX}; "
        "repair: write viewBox in <svg …>"
    ],
    f'<svg {XMLNS} viewBox="0 0 0 9"/>': [
        f"x.svg:1: viewBox is not right; found: 0 0 0 9; expected: {VIEW_BOX}; "
        "repair: correct the value"
    ],
    f'<svg {XMLNS} viewBox="0 0 9 9" width="9" onload="x" class="picture-line"/>': [
        'x.svg:1: a picture holds no script; found: onload="x"; repair: remove it',
        'x.svg:1: the attribute class is not used in <svg …>; found: class="picture-line"; '
        "repair: remove it",
        'x.svg:1: the picture has a fixed size; found: width="9"; '
        "repair: remove it; the viewBox is enough",
    ],
    f'<svg {XMLNS} viewBox="0 0 9 9">\nA</svg>': [
        "x.svg:1: words stand outside a text element; found: A; "
        'repair: put them into <text class="…">'
    ],
    drawing(WORDS, width=325): [
        f"{PLACE}letters are too small on a phone; found: a viewBox 325 units wide; "
        "expected: at most 324 units; repair: draw it narrower, and its parts with it"
    ],
}


@pytest.mark.parametrize(("text", "problems"), REFUSED_FILES.items(), ids=range(len(REFUSED_FILES)))
def test_a_file_that_is_no_picture_of_the_site_is_told(text, problems):
    assert told(text) == problems


def test_the_same_fault_twice_on_a_line_is_told_once():
    assert len(told(drawing('<g x="a"/><g x="a"/>'))) == 1


def test_every_fault_is_told_in_the_order_of_lines():
    lines = [one.split(";")[0] for one in told(drawing('<g x="a"/>\n<b/>\n<g y="b"/>'))]
    assert lines == [
        "x.svg:2: x is not right",
        "x.svg:3: this element is not used in pictures",
        "x.svg:4: y is not right",
    ]


@pytest.mark.parametrize("width", [324, 304])
def test_letters_at_the_limit_are_large_enough(width):
    size = "picture-text" if width > 304 else "picture-text-small"
    text = drawing(f'<text class="{size}">A</text>', width=width)
    assert picture_of(text, "x.svg").links == ()


def test_a_picture_is_read_from_its_file(tmp_path):
    (tmp_path / "content/images").mkdir(parents=True)
    path = tmp_path / "content/images/x.svg"
    path.write_text(drawing("<b/>"))
    with pytest.raises(ContentError, match=r"^content/images/x\.svg:2: this element is not used"):
        read_picture(ContentFile("images/x.svg", path))


def test_entities_that_multiply_are_never_read():
    pairs = itertools.pairwise("abcdefghi")
    entities = "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in pairs)
    bomb = f'<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">{entities}]>\n{drawing("&i;")}'
    tracemalloc.start()
    problems = told(bomb)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (len(problems), most < 500_000) == (1, True)


# Pieces that make a drawing, now and then a wrong one.
TAGS = ("g", "g", "g", "path", "rect", "symbol", "defs", "use", "text", "title", "script", "b")
ATTRIBUTES = (
    *("", "", "", ' class="picture-line"', ' fill="none"', ' d="M0 0H9"', ' clip-path="url(#a)"'),
    *(' href="#a"', ' href="javascript:x"', ' onclick="x"', ' style="fill:red"', ' id="b"'),
)
SAID = st.text("ab<>&\"' :;(", max_size=9).map(escape)
LEAVES = (
    st.sampled_from(("", '<use href="#a"/>', LINK, WORDS, "<!-- a -->"))
    | SAID.map(lambda words: f'<text class="picture-text">{words}</text>')
    | SAID.map(lambda words: f'<a href="risks.md"><title>A {words}</title><g/></a>')
    | SAID.map(lambda value: f'<g class="{value}"/>')
)


@st.composite
def elements(draw, children):
    tag, attributes = draw(st.sampled_from(TAGS)), draw(st.sampled_from(ATTRIBUTES))
    return f"<{tag}{attributes}>{''.join(draw(st.lists(children, max_size=3)))}</{tag}>"


DRAWINGS = st.recursive(LEAVES, elements, max_leaves=8).map(
    lambda inside: drawing(f'<g id="a"/>{inside}')
)
ANY_TEXT = st.text() | st.text("<>/!?[]&;a=' \n") | st.text().map(drawing) | DRAWINGS | DRAWINGS


@tuned(max_examples=examples(600), deadline=None)
@given(ANY_TEXT, st.text())
def test_any_text_is_a_safe_picture_or_is_told(text, alternative):
    try:
        picture = picture_of(text, "x.svg")
    except ContentError:
        return
    # These signs stand in no XML; in HTML they do no harm.
    html = re.sub("[\x00-\x1f\ufffe\uffff]", "", picture.html("picture-1", alternative))
    root = ElementTree.fromstring(html)  # noqa: S314 -- the site wrote it
    names = {name for each in root.iter() for name in each.attrib}
    values = {each.get("href", "/") for each in root.iter()}
    assert {each.tag for each in root.iter()} <= ELEMENTS | {"svg"}
    assert not [name for name in names if name.startswith("on") or name == "style"]
    assert not [value for value in values if not value.startswith(("/", "#picture-1-"))]
