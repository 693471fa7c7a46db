"""The warning signs, once for the whole site: content/red-flags.yaml.

The enquiry form asks the merged lines; condition pages and the aftercare page show the same ones.
"""

from collections import Counter
from typing import Annotated, Literal

from pydantic import Field, model_validator

from imsinfo.content import built_from_content, content_file
from imsinfo.strict_yaml import Strict, read_yaml

Level = Literal["emergency", "today", "doctor-first"]
AfterLevel = Literal["emergency", "today", "phone-us"]
Region = Literal["neck", "back", "head", "chest", "leg", "arm", "joint", "any"]
Regions = Annotated[tuple[Region, ...], Field(min_length=1)]
Key = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
Text = Annotated[str, Field(min_length=1, max_length=600)]

# People read short lists: how many lines the form may ask at each level.
MOST_LINES = {"emergency": 8, "today": 6, "doctor-first": 6}


class FormLine(Strict):
    """One line that the form asks; it may stand for several signs of the same level."""

    key: Key
    level: Level
    line: Annotated[str, Field(min_length=1, max_length=140)]


class Sign(Strict):
    """A warning sign that is looked for before any needling."""

    id: str
    level: Level
    form_line: Key
    regions: Regions
    sign: Text
    action: Text
    sources: tuple[str, ...]
    note: str = ""


class AfterSign(Strict):
    """A warning sign after needling, with what to do about it.

    in_short: the sign in the words that a worried reader looks for, for the list above all cards.
    """

    id: str
    level: AfterLevel
    title: Annotated[str, Field(min_length=1, max_length=80)]
    in_short: Annotated[str, Field(min_length=1, max_length=120)]
    regions: Regions
    sign: Text
    action: Text
    sources: tuple[str, ...]
    note: str = ""


class RedFlags(Strict):
    form_lines: tuple[FormLine, ...]
    before_needling: tuple[Sign, ...]
    after_needling: tuple[AfterSign, ...]

    @model_validator(mode="after")
    def _lines_and_signs_agree(self) -> "RedFlags":
        levels = {line.key: line.level for line in self.form_lines}
        for sign in self.before_needling:
            if levels.get(sign.form_line) != sign.level:
                raise ValueError(f"{sign.id} names no form line of its level: {sign.form_line}")
        unused = levels.keys() - {sign.form_line for sign in self.before_needling}
        if unused:
            raise ValueError(f"form lines without a sign: {', '.join(sorted(unused))}")
        if len(levels) != len(self.form_lines):
            raise ValueError("two form lines have the same key")
        return self

    @model_validator(mode="after")
    def _lists_are_short(self) -> "RedFlags":
        for level, count in Counter(line.level for line in self.form_lines).items():
            if count > MOST_LINES[level]:
                raise ValueError(
                    f"{count} form lines of level {level}; at most {MOST_LINES[level]}"
                )
        return self

    @model_validator(mode="after")
    def _ids_are_single(self) -> "RedFlags":
        signs: tuple[Sign | AfterSign, ...] = (*self.before_needling, *self.after_needling)
        ids = Counter(sign.id for sign in signs)
        doubled = sorted(name for name, count in ids.items() if count > 1)
        if doubled:
            raise ValueError(f"two signs have the same id: {', '.join(doubled)}")
        return self

    def lines(self, level: Level) -> tuple[FormLine, ...]:
        """The lines that the form asks at one level, in the order of the file."""
        return tuple(line for line in self.form_lines if line.level == level)

    def signs(self, line: FormLine) -> tuple[Sign, ...]:
        """The signs that one line stands for."""
        return tuple(sign for sign in self.before_needling if sign.form_line == line.key)

    def signs_for(self, region: str, level: Level) -> tuple[Sign, ...]:
        """The signs of one level that matter for a region, those for everyone included."""
        return tuple(
            sign
            for sign in self.before_needling
            if sign.level == level and {region, "any"} & set(sign.regions)
        )

    def lines_for(self, region: str, level: Level) -> tuple[FormLine, ...]:
        """The merged lines of one level that matter for a region."""
        keys = {sign.form_line for sign in self.signs_for(region, level)}
        return tuple(line for line in self.lines(level) if line.key in keys)

    def after(self, level: AfterLevel) -> tuple[AfterSign, ...]:
        """The signs after needling at one level, in the order of the file."""
        return tuple(sign for sign in self.after_needling if sign.level == level)


@built_from_content
def get_red_flags() -> RedFlags:
    """Read red-flags.yaml; raises ContentError with every fault in it."""
    file = content_file("red-flags.yaml")
    return read_yaml(file.read(), RedFlags, file.shown_as)
