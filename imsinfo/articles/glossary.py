"""Every term once, with its plain meaning: content/glossary.yaml."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from imsinfo.articles.keyed import read_keyed, without_stop
from imsinfo.content import built_when_asked
from imsinfo.strict_yaml import Strict

Words = Annotated[str, Field(min_length=1, max_length=80)]


def _hyphenated(words: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", words):
        raise ValueError("write small letters, digits and hyphens, such as trigger-point")
    return words


class Term(Strict):
    """One term. meaning: plain words that can stand in brackets; also: other names of it."""

    id: Annotated[str, Field(max_length=40), AfterValidator(_hyphenated)]
    term: Words
    meaning: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(without_stop)]
    also: tuple[Words, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that the term is called."""
        return (self.term, *self.also)


@built_when_asked
def get_glossary() -> dict[str, Term]:
    """Return the terms by id; raises ContentError with every fault in the file."""
    return read_keyed("glossary.yaml", Term, "id")
