"""What was typed into a page whose session had ended, for the page that says so."""

import re
from collections.abc import Mapping
from typing import NamedTuple

# Never shown again, whatever form it was typed into.
SECRET = re.compile(r"password|code|token|secret|csrf", re.IGNORECASE)
# Where a page leads on to, and what a button is called.
NOT_TYPED = re.compile(r"next|_.*")
# A key, a date or a reference has no space in it and is short.
SHORT = 40
# Of the box that it is shown in.
MOST_ROWS, COLUMNS = 12, 60
# Two words, an email address, or a phone number: nine digits and more, where a date has eight.
# Keys are ASCII: with any other letter it was written, as in Japanese without a space.
WRITTEN = re.compile(r"\S\s+\S|\S@\S|^\+?\(?\d(?:[\s()./-]*\d){8,}$|[^\x00-\x7f]")


class Typed(NamedTuple):
    """A text and the name of the field that it was typed into, in words."""

    field: str
    text: str

    @property
    def rows(self) -> int:
        """How many lines of a box show it, or most of it."""
        return min(MOST_ROWS, sum(1 + len(line) // COLUMNS for line in self.text.splitlines()))


def typed_texts(posted: Mapping[str, str]) -> tuple[Typed, ...]:
    """Return the texts that people wrote: of more than one word, long, or a phone or an email."""
    return tuple(
        Typed(re.sub(r"[\W_\d]+", " ", name).strip().capitalize(), text.strip())
        for name, text in posted.items()
        if not (SECRET.search(name) or NOT_TYPED.fullmatch(name))
        and (len(text) > SHORT or WRITTEN.search(text.strip()))
    )
