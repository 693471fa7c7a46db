"""Choosing which version of each content file is shown: the new one, its last good one, or none.

Nothing with a fault replaces something good, and a file with a fault takes no other page down.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import PurePosixPath
from typing import Literal

from imsinfo.articles.material import is_insert
from imsinfo.content import Edition
from imsinfo.editions.versions import Choice, Versions, is_page
from imsinfo.problems import ContentError, Problem

Check = Callable[[], Iterable[Problem]]
Faults = Mapping[str, tuple[Problem, ...]]
Moves = dict[str, Choice]
What = Literal["kept", "needed", "left out", "withdrawn", "published"]

# Each pass checks everything; three are the rule where there is a fault.
MOST_PASSES = 8


@dataclass(frozen=True)
class Outcome:
    """What became of a file with a fault, or of one that others need.

    file: as its editor knows it; what: its last good version is "kept" or, without a fault of
    its own, "needed" by others; it is "left out", "published" all the same, or, gone while
    others link to it, "withdrawn"; since: when its last good version was first shown; problems:
    of the file as it lies in the content folder.
    """

    file: str
    what: What
    since: datetime | None
    problems: tuple[Problem, ...]


class Selection:
    """Moves files to other versions, step by step, until no fault can be helped.

    check: tells every fault of the content that is pinned. faults: of the files as they lie in
    the content folder; others: of files that no reader sees, and of folders.
    """

    def __init__(self, versions: Versions, check: Check):
        self.versions, self.check = versions, check
        self.choices, self.before = versions.choices, versions.before
        self.faults: dict[str, tuple[Problem, ...]] = dict(versions.unreadable)
        self.others: list[Problem] = list(versions.folders)
        self.warnings = 0
        # Good pages that what others need was brought back for; files once kept for an error.
        self._victims: set[str] = set()
        self._tried: set[str] = set()
        # The chosen versions as they were looked at last, with what was built for that.
        self.edition = Edition(versions.making.roots)

    def settle(self) -> None:
        for _ in range(MOST_PASSES):
            faults = self._look()
            moves = self._moves(faults)
            if not moves:
                return
            for name, choice in moves.items():
                self.versions.put([name], choice)
        # Versions that chase each other in a circle end here.
        self.versions.put(self._broken(self._look()), "none")
        self.edition = Edition(self.versions.making.roots)

    def outcomes(self) -> tuple[Outcome, ...]:
        """Return what became of every file with a fault, in the order of their names."""
        found = ((name, self._what(name)) for name in sorted(self.choices))
        return tuple(self._outcome(name, what) for name, what in found if what)

    def _look(self) -> Faults:
        """Return what is broken or in error now, by file, and note what is told of it."""
        self.edition = Edition(self.versions.making.roots)
        found = faults_under(self.edition, self.check)
        faults = by_name(found)
        self.warnings = sum(problem.is_warning for problem in found)
        for name in (name for name, choice in self.choices.items() if choice == "new"):
            if name in faults:
                self.faults[name] = faults[name]
            elif name not in self._victims:
                self.faults.pop(name, None)
        self.others += [p for n in faults.keys() - self.choices.keys() for p in faults[n]]
        return faults

    def _moves(self, faults: Faults) -> Moves:
        """Return the next change: first of what pages are judged by, then of pages."""
        broken = self._broken(faults)
        data = {name for name in broken if not is_page(name)}
        replaceable = self._replaceable(data)
        if replaceable:
            return dict.fromkeys(replaceable, "last")
        victims = {n for n in broken if self.versions.is_as_before(n) and self._was_good(n)}
        needed = self._needed_by(victims, faults, broken == victims) if victims else set()
        if needed:
            self._victims |= victims
            return {n: "none" if self.versions.is_withdrawn(n) else "last" for n in needed}
        moves: Moves = dict.fromkeys(broken - victims or victims, "none")
        moves |= dict.fromkeys(self._replaceable(broken), "last")
        return moves | self._moves_of_errors(faults.keys() - broken)

    def _broken(self, faults: Faults) -> set[str]:
        shown = {name for name, choice in self.choices.items() if choice != "none"}
        return {name for name in shown if is_broken(faults.get(name, ()))}

    def _replaceable(self, names: Iterable[str]) -> set[str]:
        """Those that had another version, and a good one."""
        had_another = {n for n in names if self._was_good(n) and not self.versions.is_as_before(n)}
        return {n for n in had_another if not self.versions.is_withdrawn(n)}

    def _needed_by(self, victims: set[str], faults: Faults, is_last_hope: bool) -> set[str]:
        """What has changed since pages were good that are broken now, and is named in faults.

        Where they name nothing that would help, all of it is tried before a good page goes.
        """
        told = "\n".join(str(problem) for name in victims for problem in faults[name])
        changed = self._changed()
        named = {name for name in changed if _is_mentioned(name, told)}
        return named or (changed if is_last_hope else set())

    def _changed(self) -> set[str]:
        """What is gone, and data that is other than it was: the things that pages rely on."""
        # Of a page that is gone only its place is kept, where other pages link to it.
        gone = {name for name in self.versions.gone if self._was_good(name) or is_page(name)}
        data = {n for n, choice in self.choices.items() if choice == "new" and not is_page(n)}
        return gone | self._replaceable(data)

    def _moves_of_errors(self, names: Iterable[str]) -> Moves:
        """A file in error stays as it was without one; was there none, it is shown as it is."""
        moves: Moves = {}
        for name in self.choices.keys() & names:
            if self.choices[name] == "last" and name in self._tried:
                moves[name] = "new"
            elif self.choices[name] == "new" and name not in self._tried:
                was_faultless = name in self.before and name not in self._faults_before
                is_new = not self.versions.is_as_before(name)
                if was_faultless and is_new and not self.versions.is_withdrawn(name):
                    moves[name] = "last"
        self._tried |= moves.keys()
        return moves

    def _was_good(self, name: str) -> bool:
        return name in self.before and not is_broken(self._faults_before.get(name, ()))

    @cached_property
    def _faults_before(self) -> Faults:
        """The faults of the last generation, as they are judged today."""
        last = self.versions.last
        return by_name(faults_under(Edition(last.roots), self.check)) if last else {}

    def _what(self, name: str) -> What | None:
        choice, has_fault = self.choices[name], name in self.faults
        if choice == "none":
            return "left out" if name in self.versions.sources else "withdrawn"
        if choice == "last" or name in self._victims:
            return "kept" if has_fault else "needed"
        return "published" if has_fault else None

    def _outcome(self, name: str, what: What) -> Outcome:
        since = self.before[name].since if what in {"kept", "needed"} else None
        return Outcome(self.versions.shown_as(name), what, since, self.faults.get(name, ()))


def faults_under(edition: Edition, check: Check) -> tuple[Problem, ...]:
    """Return what check tells of an edition, or why it could not go on."""
    with edition.pinned():
        try:
            return tuple(check())
        except ContentError as error:
            return error.problems


def by_name(problems: Iterable[Problem]) -> Faults:
    """Group faults by the name of their file inside the content folder; warnings are none."""
    found: dict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        if not problem.is_warning:
            found[problem.file.partition("/")[2]].append(problem)
    return {name: tuple(faults) for name, faults in found.items()}


def is_broken(faults: Iterable[Problem]) -> bool:
    return any(problem.severity == "broken" for problem in faults)


def _is_mentioned(name: str, told: str) -> bool:
    """Whether faults name a file as articles do: a shared piece without its ending."""
    path = PurePosixPath(name)
    word = path.stem if is_insert(name) and path.suffix == ".md" else path.name
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", told) is not None
