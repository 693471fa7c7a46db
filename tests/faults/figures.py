"""Figures of a run, printed so that they can be read and copied."""

import sys
from collections.abc import Mapping, Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that the share of all values does not pass; at least one value."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def tell(line: str = "") -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def table(rows: Mapping[str, object]) -> None:
    for name, value in rows.items():
        shown = f"{value:.2f}" if isinstance(value, float) else value
        tell(f"  {name:<40} {shown:>12}")


def verdict(violations: Sequence[str], most: int = 20) -> int:
    """Tell what does not hold and return the exit code."""
    for line in violations[:most]:
        tell(f"  VIOLATION {line}")
    if len(violations) > most:
        tell(f"  … and {len(violations) - most} more")
    tell("FAILED" if violations else "held")
    return 1 if violations else 0
