"""The checks of words: claims that no page makes, bare numbers, long sentences, reading grade."""

import html
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, Field, model_validator

from imsinfo.articles.claims import (
    NOISE,
    Phrases,
    claimed,
    indexed,
    is_phrase,
    tokens_of,
)
from imsinfo.articles.frontmatter import Draft
from imsinfo.articles.numbers import numbers_in
from imsinfo.articles.prose import Block, Fill, Sentence, blocks, sentences
from imsinfo.articles.readability import (
    LEVELS,
    Measured,
    Reading,
    measured,
    reading,
    reading_problems,
    sentence_problems,
    shown,
)
from imsinfo.articles.syntax import CITATION, FIGURE
from imsinfo.content import built_when_asked, content_file
from imsinfo.problems import Problem
from imsinfo.strict_yaml import Strict, read_yaml

BACKED = re.compile(rf"{CITATION.pattern}|{FIGURE.pattern}")
LEAVE_OUT = "leave the number out here, and say it in the text with its source"

Place = tuple[str, int]


def _phrase(phrase: str) -> str:
    if not is_phrase(phrase):
        raise ValueError("write small letters and digits, with * only at the end of a word")
    return phrase


def _name(name: str) -> str:
    if not re.fullmatch(r"[^\W_]+(?:[ '’-][^\W_]+)*", name):
        raise ValueError("write words alone, such as trigger point")
    return name


Phrase = Annotated[str, Field(min_length=2, max_length=80), AfterValidator(_phrase)]
Name = Annotated[str, Field(min_length=2, max_length=60), AfterValidator(_name)]


class Banned(Strict):
    """Words that claim too much. instead: the repair; unless: phrases with them that are fine."""

    words: Annotated[tuple[Phrase, ...], Field(min_length=1)]
    instead: Annotated[str, Field(min_length=1, max_length=200)]
    unless: tuple[Phrase, ...] = ()


class Wording(Strict):
    """The house's words.

    neutral_terms: long names of conditions and methods, which a reading grade counts as one easy
    word each; banned: what no page claims.
    """

    neutral_terms: tuple[Name, ...]
    banned: Annotated[tuple[Banned, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _phrases_are_single(self) -> "Wording":
        seen: set[str] = set()
        for phrase in (each for entry in self.banned for each in entry.words):
            if phrase in seen:
                raise ValueError(f"'{phrase}' stands twice among the banned words")
            seen.add(phrase)
        return self

    @cached_property
    def claims(self) -> Phrases:
        return indexed((each, n) for n, entry in enumerate(self.banned) for each in entry.words)

    @cached_property
    def exceptions(self) -> Phrases:
        return indexed((each, n) for n, entry in enumerate(self.banned) for each in entry.unless)


@built_when_asked
def get_wording() -> Wording:
    """Read wording.yaml; raises ContentError with every fault in it."""
    file = content_file("wording.yaml")
    return read_yaml(file.read(), Wording, file.shown_as)


class BannedClaim(NamedTuple):
    """A claim in a text: where it begins, its words as they stand there, and the repair."""

    at: int
    found: str
    instead: str


def banned_claims(text: str, wording: Wording) -> list[BannedClaim]:
    """Return the banned claims in a text, Markdown or not, in the order in which they stand.

    Whole words count, in any case; spaces, line breaks and hyphens between them are the same,
    and emphasis hides nothing. What a sentence denies, it does not claim: see claims.claimed.
    """
    if not wording.claims.may_stand_in(text):
        return []
    tokens = tokens_of(text)
    return [
        BannedClaim(
            tokens[span.first].start,
            _as_read(text[tokens[span.first].start : tokens[span.last].end]),
            wording.banned[span.entry].instead,
        )
        for span in claimed(tokens, wording.claims, wording.exceptions)
    ]


def _as_read(words: str) -> str:
    return " ".join(re.sub(f"[{NOISE}_]", "", html.unescape(words)).split())


def problems_of_words(
    draft: Draft,
    wording: Wording,
    fill: Fill,
    ceiling: float | None,
    neutral: Collection[str] = (),
) -> list[Problem]:
    """Return everything that is wrong with the words of an article, in the order of its lines.

    fill: what {figure:…} and {term:…} print; ceiling: the recorded reading grade of the page,
    None if there is none; neutral: names beside those of wording.yaml that count as easy words.
    """
    text, fields = _blocks_of(draft), tuple(_fields(draft))
    found = list(_of_passage(draft.file, text, wording))
    for field in fields:
        found += _promises(draft.file, field.block, wording)
        found += (
            [] if field.is_backed else _numbers(draft.file, field.block, field.what, field.repair)
        )
    counted = _measured(text, fields, fill, {*wording.neutral_terms, *neutral})
    found += sentence_problems(draft.file, counted, LEVELS[draft.front.kind])
    found += reading_problems(draft.file, draft.front.kind, reading(counted), ceiling)
    return sorted(found)


def problems_of_piece(
    file: str, text: str, wording: Wording, fill: Fill, neutral: Collection[str] = ()
) -> list[Problem]:
    """Return what is wrong with the words of a shared piece, which has no front matter.

    It has no reading grade of its own; its sentences are held to the length of a guide's.
    """
    text_blocks = _counted_from(blocks(text), 1)
    counted = measured(text_blocks, fill, {*wording.neutral_terms, *neutral})
    found = _of_passage(file, text_blocks, wording)
    return sorted([*found, *sentence_problems(file, counted, LEVELS["guide"])])


def reading_of(
    draft: Draft, wording: Wording, fill: Fill, neutral: Collection[str] = ()
) -> Reading:
    """Return how hard an article is to read; a short one has neither grade nor mean."""
    names = {*wording.neutral_terms, *neutral}
    return reading(_measured(_blocks_of(draft), _fields(draft), fill, names))


class _Field(NamedTuple):
    """Words of the front matter. what and repair: of a number in them that nothing backs."""

    block: Block
    is_read_first: bool
    is_backed: bool
    what: str
    repair: str


def _fields(draft: Draft) -> Iterator[_Field]:
    front = draft.front
    for key, value in (("title", front.title), ("summary", front.summary)):
        block = Block(_line_of(draft, key), "field", value)
        yield _Field(block, key == "summary", False, f"a number in the {key}", LEAVE_OUT)
    for n, evidence in enumerate(front.evidence):
        block = Block(_line_of(draft, "statement", n), "field", evidence.statement)
        what = f"a number without a source in the evidence of {evidence.method}"
        repair = "add its source to the sources of this line, or leave the number out"
        yield _Field(block, True, bool(evidence.sources), what, repair)
    for n, change in enumerate(front.changes):
        for key, value in (("what", change.what), ("why", change.why)):
            block = Block(_line_of(draft, key, n), "field", value)
            # A correction names the number that was wrong.
            yield _Field(block, False, True, "", "")


def _line_of(draft: Draft, key: str, n: int = 0) -> int:
    """The line of the file on which the field of this name stands that is number n of them."""
    found = list(re.finditer(rf"^ *(?:- +)?{key}:", draft.fields, re.MULTILINE))
    return 2 + draft.fields.count("\n", 0, found[n].start()) if n < len(found) else 1


def _blocks_of(draft: Draft) -> tuple[Block, ...]:
    return _counted_from(blocks(draft.text), draft.first_line)


def _counted_from(found: Sequence[Block], first_line: int) -> tuple[Block, ...]:
    return tuple(Block(block.line + first_line, block.kind, block.raw) for block in found)


def _measured(
    text: Sequence[Block], fields: Iterable[_Field], fill: Fill, neutral: Collection[str]
) -> tuple[Measured, ...]:
    """Every sentence that is read on the page, those of the summary and the evidence first."""
    read_first = [field.block for field in fields if field.is_read_first]
    return measured([*read_first, *text], fill, neutral)


def _of_passage(file: str, text: Sequence[Block], wording: Wording) -> Iterator[Problem]:
    """Promises and bare numbers. In a table the sources of a row count for the whole row."""
    sourced = {each.line for each in text if each.kind == "cell" and BACKED.search(each.raw)}
    for block in text:
        yield from _promises(file, block, wording)
        if block.kind in ("heading", "title"):
            repair = "say the number in the text below, with its source"
            yield from _numbers(file, block, "a number in a heading", repair)
        elif block.kind != "cell" or block.line not in sourced:
            for sentence in sentences(block):
                if not BACKED.search(sentence.raw):
                    what = "a number without a source"
                    repair = "put [@key] into its sentence, or write the number as {figure:id}"
                    yield from _numbers(file, sentence, what, repair)


def _promises(file: str, block: Block, wording: Wording) -> Iterator[Problem]:
    line, read = block.line, 0
    for claim in banned_claims(block.raw, wording):
        line, read = line + block.raw.count("\n", read, claim.at), claim.at
        yield _problem((file, line), "this claims too much", claim.found, claim.instead)


def _numbers(file: str, part: Block | Sentence, what: str, repair: str) -> Iterator[Problem]:
    found = numbers_in(part.raw)
    if found:
        line = part.line + part.raw.count("\n", 0, found[0].at)
        yield _problem((file, line), what, ", ".join(each.found for each in found), repair)


def _problem(at: Place, what: str, found: str, repair: str) -> Problem:
    return Problem(*at, what, shown(found), "", repair, "error")
