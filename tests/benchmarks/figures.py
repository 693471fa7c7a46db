"""Figures of a report: medians, ratios and tables of plain text. Pure."""

import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

WIDTH = 120


@dataclass(frozen=True)
class Sample:
    """One run against one server. seconds: of the run; cpu: seconds that the server has used.

    p50, p99: milliseconds; faults: requests that failed or had a status above 399.
    """

    requests: int
    seconds: float
    cpu: float
    p50: float
    p99: float
    faults: int = 0

    @property
    def rate(self) -> float:
        """Answered requests a second."""
        return self.requests / self.seconds

    @property
    def cost(self) -> float:
        """Microseconds of CPU a request; infinite where nothing was answered."""
        return self.cpu / self.requests * 1e6 if self.requests else float("inf")


Of = Callable[[Sample], float]


def middle(samples: Iterable[Sample], of: Of) -> float:
    """Return the median of what is asked of each sample; at least one."""
    return statistics.median(map(of, samples))


def ratio(ours: Sequence[Sample], theirs: Sequence[Sample], of: Of) -> float:
    """Return the median of the ratios of the rounds: what weighed on one round weighed on both.

    Infinite where they have nothing.
    """
    pairs = zip(ours, theirs, strict=True)
    return statistics.median(
        of(our) / of(their) if of(their) else float("inf") for our, their in pairs
    )


@dataclass(frozen=True)
class Figure:
    """A figure with what is required of it: at most, at least, or nothing."""

    name: str
    value: float
    most: float | None = None
    least: float | None = None

    @property
    def held(self) -> bool:
        """Whether it is as required; what could not be measured (NaN) is not."""
        few = self.most is None or self.value <= self.most
        return few and (self.least is None or self.value >= self.least)

    @property
    def required(self) -> str:
        if self.most is not None:
            return f"at most {shown(self.most)}"
        return f"at least {shown(self.least)}" if self.least is not None else ""

    @property
    def verdict(self) -> str:
        if not self.required:
            return ""
        return "held" if self.held else "MISSED"


@dataclass(frozen=True)
class Table:
    heads: Sequence[str]
    rows: Sequence[Sequence[object]]


@dataclass
class Part:
    """What one part of the report has found. raw: everything measured, for the JSON."""

    title: str
    tables: list[Table] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    raw: dict[str, Any] = field(default_factory=dict)

    def missed(self) -> list[str]:
        """Return what does not hold, each in a line of its own."""
        worse = [
            f"{self.title}: {each.name}: {shown(each.value)}, {each.required} required"
            for each in self.figures
            if not each.held
        ]
        return worse + [f"{self.title}: {fault}" for fault in self.faults]

    def lines(self) -> list[str]:
        """Return the part as it is printed."""
        lines = ["", self.title, "=" * len(self.title)]
        for table in self.tables:
            lines += [*laid_out(table), ""]
        if self.figures:
            rows = [(each.name, each.value, each.required, each.verdict) for each in self.figures]
            lines += laid_out(Table(("figure", "value", "required", ""), rows))
        lines += [f"FAULT {fault}" for fault in self.faults]
        return lines + [f"({note})" for note in self.notes]

    def as_json(self) -> dict[str, Any]:
        figures = [asdict(each) | {"held": each.held} for each in self.figures]
        told = {"figures": figures, "faults": self.faults, "notes": self.notes} | self.raw
        return for_json(told)


def for_json(value: Any) -> Any:
    """Return a value with None in place of every number that JSON does not have."""
    if isinstance(value, dict):
        return {key: for_json(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [for_json(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def shown(value: object) -> str:
    """Return a value with as many digits as a reader can use; nothing for None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "" if value is None else str(value)
    if not math.isfinite(value):
        return "-"
    if isinstance(value, int) or abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) >= 10:
        return f"{value:.1f}"
    return f"{value:.3f}" if 0 < abs(value) < 0.1 else f"{value:.2f}"


def laid_out(table: Table) -> list[str]:
    """Return the lines of a table: the first column to the left, the others to the right.

    What does not fit 120 columns is cut from the first column.
    """
    cells = [list(table.heads), *([shown(cell) for cell in row] for row in table.rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    others = sum(widths[1:]) + 2 * len(widths[1:])
    widths[0] = min(widths[0], WIDTH - others)
    lines = [_line(row, widths) for row in cells]
    return [lines[0], "-" * max(map(len, lines)), *lines[1:]]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first = row[0][: widths[0]].ljust(widths[0])
    rest = (f"  {cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True))
    return (first + "".join(rest)).rstrip()
