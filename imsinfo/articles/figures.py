"""Every number once: content/figures.yaml."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from imsinfo.articles.keyed import read_keyed
from imsinfo.content import built_from_content
from imsinfo.strict_yaml import Strict

Words = Annotated[str, Field(min_length=1, max_length=200)]
Count = Annotated[int, Field(ge=0)]

# counted: n of a base; measured: a size or a span that is no count; our_rule: the clinic's own.
Kind = Literal["counted", "measured", "our_rule"]


class Figure(Strict):
    """One number with everything that must be told with it.

    says: the words that stand in a sentence; what: the event, as an icon array names it;
    n and of: the count and its base; group: what the base consists of; counted_by: who counted;
    over: the time span.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9_]+$", max_length=40)]
    kind: Kind = "counted"
    says: Words
    what: Annotated[str, Field(max_length=80)] = ""
    n: Count | None = None
    of: Annotated[int, Field(ge=1)] | None = None
    group: Annotated[str, Field(max_length=120)] = ""
    counted_by: Annotated[str, Field(max_length=120)] = ""
    over: Annotated[str, Field(max_length=120)] = ""
    sources: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _count_is_whole(self) -> "Figure":
        count = self.n is not None and self.of is not None and self.what and self.group
        if self.kind == "counted" and not count:
            raise ValueError(f"{self.id} is counted: it needs what, n, of and group")
        if self.kind != "counted" and (self.n is not None or self.of is not None):
            raise ValueError(f"{self.id} is {self.kind}: n and of belong to counted figures")
        if self.n is not None and self.of is not None and self.n > self.of:
            raise ValueError(f"{self.id} counts {self.n} of {self.of}: n is more than of")
        return self

    @model_validator(mode="after")
    def _has_its_sources(self) -> "Figure":
        if self.kind == "our_rule" and self.sources:
            raise ValueError(f"{self.id} is our own rule, which has no source; or it is no rule")
        if self.kind != "our_rule" and not self.sources:
            raise ValueError(f"{self.id} needs its sources")
        return self


@built_from_content
def get_figures() -> dict[str, Figure]:
    """Return the figures by id; raises ContentError with every fault in the file."""
    return read_keyed("figures.yaml", Figure, "id")
