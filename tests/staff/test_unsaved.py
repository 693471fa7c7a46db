import pytest

from imsinfo.staff.unsaved import typed_texts


def test_texts_are_given_back_with_the_words_of_their_fields():
    typed = typed_texts({"notes-0-text": "Phoned at nine.", "reason": "Two\nlines"})
    assert typed == (("Notes text", "Phoned at nine."), ("Reason", "Two\nlines"))


@pytest.mark.parametrize("name", ["next", "_save"])
def test_what_nobody_typed_is_no_text(name):
    assert typed_texts({name: "/admin/enquiries/enquiry/4/change/?a=b&c=d&e=f"}) == ()


def test_a_long_word_is_a_text():
    assert [each.text for each in typed_texts({"text": "o" * 41})] == ["o" * 41]


@pytest.mark.parametrize(
    ("text", "rows"),
    [("zora@example.org", 1), ("Two\nlines", 2), ("word " * 30, 3), ("a b\n" * 99, 12)],
)
def test_the_box_is_as_high_as_its_text(text, rows):
    assert [each.rows for each in typed_texts({"text": text})] == [rows]


@pytest.mark.parametrize(
    "text", ["zora@example.org", "6045550177", "+1-604-555-0177", "(604)555-0123", "首が痛い"]
)
def test_how_somebody_is_reached_is_a_text(text):
    assert [each.text for each in typed_texts({"contact": f" {text} "})] == [text]


@pytest.mark.parametrize(
    "name", ["old_password", "new_password1", "code", "csrfmiddlewaretoken", "Secret-word"]
)
def test_secrets_are_not_given_back(name):
    assert typed_texts({name: "correct horse battery staple"}) == ()


@pytest.mark.parametrize(
    "text", ["", "   ", "on", "in-review", "2026-11-21", "7H2-QRS-K4T9", "314", "K7M-4QX-9TWC"]
)
def test_what_was_chosen_is_no_text(text):
    assert typed_texts({"state": text}) == ()
