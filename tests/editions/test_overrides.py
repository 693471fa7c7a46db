import pytest
from django.core.management import CommandError, call_command

from imsinfo.editions.overrides import override_problems

KNOW = "it is not known which shipped text this file was made from"
CHANGED = "the shipped file under this one has changed since"


@pytest.fixture
def shipped(tmp_path):
    (tmp_path / "content" / "conditions").mkdir(parents=True)
    (tmp_path / "content" / "aftercare.md").write_text("shipped\n")
    (tmp_path / "content" / "conditions" / "gout.md").write_text("gout\n")
    (tmp_path / "content" / "clinic.yaml").write_text("name: A\n")
    return tmp_path / "content"


@pytest.fixture
def own(tmp_path, shipped, settings):
    folder = tmp_path / "clinic"
    folder.mkdir()
    settings.CONTENT_ROOTS = [shipped, folder]
    return folder


def told():
    return [str(problem) for problem in override_problems()]


def test_an_own_copy_is_made_and_is_no_problem(own, capsys):
    call_command("override", "conditions/gout.md")
    assert (own / "conditions" / "gout.md").read_text() == "gout\n"
    assert told() == []
    assert "is in force in place of the shipped conditions/gout.md" in capsys.readouterr().out


def test_a_shipped_file_that_changed_under_an_own_one_is_told(own, shipped):
    call_command("override", "aftercare.md")
    (shipped / "aftercare.md").write_text("corrected\n")
    assert told() == [
        f"clinic/aftercare.md:1: {CHANGED}; expected: a file compared with the shipped one as it "
        "is now; repair: compare it with the shipped aftercare.md, take over what is right, then "
        "run manage.py override aftercare.md"
    ]


def test_a_change_of_the_own_file_is_none_of_the_shipped_one(own):
    call_command("override", "aftercare.md")
    (own / "aftercare.md").write_text("ours\n")
    assert told() == []


def test_line_ends_make_no_difference(own, shipped):
    call_command("override", "aftercare.md")
    (shipped / "aftercare.md").write_bytes(b"shipped\r\n")
    assert told() == []


def test_an_own_file_of_unknown_origin_is_told(own):
    (own / "aftercare.md").write_text("ours\n")
    [problem] = override_problems()
    assert (problem.what, problem.severity) == (KNOW, "warning")


def test_an_own_file_that_has_been_compared_is_kept_as_it_is(own, shipped):
    (own / "aftercare.md").write_text("ours\n")
    call_command("override", "aftercare.md")
    assert (own / "aftercare.md").read_text() == "ours\n"
    assert told() == []


@pytest.mark.parametrize("name", ["clinic.yaml", "prices.md"])
def test_what_is_the_clinics_own_by_nature_is_no_override(own, name):
    (own / name).write_text("ours\n")
    assert told() == []


def test_without_an_own_folder_there_is_nothing_to_tell(shipped, settings):
    settings.CONTENT_ROOTS = [shipped]
    assert told() == []


@pytest.mark.parametrize("name", ["gone.md", "clinic.yaml", "../secret", "conditions"])
def test_what_is_no_shipped_page_is_refused(own, name, tmp_path):
    (tmp_path / "secret").write_text("of the machine\n")
    with pytest.raises(CommandError, match="is no shipped file that can be replaced"):
        call_command("override", name)


def test_without_an_own_folder_it_says_what_to_set(shipped, settings):
    settings.CONTENT_ROOTS = [shipped]
    with pytest.raises(CommandError, match="CONTENT_DIR is not set"):
        call_command("override", "aftercare.md")


def test_a_broken_record_is_told(own):
    (own / "overrides.yaml").write_text("- a\n")
    [problem] = override_problems()
    assert problem.file == "clinic/overrides.yaml"


def test_the_record_of_other_files_is_kept(own):
    call_command("override", "aftercare.md")
    call_command("override", "conditions/gout.md")
    assert told() == []


def test_a_folder_that_may_not_be_entered_is_told_elsewhere(own, monkeypatch):
    def refuse(*args):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("imsinfo.editions.overrides.read_yaml", refuse)
    (own / "overrides.yaml").write_text("{}")
    assert told() == []
