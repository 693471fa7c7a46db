"""How hard a page is to read: its grade, its sentences, and the grades recorded for each page."""

import functools
import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, Field

from imsinfo.articles.frontmatter import Kind
from imsinfo.articles.prose import Block, Fill, plain, sentences, words
from imsinfo.articles.syllables import NEUTRAL_SYLLABLES, syllables
from imsinfo.content import built_when_asked, content_file
from imsinfo.problems import Problem
from imsinfo.strict_yaml import read_yaml

CEILINGS = "reading-ceilings.yaml"
CEILINGS_HEAD = """\
# The reading grade of each page when it was last recorded. It may fall and not rise.
# Written by manage.py record_reading; a lower number means an easier page.
"""
# Fewer words say nothing of a page.
LEAST_WORDS = 100
# A page must be easier by this much before its recorded ceiling is called out of date.
SLACK = 0.5


@dataclass(frozen=True)
class Level:
    """The highest reading grade, and the words of a sentence on average and at most."""

    grade: float
    mean: float
    longest: int


EASIEST, EASY, HARDER = Level(5, 10, 20), Level(7, 14, 25), Level(9, 16, 30)
LEVELS: Mapping[Kind, Level] = MappingProxyType(
    {
        "home": EASY,
        "guide": EASY,
        "treatment": EASY,
        "condition": EASY,
        "comparison": EASY,
        "evidence": HARDER,
        "list": EASY,
        "legal": HARDER,
        "aftercare": EASIEST,
        "contact": EASIEST,
    }
)


@dataclass(frozen=True)
class Reading:
    """What was measured of a page.

    words and sentences: of its running prose; grade and mean: rounded up to one decimal, None
    for fewer than 100 words; longest: the words of its longest sentence anywhere; hardest: the
    lines on which the three hardest sentences of the prose begin.
    """

    words: int
    sentences: int
    grade: float | None
    mean: float | None
    longest: int
    hardest: tuple[int, ...] = ()


@dataclass(frozen=True)
class Measured:
    """One sentence, counted. is_prose: whether it is running prose. text: its plain words."""

    line: int
    words: int
    syllables: int
    is_prose: bool
    text: str

    @property
    def grade(self) -> float:
        return grade_of(self.words, 1, self.syllables)


def grade_of(words: int, sentences: int, syllables: int) -> float:
    """Return the reading grade: the years of school in the US that a text asks for.

    The formula is that of Kincaid JP, Fishburne RP, Rogers RL, Chissom BS, Derivation of new
    readability formulas for Navy enlisted personnel, Research Branch Report 8-75, 1975.
    """
    return 0.39 * words / sentences + 11.8 * syllables / words - 15.59


def measured(blocks: Iterable[Block], fill: Fill, neutral: Collection[str]) -> tuple[Measured, ...]:
    """Return every sentence with its words and syllables, in the order of the blocks.

    fill: what {figure:…} and {term:…} print; neutral: names that count as one word of two
    syllables each, in any case and with an s at the end, unless they are that short already.
    """
    names, may_be_name = _names(frozenset(neutral))
    found = []
    for block in blocks:
        for sentence in sentences(block):
            text = plain(sentence.raw, fill)
            has_names = not text.isascii() or may_be_name.search(text.lower())
            counted = words(names.sub("{name}", text) if has_names else text)
            if not counted or sentence.is_label:
                continue
            ends = block.kind == "item" and sentence.is_ended
            is_prose = block.kind == "paragraph" or ends
            count = sum(map(syllables, counted))
            found.append(Measured(sentence.line, len(counted), count, is_prose, text))
    return tuple(found)


@functools.lru_cache(maxsize=16)
def _names(neutral: frozenset[str]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Patterns for the names that are worth counting as one word, the longest first.

    The second one finds how they begin, in small letters: it is quick, and few sentences hold any.
    """
    hard = [name for name in neutral if sum(map(syllables, words(name))) > NEUTRAL_SYLLABLES]
    parts = (r"[\s-]".join(map(re.escape, re.split(r"[\s-]+", name))) for name in hard)
    either = "|".join(sorted(parts, key=lambda part: (-len(part), part))) or r"(?!)"
    starts = "|".join({re.split(r"[\s-]", name.lower())[0][:6] for name in hard}) or r"(?!)"
    names = re.compile(rf"(?<![^\W_])(?:{either})s?(?![^\W_])", re.IGNORECASE)
    return names, re.compile(starts)


def reading(sentences_of_page: Collection[Measured]) -> Reading:
    """Return the measure of a page from its sentences."""
    prose = [each for each in sentences_of_page if each.is_prose]
    count, most = sum(each.words for each in prose), [each.words for each in sentences_of_page]
    if count < LEAST_WORDS:
        return Reading(count, len(prose), None, None, max(most, default=0))
    grade = grade_of(count, len(prose), sum(each.syllables for each in prose))
    hardest = sorted(prose, key=lambda each: (-each.grade, each.line))[:3]
    return Reading(
        count,
        len(prose),
        rounded_up(grade),
        rounded_up(count / len(prose)),
        max(most),
        tuple(sorted({each.line for each in hardest})),
    )


def rounded_up(number: float) -> float:
    """Return a number with one decimal, never less than it is."""
    # What only the computer's arithmetic adds does not count.
    return math.ceil(round(number * 10, 6)) / 10


def sentence_problems(file: str, counted: Iterable[Measured], level: Level) -> Iterator[Problem]:
    """Yield the sentences that are longer than the level allows; lines count from 1."""
    for each in counted:
        if each.words > level.longest:
            begins = shown(" ".join(each.text.split()[:6]), most=60)
            found, expected = f"{each.words} words: '{begins} …'", f"at most {level.longest}"
            repair = "make two sentences of it, or leave words out"
            yield Problem(
                file, each.line, "a sentence is too long", found, expected, repair, "error"
            )


def reading_problems(
    file: str, kind: Kind, measure: Reading, ceiling: float | None
) -> Iterator[Problem]:
    """Yield what is wrong with a page as a whole: its mean, its grade, an outdated ceiling.

    ceiling: the recorded grade of the page; where there is none, the level of its kind counts.
    """
    if measure.grade is None or measure.mean is None:
        return
    level, found = LEVELS[kind], f"{measure.grade:.1f}"
    if measure.mean > level.mean:
        what, expected = "the sentences are too long on average", f"at most {level.mean:g}"
        told = f"{measure.mean:.1f} words a sentence"
        yield Problem(file, 1, what, told, expected, _easier(measure), "error")
    if ceiling is None and measure.grade > level.grade:
        what, expected = "the reading grade is above its level", f"at most {level.grade:g} ({kind})"
        yield Problem(file, 1, what, found, expected, _easier(measure), "error")
    elif ceiling is not None and measure.grade > ceiling:
        what = "the reading grade is above the recorded ceiling"
        yield Problem(file, 1, what, found, f"at most {ceiling:.1f}", _easier(measure), "error")
    elif ceiling is not None and round(ceiling - measure.grade, 1) >= SLACK:
        what, expected = "the recorded ceiling is out of date", f"a ceiling of {found}"
        repair = "run manage.py record_reading: a ceiling may fall, not rise"
        yield Problem(file, 1, what, f"{ceiling:.1f}", expected, repair, "warning")


def _easier(measure: Reading) -> str:
    lines = ", ".join(map(str, measure.hardest))
    return f"write shorter sentences and plainer words, first of all on the lines {lines}"


def shown(found: str, most: int = 80) -> str:
    """Return what a problem shows of a text: one printable line, not longer than most."""
    # Half a surrogate pair, written as "\ud800" in YAML, could not even be logged.
    line = "".join(sign if sign.isprintable() else "�" for sign in " ".join(found.split()))
    return line if len(line) <= most else line[: most - 1] + "…"


def _with_one_decimal(grade: float) -> float:
    if grade != round(grade, 1):
        raise ValueError("a grade has one decimal, such as 6.9")
    return grade


Ceiling = Annotated[
    float, Field(strict=True, allow_inf_nan=False), AfterValidator(_with_one_decimal)
]


@built_when_asked
def get_ceilings() -> dict[str, float]:
    """Return the recorded reading grade by the name of the page inside the content folder.

    No file stands for no grade recorded yet. Raises ContentError with every fault in the file.
    """
    file = content_file(CEILINGS)
    if not file.path.is_file():
        return {}
    ceilings: dict[str, float] = read_yaml(file.read(), dict[str, Ceiling], file.shown_as)
    return ceilings


def with_lowered(
    ceilings: Mapping[str, float], grades: Mapping[str, float | None]
) -> dict[str, float]:
    """Return the grades to record: lowered where a page has become easier, never raised.

    grades: of every page that there is, None for a page too short for one. New pages are added;
    those that are gone, or have no grade, are dropped.
    """
    found = {name: grade for name, grade in sorted(grades.items()) if grade is not None}
    return {name: min(grade, ceilings.get(name, grade)) for name, grade in found.items()}


def ceilings_text(ceilings: Mapping[str, float]) -> str:
    """Return the file reading-ceilings.yaml with these grades."""
    lines = [f"{name}: {grade:.1f}\n" for name, grade in sorted(ceilings.items())]
    return CEILINGS_HEAD + ("".join(lines) or "{}\n")
