"""However many processes share the work, the same pages and faults come out."""

import pickle
from datetime import date

import pytest

from imsinfo.articles.library import printed, read_library, read_manuscripts
from imsinfo.articles.material import material_of
from imsinfo.articles.proofreading import proof, proofread
from imsinfo.articles.sources import get_sources
from imsinfo.editions import cores

TODAY = date(2027, 11, 21)


@pytest.fixture
def on_cores(monkeypatch, may_split):
    """Return a function that asks something while there are so many cores."""

    def on_cores(count, ask):
        with monkeypatch.context() as patch:
            patch.setattr(cores.os, "sched_getaffinity", lambda pid: set(range(count)))
            return ask()

    return on_cores


@pytest.fixture
def faulty(write_article):
    """Many articles, some of them with faults that only their rendering shows."""
    for number in range(30):
        write_article("Text.", name=f"good-{number}.md")
        write_article("A b.\n\n*[A]: {clinic.name}", name=f"bad-{number}.md")


def test_the_shipped_library_is_the_same_on_each_number_of_cores(on_cores):
    assert on_cores(3, read_library) == on_cores(1, read_library)


def test_the_shipped_faults_are_the_same_on_each_number_of_cores(on_cores):
    assert on_cores(3, lambda: proofread(TODAY)) == on_cores(1, lambda: proofread(TODAY))


def test_faults_of_rendering_are_the_same_on_each_number_of_cores(on_cores, faulty):
    problems = on_cores(3, read_library).problems
    assert len(problems) == 30
    assert problems == on_cores(1, read_library).problems


def test_pages_share_their_sources(on_cores):
    library = on_cores(3, read_library)
    references = [each for article in library.articles for each in article.references]
    assert references
    assert all(each.source is get_sources()[each.key] for each in references)


def test_what_is_printed_can_travel():
    read = read_manuscripts()
    material = material_of(read.files, read.known.files)
    for draft in read.drafts.values():
        made = printed(draft, read, material)
        assert not made.body.references
        assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301 -- its own


def test_a_proof_holds_the_library_that_was_read(faulty):
    assert proof(TODAY).library == read_library()


def test_a_broken_clinic_leaves_no_library(write, faulty):
    write("clinic.yaml", "name: [")
    assert proof(TODAY).library is None
