import pytest

from tests.faults.editions import editions_in, inconsistent, not_whole, shown_by, write_edition
from tests.faults.swap import unexcused
from tests.faults.visits import LATE, LOST, REFUSED, SERVED, Answer, Visit


def answered(body, etag='"a"', path="/"):
    return Visit(path, SERVED, 0, 0, 0, Answer(200, {"etag": etag}, body))


def test_every_article_of_an_edition_tells_it(tmp_path):
    write_edition(tmp_path, 7)
    written = list(tmp_path.rglob("*.md"))
    assert written
    assert {frozenset(editions_in(path.read_bytes())) for path in written} == {frozenset({7})}


def test_shown_by_collects_editions_and_passes_over_failures():
    lost = Visit("/", LOST, 0, 0, 0)
    assert shown_by([answered(b"Edition 1."), answered(b"Edition 12."), lost]) == {1, 12}


@pytest.mark.parametrize("body", [b"", b"Edition 1. Edition 2."])
def test_page_of_no_or_two_editions_is_not_whole(body):
    assert len(not_whole([answered(body), answered(b"Edition 1. Edition 1.")])) == 1


def test_etag_stands_for_the_same_bytes():
    assert inconsistent([answered(b"one"), answered(b"one"), answered(b"two", '"b"')]) == []
    assert len(inconsistent([answered(b"one"), answered(b"two")])) == 1


@pytest.mark.parametrize(
    ("opened", "began", "seconds"),
    [(0, 9, 2), (9.5, 9.5, 1), (0, 12, 0)],
    ids=["asked before the kill", "opened before the kill", "kept open, asked after the kill"],
)
def test_visit_on_a_connection_that_was_there_at_the_kill_is_excused(opened, began, seconds):
    assert unexcused([Visit("/", LOST, began, seconds, opened)], kills=[10]) == []


@pytest.mark.parametrize(
    "failed",
    [
        Visit("/", LOST, 11, 1, 11),
        Visit("/", LOST, 8, 1, 8),
        Visit("/", REFUSED, 9, 2, 9),
        Visit("/", LATE, 9, 2, 9),
        Visit("/", "answered 500", 9, 2, 9),
    ],
    ids=["opened after the kill", "over before the kill", "refused", "late", "500"],
)
def test_other_failures_are_not_excused(failed):
    assert len(unexcused([failed], kills=[10])) == 1
