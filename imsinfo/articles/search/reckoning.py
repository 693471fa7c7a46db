"""How well each page and section fits what many of them hold, reckoned when the index is made.

It is what SQLite's bm25 gives for a phrase alone, added up from the words of the index: to do so
for all of them at once is far quicker than to ask for each.
"""

import sqlite3
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate
from math import log
from operator import mul

from imsinfo.articles.search.postings import RANKS
from imsinfo.articles.search.queries import SHORTEST_BEGINNING, Phrase, Words

# What stands on no more pages and in no more sections is asked for almost as quickly.
FEW_ROWS = 200
# What SQLite reckons with: how soon a word said again counts less, how much the length of a row
# counts, and what a word that stands in most rows counts.
K1, B, LEAST = 1.2, 0.75, 1e-6
MORE = K1 + 1.0
# The words of the index one by one.
WORDS = """
CREATE VIRTUAL TABLE temp.page_word USING fts5vocab (main, pages, instance);
CREATE VIRTUAL TABLE temp.section_word USING fts5vocab (main, sections, instance);
CREATE VIRTUAL TABLE temp.page_term USING fts5vocab (main, pages, row);
CREATE VIRTUAL TABLE temp.section_term USING fts5vocab (main, sections, row);
"""
SAID = """
CREATE VIRTUAL TABLE temp.said USING fts5 (phrase, content='', {tokens});
CREATE VIRTUAL TABLE temp.root USING fts5vocab (temp, said, instance);
"""
FORGET_SAID = "DROP TABLE root; DROP TABLE said;"
LENGTHS = {
    "pages": "SELECT id, sz FROM pages_docsize",
    "sections": "SELECT id, sz FROM sections_docsize",
}
FORGET_WORDS = """
DROP TABLE page_word; DROP TABLE section_word; DROP TABLE page_term; DROP TABLE section_term;
"""
# Each of them, and how many pages and sections hold it.
TERMS = """
SELECT term, sum(doc) FROM (SELECT * FROM page_term UNION ALL SELECT * FROM section_term)
GROUP BY term ORDER BY term
"""
# Where one of them stands: once for each time, in ascending order, and again with the column where
# it does not stand in the text. To have SQLite count them takes several times as long.
PLACES = """
SELECT group_concat(doc), group_concat(doc || ' ' || col) FILTER (WHERE col <> 'text')
FROM {} WHERE term = ?
"""
IN_PAGES, IN_SECTIONS = PLACES.format("page_word"), PLACES.format("section_word")
# As postings.RANKS weighs the columns.
WEIGHTS = {"title": 12, "headings": 5, "keywords": 4, "summary": 3, "heading": 5, "text": 1}
# How often something stands in each row, weighed by where, for every kind of row.
Weighed = Mapping[str, Mapping[int, int]]
# From one word of the index to the one before another.
Span = tuple[int, int]


class Reckoning:
    """Fills the lists of an index whose pages and sections are there.

    tokens: how the index cuts its words.
    """

    def __init__(self, database: sqlite3.Connection, tokens: str):
        self._database = database
        self._tokens = tokens
        self._damping = {
            "page": _damping(database, "pages"),
            "section": _damping(database, "sections"),
        }
        self._weights = dict(database.execute("SELECT number, weight FROM section"))
        self._held: set[str] = set()

    def fill(self, words: Iterable[str], names: Iterable[Words]) -> None:
        """Reckon for all words of the pages, for what begins as they do, and for names."""
        self._database.executescript(WORDS)
        written = sorted(words)
        starts = {
            word[:end] for word in written for end in range(SHORTEST_BEGINNING, len(word) + 1)
        }
        begun = [Phrase((start,), is_beginning=True) for start in sorted(starts)]
        whole = [Phrase((word,)) for word in written]
        called = [Phrase(name) for name in sorted(set(names)) if len(name) > 1]
        roots = self._roots([*whole, *called, *begun])
        counts = dict(self._database.execute(TERMS).fetchall())
        terms, rows = list(counts), list(counts.values())
        spans = {phrase: _span(terms, roots.pop(phrase)) for phrase in begun if phrase in roots}
        self._add_words(terms, rows, spans.values())
        self._add_names({phrase: roots[phrase] for phrase in called if phrase in roots})
        roots |= {phrase: _name(terms, span) for phrase, span in spans.items()}
        held = ((phrase.key, root) for phrase, root in roots.items() if root in self._held)
        self._database.executemany("INSERT INTO phrase VALUES (?, ?)", sorted(held))
        self._database.executescript(FORGET_WORDS)

    def _roots(self, phrases: Sequence[Phrase]) -> dict[Phrase, str]:
        """The words of phrases as the index has them."""
        self._database.executescript(SAID.format(tokens=self._tokens))
        said = ((number, " ".join(phrase.words)) for number, phrase in enumerate(phrases))
        self._database.executemany("INSERT INTO said (rowid, phrase) VALUES (?, ?)", said)
        words: defaultdict[int, list[str]] = defaultdict(list)
        rows = self._database.execute("SELECT doc, term FROM root ORDER BY doc, offset")
        for number, term in rows:
            words[number].append(term)
        self._database.executescript(FORGET_SAID)
        return {phrases[number]: " ".join(terms) for number, terms in words.items()}

    def _add_words(self, terms: Sequence[str], rows: Sequence[int], spans: Iterable[Span]) -> None:
        """Add the words of the index, and what several of them have in common, if many hold it.

        rows: how many pages and sections hold each word.
        """
        weighed = cache(self._weighed)
        until = list(accumulate(rows, initial=0))
        letter = ""
        for first, end in sorted({*spans, *((n, n + 1) for n in range(len(terms)))}):
            if until[end] - until[first] > FEW_ROWS:
                if not terms[first].startswith(letter):
                    # No beginning has words in common with those of another letter.
                    weighed.cache_clear()
                letter = terms[first][:1]
                parts = [weighed(term) for term in terms[first:end]]
                self._add(_name(terms, (first, end)), _together(parts))

    def _weighed(self, term: str) -> Weighed:
        pages, _ = _counted(self._database.execute(IN_PAGES, (term,)).fetchone())
        sections, headings = _counted(self._database.execute(IN_SECTIONS, (term,)).fetchone())
        return {"page": pages, "section": sections, "heading": headings}

    def _add(self, root: str, weighed: Weighed) -> None:
        for kind, times in weighed.items():
            numbers = sorted(times)
            self._insert(kind, root, numbers, self._scores(kind, numbers, times))

    def _scores(self, kind: str, numbers: Sequence[int], times: Mapping[int, int]) -> list[float]:
        """As SQLite reckons, operation by operation, so that equals stay equals."""
        damping = self._damping["page" if kind == "page" else "section"]
        rarity = log((len(damping) - len(times) + 0.5) / (len(times) + 0.5))
        rarity = rarity if rarity > 0 else LEAST
        said = zip(map(times.__getitem__, numbers), map(damping.__getitem__, numbers), strict=True)
        scores = [rarity * (count * MORE / (count + damped)) for count, damped in said]
        if kind == "page":
            return scores
        weights = map(self._weights.__getitem__, numbers)
        return list(map(mul, scores, weights))

    def _add_names(self, names: Mapping[Phrase, str]) -> None:
        """Add all of them, for they are looked for whenever another name of their term is."""
        for phrase, root in names.items():
            if root in self._held:
                # Two names may be the same but for their endings, or for signs SQLite knows not.
                continue
            for kind, statement in RANKS.items():
                rows = self._ranked(statement, phrase)
                self._insert(kind, root, [n for n, _ in rows], [score for _, score in rows])

    def _ranked(self, statement: str, phrase: Phrase) -> list[tuple[int, float]]:
        return sorted(self._database.execute(statement, {"phrase": str(phrase)}))

    def _insert(
        self, kind: str, root: str, numbers: Sequence[int], scores: Sequence[float]
    ) -> None:
        values = (kind, root, array("I", numbers), array("d", scores))
        self._database.execute("INSERT INTO posting VALUES (?, ?, ?, ?)", values)
        self._held.add(root)


def _damping(database: sqlite3.Connection, table: str) -> dict[int, float]:
    """How far the length of each row of a table takes from what it says of a word."""
    lengths = {row: sum(_numbers(sizes)) for row, sizes in database.execute(LENGTHS[table])}
    average = sum(lengths.values()) / max(len(lengths), 1)
    # Rows without any word have none to be damped.
    return {row: K1 * (1 - B + B * length / (average or 1)) for row, length in lengths.items()}


def _numbers(packed: bytes) -> Iterator[int]:
    """The numbers in SQLite's own format: seven bits a byte, the eighth tells that more follow."""
    number = 0
    for byte in packed:
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            yield number
            number = 0


def _counted(places: tuple[str | None, str | None]) -> tuple[dict[int, int], dict[int, int]]:
    """How often a word stands in each row, weighed by where; and the same of headings alone."""
    every, marked = (found.split(",") if found else [] for found in places)
    counts = {int(row): count for row, count in Counter(every).items()}
    headings: dict[int, int] = {}
    for place in marked:
        number, _, column = place.partition(" ")
        row, weight = int(number), WEIGHTS[column]
        # It has been counted once.
        counts[row] += weight - WEIGHTS["text"]
        headings[row] = headings.get(row, 0) + weight
    return counts, headings


def _span(terms: Sequence[str], start: str) -> Span:
    first = bisect_left(terms, start)
    return first, bisect_left(terms, f"{start}\U0010ffff", lo=first)


def _name(terms: Sequence[str], span: Span) -> str:
    """The root of what begins alike: a word itself, or all from one word to another."""
    first, end = span
    return " ".join(terms[first:end]) if end - first < 2 else f"{terms[first]} … {terms[end - 1]}"


def _together(parts: Sequence[Weighed]) -> Weighed:
    if len(parts) == 1:
        return parts[0]
    together: dict[str, Counter[int]] = {kind: Counter() for kind in RANKS}
    for part in parts:
        for kind, times in part.items():
            together[kind].update(times)
    return together
