"""Every source once: content/sources.yaml."""

from collections import Counter
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from imsinfo.content import built_from_content, content_file
from imsinfo.problems import ContentError, Problem
from imsinfo.strict_yaml import Strict, read_yaml

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

    @model_validator(mode="after")
    def _can_be_found(self) -> "Source":
        if not self.doi and not self.url.startswith(("https://", "http://")):
            raise ValueError(f"{self.key} needs a doi, or a url that begins with https://")
        return self

    @property
    def address(self) -> str:
        return f"https://doi.org/{self.doi}" if self.doi else self.url

    @property
    def text(self) -> str:
        """The reference as it is printed: authors, year, title, journal, kind of study."""
        year = f" ({self.year})" if self.year else ""
        parts = [f"{self.authors}{year}", self.title, self.journal, self.design]
        return " ".join(f"{part[:1].upper()}{part[1:].rstrip('.')}." for part in parts if part)


@built_from_content
def get_sources() -> dict[str, Source]:
    """Return the sources by key; raises ContentError with every fault in the file."""
    file = content_file("sources.yaml")
    text = file.read()
    sources = read_yaml(text, tuple[Source, ...], file.shown_as)
    doubled = [key for key, count in Counter(each.key for each in sources).items() if count > 1]
    if doubled:
        raise ContentError(*(_doubled(file.shown_as, text, key) for key in doubled))
    return {source.key: source for source in sources}


def _doubled(file: str, text: str, key: str) -> Problem:
    lines = text.split("\n")
    last = max((number for number, line in enumerate(lines, 1) if key in line.split()), default=1)
    return Problem(file, last, "two sources have the same key", key, repair="keep one of them")
