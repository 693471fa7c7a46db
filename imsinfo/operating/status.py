"""What an operator must know of the site, as lines for a person or a monitor.

Each app says in its status_lines.py what it can tell. No line holds personal data or a secret.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from django.utils.module_loading import autodiscover_modules

logger = logging.getLogger("imsinfo.status")


class Mark(IntEnum):
    """How a thing stands; the numbers are those that monitors take for an exit code."""

    OK = 0
    LOOK = 1
    FAULT = 2

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True)
class Line:
    """One thing. told: how it stands, in words; repair: what to do, where there is something."""

    name: str
    mark: Mark
    told: str
    repair: str = ""


Tells = Callable[[], Iterable[Line]]


class Part(NamedTuple):
    """What one part of the site tells. needs_database: whether it asks the database."""

    place: int
    name: str
    ask: Tells
    needs_database: bool


_parts: list[Part] = []


def tells(place: int, name: str, *, needs_database: bool = False) -> Callable[[Tells], Tells]:
    """Let the function below be asked for lines of the status.

    place: the lowest stands on top; name: of the line that stands in for those of a part that
    cannot be asked, or fails.
    """

    def add(ask: Tells) -> Tells:
        _parts.append(Part(place, name, ask, needs_database))
        _parts.sort(key=lambda part: part.place)
        return ask

    return add


def lines(has_database: bool) -> Iterator[Line]:
    """Yield what every part tells. has_database: else what needs it is told to be unknown."""
    autodiscover_modules("status_lines")
    for part in _parts:
        if part.needs_database and not has_database:
            yield Line(part.name, Mark.FAULT, "unknown without a database of this version")
        else:
            yield from _asked(part)


def worst(found: Iterable[Line]) -> Mark:
    return max((line.mark for line in found), default=Mark.OK)


def _asked(part: Part) -> Iterator[Line]:
    try:
        yield from part.ask()
    except Exception as error:
        # One part that fails must not hide the others; its words may be anybody's.
        kind = f"{type(error).__module__}.{type(error).__qualname__}"
        logger.exception("The status of this part cannot be told: %s", part.name)
        yield Line(part.name, Mark.FAULT, f"cannot be told: {kind}", "look into the log")
