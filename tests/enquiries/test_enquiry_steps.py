"""The audit of a step as the pages tell it."""

import pytest

from imsinfo.enquiries.templatetags.enquiry_steps import in_words


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ("answer: awaiting-clinician → in-review", "Awaiting clinician → In review"),
        ("note: closed", "Closed"),
    ],
)
def test_a_step_is_told_by_the_names_of_its_states(detail, words):
    assert in_words(detail) == words


@pytest.mark.parametrize("detail", ["", "account 1 → account 2", "phone: 2 found", "note: lost"])
def test_what_is_no_step_is_told_as_it_is(detail):
    assert in_words(detail) == detail
