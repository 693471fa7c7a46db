"""The files under content/, and what is built from them.

A clinic's own folder (CONTENT_DIR) lies over the shipped one file by file, so a
correction to a shipped page reaches every clinic that has not replaced that page.

What is built belongs to an edition: the content as it stands in some folders. A worker builds
everything for a new edition before it goes over to it, and a request keeps the edition with
which it began, so no page is half old and half new.
"""

import functools
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings

from imsinfo.editions.prepared import Prepared
from imsinfo.problems import ContentError, Problem

Built = TypeVar("Built")
State = tuple[tuple[str, int, int], ...]

# No article comes near this. A larger file is a mistake, and reading it would hold up the site.
# What is read as content; a folder is never called so.
NAMES_OF_FILES = (".md", ".yaml", ".svg")
MAX_BYTES = 1_000_000


@dataclass(frozen=True)
class ContentFile:
    """One file of the content folder: its name inside the folder and where it lies."""

    name: str
    path: Path

    @property
    def shown_as(self) -> str:
        """The name an editor knows it by, such as content/aftercare.md."""
        return f"{self.folder}/{self.name}"

    @property
    def folder(self) -> str:
        """The name of the content folder that it lies in."""
        return self.path.parents[self.name.count("/")].name

    def read(self) -> str:
        """Return the text with LF line ends; raise ContentError for what is not readable text."""
        return self.decoded(self.read_bytes())

    def decoded(self, raw: bytes) -> str:
        """Return the text that these bytes of the file stand for; raises as read does."""
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            raise ContentError(
                self._problem(line, "the file is not UTF-8 text", f"byte 0x{raw[error.start]:02x}")
            ) from error
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def read_bytes(self) -> bytes:
        """Return the file as it is; raise ContentError where it is too large or unreadable."""
        try:
            with self.path.open("rb") as file:
                raw = file.read(MAX_BYTES + 1)
        except OSError as error:
            raise ContentError(
                self._problem(1, "the file cannot be read", error.strerror or "")
            ) from error
        if len(raw) > MAX_BYTES:
            raise ContentError(self._problem(1, "the file is too large", "over 1 MB"))
        return raw

    def _problem(self, line: int, what: str, found: str) -> Problem:
        repair = (
            "save it as a text file with the encoding UTF-8, under 1 MB, that the site may read"
        )
        return Problem(self.shown_as, line, what, found=found, repair=repair)


def content_files() -> dict[str, ContentFile]:
    """Return every content file by its name inside the folder, the clinic's own file first."""
    files: dict[str, ContentFile] = {}
    for root in in_force().roots:
        for path in sorted(_paths(root, lambda error: None)):
            name = path.relative_to(root).as_posix()
            files[name] = ContentFile(name, path)
    return files


def content_file(name: str) -> ContentFile:
    """Return one file by name; the clinic's own if there is one, else the shipped one's place."""
    roots = in_force().roots
    there = [root for root in roots if _lies_there(root / name)]
    return ContentFile(name, (there or roots[:1])[-1] / name)


def unreadable_folders() -> dict[str, Problem]:
    """Return what is wrong with each folder that cannot be listed, by its name: "" for all."""
    found: dict[str, Problem] = {}

    def note(root: Path, error: OSError) -> None:
        name = Path(error.filename).relative_to(root).as_posix().removeprefix(".")
        found[name] = Problem(
            f"{root.name}/{name}",
            1,
            "the folder cannot be read",
            found=error.strerror or "",
            repair="let the user that runs the site read the folder",
        )

    for root in in_force().roots:
        list(_paths(root, functools.partial(note, root)))
    return found


def _paths(root: Path, on_error: Callable[[OSError], None]) -> Iterator[Path]:
    """Yield every file below a folder but hidden ones, such as an editor's swap files."""
    for folder, folders, names in os.walk(root, onerror=on_error, followlinks=True):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths = (Path(folder, name) for name in names if not name.startswith("."))
        yield from (path for path in paths if _lies_there(path))
        # A folder in the place of a file has to be told, not to be taken for a file that is gone.
        yield from (Path(folder, name) for name in folders if name.endswith(NAMES_OF_FILES))


def _lies_there(path: Path) -> bool:
    """Whether something lies there to be read; what may not be looked at is told when read, and
    so is a link that leads nowhere.
    """
    try:
        return path.is_symlink() or path.is_file() or path.is_dir()
    except PermissionError:
        return True


class Edition:
    """The content as it stands in some folders, with everything that has been built from it.

    roots: the folders, the one that lies over the others last; state: what the files looked
    like, where that is watched; prepared: its pages, where they are made already. What is built
    goes with the edition: it stays for as long as the edition is in force, or pinned by a request
    that began while it was.
    """

    def __init__(self, roots: Iterable[Path], state: State = (), prepared: Prepared | None = None):
        self.roots = tuple(roots)
        self.state = state
        self.prepared = prepared
        self._built: dict[Callable[[], Any], Any] = {}
        self._lock = threading.RLock()

    def built(self, build: Callable[[], Built]) -> Built:
        """Return what build returns for these folders, built at the first question for it."""
        with suppress(KeyError):
            return self._built[build]
        with self._lock, self.pinned():
            if build not in self._built:
                self._built[build] = build()
            return self._built[build]

    def remember(self, wrapper: Callable[[], Any], value: Any) -> None:
        """Keep what somebody has built on the way, as if it had been asked for."""
        self._built[wrapper.__wrapped__] = value  # type: ignore[attr-defined]

    def forget(self, build: Callable[[], Any]) -> None:
        self._built.pop(build, None)

    @contextmanager
    def pinned(self) -> Iterator[None]:
        """Let everything that this thread asks for inside come from this edition."""
        token = _pinned.set(self)
        try:
            yield
        finally:
            _pinned.reset(token)


class _Process:
    """What a process goes by where nothing is pinned. followed: set in a serving worker alone."""

    def __init__(self) -> None:
        self.followed: Edition | None = None
        self.of_settings = Edition(())


_pinned: ContextVar[Edition | None] = ContextVar("edition", default=None)
_process = _Process()
_builders: list[Callable[[], object]] = []


def in_force() -> Edition:
    """Return the edition to read: the one pinned here, the worker's, else that of the settings."""
    return _pinned.get() or _process.followed or content_folders()


def put_in_force(edition: Edition) -> None:
    """Let every request that begins from now on read this edition."""
    _process.followed = edition


def built_when_asked(build: Callable[[], Built]) -> Callable[[], Built]:
    """Build once an edition, when somebody asks; in development again once a file has changed."""

    @functools.wraps(build)
    def wrapper() -> Built:
        return in_force().built(build)

    wrapper.cache_clear = lambda: in_force().forget(build)  # type: ignore[attr-defined]
    return wrapper


def built_from_content(build: Callable[[], Built]) -> Callable[[], Built]:
    """As built_when_asked, and besides built before a worker goes over to new content."""
    wrapper = built_when_asked(build)
    _builders.append(wrapper)
    return wrapper


def build_everything(edition: Edition) -> None:
    """Build what readers will ask for; what a fault in the content forbids is left unbuilt.

    A data file need not be there, and what needs it tells so itself.
    """
    with edition.pinned():
        for build in _builders:
            with suppress(ContentError):
                build()


def forget_content() -> None:
    """Forget everything that was built, as if the process had just begun; for tests."""
    _process.followed, _process.of_settings = None, Edition(())


def content_folders() -> Edition:
    """Return the folders that editors write in as they are now, whatever is in force."""
    edition = Edition(map(Path, settings.CONTENT_ROOTS))
    if settings.DEBUG:
        with edition.pinned():
            edition.state = _state_of_files()
    known = _process.of_settings
    if (known.roots, known.state) != (edition.roots, edition.state):
        _process.of_settings = known = edition
    return known


def _state_of_files() -> State:
    """Names, times and sizes: enough to notice an editor's save."""
    found = []
    for file in content_files().values():
        # A file that has just been deleted is noticed as well by not being there.
        with suppress(OSError):
            stat = file.path.stat()
            found.append((file.shown_as, stat.st_mtime_ns, stat.st_size))
    return tuple(found)
