"""Lists of records, each with a key of its own: how sources, figures and terms are kept."""

import re
from collections import Counter
from typing import TypeVar

from imsinfo.content import content_file
from imsinfo.problems import ContentError, Problem
from imsinfo.strict_yaml import Strict, read_yaml

Record = TypeVar("Record", bound=Strict)


def read_keyed(name: str, shape: type[Record], key: str) -> dict[str, Record]:
    """Return the records of one content file by their key.

    name: the file inside the content folder; shape: a record with a field key. Raises
    ContentError with every fault, a key that stands twice included.
    """
    file = content_file(name)
    text = file.read()
    records: tuple[Record, ...] = read_yaml(text, tuple[shape, ...], file.shown_as)  # type: ignore[valid-type]
    counts = Counter(getattr(record, key) for record in records)
    doubled = [value for value, count in counts.items() if count > 1]
    if doubled:
        raise ContentError(*(_doubled(file.shown_as, text, key, value) for value in doubled))
    return {getattr(record, key): record for record in records}


def line_of_record(text: str, key: str, value: str) -> int:
    """Return the last line of a file on which a record has this key, else 1."""
    field = re.compile(rf"\s*(?:-\s+)?{key}:\s+(['\"]?){re.escape(value)}\1\s*(?:#.*)?")
    lines = enumerate(text.split("\n"), start=1)
    return max((n for n, line in lines if field.fullmatch(line)), default=1)


def without_stop(words: str) -> str:
    """Return words that stand inside a sentence; ValueError if a stop ends them."""
    if words.rstrip().endswith((".", ",", ";", ":")):
        raise ValueError("these words stand inside a sentence, so no stop ends them")
    return words


def _doubled(file: str, text: str, key: str, value: str) -> Problem:
    line = line_of_record(text, key, value)
    return Problem(file, line, f"two entries have the same {key}", value, repair="keep one of them")
