"""The parts of the body by which conditions are listed, and which the body map shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from imsinfo.articles.pages import Article

BodyPart = Literal[
    "head",
    "neck",
    "shoulder",
    "upper-back",
    "arm",
    "low-back",
    "hip",
    "leg",
    "foot",
    "whole-body",
]

# From head to foot, as they are listed.
BODY_LABELS: dict[BodyPart, str] = {
    "head": "Head and jaw",
    "neck": "Neck",
    "shoulder": "Shoulder",
    "upper-back": "Upper back",
    "arm": "Elbow, arm and hand",
    "low-back": "Low back",
    "hip": "Hip and buttock",
    "leg": "Thigh and knee",
    "foot": "Lower leg and foot",
    "whole-body": "Several places, or the whole body",
}


@dataclass(frozen=True)
class PartOfBody:
    """One part of the body with its pages.

    conditions: those that name it first; also: those that are listed under another part.
    """

    key: BodyPart
    conditions: tuple[Article, ...]
    also: tuple[Article, ...]

    @property
    def id(self) -> str:
        return f"body-{self.key}"

    @property
    def label(self) -> str:
        return BODY_LABELS[self.key]


def parts_of_body(articles: Iterable[Article]) -> dict[str, PartOfBody]:
    """Return the parts that have pages, from head to foot, by their keys with _ for -."""
    listed = [each for each in articles if each.front.body]
    parts = (
        PartOfBody(
            key,
            tuple(each for each in listed if each.front.body[0] == key),
            tuple(each for each in listed if key in each.front.body[1:]),
        )
        for key in BODY_LABELS
    )
    return {part.key.replace("-", "_"): part for part in parts if part.conditions or part.also}
