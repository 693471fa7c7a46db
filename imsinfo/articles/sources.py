"""Every source once: content/sources.yaml."""

import re
from datetime import date
from functools import cached_property
from typing import Annotated, Literal

from django.utils.html import format_html
from django.utils.safestring import SafeString
from pydantic import Field, field_validator, model_validator

from imsinfo.articles.designs import DESIGNS, GROUPS
from imsinfo.articles.keyed import read_keyed
from imsinfo.content import built_when_asked
from imsinfo.strict_yaml import Strict

# A long list of names says little to a reader, and the address leads to all of them.
MOST_AUTHORS = 3
# Family name, then initials: Pool-Goudzwaard AL.
PERSON = re.compile(r".+ [A-Z]{1,3}")
Text = Annotated[str, Field(min_length=1, max_length=400)]


class Source(Strict):
    """One publication or page. An undated web page has no year."""

    key: Annotated[str, Field(pattern=r"^[a-z0-9_]+$", max_length=40)]
    authors: Text
    year: Annotated[int, Field(ge=1900, le=2100)] | None = None
    title: Text
    journal: str = ""
    doi: str = ""
    url: str = ""
    design: str = ""
    n: Annotated[int, Field(ge=1)] | None = None
    seen: Literal["abstract", "full text", "page"] | None = None
    checked: date | None = None

    @field_validator("design")
    @classmethod
    def _is_known(cls, design: str) -> str:
        if design not in DESIGNS:
            raise ValueError(f"{design!r} is no kind of study; use one of: {_all_designs()}")
        return design

    @model_validator(mode="after")
    def _can_be_found(self) -> "Source":
        if not self.doi and not self.url.startswith(("https://", "http://")):
            raise ValueError(f"{self.key} needs a doi, or a url that begins with https://")
        return self

    @property
    def address(self) -> str:
        return f"https://doi.org/{self.doi}" if self.doi else self.url

    @property
    def who(self) -> str:
        """Authors and year, as they are printed in front of the title."""
        year = f" ({self.year})" if self.year else ""
        return _as_sentence(f"{_few(self.authors)}{year}")

    # The same on every page that cites it.
    @cached_property
    def entry(self) -> SafeString:
        """The source as lists print it: who, the title with a link, the journal, the kind."""
        # "Clinic page, Vancouver" says already what kind it is.
        says_so = re.match(rf"{re.escape(self.design)}\b", self.journal, re.IGNORECASE)
        parts = (self.journal, "" if says_so else self.design)
        where = " ".join(_as_sentence(part) for part in parts if part)
        title = _as_sentence(self.title)
        return format_html('{} <a href="{}">{}</a> {}', self.who, self.address, title, where)


def _all_designs() -> str:
    return ", ".join(design for group in GROUPS for design in group.designs if design)


def _few(authors: str) -> str:
    """Up to three people, or the first and "and others"; the words of an organisation whole."""
    names = authors.split(", ")
    if len(names) > MOST_AUTHORS and all(PERSON.fullmatch(name) for name in names):
        return f"{names[0]} and others"
    return authors


def _as_sentence(words: str) -> str:
    """With a capital letter in front and one stop at the end; a question keeps its own."""
    words = f"{words[:1].upper()}{words[1:].rstrip('.')}"
    return words if words.endswith(("?", "!")) else f"{words}."


@built_when_asked
def get_sources() -> dict[str, Source]:
    """Return the sources by key; raises ContentError with every fault in the file."""
    return read_keyed("sources.yaml", Source, "key")
