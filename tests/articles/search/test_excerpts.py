from imsinfo.articles.search.excerpts import Excerpts, marked


def test_excerpts_come_by_number_with_the_words_marked():
    sections = [(7, "A neck", "Sore."), (9, "", "The neck & more."), (11, "", "An arm.")]
    found = Excerpts().of(sections, '"neck"')
    assert {number: marked(text) for number, text in found.items()} == {
        7: "Sore.",
        9: "The <mark>neck</mark> &amp; more.",
    }


def test_nothing_is_kept_of_a_search():
    excerpts = Excerpts()
    excerpts.of([(1, "", "neck")], '"neck"')
    assert excerpts.of([(2, "", "arm")], '"neck"') == {}


def test_a_number_may_come_again():
    excerpts = Excerpts()
    twice = [excerpts.of([(1, "", text)], '"neck"') for text in ("neck a", "neck b")]
    assert [marked(found[1]) for found in twice] == ["<mark>neck</mark> a", "<mark>neck</mark> b"]
