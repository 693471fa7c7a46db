"""The lines at the top of an article: what they may say, and reading them strictly."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, Field, model_validator

from imsinfo.articles.body_map import BodyPart
from imsinfo.content import ContentFile
from imsinfo.problems import ContentError, Problem
from imsinfo.red_flags import Region
from imsinfo.strict_yaml import Strict, read_yaml

Kind = Literal[
    "home",
    "guide",
    "treatment",
    "condition",
    "comparison",
    "evidence",
    "list",
    "legal",
    "aftercare",
    "contact",
]
Section = Literal["about-ims", "conditions", "your-treatment", "evidence", "clinic"]
Method = Literal["ims", "dry-needling"]
Grade = Literal["good", "some", "not-enough", "does-not-help", "none-found"]

# In the order of the menu.
SECTION_LABELS: dict[Section, str] = {
    "about-ims": "About IMS",
    "conditions": "Conditions",
    "your-treatment": "Your treatment",
    "evidence": "Evidence",
    "clinic": "This clinic",
}
METHOD_LABELS: dict[Method, str] = {"ims": "IMS (Gunn)", "dry-needling": "Dry needling"}
GRADE_LABELS: dict[Grade, str] = {
    "good": "good evidence",
    "some": "some evidence",
    "not-enough": "not enough evidence",
    "does-not-help": "evidence that it does not help",
    "none-found": "no studies found",
}
LONGEST_UNREVIEWED_YEARS = 3
# Pages that say nothing of health, for which no clinician can answer.
NOT_FOR_CLINICIANS: frozenset[Kind] = frozenset({"legal", "contact"})
# What a review of nothing, or of very little, can honestly say.
MAY_LACK_SOURCES = ("none-found", "not-enough")
FENCE = "---"

# Line ends and other signs that no reader sees and that YAML does not keep.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
ADDRESS = re.compile(r"/([a-z0-9]+(-[a-z0-9]+)*/)+")


_Item = TypeVar("_Item")


def _not_blank(text: str) -> str:
    if not text.strip() or CONTROL.search(text):
        raise ValueError("write some words, on one line")
    return text


def _address(text: str) -> str:
    if not ADDRESS.fullmatch(text):
        raise ValueError("write an address of this site, such as /old-name/")
    return text


def _hash(text: str) -> str:
    if not re.fullmatch("[0-9a-f]{64}", text):
        raise ValueError("only manage.py sign_review writes this; sign the page again")
    return text


def _each_once(items: tuple[_Item, ...]) -> tuple[_Item, ...]:
    doubled = [item for item, count in Counter(items).items() if count > 1]
    if doubled:
        raise ValueError(f"{doubled[0]} stands twice")
    return items


NotBlank = AfterValidator(_not_blank)
Line = Annotated[str, Field(min_length=1, max_length=160), NotBlank]
Name = Annotated[str, Field(min_length=1, max_length=120), NotBlank]
Lines = Annotated[tuple[Line, ...], AfterValidator(_each_once)]
Addresses = Annotated[
    tuple[Annotated[str, Field(max_length=160), AfterValidator(_address)], ...],
    AfterValidator(_each_once),
]


class Evidence(Strict):
    """What research says of one method, with its grade."""

    method: Method
    grade: Grade
    statement: Annotated[str, Field(min_length=1, max_length=300)]
    sources: tuple[str, ...]

    @property
    def method_label(self) -> str:
        return METHOD_LABELS[self.method]

    @property
    def grade_label(self) -> str:
        return GRADE_LABELS[self.grade]


class Change(Strict):
    date: date
    what: Line
    why: Line


class ClinicalReview(Strict):
    """A clinician's sign-off, as `manage.py sign_review` writes it; hash: of the text signed."""

    name: Name
    role: Name
    # "register" is the word in the file; as an attribute it belongs to Python's classes.
    registration: Annotated[Name, Field(alias="register")]
    date: date
    hash: Annotated[str, AfterValidator(_hash)]


class FrontMatter(Strict):
    """The fields of an article, in the order in which an editor writes them."""

    title: Annotated[str, Field(min_length=1, max_length=65), NotBlank]
    summary: Line
    kind: Kind
    section: Section
    order: Annotated[int, Field(ge=1, le=999)]
    sources_checked: date
    next_review: date
    draft: bool = False
    aliases: Addresses = ()
    related: Lines = ()
    keywords: Lines = ()
    body: Annotated[tuple[BodyPart, ...], AfterValidator(_each_once)] = ()
    red_flags: tuple[Region, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    changes: tuple[Change, ...] = ()
    clinical_review: ClinicalReview | None = None

    @model_validator(mode="after")
    def _review_in_time(self) -> "FrontMatter":
        checked, review = self.sources_checked, self.next_review
        # Compared by parts: years added to a date can leave the calendar.
        latest = (checked.year + LONGEST_UNREVIEWED_YEARS, checked.month, checked.day)
        if not checked < review or (review.year, review.month, review.day) > latest:
            raise ValueError("next_review must come after sources_checked, within three years")
        return self

    @model_validator(mode="after")
    def _part_of_the_body(self) -> "FrontMatter":
        if (self.kind == "condition") != bool(self.body):
            raise ValueError("body names parts of the body, such as [neck], on a condition alone")
        return self

    @model_validator(mode="after")
    def _evidence_by_method(self) -> "FrontMatter":
        methods = [line.method for line in self.evidence]
        if (self.kind == "condition" or methods) and methods != list(METHOD_LABELS):
            raise ValueError("evidence needs two lines: method ims, then method dry-needling")
        for line in self.evidence:
            if line.grade == "none-found" and line.sources:
                raise ValueError(f"evidence of {line.method}: none-found has no sources")
            if not line.sources and line.grade not in MAY_LACK_SOURCES:
                raise ValueError(f"evidence of {line.method}: {line.grade} names its sources")
        return self


NEUTRAL = FrontMatter(
    title="-",
    summary="-",
    kind="guide",
    section="clinic",
    order=1,
    sources_checked=date(2000, 1, 1),
    next_review=date(2000, 1, 2),
    evidence=tuple(
        Evidence(method=method, grade="none-found", statement="-", sources=())
        for method in METHOD_LABELS
    ),
)


@dataclass(frozen=True)
class Draft:
    """An article before rendering: its fields, its text, and the line its text begins on."""

    file: str
    front: FrontMatter
    text: str
    first_line: int
    fields: str = ""

    def line_of_field(self, words: str) -> int:
        """The first line of the fields that holds words, else the first line of all."""
        at = self.fields.find(words)
        return 2 + self.fields.count("\n", 0, at) if at >= 0 else 1

    def line_of(self, words: str) -> int:
        """The first line that holds words: of the text, else of the fields, else of the text."""
        for text, first in ((self.text, self.first_line), (self.fields, 2)):
            if words in text:
                return first + text.count("\n", 0, text.index(words))
        return self.first_line


def read_draft(file: ContentFile) -> Draft:
    """Split an article into front matter and text; raise ContentError with every fault."""
    return _draft(file, lambda fields: read_yaml(fields, FrontMatter, file.shown_as, first_line=2))


def read_text(file: ContentFile) -> Draft:
    """Return an article with neutral fields in place of its own, which cannot be read.

    So its text can be checked all the same. Raises ContentError where there is no text to check.
    """
    return _draft(file, lambda fields: NEUTRAL)


def _draft(file: ContentFile, read_fields: Callable[[str], FrontMatter]) -> Draft:
    name, lines = file.shown_as, file.read().split("\n")
    if lines[0].rstrip() != FENCE:
        raise ContentError(
            _unfenced(name, 1, "the file does not begin with front matter", lines[0])
        )
    ends = [index for index, line in enumerate(lines[1:], start=1) if line.rstrip() == FENCE]
    if not ends:
        raise ContentError(_unfenced(name, 1, "the front matter does not end", ""))
    fields, text = "\n".join(lines[1 : ends[0]]), "\n".join(lines[ends[0] + 1 :])
    return Draft(name, read_fields(fields), text, ends[0] + 2, fields)


def _unfenced(name: str, line: int, what: str, found: str) -> Problem:
    repair = "write the fields between two lines that hold --- alone, the first on line 1"
    return Problem(name, line, what, found=found[:60], expected=FENCE, repair=repair)
