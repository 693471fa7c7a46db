import pytest

from imsinfo.articles.keyed import line_of_record, read_keyed, without_stop
from imsinfo.problems import ContentError
from imsinfo.strict_yaml import Strict


class Pain(Strict):
    id: str
    place: str


@pytest.fixture
def faults(write):
    """Write pains.yaml and return what is told of it."""

    def faults(text):
        write("pains.yaml", text)
        with pytest.raises(ContentError) as refused:
            read_keyed("pains.yaml", Pain, "id")
        return [str(problem) for problem in refused.value.problems]

    return faults


def test_records_are_read_by_their_key(write):
    write("pains.yaml", "- {id: neck, place: above}\n- {id: heel, place: below}\n")
    assert read_keyed("pains.yaml", Pain, "id") == {
        "neck": Pain(id="neck", place="above"),
        "heel": Pain(id="heel", place="below"),
    }


@pytest.mark.parametrize(
    ("second", "line"),
    [
        ("- id: tennis-elbow\n  place: b\n", 3),
        ("- place: b\n  id: tennis-elbow\n", 4),
        ('- id: "tennis-elbow"  # again\n  place: b\n', 3),
    ],
)
def test_doubled_key_is_told_with_the_line_of_the_second(faults, second, line):
    assert faults("- id: tennis-elbow\n  place: a\n" + second) == [
        f"content/pains.yaml:{line}: two entries have the same id; found: tennis-elbow; "
        "repair: keep one of them"
    ]


def test_every_doubled_key_is_told(faults):
    text = "".join(f"- id: {name}\n  place: a\n" for name in ("neck", "heel", "neck", "heel"))
    assert [one.split(":")[1] for one in faults(text)] == ["5", "7"]


def test_every_fault_of_the_entries_is_told_with_its_line(faults):
    assert faults("- id: neck\n- id: heel\n  place: a\n  side: b\n") == [
        "content/pains.yaml:1: the field '1.place' is missing; repair: add a line 'place: …'",
        "content/pains.yaml:4: unknown field '2.side'; repair: correct the name or remove the line",
    ]


def test_file_without_entries_holds_no_record(write):
    write("pains.yaml", "[]\n")
    assert read_keyed("pains.yaml", Pain, "id") == {}


@pytest.mark.parametrize("line", ["- id: neck", "  id: neck", "- id: neck # x", "id: 'neck'"])
def test_line_of_record_is_the_one_with_its_key(line):
    assert line_of_record(f"- place: a\n{line}\n  place: b\n", "id", "neck") == 2


@pytest.mark.parametrize("line", ["- id: neck-pain", "- place: neck", "# id: neck", "- id: necks"])
def test_line_of_record_that_is_not_there_is_the_first(line):
    assert line_of_record(f"- place: a\n{line}\n  place: b\n", "id", "neck") == 1


@pytest.mark.parametrize("words", ["about 8 in 100", "the U.S. army", "is it so?"])
def test_words_inside_a_sentence_are_kept(words):
    assert without_stop(words) == words


@pytest.mark.parametrize("words", ["about 8 in 100.", "a spot;", "such as:", "a spot, "])
def test_stop_after_words_inside_a_sentence_is_refused(words):
    with pytest.raises(ValueError, match="no stop ends them"):
        without_stop(words)
