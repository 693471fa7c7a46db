"""The version of each content file in a generation in the making: new, last good, or none."""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import PurePosixPath
from typing import Literal

from imsinfo.articles.material import is_insert
from imsinfo.content import ContentFile, content_files, unreadable_folders
from imsinfo.editions.generations import Generation, Unfinished
from imsinfo.editions.overrides import RECORD
from imsinfo.problems import ContentError, Problem

# new: as it lies in the content folder; last: as the last generation holds it; none: left out.
Choice = Literal["new", "last", "none"]

PUBLISHED = (".md", ".yaml", ".svg")
# The editor's guide, which is no page; staff see it in the style guide.
GUIDE = "README.md"
# Stands for a page that cannot be shown, so that links to it are no faults of other pages.
PLACEHOLDER = b"Left out by manage.py prepare, which tells the fault.\n"

# In each way that YAML has to say so: what was withdrawn must stay so, whatever else is at fault.
DRAFT = re.compile(
    r"""^["']?draft["']?\s*:\s*["']?(?:true|yes|on)\b""", re.MULTILINE | re.IGNORECASE
)


def is_published(name: str) -> bool:
    """Whether a file of the content folder is part of a generation."""
    return name.endswith(PUBLISHED) and name != RECORD


def is_page(name: str) -> bool:
    """Whether a file of a generation is a page, not what pages are made with."""
    is_guide = PurePosixPath(name).name == GUIDE
    return name.endswith(".md") and not is_insert(name) and not is_guide


class Versions:
    """The chosen version of every file. making: where they lie; last: the generation in force.

    unreadable: the faults of files that could not be taken as they are, by name; folders: those
    of folders.
    """

    def __init__(self, making: Unfinished, last: Generation | None):
        self.making, self.last = making, last
        self.before = last.files if last else {}
        self.sources = {n: file for n, file in content_files().items() if is_published(n)}
        self.choices: dict[str, Choice] = {}
        self.unreadable: dict[str, tuple[Problem, ...]] = {}
        self.folders: list[Problem] = []
        for name in self.sources:
            self._take(name)
        for folder, problem in unreadable_folders().items():
            self._keep_folder(folder, problem)

    @property
    def gone(self) -> set[str]:
        """The files of the last generation that the content folder no longer has."""
        return self.before.keys() - self.choices.keys()

    def put(self, names: Iterable[str], choice: Choice) -> None:
        """Choose a version; raises OSError where it cannot be written."""
        for name in names:
            self._put(name, choice)

    def is_as_before(self, name: str) -> bool:
        """Whether the version chosen is that of the last generation."""
        return name in self.before and self.making.hashes.get(name) == self.before[name].sha256

    def are_as_before(self) -> bool:
        """Whether the whole is what the last generation holds already."""
        names = self.making.hashes.keys()
        return names == self.before.keys() and all(map(self.is_as_before, names))

    def since(self, now: datetime) -> dict[str, datetime]:
        """Return for each file when its version was first shown. now: for new ones."""
        names = self.making.hashes
        return {n: self.before[n].since if self.is_as_before(n) else now for n in names}

    def shown_as(self, name: str) -> str:
        """The name an editor knows a file by, such as content/aftercare.md."""
        source, copy = self.sources.get(name), self.before.get(name)
        return source.shown_as if source else f"{copy.folder if copy else ''}/{name}"

    def is_withdrawn(self, name: str) -> bool:
        """Whether a page is gone, or now a draft: then no earlier version may stay up."""
        if not is_page(name):
            return False
        source = self.sources.get(name)
        if source is None:
            return True
        with suppress(ContentError):
            return bool(DRAFT.search(source.read().split("\n---", 1)[0]))
        return False

    def _take(self, name: str) -> None:
        try:
            self._put(name, "new")
        except ContentError as error:
            self.unreadable[name] = error.problems
            self._put(name, "last" if name in self.before else "none")

    def _keep_folder(self, folder: str, problem: Problem) -> None:
        """What lies in a folder that cannot be listed is not gone, and no file below takes its
        place, as a shipped one would that of the clinic's own.
        """
        self.folders.append(problem)
        root = problem.file.partition("/")[0]
        below = [name for name in self.before if name.startswith(f"{folder}/" if folder else "")]
        for name in below:
            source = self.sources.get(name)
            if source is None or self.before[name].folder == root != source.folder:
                self._put(name, "last")
                self.unreadable[name] = (problem,)

    def _put(self, name: str, choice: Choice) -> None:
        self.choices[name] = choice
        source = self.sources.get(name)
        if choice == "new" and source:
            self._put_new(source)
        elif choice == "last" and self.last:
            self.making.put(name, self.before[name].folder, self.last.read(name))
        else:
            self.making.remove(name)
            folder = source.folder if source else self.before[name].folder
            if is_page(name):
                with suppress(FileExistsError, NotADirectoryError):
                    self.making.put(name, folder, PLACEHOLDER)

    def _put_new(self, file: ContentFile) -> None:
        raw = file.read_bytes()
        # What is no text is told here, because not every file is checked.
        file.decoded(raw)
        try:
            self.making.put(file.name, file.folder, raw)
        except (FileExistsError, NotADirectoryError) as error:
            what, repair = "a folder has the name of a file", "rename one of them"
            raise ContentError(Problem(file.shown_as, 1, what, file.name, "", repair)) from error
