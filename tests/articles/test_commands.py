import pytest
from django.core.checks import INFO
from django.core.management import CommandError, call_command

from imsinfo.articles.checks import check_content


def test_check_content_passes_the_shipped_content(capsys):
    call_command("check_content")
    assert capsys.readouterr().out == "The content has no problems.\n"


def test_check_content_tells_every_fault_and_fails(write, write_article, capsys):
    write_article("<b>", name="a.md")
    write_article("{x}", name="b.md")
    write("c.md", "")
    with pytest.raises(CommandError, match="3 problems in the content"):
        call_command("check_content")
    told = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[0] for line in told] == [
        "content/a.md:10",
        "content/b.md:10",
        "content/c.md:1",
    ]


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
