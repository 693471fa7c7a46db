import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from imsinfo.articles.library import get_library
from imsinfo.articles.search.documents import documents_of
from imsinfo.articles.search.index import get_search_index, glossary_synonyms, open_index
from imsinfo.articles.search.stored import SearchFileError, opened, write_index

QUERIES = [
    *("neck pain", "stiff neck", "the pain", "a", "sore after needles", "collapsed lungs"),
    *("nek pian", "acupuncure needels", "zxqv", "neck zxqv", "acup", "nee", "treat acupunc"),
    *("what is it", "study people weeks pain exercise needling", "Gunn’s model", "café", "?!"),
    "my neck and shoulder hurt after needles and I would like to know how long it lasts",
]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Return the file of the shipped pages. Not to be changed."""
    path = tmp_path_factory.mktemp("search") / "a?b%20#c.sqlite3"
    write_index(path, documents_of(get_library()), glossary_synonyms())
    return path


@pytest.fixture
def path(whole, tmp_path):
    """Return a file of the shipped pages that may be changed."""
    copied = tmp_path / "search.sqlite3"
    copied.write_bytes(whole.read_bytes())
    return copied


@pytest.mark.parametrize("query", QUERIES)
def test_a_file_answers_as_the_index_in_memory_does(whole, query):
    assert open_index(whole).search(query) == get_search_index().search(query)


def test_threads_find_the_same_in_a_file_at_the_same_time(whole):
    index = open_index(whole)
    queries = QUERIES * 5
    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(index.search, queries)) == [index.search(q) for q in queries]


def test_the_same_pages_give_the_same_file(whole, tmp_path):
    write_index(tmp_path / "again", documents_of(get_library()), glossary_synonyms())
    assert (tmp_path / "again").read_bytes() == whole.read_bytes()


def test_a_file_takes_the_place_of_the_one_that_is_there(whole, tmp_path):
    (tmp_path / "index").write_text("old")
    write_index(tmp_path / "index", documents_of(get_library()), glossary_synonyms())
    assert (tmp_path / "index").read_bytes() == whole.read_bytes()


def test_nothing_else_is_left_beside_a_file(tmp_path):
    write_index(tmp_path / "index", documents_of(get_library()), glossary_synonyms())
    open_index(tmp_path / "index").search("neck pain")
    assert [path.name for path in tmp_path.iterdir()] == ["index"]


def test_a_file_is_opened_for_reading_alone(path):
    with closing(opened(path)) as database, pytest.raises(sqlite3.Error, match="readonly"):
        database.execute("DELETE FROM page")


def test_nobody_can_hold_up_a_search(path):
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert open_index(path).search("neck").hits


def test_a_file_that_is_removed_is_searched_to_the_end(path):
    index = open_index(path)
    path.unlink()
    assert index.search("neck pain") == get_search_index().search("neck pain")


def of_another_format(path):
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 999")


def without_a_table(path):
    with closing(sqlite3.connect(path)) as database:
        database.execute("DROP TABLE name")


DAMAGED = {
    "gone": (lambda path: path.unlink(), "No such file or directory"),
    "a folder": (lambda path: (path.unlink(), path.mkdir()), "Is a directory"),
    "empty": (lambda path: path.write_bytes(b""), "no SQLite file"),
    "no database": (lambda path: path.write_bytes(b"x" * 9000), "no SQLite file"),
    "cut short": (lambda path: path.write_bytes(path.read_bytes()[:-1]), "bytes in place of"),
    "grown": (lambda path: path.write_bytes(path.read_bytes() + b"x"), "bytes in place of"),
    "of another format": (of_another_format, "format 999"),
    "without a table": (without_a_table, "no such table: name"),
}


@pytest.mark.parametrize(("damage", "found"), DAMAGED.values(), ids=DAMAGED)
def test_a_file_that_cannot_be_searched_is_told(path, damage, found):
    damage(path)
    with pytest.raises(SearchFileError) as told:
        open_index(path)
    assert all(part in str(told.value) for part in (str(path), found, "manage.py prepare"))
