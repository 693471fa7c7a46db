"""The files under content/, and what is built from them.

A clinic's own folder (CONTENT_DIR) lies over the shipped one file by file, so a
correction to a shipped page reaches every clinic that has not replaced that page.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from django.conf import settings

from imsinfo.problems import ContentError, Problem

Built = TypeVar("Built")

# No article comes near this. A larger file is a mistake, and reading it would hold up the site.
MAX_BYTES = 1_000_000


@dataclass(frozen=True)
class ContentFile:
    """One file of the content folder: its name inside the folder and where it lies."""

    name: str
    path: Path

    @property
    def shown_as(self) -> str:
        """The name an editor knows it by, such as content/aftercare.md."""
        return f"{self.path.parents[self.name.count('/')].name}/{self.name}"

    def read(self) -> str:
        """Return the text with LF line ends; raise ContentError for what is not readable text."""
        try:
            if self.path.stat().st_size > MAX_BYTES:
                raise ContentError(self._problem(1, "the file is too large", "over 1 MB"))
            raw = self.path.read_bytes()
        except OSError as error:
            raise ContentError(
                self._problem(1, "the file cannot be read", error.strerror or "")
            ) from error
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            raise ContentError(
                self._problem(line, "the file is not UTF-8 text", f"byte 0x{raw[error.start]:02x}")
            ) from error
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def _problem(self, line: int, what: str, found: str) -> Problem:
        repair = (
            "save it as a text file with the encoding UTF-8, under 1 MB, that the site may read"
        )
        return Problem(self.shown_as, line, what, found=found, repair=repair)


def content_files() -> dict[str, ContentFile]:
    """Return every content file by its name inside the folder, the clinic's own file first."""
    files: dict[str, ContentFile] = {}
    for root in settings.CONTENT_ROOTS:
        for path in sorted(root.rglob("*")):
            name = path.relative_to(root).as_posix()
            if path.is_file() and not any(part.startswith(".") for part in name.split("/")):
                files[name] = ContentFile(name, path)
    return files


def content_file(name: str) -> ContentFile:
    """Return one file by name; the clinic's own if there is one, else the shipped one's place."""
    own, shipped = settings.CONTENT_ROOTS[-1], settings.CONTENT_ROOTS[0]
    root = own if (own / name).is_file() else shipped
    return ContentFile(name, root / name)


def built_from_content(build: Callable[[], Built]) -> Callable[[], Built]:
    """Build once a process; in development again as soon as any content file has changed."""

    @functools.lru_cache(maxsize=1)
    def build_for(_state: tuple[tuple[str, int, int], ...]) -> Built:
        return build()

    @functools.wraps(build)
    def wrapper() -> Built:
        return build_for(_state_of_files() if settings.DEBUG else ())

    wrapper.cache_clear = build_for.cache_clear  # type: ignore[attr-defined]
    return wrapper


def _state_of_files() -> tuple[tuple[str, int, int], ...]:
    """Names, times and sizes: enough to notice an editor's save."""
    stats = ((file.shown_as, file.path.stat()) for file in content_files().values())
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)
