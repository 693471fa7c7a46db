import json

import pytest
from django.core.checks import INFO
from django.core.management import CommandError, call_command

from imsinfo.articles.checks import check_content

UNSIGNED = (
    "content/page.md:1: not yet reviewed by a clinician; repair: let a clinician read it, then "
    "run manage.py sign_review page.md"
)


def test_check_content_passes_the_shipped_content(capsys):
    call_command("check_content")
    *warnings, last = capsys.readouterr().out.splitlines()[1:]
    unsigned = [line for line in warnings if ": not yet reviewed by a clinician; " in line]
    assert warnings == unsigned
    assert last == f"The content has no errors and {len(unsigned)} warnings."


def test_check_content_tells_every_fault_and_fails(write, write_article, capsys):
    write_article("<b>", name="a.md")
    write_article("{x}", name="b.md")
    write("c.md", "")
    with pytest.raises(CommandError, match="3 errors in the content"):
        call_command("check_content")
    told = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[0] for line in told] == [
        "content/a.md:10",
        "content/b.md:10",
        "content/c.md:1",
    ]


def test_check_content_tells_warnings_apart_and_passes(write_article, capsys):
    write_article("Text.")
    call_command("check_content")
    assert capsys.readouterr().out.splitlines() == [
        "Warnings:",
        UNSIGNED,
        "The content has no errors and 1 warning.",
    ]


def test_check_content_tells_errors_before_warnings(write_article, capsys):
    write_article("<b>", name="z.md")
    write_article("Text.")
    with pytest.raises(CommandError, match=r"^1 error in the content\.$"):
        call_command("check_content")
    fault, blank, heading, warning = capsys.readouterr().out.splitlines()
    assert (fault.split(": ")[0], blank, heading) == ("content/z.md:10", "", "Warnings:")
    assert warning == UNSIGNED


def test_check_content_writes_json_for_machines(write_article, capsys):
    write_article("<b>", name="z.md")
    write_article("Text.")
    with pytest.raises(CommandError):
        call_command("check_content", format="json")
    told = json.loads(capsys.readouterr().out)
    assert told == {
        "errors": [
            {
                "file": "content/z.md",
                "line": 10,
                "what": "HTML is not used in articles",
                "found": "<b>",
                "expected": "",
                "repair": "use Markdown or a ::: component; write a web link as [words](https://…)",
            }
        ],
        "warnings": [
            {
                "file": "content/page.md",
                "line": 1,
                "what": "not yet reviewed by a clinician",
                "found": "",
                "expected": "",
                "repair": "let a clinician read it, then run manage.py sign_review page.md",
            }
        ],
    }


@pytest.mark.parametrize("name", ["clinic.yaml", "red-flags.yaml", "sources.yaml"])
def test_check_content_names_a_broken_data_file(write, capsys, name):
    write(name, "- a: b\n- a: [\n")
    with pytest.raises(CommandError):
        call_command("check_content")
    assert capsys.readouterr().out.startswith(f"content/{name}:")


def test_content_problems_are_only_information_for_django(write_article):
    write_article("<b>")
    [message] = check_content(None)
    assert (message.level, message.id) == (INFO, "articles.I001")


def test_warnings_of_the_content_do_not_stand_at_every_start(write_article):
    write_article("Text.")
    assert check_content(None) == []
