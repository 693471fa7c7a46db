"""YAML that says where it is wrong: typed, without unknown, missing or doubled fields."""

import re
from contextlib import suppress
from datetime import date
from typing import Any, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from imsinfo.problems import ContentError, Problem

Model = TypeVar("Model")
Location = tuple[str | int, ...]

UNREADABLE = (
    *(yaml.MarkedYAMLError, yaml.reader.ReaderError),
    *(ValueError, TypeError, RecursionError),
)


class Strict(BaseModel):
    """A record read from YAML: frozen, exact types, no field that it does not name."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class _Values:
    """Tells where a value stands that has the form of a date or number and is none."""

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)  # type: ignore[misc]
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise yaml.MarkedYAMLError(problem=str(error), problem_mark=node.start_mark) from error


class _Loader(_Values, yaml.SafeLoader):
    """Refuses anchors, which nobody needs here and which can grow without bound."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise yaml.MarkedYAMLError(
                problem="& and * anchors are not used here", problem_mark=event.start_mark
            )
        return super().compose_node(parent, index)


# The parser in C is many times as fast and need not be there. It tells faults in other words, and
# takes a few things that the one in Python refuses: those are left to _Loader, as are anchors.
_QuickLoader: Any = None
if yaml.__with_libyaml__:
    _QuickLoader = type("_QuickLoader", (_Values, yaml.CSafeLoader), {})
ODD = re.compile(r"[\t\ufeff]|^%|(?<!\w)(?:&[\w-]|!)|[|>][-+\d]*#", re.MULTILINE)
# A question mark within brackets, of which here is only their beginning.
BRACKET = re.compile(r"(?:^|[-:?])\s*[\[{]", re.MULTILINE)


class _Read(NamedTuple):
    """The value of a text, the line of each value within, and the keys that stand twice."""

    value: Any
    lines: dict[Location, int]
    doubled: list[Problem]


def read_yaml(text: str, shape: type[Model], file: str, first_line: int = 1) -> Model:
    """Return the YAML text as the given shape.

    text: YAML; shape: a pydantic type; file: the name shown in a fault; first_line: the line
    of the file on which text begins. Raises ContentError with every fault found.
    """
    try:
        value, lines, doubled = _read(text, file, first_line)
    except UNREADABLE as error:
        raise ContentError(_syntax_problem(error, text, file, first_line)) from error
    try:
        checked = TypeAdapter(shape).validate_python(_with_tuples(value))
    except RecursionError as error:
        what, repair = "brackets or lists lie too deep in each other", "write it in fewer levels"
        raise ContentError(Problem(file, first_line, what, repair=repair)) from error
    except ValidationError as error:
        details = [each for each in error.errors(include_url=False) if not _is_echo(each)]
        raise ContentError(
            *doubled, *(_problem(detail, lines, shape, file) for detail in details)
        ) from error
    if doubled:
        raise ContentError(*doubled)
    return checked


def _read(text: str, file: str, first_line: int) -> _Read:
    if _QuickLoader and _reads_alike(text):
        # Its fault is found again below, and told better.
        with suppress(*UNREADABLE):
            return _read_by(_QuickLoader, text, file, first_line)
    return _read_by(_Loader, text, file, first_line)


def _reads_alike(text: str) -> bool:
    """Whether both parsers read a text alike, where both can read it."""
    bracket = BRACKET.search(text)
    asks = bracket and "?" in text[bracket.end() :]
    return not asks and not ODD.search(text)


def _read_by(loader_class: Any, text: str, file: str, first_line: int) -> _Read:
    loader = loader_class(text)
    node = loader.get_single_node()
    lines: dict[Location, int] = {(): first_line}
    doubled = list(_doubled_keys(node, lines, first_line, file)) if node else []
    return _Read(loader.construct_document(node) if node else None, lines, doubled)


def _doubled_keys(node, lines, first_line, file, at=()):
    """Yield a problem for each key that stands twice, and note the line of every value in lines."""
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key_node, value_node in node.value:
            key, line = str(key_node.value), key_node.start_mark.line + first_line
            if key in seen:
                repair = "keep one of the two"
                yield Problem(
                    file,
                    line,
                    f"the field '{key}' stands twice",
                    f"also on line {seen[key]}",
                    repair=repair,
                )
            seen[key] = line
            lines[(*at, key)] = line
            yield from _doubled_keys(value_node, lines, first_line, file, (*at, key))
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            lines[(*at, index)] = item.start_mark.line + first_line
            yield from _doubled_keys(item, lines, first_line, file, (*at, index))


def _with_tuples(value: Any) -> Any:
    """Lists become tuples, so that what is read cannot be changed later."""
    if isinstance(value, dict):
        return {key: _with_tuples(item) for key, item in value.items()}
    if isinstance(value, list):
        return tuple(_with_tuples(item) for item in value)
    return value


# What Python says of a date such as 2026-02-30.
NO_DAY = re.compile(r"\b(year|month|day)\b.* (must be in|is out of range)")


def _syntax_problem(error: Exception, text: str, file: str, first_line: int) -> Problem:
    mark = getattr(error, "problem_mark", None)
    index = mark.line if mark else text.count("\n", 0, getattr(error, "position", 0) or 0)
    source = text.split("\n")
    found = source[index].strip() if index < len(source) else ""
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    return Problem(
        file,
        index + first_line,
        f"this is not YAML ({what})",
        found=found,
        repair=_syntax_repair(what, source, index),
    )


def _syntax_repair(what: str, source: list[str], index: int) -> str:
    """Guess what the editor meant from the parser's words and the line it stopped at."""
    near = "\n".join(source[max(index - 1, 0) : index + 1])
    if "\t" in near:
        return "use spaces, not tabs, in front of a field"
    if NO_DAY.search(what):
        return "write a day of the calendar as year-month-day, such as 2026-11-30"
    if "mapping values" in what:
        return "put a value that holds ': ' in \"double quotes\""
    if "anchor" in what:
        return 'write the value out, or put it in "double quotes"'
    if "{" in near or "[" in near:
        return "put a value that begins with '{' or '[' in \"double quotes\""
    return "write one 'field: value' a line; put a value with unusual signs in \"double quotes\""


def _problem(detail: ErrorDetails, lines: dict[Location, int], shape: Any, file: str) -> Problem:
    location = tuple(detail["loc"])
    field = ".".join(str(part + 1) if isinstance(part, int) else part for part in location)
    line = next(lines[location[:n]] for n in range(len(location), -1, -1) if location[:n] in lines)
    what, expected, repair = _explain(detail, field, shape)
    told = detail["type"] in {"missing", "extra_forbidden"} or _is_rule_of_record(detail)
    found = "" if told else _shown(detail["input"])
    return Problem(file, line, what, found, expected, repair)


def _is_echo(detail: ErrorDetails) -> bool:
    """Whether a list only counts as too short because an item of it is told as wrong."""
    return detail["type"] == "too_short" and len(detail["input"]) >= detail["ctx"]["min_length"]


def _is_rule_of_record(detail: ErrorDetails) -> bool:
    """Whether fields that are right one by one do not fit together; the rule says it itself."""
    is_record = not detail["loc"] or isinstance(detail["input"], dict)
    return is_record and detail["type"] == "value_error"


def _explain(detail: ErrorDetails, field: str, shape: Any) -> tuple[str, str, str]:
    """Return what is wrong, what was expected, and the repair, for one pydantic error."""
    if _is_rule_of_record(detail):
        return str(detail["ctx"]["error"]), "", "correct one of them"
    if not detail["loc"]:
        return (
            "there are no fields",
            "'field: value' lines",
            "write the fields of the editor's guide",
        )
    context = detail.get("ctx", {})
    told = f"'{field}' is not right", detail["msg"], "correct the value"
    match detail["type"]:
        case "missing":
            told = f"the field '{field}' is missing", "", f"add a line '{detail['loc'][-1]}: …'"
        case "extra_forbidden":
            names = ", ".join(getattr(shape, "model_fields", {})) if len(detail["loc"]) == 1 else ""
            told = f"unknown field '{field}'", names, "correct the name or remove the line"
        case "string_too_long":
            length, most = len(detail["input"]), context["max_length"]
            told = f"'{field}' is {length} characters long", f"at most {most}", "shorten it"
        case "string_type":
            begins = "a value that begins with '{'" if isinstance(detail["input"], dict) else "it"
            told = f"'{field}' is not text", "text", f'put {begins} in "double quotes"'
        case "date_type" | "date_from_datetime_inexact":
            told = f"'{field}' is not a date", "a date such as 2026-11-21", "write year-month-day"
        case "literal_error" | "enum":
            words = context["expected"].replace("'", "")
            told = f"'{field}' has an unknown value", words, "use one of these words"
        case "value_error":
            told = f"'{field}': {context['error']}", "", "correct the value"
    return told


def _shown(value: Any) -> str:
    try:
        text = value.isoformat() if isinstance(value, date) else str(value)
    except ValueError:
        # Python writes no number of thousands of digits.
        text = "a very long number"
    # Half a surrogate pair, written as "\ud800", can be neither printed nor logged.
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= 60 else text[:57] + "…"
