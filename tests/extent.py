"""How much a run tests: with IMSINFO_ALL_PAGES everything, otherwise what shows a fault soon."""

import os

WHOLE = bool(os.environ.get("IMSINFO_ALL_PAGES"))


def examples(number: int) -> int:
    """Return how many random examples a property is tried on: number of them, or a fifth."""
    return number if WHOLE else number // 5
