"""What is wrong in a content file, said so that its editor can repair it."""

from dataclasses import dataclass
from typing import Literal

# broken: what stands there cannot be shown as it is meant; error: it can, and must be mended all
# the same; warning: somebody should look.
Severity = Literal["broken", "error", "warning"]


@dataclass(frozen=True, order=True)
class Problem:
    """One fault: where it is, what it is, what was found, what was expected, how to repair it."""

    file: str
    line: int
    what: str
    found: str = ""
    expected: str = ""
    repair: str = ""
    severity: Severity = "broken"

    @property
    def is_warning(self) -> bool:
        return self.severity == "warning"

    def __str__(self) -> str:
        parts = [self.what]
        if self.found:
            parts.append(f"found: {self.found}")
        if self.expected:
            parts.append(f"expected: {self.expected}")
        if self.repair:
            parts.append(f"repair: {self.repair}")
        return f"{self.file}:{self.line}: " + "; ".join(parts)


class ContentError(ValueError):
    """A content file that cannot be used, with every fault found in it."""

    def __init__(self, *problems: Problem):
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))
