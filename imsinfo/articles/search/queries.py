"""From words to what the index is asked: names of one term stand for each other.

Only letters and digits reach the index, each word between quotation marks: nothing that a reader
types can be taken for a sign of its language.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from imsinfo.articles.glossary import Term
from imsinfo.articles.search.words import STOP_WORDS, singular, words_of

Words = tuple[str, ...]

# Shorter beginnings fit too many words.
SHORTEST_BEGINNING = 3


@dataclass(frozen=True)
class Phrase:
    """Words that stand side by side. is_beginning: the last one may go on."""

    words: Words
    is_beginning: bool = False

    @property
    def key(self) -> str:
        return " ".join([*self.words, "*"] if self.is_beginning else self.words)

    def __str__(self) -> str:
        return f'"{" ".join(self.words)}"{" *" if self.is_beginning else ""}'


@dataclass(frozen=True)
class Question:
    """What the index is asked: all of some parts, or any of them. str() is its language."""

    sign: Literal["AND", "OR"]
    parts: "tuple[Question | Phrase, ...]"

    def __str__(self) -> str:
        return f"({f' {self.sign} '.join(map(str, self.parts))})"


@dataclass(frozen=True)
class Wanted:
    """One thing that is looked for. others: what else it is called, where it is a term."""

    words: Words
    others: tuple[Words, ...] = ()

    def whole(self) -> Question | Phrase:
        """Return the question for its words as they are."""
        return any_of([all_of(Phrase((word,)) for word in self.words), *self._other_names()])

    def begun(self, completions: Mapping[str, Iterable[str]]) -> Question | Phrase:
        """Return the question for words that begin as its words do, too.

        completions: words of the index that begin with a word before both lose their endings.
        """
        words = (_beginning(word, completions.get(word, ())) for word in self.words)
        return any_of([all_of(words), *self._other_names()])

    def single_words(self) -> "tuple[Wanted, ...]":
        return tuple(Wanted((word,)) for word in self.words)

    def _other_names(self) -> Iterator[Phrase]:
        return map(Phrase, self.others)


@dataclass(frozen=True)
class Synonyms:
    """The names of terms. names: for each name, in the singular, all names of its term."""

    names: Mapping[Words, tuple[Words, ...]]
    longest: int = 0

    def wanted(self, words: Sequence[str]) -> list[Wanted]:
        """Return what a query is about: terms by their longest names, then single words.

        Words that say nothing are left out, unless there are no others.
        """
        found: list[Wanted] = []
        at = 0
        while at < len(words):
            name = self._name_at(words, at)
            others = self.names.get(_key(name), ())
            found.append(Wanted(name, tuple(other for other in others if other != name)))
            at += len(name)
        found = list(dict.fromkeys(found))
        telling = [wanted for wanted in found if not STOP_WORDS.issuperset(wanted.words)]
        return telling or found

    def _name_at(self, words: Sequence[str], at: int) -> Words:
        for length in range(min(self.longest, len(words) - at), 0, -1):
            name = tuple(words[at : at + length])
            if _key(name) in self.names:
                return name
        return (words[at],)


def synonyms_of(terms: Mapping[str, Term]) -> Synonyms:
    """Return every name of every term with the others; a name of two terms stands for both."""
    names: dict[Words, tuple[Words, ...]] = {}
    for term in terms.values():
        called = tuple(dict.fromkeys(tuple(words_of(name)) for name in term.names))
        for name in filter(None, called):
            known = names.get(_key(name), ())
            names[_key(name)] = (*known, *(each for each in called if each and each not in known))
    return Synonyms(names, max(map(len, names), default=0))


def all_of(parts: Iterable[Question | Phrase]) -> Question | Phrase:
    return _joined("AND", tuple(parts))


def any_of(parts: Iterable[Question | Phrase]) -> Question | Phrase:
    return _joined("OR", tuple(parts))


def _joined(sign: Literal["AND", "OR"], parts: tuple[Question | Phrase, ...]) -> Question | Phrase:
    return Question(sign, parts) if len(parts) > 1 else parts[0]


def _beginning(word: str, completions: Iterable[str]) -> Question | Phrase:
    whole = Phrase((word,))
    if len(word) < SHORTEST_BEGINNING:
        return whole
    others = (Phrase((each,)) for each in completions)
    return any_of([whole, Phrase((word,), is_beginning=True), *others])


def _key(name: Iterable[str]) -> Words:
    return tuple(map(singular, name))
