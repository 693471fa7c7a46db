"""What a reader typed, as words: cleaned, cut, and told apart from words that say nothing."""

import re
from itertools import accumulate
from unicodedata import category, normalize

LONGEST_QUERY = 200
MOST_WORDS = 12

WORD = re.compile(r"[^\W_]+")
# As it is typed, such as can't.
TYPED = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
ACCENTS = re.compile(r"[\u0300-\u036f]")
# Controls, marks of direction, halves of characters and what Unicode has not assigned.
UNPRINTABLE = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"))

# Words that stand on every page. "not", "after" and "before" are missing: they tell pages apart.
STOP_WORDS = frozenset(
    """
    a about all also am an and any are as at be been but by can could d did do does doing for from
    had has have having how i if in into is it its just ll m may me might my of on or our s shall
    she should so some such t than that the their them then there these they this those to too us
    ve very was we were what when where which while who why will with would you your
    """.split()  # noqa: SIM905 -- as a list it would take eighty lines
)


def tidied(text: str) -> str:
    """Return a query as it can be shown and searched: one line, composed, at most 200 characters.

    What has no shape of its own is left out, marks that turn the direction of writing included.
    """
    # Composing makes text shorter at most; a longer start holds all that can be kept.
    start = " ".join(text[: 5 * LONGEST_QUERY].split())
    shown = (sign for sign in start if category(sign) not in UNPRINTABLE)
    composed = normalize("NFC", "".join(shown))
    return " ".join(composed.split())[:LONGEST_QUERY].rstrip()


def typed_words(query: str) -> list[str]:
    """Return the words of a query as they are typed, as long as they are 12 words of the index."""
    typed = TYPED.findall(tidied(query))
    counts = accumulate(len(words_of(word)) for word in typed)
    return [word for word, count in zip(typed, counts, strict=True) if count <= MOST_WORDS]


def words_of(text: str) -> list[str]:
    """Return the words of a text in small letters and without accents, as the index has them."""
    lowered = text.lower()
    if not lowered.isascii():
        lowered = ACCENTS.sub("", normalize("NFD", lowered))
    return WORD.findall(lowered)


def singular(word: str) -> str:
    """Return a word without the s of a plural, so that "trigger points" is a name as well."""
    has_plural_s = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word[:-1] if has_plural_s else word
