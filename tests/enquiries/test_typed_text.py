import unicodedata
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from imsinfo.enquiries import typed_text
from imsinfo.enquiries.typed_text import (
    HIDDEN_SIGN,
    MOST_MARKS,
    ONE_LINE,
    TOO_MANY_MARKS,
    EmailLine,
    PhoneLine,
    TypedLine,
    TypedText,
    normalised,
)


def test_normalised_composes_letters_and_line_ends():
    assert normalised("Zoe\u0308\r\nline\rend") == "Zoë\nline\nend"


def test_normalised_replaces_a_lone_surrogate():
    assert normalised("a\ud800b") == "a?b"


def marks(number):
    """Marks in the order that takes longest to mend."""
    return "a" + "\u0315" * (number // 2) + "\u0316" * (number - number // 2)


def test_as_many_marks_as_any_language_has_are_put_in_order_and_taken():
    typed = marks(MOST_MARKS)
    assert TypedText().clean(typed) == unicodedata.normalize("NFC", typed) != typed


def test_a_letter_under_a_heap_of_marks_is_refused():
    with pytest.raises(ValidationError) as caught:
        TypedText().clean(marks(MOST_MARKS + 1))
    assert caught.value.messages == [TOO_MANY_MARKS]


def test_no_heap_of_marks_is_put_in_order(monkeypatch):
    """Its time grows with the square: 125,000 marks would hold a server for 24 seconds."""
    without = SimpleNamespace(combining=unicodedata.combining)
    monkeypatch.setattr(typed_text, "unicodedata", without)
    assert normalised(marks(125_000)) == marks(125_000)


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\x7f", "\x85", "\u202e", "\u2066", "\u2028"])
def test_hidden_signs_are_refused(sign):
    with pytest.raises(ValidationError) as caught:
        TypedText().clean(f"before{sign}after")
    assert HIDDEN_SIGN in caught.value.messages


@pytest.mark.parametrize(
    "text", ["👩‍👩‍👧 sore", "می‌خواهم", "שלום\u200f!", "two\nlines", "tab\tbed"]
)
def test_ordinary_writing_is_kept(text):
    assert TypedText().clean(text) == text


def test_typed_line_refuses_a_second_line():
    with pytest.raises(ValidationError, match=ONE_LINE):
        TypedLine().clean("Ada\nBcc: everybody")


@pytest.mark.parametrize("phone", ["604 555 0177", "+44 (0)20 7946 0958", "604-555-0177 ext 3"])
def test_phone_numbers_are_taken_as_people_write_them(phone):
    assert PhoneLine().clean(phone) == phone


@pytest.mark.parametrize("phone", ["12345", "call me", "1234567890123456"])
def test_phone_line_asks_for_a_usable_number(phone):
    with pytest.raises(ValidationError, match="area code"):
        PhoneLine().clean(phone)


def test_email_line_refuses_hidden_signs():
    with pytest.raises(ValidationError):
        EmailLine().clean("ada@exam\u202eple.org")


@given(st.text())
def test_cleaning_any_text_ends_in_text_or_an_error_for_the_visitor(text):
    try:
        cleaned = TypedText(required=False).clean(text)
    except ValidationError:
        return
    assert cleaned == normalised(cleaned)


@pytest.mark.parametrize(
    "address", ["ada@x。.org", "ada@bücher。.example", f"ada@{'ü' * 60}.example"]
)
def test_an_address_that_no_mail_can_go_to_is_refused(address):
    with pytest.raises(ValidationError):
        EmailLine().clean(address)


@pytest.mark.parametrize("address", ["ada@example.org", "ada@bücher.example"])
def test_an_address_that_a_mail_can_go_to_is_taken(address):
    assert EmailLine().clean(address) == address
