import pytest
from django.core.management import CommandError, call_command

PLAIN = "The cat sat on the mat and the dog ran to the door. " * 10
HARD = "Considerable physiological complications occasionally necessitate hospitalisation. " * 20
HEAD = """# The reading grade of each page when it was last recorded. It may fall and not rise.
# Written by manage.py record_reading; a lower number means an easier page.
"""


@pytest.fixture
def recorded(content):
    """Record the grades and return what the file holds below its head."""

    def recorded():
        call_command("record_reading")
        text = (content / "reading-ceilings.yaml").read_text()
        assert text.startswith(HEAD)
        return text.removeprefix(HEAD)

    return recorded


def test_a_new_page_is_recorded_with_a_little_room(write_article, recorded, capsys):
    write_article(PLAIN)
    assert recorded() == "page.md: 1.6\n"
    assert capsys.readouterr().out == "page.md: grade 1.3, at most 1.6\n"


def test_a_recorded_grade_falls(write_article, write, recorded):
    write("reading-ceilings.yaml", "page.md: 5.5\n")
    write_article(PLAIN)
    assert recorded() == "page.md: 1.6\n"


def test_a_recorded_grade_does_not_rise(write_article, write, recorded):
    write("reading-ceilings.yaml", "page.md: 1.0\n")
    write_article(HARD)
    assert recorded() == "page.md: 1.0\n"


def test_a_page_above_its_recorded_grade_is_told(write_article, write, capsys):
    write("reading-ceilings.yaml", "page.md: 1.0\n")
    write_article(HARD)
    with pytest.raises(CommandError):
        call_command("check_content")
    assert "the reading grade is above the recorded ceiling" in capsys.readouterr().out


def test_pages_that_are_gone_or_short_are_not_kept(write_article, write, recorded):
    write("reading-ceilings.yaml", "page.md: 1.0\nold.md: 2.0\n")
    write_article("Short.")
    assert recorded() == "{}\n"


def test_a_clinics_own_grades_are_kept_in_its_own_folder(
    write_article, content, tmp_path, settings
):
    write_article(PLAIN)
    own = tmp_path / "clinic"
    own.mkdir()
    settings.CONTENT_ROOTS = [content, own]
    call_command("record_reading")
    assert (own / "reading-ceilings.yaml").exists()
    assert not (content / "reading-ceilings.yaml").exists()


def test_a_broken_list_of_grades_is_told(write, recorded):
    write("reading-ceilings.yaml", "page.md: hard\n")
    with pytest.raises(CommandError, match=r"content/reading-ceilings\.yaml:1: "):
        recorded()
