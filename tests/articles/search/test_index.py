from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st

from imsinfo.articles.glossary import Term
from imsinfo.articles.library import read_library
from imsinfo.articles.search.answers import Found, Hit, Place
from imsinfo.articles.search.documents import Document, Section
from imsinfo.articles.search.index import (
    SearchIndex,
    build_index,
    get_search_index,
)
from imsinfo.articles.search.queries import Synonyms, synonyms_of
from imsinfo.articles.search.showing import MOST_PAGES

FILLER = "Some other words stand here so that one page does not weigh more than another."
HOSTILE = [
    *('"', '""', "neck*", "*", "title:neck", "NEAR(neck pain)", "neck AND", "OR", "NOT", "-neck"),
    *(
        "^neck",
        "neck + pain",
        "(neck",
        ")",
        "{neck}",
        "a" * 10_000,
        "\x00",
        "\ud800",
        "😀",
        "'; --",
    ),
    *("\u202eneck", "neck " * 500, "%", "_", "\\", "ǅ", "İstanbul", "ﬁbro", "¹²³", "\U0010ffff"),
]


def document(url, title="A page", text=FILLER, summary="What it says.", **more):
    sections = (Section("", "", ""), Section("part", "A part", text))
    return Document(url, title, summary, **{"sections": sections} | more)


def index_of(*documents, terms=()):
    names = {str(n): Term(id="x", term=t[0], meaning="m", also=t[1:]) for n, t in enumerate(terms)}
    return SearchIndex.build(documents, synonyms_of(names))


def urls(found):
    return [hit.url for hit in found.hits]


@pytest.mark.parametrize(
    "third", [{"summary": "What sciatica is."}, {"keywords": ("back", "sciatica")}]
)
def test_pages_rank_by_where_the_words_stand(third):
    index = index_of(
        document("/text/", text=f"{FILLER} Sciatica."),
        document("/third/", **third),
        document("/heading/", sections=(Section("s", "Sciatica", FILLER),)),
        document("/title/", title="Sciatica"),
        *(document(f"/{n}/") for n in range(9)),
    )
    expected = ["/title/", "/heading/", "/third/", "/text/"]
    assert urls(index.search("sciatica")) == expected


def test_pages_that_fit_as_well_keep_their_order():
    index = index_of(*(document(f"/{name}/", text="Sciatica.") for name in "cab"))
    assert urls(index.search("sciatica")) == ["/c/", "/a/", "/b/"]


def test_a_hit_tells_the_page_an_excerpt_and_the_place():
    index = index_of(document("/a/", text="It may hurt & <swell> for a day."))
    assert index.search("swelling") == Found(
        (
            Hit(
                "/a/",
                "A page",
                "It may hurt &amp; &lt;<mark>swell</mark>&gt; for a day.",
                (Place("/a/#part", "A part"),),
            ),
        ),
        1,
    )


def test_an_excerpt_is_safe_whatever_the_text_holds():
    [hit] = index_of(document("/a/", text="<mark> \x02neck\x03 <script>")).search("neck").hits
    assert hit.excerpt == "&lt;mark&gt;  <mark>neck</mark>  &lt;script&gt;"


def test_an_excerpt_has_thirty_words_at_most():
    [hit] = (
        index_of(document("/a/", text="long " * 400 + "neck " + "text " * 400)).search("neck").hits
    )
    assert (len(hit.excerpt.split()) <= 32, "<mark>neck</mark>" in hit.excerpt) == (True, True)


def test_a_page_that_only_its_keywords_tell_of_shows_its_summary():
    index = index_of(document("/a/", keywords=("lumbago",), summary="Fish & chips."))
    assert index.search("lumbago").hits == (Hit("/a/", "A page", "Fish &amp; chips."),)


def test_a_hit_has_three_places_the_best_first():
    text = {"a": "No.", "b": "sore", "c": "sore needle", "d": "sore needle neck", "e": "neck"}
    sections = tuple(Section(key, key.upper(), f"{words} {FILLER}") for key, words in text.items())
    others = (document(f"/{n}/") for n in range(9))
    index = index_of(document("/a/", sections=sections), *others)
    [hit] = index.search("sore needle neck").hits
    assert [place.url for place in hit.places] == ["/a/#d", "/a/#c", "/a/#e"]


def test_a_section_of_one_line_is_not_the_best_place():
    sections = (Section("a", "A", "Neck."), Section("b", "B", f"Neck. Neck. {FILLER} {FILLER}"))
    others = (document(f"/{n}/") for n in range(9))
    [hit] = index_of(document("/a/", sections=sections), *others).search("neck").hits
    assert [place.url for place in hit.places] == ["/a/#b", "/a/#a"]


def test_a_section_that_all_words_name_is_the_best_place():
    normal = Section("n", "What is normal", f"{FILLER} {FILLER}")
    sections = (Section("a", "A", "A normal bruise. Normal. Normal."), normal)
    [hit] = index_of(document("/a/", sections=sections)).search("what is normal").hits
    assert [place.url for place in hit.places] == ["/a/#n", "/a/#a"]


def test_a_page_that_is_named_shows_what_it_says_of_itself():
    page = document("/a/", title="Sciatica", summary="On legs.", text="Sciatica, sciatica.")
    others = (document(f"/{n}/") for n in range(9))
    assert index_of(page, *others).search("sciatica").hits[0].excerpt == "On legs."


def test_the_head_of_a_page_is_no_place_on_it():
    assert index_of(document("/a/", title="Sciatica")).search("sciatica").hits[0].places == ()


def test_all_words_may_stand_in_different_sections():
    sections = (Section("a", "A", "Sore."), Section("b", "B", "Shoulder."))
    found = index_of(document("/a/", sections=sections)).search("sore shoulder")
    assert (urls(found), found.some_words) == (["/a/"], False)


def test_where_no_page_has_all_words_some_are_enough():
    index = index_of(document("/a/", text="Sore."), document("/b/", text="Shoulder."))
    found = index.search("sore shoulder")
    assert (urls(found), found.some_words) == (["/a/", "/b/"], True)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("cafe", "A café."),
        ("café", "A cafe."),
        ("needling", "A needle."),
        ("gunn's", "Gunn’s model."),
        ("GUNNS", "Gunn’s model."),
        ("acup", "Acupuncture."),
        ("needli", "Needling."),
        ("injur", "An injury."),
        ("naïve", "Naive."),
    ],
)
def test_words_are_found_in_other_forms(query, text):
    assert urls(index_of(document("/a/", text=text), document("/b/")).search(query)) == ["/a/"]


def test_whole_words_come_before_those_that_only_begin_so():
    begun = document("/a/", title="Backache, backaches", keywords=("backache",), text="Backache.")
    index = index_of(begun, document("/b/", text=f"{FILLER * 9} The back."))
    assert urls(index.search("back")) == ["/b/", "/a/"]


def test_beginnings_are_not_looked_for_where_whole_words_are_found_often():
    whole = (document(f"/{n}/", text="The back.") for n in range(5))
    index = index_of(document("/a/", title="Backache"), *whole)
    assert "/a/" not in urls(index.search("back"))


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("pneumothorax", "A collapsed lung."),
        ("collapsed lung", "Pneumothorax."),
        ("collapsed lungs", "Punctured lung."),
        ("punctured lung today", "A pneumothorax, today."),
        ("lung collapsed", "A collapsed lung."),
    ],
)
def test_names_of_a_term_find_each_other(query, text):
    lung = ("collapsed lung", "pneumothorax", "punctured lung")
    index = index_of(document("/a/", text=text), document("/b/"), terms=[lung])
    assert urls(index.search(query)) == ["/a/"]


def test_a_name_of_several_words_is_found_as_it_stands_alone():
    index = index_of(
        document("/a/", text="A lung that has collapsed."), terms=[("x", "collapsed lung")]
    )
    assert urls(index.search("x")) == []


def test_words_that_say_nothing_do_not_empty_a_query():
    index = index_of(document("/a/", text="What is it?"), document("/b/"))
    assert urls(index.search("what is it")) == ["/a/"]


def test_words_that_say_nothing_need_not_be_there():
    assert urls(index_of(document("/a/", text="Bruise.")).search("what is a bruise")) == ["/a/"]


@pytest.mark.parametrize(
    ("query", "suggestion"),
    [
        ("nek pain", "neck pain"),
        ("Nek, PAIN?", "neck PAIN"),
        ("can't sleep nek", "can't sleep neck"),
        ("nek zxqv", "neck"),
        ("neck zxqv", ""),
        ("neck pain", ""),
        ("stiff shuolder", "stiff shoulder"),
        ("shuolder neck pain", "shoulder neck pain"),
    ],
)
def test_another_query_is_offered_where_a_word_is_not_known(query, suggestion):
    text = "Neck pain. You can't sleep. A stiff shoulder."
    assert index_of(document("/a/", text=text)).search(query).suggestion == suggestion


def test_what_is_offered_is_found():
    index = index_of(document("/a/", text="Neck pain."), document("/b/", text="Shoulder pain."))
    found = index.search(index.search("nek pian").suggestion)
    assert (urls(found), found.some_words) == (["/a/"], False)


def test_of_a_name_that_stands_nowhere_single_words_are_looked_for():
    index = index_of(document("/a/", text="Neck."), terms=[("crick in the neck", "wry neck")])
    found = index.search("wry neck")
    assert (urls(found), found.some_words) == (["/a/"], True)


def test_many_pages_are_counted_and_the_first_ones_shown():
    found = index_of(*(document(f"/{n}/", text="Neck.") for n in range(30))).search("neck")
    assert (found.total, urls(found)) == (30, [f"/{n}/" for n in range(MOST_PAGES)])


@pytest.mark.parametrize("query", ["", "  ", "?!", "😀"])
def test_a_query_without_words_finds_nothing(query):
    assert index_of(document("/a/")).search(query) == Found()


def test_an_index_of_nothing_finds_nothing():
    assert SearchIndex.build((), Synonyms({})).search("neck") == Found()


@pytest.mark.parametrize("query", HOSTILE)
def test_nothing_that_is_typed_is_taken_for_a_sign_of_the_index(query):
    assert isinstance(get_search_index().search(query), Found)


# The first example waits until the index has been built.
@tuned(deadline=None)
@given(st.text(max_size=300))
def test_any_query_is_answered(query):
    found = get_search_index().search(query)
    assert all(
        "<" not in hit.excerpt.replace("<mark>", "").replace("</mark>", "") for hit in found.hits
    )


def test_threads_find_the_same_at_the_same_time():
    index = get_search_index()
    queries = ["stiff neck", "nek pain", "collapsed lung", "zxqv", "acup"] * 20
    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(index.search, queries)) == [index.search(q) for q in queries]


def test_the_index_of_a_library_knows_its_glossary(write_article, write):
    write("glossary.yaml", "- {id: qi, term: qi, meaning: a force, also: [life force]}")
    write_article("A life force.")
    assert urls(build_index(read_library()).search("qi")) == ["/page/"]


@pytest.mark.parametrize("text", ["- term: [", None])
def test_without_a_glossary_that_can_be_read_pages_are_found(write_article, write, text):
    if text:
        write("glossary.yaml", text)
    write_article("Neck.")
    assert urls(build_index(read_library()).search("neck")) == ["/page/"]


def test_a_draft_is_not_found(write_article):
    write_article("Neck.", more="draft: true\n")
    assert build_index(read_library()).search("neck").hits == ()


@pytest.mark.parametrize(
    ("query", "url"),
    [
        ("stiff neck", "/conditions/neck-pain/"),
        ("Neck pain", "/conditions/neck-pain/"),
        ("sore after needles", "/aftercare/"),
        ("bruise", "/aftercare/"),
        ("conditions", "/conditions/"),
    ],
)
def test_the_shipped_pages_answer_first(query, url):
    assert urls(get_search_index().search(query))[0] == url


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("collapsed lung", "/aftercare/#each-sign-and-what-to-do"),
        ("pneumothorax", "/aftercare/#each-sign-and-what-to-do"),
        ("fever stiff neck", "/warning-signs/#signs-emergency"),
        ("acupuncture", "/what-is-ims/#what-it-is-not"),
        ("gun", "/what-is-ims/#who-developed-it"),
        ("Gunn’s model", "/what-is-ims/#how-it-is-thought-to-work"),
        ("sham", "/conditions/neck-pain/#ims-what-the-research-shows"),
        ("physio", "/conditions/neck-pain/#when-to-see-a-doctor-or-physiotherapist"),
        ("driving", "/aftercare/#what-to-do"),
        ("what is normal", "/aftercare/#what-is-normal"),
    ],
)
def test_the_shipped_pages_are_found_at_the_place(query, place):
    hits = get_search_index().search(query).hits
    assert place in {place.url for hit in hits for place in hit.places}


@pytest.mark.parametrize(
    ("query", "suggestion"),
    [("nek pain", "neck pain"), ("acupunture", "acupuncture"), ("acupunctre", "acupuncture")],
)
def test_a_slip_is_told_on_the_shipped_pages(query, suggestion):
    assert get_search_index().search(query).suggestion == suggestion
