"""The classes that templates and Python write into HTML, for the tests of the stylesheets.

What is filled in stands as {}: `care-card--{{ card }}` is care-card--{}.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
COMMENT = re.compile(r"\{#.*?#\}|\{% comment.*?endcomment %\}", re.DOTALL)
TAG = re.compile(r"\{%.*?%\}", re.DOTALL)
FILLED_IN = re.compile(r"\{\{.*?\}\}|\{[^{}\s]*\}")
CLASSES = re.compile(r'\bclass="([^"]*)"')
# A page may add classes to an element of base.html through a block.
CLASS_BLOCK = re.compile(r"\{% block \w*class\w* %\}(.*?)\{% endblock", re.DOTALL)
# Where Python hands a class to a template or to crispy-forms.
KEYWORDS = {"css", "css_class", "form_class"}


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def in_template(path: Path) -> set[str]:
    """Return every class that a template writes."""
    text = COMMENT.sub("", path.read_text(encoding="utf-8"))
    written = [*CLASS_BLOCK.findall(text), *CLASSES.findall(TAG.sub("", FILLED_IN.sub("{}", text)))]
    return {name for value in written for name in TAG.sub("", value).split()}


def in_python(path: Path) -> set[str]:
    """Return every class that a module writes: in HTML, in attributes, and for a template."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {name for node in ast.walk(tree) for value in _classes(node) for name in value.split()}


def _classes(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Constant(value=str() as text):
            yield from CLASSES.findall(FILLED_IN.sub("{}", text))
        case ast.JoinedStr():
            yield from CLASSES.findall(_words(node))
        case ast.Dict(keys=keys, values=values):
            pairs = zip(keys, values, strict=True)
            yield from (_words(value) for key, value in pairs if _words(key) == "class")
        case ast.Call(func=ast.Attribute(attr="set"), args=[name, value]) if _is_class(name):
            yield _words(value)
        case ast.keyword(arg=name, value=value) if name in KEYWORDS:
            yield _words(value)
        case ast.Assign(targets=[ast.Attribute(attr=name)], value=value) if name in KEYWORDS:
            yield _words(value)


def _is_class(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value == "class"


def _words(node: ast.AST | None) -> str:
    """Return a text as it is written, with {} for what is filled in; "" for anything else."""
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.JoinedStr(values=values):
            return "".join(_words(value) or "{}" for value in values)
    return ""
