"""Every number once: content/figures.yaml."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from imsinfo.articles.keyed import read_keyed, without_stop
from imsinfo.content import built_when_asked
from imsinfo.strict_yaml import Strict

NUMBER = re.compile(r"\d+(?:\.\d+)?%?")
NONE = re.compile(r"\b(?:none|no|nobody)\b", re.IGNORECASE)


def _snake_case(words: str) -> str:
    if not re.fullmatch(r"[a-z0-9_]+", words):
        raise ValueError("write small letters, digits and _, such as bruise_dn_ireland")
    return words


Words = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(without_stop)]
Count = Annotated[int, Field(ge=0)]

# counted: n of a base; measured: a size or a span that is no count; our_rule: the clinic's own.
Kind = Literal["counted", "measured", "our_rule"]


class Figure(Strict):
    """One number with everything that must be told with it.

    says: the words that stand in a sentence; what: the event, as an icon array names it;
    n and of: the count and its base; group: what the base consists of; counted_by: who counted;
    over: the time span.
    """

    id: Annotated[str, Field(max_length=40), AfterValidator(_snake_case)]
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
        lacking = [name for name in ("what", "n", "of", "group") if _is_empty(getattr(self, name))]
        if self.kind == "counted" and lacking:
            raise ValueError(f"{self.id} is counted and lacks: {', '.join(lacking)}")
        if self.kind != "counted" and (self.n is not None or self.of is not None):
            raise ValueError(f"{self.id} is {self.kind}: n and of belong to counted figures")
        if self.n is not None and self.of is not None:
            if self.n > self.of:
                raise ValueError(f"{self.id} counts {self.n} of {self.of}: n is more than of")
            if not _says_count(self.says, self.n, self.of):
                raise ValueError(f"{self.id} does not say its count, {self.n} of {self.of}")
        return self

    @model_validator(mode="after")
    def _has_its_sources(self) -> "Figure":
        if self.kind == "our_rule" and self.sources:
            raise ValueError(f"{self.id} is our own rule, which has no source; or it is no rule")
        if self.kind != "our_rule" and not self.sources:
            raise ValueError(f"{self.id} needs its sources")
        return self


@built_when_asked
def get_figures() -> dict[str, Figure]:
    """Return the figures by id; raises ContentError with every fault in the file."""
    return read_keyed("figures.yaml", Figure, "id")


def _is_empty(value: str | int | None) -> bool:
    return value is None or value == ""


def _says_count(says: str, n: int, of: int) -> bool:
    """Whether the words hold n and of in digits, or the per cent, so that a picture agrees."""
    numbers = NUMBER.findall(says.replace(",", ""))
    if f"{100 * n / of:.0f}%" in numbers:
        return True
    has_n = str(n) in numbers or (n == 0 and NONE.search(says) is not None)
    return has_n and str(of) in numbers
