"""What was typed into a page whose session had ended, for the page that says so."""

import re
from collections.abc import Mapping
from typing import NamedTuple

# Never shown again, whatever form it was typed into.
SECRET = re.compile(r"password|code|token|secret|csrf", re.IGNORECASE)
# A key, a date or a reference has no space in it and is short.
SHORT = 40


class Typed(NamedTuple):
    """A text and the name of the field that it was typed into, in words."""

    field: str
    text: str


def typed_texts(posted: Mapping[str, str]) -> tuple[Typed, ...]:
    """Return the texts that people wrote: those with a space or a line break, and long ones."""
    return tuple(
        Typed(re.sub(r"[\W_\d]+", " ", name).strip().capitalize(), text.strip())
        for name, text in posted.items()
        if not SECRET.search(name) and (len(text) > SHORT or re.search(r"\S\s+\S", text))
    )
