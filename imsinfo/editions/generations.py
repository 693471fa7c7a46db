"""Generations: whole copies of the content, each as it was found good enough to be shown.

    VAR_DIR/generations/
      current                   two lines: the generation in force, and the one before it
      lock                      held by whoever makes a generation
      20261121-101500-1f3a9c2e/
        manifest.json           every file with its hash; without it the generation is unfinished
        content/… clinic/…      the files, in folders named as the editor knows them

A generation is never changed once it is current. One rename of `current` puts it in force.
"""

import errno
import fcntl
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from django.conf import settings

from imsinfo.strict_yaml import Strict

CURRENT, LOCK, MANIFEST = "current", "lock", "manifest.json"
NAME = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{8}")


def generations_folder() -> Path:
    """Return the folder of all generations of this site."""
    return Path(settings.VAR_DIR) / "generations"


class Copy(Strict):
    """One file of a generation. since: when a generation first held it with this content."""

    folder: str
    sha256: str
    since: datetime


class Manifest(Strict):
    """What a generation holds: the names of its folders, and its files by name."""

    format: Literal[1]
    folders: tuple[str, ...]
    files: dict[str, Copy]


class GenerationError(ValueError):
    """A generation that is not whole: unfinished, changed, partly gone or unreadable."""


@dataclass(frozen=True)
class Marker:
    """What `current` says. stamp: changes whenever somebody writes or touches it."""

    current: str
    previous: str
    stamp: tuple[int, int]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name in (self.current, self.previous) if name)


@dataclass(frozen=True)
class Generation:
    """A generation that was whole when it was read."""

    path: Path
    manifest: Manifest

    @property
    def files(self) -> Mapping[str, Copy]:
        return self.manifest.files

    @property
    def hashes(self) -> dict[str, str]:
        return {name: copy.sha256 for name, copy in self.files.items()}

    @property
    def roots(self) -> tuple[Path, ...]:
        return tuple(self.path / folder for folder in self.manifest.folders)

    def read(self, name: str) -> bytes:
        """Return one file; raises GenerationError where it is not what the manifest says."""
        copy = self.files[name]
        try:
            raw = (self.path / copy.folder / name).read_bytes()
        except OSError as error:
            raise GenerationError(f"{self.path.name}: {name}: {error.strerror}") from error
        if hash_of(raw) != copy.sha256:
            raise GenerationError(f"{self.path.name}: {name} is not as it was written")
        return raw


def hash_of(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def read_marker(folder: Path) -> Marker | None:
    """Return which generation is in force; None where none has been made.

    Raises OSError where that cannot be told: nothing must then be taken for superfluous.
    """
    try:
        with (folder / CURRENT).open("rb") as file:
            stat, raw = os.fstat(file.fileno()), file.read(200)
    except FileNotFoundError:
        return None
    # Names alone: what lies elsewhere is no generation.
    names = [name if NAME.fullmatch(name) else "" for name in raw.decode("latin-1").split("\n")]
    current, previous = [*names, "", ""][:2]
    return Marker(current, previous, (stat.st_ino, stat.st_mtime_ns))


def read_generation(path: Path) -> Generation:
    """Return a generation after reading every file of it; raises GenerationError."""
    try:
        text = (path / MANIFEST).read_bytes()
        generation = Generation(path, Manifest.model_validate_json(text))
    except (OSError, ValueError) as error:
        told = getattr(error, "strerror", None) or "the manifest cannot be understood"
        raise GenerationError(f"{path.name}: {MANIFEST}: {told}") from error
    for name in generation.files:
        generation.read(name)
    return generation


def newest_whole(folder: Path) -> Generation | None:
    """Return the generation in force or, where it is damaged, the one before it."""
    marker = read_marker(folder)
    for name in marker.names if marker else ():
        with suppress(GenerationError):
            return read_generation(folder / name)
    return None


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Make the folder, and keep every other process waiting that would make a generation.

    Raises OSError where nothing can be written, or where another user's server reads.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid != os.geteuid():
        reason = "it belongs to another user: run the command as the user that runs the site"
        raise PermissionError(errno.EPERM, reason, str(folder))
    with _opened(folder / LOCK, os.O_RDWR | os.O_CREAT) as handle:
        # Freed by the system when the process ends, however it ends.
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


class Unfinished:
    """A generation in the making. Nothing of it counts before it is finished and current."""

    def __init__(self, folder: Path, now: datetime):
        """folder: of all generations; now: the moment that it is named after."""
        self.path = folder / f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"
        self.path.mkdir(mode=0o700)
        self.folders: list[str] = []
        self._places: dict[str, Path] = {}
        self.hashes: dict[str, str] = {}

    @property
    def roots(self) -> tuple[Path, ...]:
        return tuple(self.path / folder for folder in self.folders)

    def put(self, name: str, folder: str, raw: bytes) -> None:
        """Write a file in place of the one of this name that is there."""
        self.remove(name)
        # A folder given as /srv/clinic/.. has no name of its own.
        folder = folder if folder.strip(".") else "content"
        if folder not in self.folders:
            self.folders.append(folder)
        place = self.path / folder / name
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_new(place, raw)
        self._places[name], self.hashes[name] = place, hash_of(raw)

    def remove(self, name: str) -> None:
        place = self._places.pop(name, None)
        if place:
            place.unlink()
            del self.hashes[name]

    def folder_of(self, name: str) -> str:
        return self._places[name].relative_to(self.path).parts[0]

    def finish(self, since: Mapping[str, datetime]) -> None:
        """Write the manifest, with which the generation is whole on the disk."""
        files = {
            name: Copy(folder=self.folder_of(name), sha256=sha256, since=since[name])
            for name, sha256 in self.hashes.items()
        }
        manifest = Manifest(format=1, folders=tuple(self.folders), files=files)
        for folder, _, _ in os.walk(self.path):
            sync(Path(folder))
        write_new(self.path / MANIFEST, manifest.model_dump_json(indent=1).encode())
        sync(self.path)


def make_current(folder: Path, name: str, previous: str) -> None:
    """Put a finished generation in force, by one rename."""
    sync(folder)
    draft = folder / f".{CURRENT}"
    draft.unlink(missing_ok=True)
    write_new(draft, f"{name}\n{previous}\n".encode())
    draft.replace(folder / CURRENT)
    sync(folder)


def touch_current(folder: Path) -> None:
    """Let workers look again, should one have failed to take up the generation in force."""
    os.utime(folder / CURRENT)


def clean(folder: Path) -> None:
    """Remove every generation but the one in force and the one before it."""
    marker = read_marker(folder)
    for path in folder.iterdir():
        if NAME.fullmatch(path.name) and not (marker and path.name in marker.names):
            # What cannot be removed now will be tried again the next time.
            shutil.rmtree(path, ignore_errors=True)


def write_new(path: Path, raw: bytes) -> None:
    """Write a file of the site's own, and see it safely on the disk; raises OSError."""
    with _opened(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL) as handle:
        left = memoryview(raw)
        while left:
            left = left[os.write(handle, left) :]
        os.fsync(handle)


def sync(folder: Path) -> None:
    """See the names that a folder holds safely on the disk; raises OSError."""
    with _opened(folder, os.O_RDONLY) as handle:
        os.fsync(handle)


@contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    handle = os.open(path, flags, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)
