import pytest
from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st

from imsinfo.articles.checking import Known, problems_of
from imsinfo.articles.frontmatter import Draft, FrontMatter
from imsinfo.articles.library import read_library
from imsinfo.articles.material import read_data_files
from imsinfo.articles.rendering import Material, render
from imsinfo.problems import ContentError

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
    "phone number inside a link": ("[a {clinic.phone}](/x/)", 10, "a link inside a link"),
    "underlined title": ("Title\n=====", 10, "a heading of level 1"),
    "title without a space": ("#Title", 10, "a heading of level 1"),
    "field in an abbreviation": ("A b.\n\n*[A]: {clinic.name}", 12, "Markdown does not read"),
    "component not at the left edge": (" ::: do\n- a", 10, "a ::: line that does not begin"),
    "do without a list": ("::: do\na\n:::", 10, "the component do holds no list"),
    "do not without anything": ("::: do-not\n:::", 10, "the component do-not holds no list"),
    "very deep list": ("\n".join(" " * 4 * n + "- a" for n in range(300)), 10, "lists or quotes"),
}


@pytest.mark.parametrize(("text", "line", "what"), MISREAD.values(), ids=MISREAD)
def test_what_markdown_reads_otherwise_is_told_and_takes_nothing_down(
    write_article, write, text, line, what
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


PIECES = [
    "[@ga_2007]",
    "[@x]",
    "{clinic.phone}",
    "`",
    "```\n",
    "~~~\n",
    "\\",
    "::: do\n- ",
    ":::\n",
]
PIECES += [
    "\n",
    "\n\n",
    "    ",
    "- ",
    "> ",
    "# ",
    "## ",
    "| a | b |\n",
    "|-|-|\n",
    "[a](b.md)",
    "<b>",
]
PIECES += [
    "[a]: x\n",
    "*[a]: x\n",
    "a",
    "*",
    "_",
    "!",
    "\x02",
    "\x03",
    "{",
    "}",
    ": ",
    "===\n",
    '"',
]


@tuned(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=40).map("".join))
def test_any_text_renders_or_is_told(text):
    files = read_data_files()
    draft = Draft("page.md", FrontMatter.model_validate(FRONT, strict=False), text, 1)
    known = Known((), files.sources.keys(), files.clinic.fields.keys())
    if problems_of(draft, known):
        return
    try:
        render(draft, Material(files.clinic, files.red_flags, files.sources))
        told = ()
    except ContentError as error:
        told = error.problems
    assert all(problem.line >= 1 and problem.what for problem in told)
