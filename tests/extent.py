"""How much a run tests: with IMSINFO_ALL_PAGES everything, otherwise what shows a fault soon."""

import os
from collections.abc import Sequence
from typing import TypeVar

Case = TypeVar("Case")
WHOLE = bool(os.environ.get("IMSINFO_ALL_PAGES"))


def examples(number: int) -> int:
    """Return how many random examples a property is tried on: number of them, or a fifth."""
    return number if WHOLE else number // 5


def some(cases: Sequence[Case], number: int) -> Sequence[Case]:
    """Return all cases, or the first number of them: those that tell most stand in front."""
    return cases if WHOLE else cases[:number]
