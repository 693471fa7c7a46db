"""What stands in the stylesheets, rule by rule, for the tests of colours and of dead rules."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "static" / "css"
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
IMPORT = re.compile(r'@import "([^"]+)";')
DECLARATION = re.compile(r"(?:^|;)\s*([\w-]+)\s*:\s*([^;]+)")
# At-rules that hold declarations of their own, not rules.
WITHOUT_RULES = ("@font-face", "@page", "@property")


@dataclass(frozen=True)
class Rule:
    """One rule. context: the at-rules (and selectors) around it, the outermost first."""

    file: str
    context: tuple[str, ...]
    selector: str
    declarations: tuple[tuple[str, str], ...]


def stylesheets() -> list[Path]:
    return sorted(FOLDER.glob("*.css"))


def rules_of(path: Path) -> list[Rule]:
    """Return every rule of a stylesheet in its order."""
    text = IMPORT.sub("", COMMENT.sub("", path.read_text(encoding="utf-8")))
    return list(_rules(path.name, text, ()))


def delivered(name: str) -> list[Rule]:
    """Return every rule of a stylesheet as it is delivered, with those that it imports."""
    path = FOLDER / name
    imported = [FOLDER / each for each in IMPORT.findall(path.read_text(encoding="utf-8"))]
    return [rule for each in (*imported, path) for rule in rules_of(each)]


def _rules(file: str, text: str, context: tuple[str, ...]) -> Iterator[Rule]:
    for prelude, body in _blocks(text):
        if prelude.startswith("@") and not prelude.startswith(WITHOUT_RULES):
            yield from _rules(file, body, (*context, prelude))
        else:
            yield Rule(file, context, prelude, tuple(_declarations(body)))
            yield from _rules(file, body, (*context, prelude))


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """Yield what stands before each outermost pair of braces, and what stands in it."""
    start = depth = opened = 0
    for at, letter in enumerate(text):
        if letter == "{":
            opened, depth = (at if depth == 0 else opened), depth + 1
        elif letter == "}":
            depth -= 1
            if depth == 0:
                prelude = text[start:opened].rpartition(";")[2]
                yield " ".join(prelude.split()), text[opened + 1 : at]
                start = at + 1
    assert depth == 0, f"braces are not closed after: {text[start : start + 60]}"


def _declarations(body: str) -> Iterator[tuple[str, str]]:
    """Yield name and value of each declaration; those of rules within are left out."""
    flat = body
    while "{" in flat:
        flat = re.sub(r"[^;{}]*\{[^{}]*\}", ";", flat)
    for name, value in DECLARATION.findall(flat):
        yield name, " ".join(value.split())
