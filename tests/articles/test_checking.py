import pytest

# The front matter of these pages ends on line 9, so their text begins on line 10.
CASES = [
    ("<b>bold", 10, "HTML is not used in articles", "<b>"),
    ("one\n\nan <!-- remark -->", 12, "HTML is not used in articles", "<!-- remark -->"),
    ("<https://example.org>", 10, "HTML is not used in articles", "[words](https://…)"),
    ("![x](https://example.org/x.svg)", 10, "pictures are not used in articles", "remove"),
    ("{clinic.fax}", 10, "unknown clinic field", "{clinic.fax}"),
    ("{figure:x}", 10, "a brace that is no clinic field", "{figure:x}"),
    ("a } b", 10, "a brace that is no clinic field", "`backticks`"),
    ("a {", 10, "a brace that is no clinic field", "{"),
    ("text [@nobody_1900]", 10, "unknown source", "[@nobody_1900]"),
    ("text [@a, @b]", 10, "a citation in the wrong form", "one key"),
    ("text [@unclosed", 10, "a citation in the wrong form", "[@unclosed"),
    ("[there](nowhere.md)", 10, "a link to a page that is not there", "nowhere.md"),
    ("[there](www.example.org)", 10, "a link to a page that is not there", "https://"),
    ("# Title", 10, "a heading of level 1", "begin with ##"),
    ("### Deep", 10, "a heading that skips a level", "write ##"),
    ("## One\n\n#### Deep", 12, "a heading that skips a level", "write ###"),
    ("::: warning Title\n:::", 10, "unknown component", "callout"),
    ("::: callout\ntext\n:::", 10, "the component callout has no title", "Title"),
    ("::: callout Title\ntext", 10, "the component callout is not closed", "add a line :::"),
    ("text\n:::", 11, "a ::: line that opens and closes nothing", "name a component"),
    (":::callout Title\n:::\n:::", 12, "a ::: line that opens and closes nothing", ":::"),
    ("::: red-flags tail\n:::", 10, "red-flags of what?", "neck"),
    ("::: red-flags after-needling soon\n:::", 10, "red-flags of what?", "phone-us"),
    ("::: red-flags neck\ntext\n:::", 11, "text inside red-flags", "move it below"),
    ("::: evidence\n:::", 10, "evidence that is not in the front matter", "front matter"),
    ("::: emergency {clinic.fax}\n:::", 10, "unknown clinic field", "{clinic.fax}"),
]


@pytest.mark.parametrize(("text", "line", "what", "also"), CASES)
def test_a_fault_is_told_with_its_line(told, text, line, what, also):
    [problem] = told(text)
    assert problem.startswith(f"page.md:{line}: {what}")
    assert also in problem
    assert "; repair: " in problem


def test_all_faults_are_told_at_once(told):
    assert [one.split(": ")[0] for one in told("<b>\n{x}\n[@no]\n# H")] == [
        f"page.md:{line}" for line in (10, 11, 12, 13)
    ]


@pytest.mark.parametrize("text", ["`{x} <b>`", "```\n{x} <b> ::: x\n```", "2 < 3 and 3 > 2"])
def test_code_and_arithmetic_are_not_faults(told, text):
    assert told(text) == []


@pytest.mark.parametrize("name", ["My Page.md", "neck_pain.md", "admin/x.md", "enquiry.md", "Ä.md"])
def test_a_file_name_that_can_be_no_address_is_told(told, name):
    [problem] = told("Text.", name=name)
    assert "no page can have this name" in problem


def test_two_files_with_one_address_are_both_left_out(told, write_article):
    write_article("Text.", name="a/index.md")
    of_both = told("Text.", name="a.md")
    assert [one.split(";")[0] for one in of_both] == [
        "a.md:1: another file has the same address",
        "a/index.md:1: another file has the same address",
    ]


def test_broken_data_files_are_named(write, write_article, capsys):
    from imsinfo.articles.management.commands.check_content import content_problems  # noqa: PLC0415

    write_article("Text.")
    write("sources.yaml", "- key: x\n  titel: y\n")
    assert "content/sources.yaml:2: unknown field" in "\n".join(map(str, content_problems()))
