"""The audit of a step as the pages tell it."""

import pytest

from imsinfo.enquiries.templatetags.enquiry_steps import in_words


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ("answer: awaiting-clinician → in-review", "Awaiting clinician → In review"),
        ("note: closed", "Closed"),
        ("answer: in-review; not-suitable", "In review; Not suitable"),
        ("book: in-review → booked; 2099-01-05", "In review → Booked; 5 January 2099"),
        (
            "close: booked → closed; withdrew; none; account 4",
            "Booked → Closed; Withdrew; No clinical advice was given; account 4",
        ),
    ],
)
def test_a_step_is_told_by_the_names_of_its_states(detail, words):
    assert in_words(detail) == words


@pytest.mark.parametrize("detail", ["", "account 1 → account 2", "phone: 2 found", "note: lost"])
def test_what_is_no_step_is_told_as_it_is(detail):
    assert in_words(detail) == detail
