import pytest

from imsinfo.articles.library import read_library
from tests.articles.conftest import DRAWING

PIECES = {
    "front matter": (
        "---\ntitle: x\n---\nText.",
        [
            "shared/ask.md:1: a shared piece has no front matter; found: ---; repair: take away "
            "the lines between --- and ---: a piece is no page"
        ],
    ),
    "heading": (
        "Text.\n\n## Heading",
        [
            "shared/ask.md:3: a heading in a shared piece; found: ## Heading; repair: write the "
            "heading on each page, above ::: shared"
        ],
    ),
    "underlined heading": (
        "Text.\n\nHeading\n-------",
        [
            "shared/ask.md:3: a heading in a shared piece; found: Heading; repair: write the "
            "heading on each page instead"
        ],
    ),
    "piece in a piece": (
        "::: shared ask\n:::",
        [
            "shared/ask.md:1: shared in a shared piece; found: ::: shared ask; repair: write it "
            "on the page itself"
        ],
    ),
    "evidence": (
        "::: evidence\n:::",
        [
            "shared/ask.md:1: evidence in a shared piece; found: ::: evidence; repair: write it "
            "on the page itself"
        ],
    ),
    "glossary": (
        "::: glossary\n:::",
        [
            "shared/ask.md:1: glossary in a shared piece; found: ::: glossary; repair: write it "
            "on the page itself"
        ],
    ),
    "code block": (
        "Text.\n\n```\ncode\n```",
        [
            "shared/ask.md:3: a code block in a shared piece; found: ```; repair: write it on "
            "the page itself",
            "shared/ask.md:5: a code block in a shared piece; found: ```; repair: write it on "
            "the page itself",
        ],
    ),
    "fault of its text": (
        "Text.\n\nText [@nobody].",
        [
            "shared/ask.md:3: unknown source; found: [@nobody]; expected: [@key], one key of "
            "sources.yaml each; repair: correct the key, or add the source to sources.yaml after "
            "reading it"
        ],
    ),
    "fault that only Markdown shows": (
        "Text.\n\n[a][b]\n\n[b]: nowhere.md",
        [
            "shared/ask.md:5: a link to a page that is not there; found: nowhere.md; repair: "
            "write it in one of the forms of the editor's guide; see also the lines above it"
        ],
    ),
}
WAITING = "page.md:1: this page needs {name}, which is broken; repair: repair {name}"


def problems():
    return [str(problem).removeprefix("content/") for problem in read_library().problems]


@pytest.mark.parametrize(("text", "expected"), PIECES.values(), ids=PIECES)
def test_a_fault_of_a_piece_is_told_once_in_its_own_file(write, write_article, text, expected):
    write("shared/ask.md", text)
    write_article("Text.", name="good.md")
    write_article("::: shared ask\n:::")
    assert problems() == [WAITING.format(name="shared/ask.md"), *expected]


@pytest.mark.parametrize("name", ["Ask us", "ask_us", "a/b"])
def test_a_piece_needs_a_plain_name(write, name):
    write(f"shared/{name}.md", "Text.")
    assert problems() == [
        f"shared/{name}.md:1: no piece can have this name; found: {name}; expected: small "
        "letters, digits and hyphens, such as shared/ask-us.md; repair: rename the file"
    ]


def test_a_piece_that_is_no_text_is_told(write, write_article):
    write("shared/ask.md", b"\xff")
    write_article("::: shared ask\n:::")
    [waiting, problem] = problems()
    assert waiting == WAITING.format(name="shared/ask.md")
    assert problem.startswith("shared/ask.md:1: the file is not UTF-8 text")


def test_a_fault_with_which_a_piece_can_be_shown_keeps_no_page_waiting(write, write_article):
    write("shared/ask.md", "| a | b |\n|---|---|\n| 1 | 2 |")
    write_article("::: shared ask\n:::")
    assert [problem.split(";")[0] for problem in problems()] == [
        "shared/ask.md:1: a table without a caption"
    ]
    assert [article.url for article in read_library().articles] == ["/page/"]


def test_a_page_waits_for_what_its_piece_needs(write, write_article):
    write("shared/ask.md", "A {figure:x}.")
    write("figures.yaml", "a: [\n")
    write_article("::: shared ask\n:::")
    [broken, waiting] = problems()
    assert broken.startswith("figures.yaml:2: this is not YAML")
    assert waiting == WAITING.format(name="figures.yaml")


def test_a_piece_with_a_heading_of_the_page_in_mind_is_no_fault(write, write_article):
    write("shared/ask.md", "See [there](#there).")
    write_article("## There\n\n::: shared ask\n:::")
    assert problems() == []


LINK = '<a href="{}"><title>x</title><path d="M0 0"/></a>'


def test_a_dead_link_of_a_picture_is_told_in_its_own_file(write, write_article):
    write("images/band.svg", DRAWING.format(more="\n" + LINK.format("gone.md#x")))
    write_article('![x](images/band.svg "C")')
    assert problems() == [
        "images/band.svg:2: a link to a page that is not there; found: gone.md#x; expected: the "
        "name of a file in the content folder, such as aftercare.md; repair: correct the name in "
        "the drawing",
        WAITING.format(name="images/band.svg"),
    ]


def test_a_refused_picture_is_told_in_its_own_file(write, write_article):
    write("images/band.svg", DRAWING.format(more="<script/>"))
    write_article("Text.", name="good.md")
    write_article('![x](images/band.svg "C")')
    assert problems() == [
        "images/band.svg:1: a picture holds no script; found: <script>; repair: remove the script "
        "element",
        WAITING.format(name="images/band.svg"),
    ]


def test_pieces_and_pictures_are_no_pages(write, write_article):
    write("shared/ask.md", "Text.")
    write("images/band.svg", DRAWING.format(more=""))
    write_article("Text.")
    assert [article.url for article in read_library().articles] == ["/page/"]
