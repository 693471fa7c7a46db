"""Prepared sets: every public page rendered once, with what a worker needs beside them.

    VAR_DIR/prepared/
      8c1f…/            named by what it was made from (fingerprint.py)
        manifest.json   every file with its hash, every page with its place in `pages`
        pages           the compressed bodies, one after another
        …               what the apps have put there for their own use

A set is never changed. It is read whole and its hashes are checked before anything of it is
shown; what is damaged counts for nothing and is made again.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from django.conf import settings
from pydantic import ValidationError

from imsinfo.strict_yaml import Strict
from imsinfo.web.representations import Encoding, Page

MANIFEST, PAGES = "manifest.json", "pages"
NAME = re.compile(r"[0-9a-f]{32}")


def prepared_folder() -> Path:
    """Return the folder of all prepared sets of this site."""
    return Path(settings.VAR_DIR) / "prepared"


class Entry(Strict):
    """One page of a set. bodies: where in the file each begins and ends."""

    headers: tuple[tuple[str, str], ...]
    tag: str
    bodies: dict[Encoding, tuple[int, int]]


class SetManifest(Strict):
    """What a set holds: its files with their hashes, and its pages by address."""

    format: Literal[1]
    files: dict[str, str]
    pages: dict[str, Entry]


class PreparedError(ValueError):
    """A set that is not there, or not as it was written."""


@dataclass(frozen=True)
class Prepared:
    """A set that was whole when it was read. pages: by address."""

    path: Path
    pages: Mapping[str, Page]

    @property
    def name(self) -> str:
        return self.path.name

    def file(self, name: str) -> Path:
        """Return where a file lies that an app has put there."""
        return self.path / name


def read_prepared(path: Path) -> Prepared:
    """Return a set after reading every file of it; raises PreparedError."""
    try:
        manifest = SetManifest.model_validate_json((path / MANIFEST).read_bytes())
        raw = (path / PAGES).read_bytes()
        found = {name: digest_of(path / name) for name in manifest.files}
    except ValidationError as error:
        raise PreparedError(f"{path.name}: {MANIFEST} cannot be understood") from error
    except OSError as error:
        raise PreparedError(f"{path.name}: {error.filename}: {error.strerror}") from error
    wrong = [name for name, digest in manifest.files.items() if found[name] != digest]
    if wrong or PAGES not in manifest.files:
        raise PreparedError(f"{path.name}: {', '.join(wrong) or PAGES} is not as it was written")
    return Prepared(path, {url: _page(entry, raw) for url, entry in manifest.pages.items()})


def digest_of(path: Path) -> str:
    """Return the hash of a file; raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _page(entry: Entry, raw: bytes) -> Page:
    bodies = {encoding: raw[start:end] for encoding, (start, end) in entry.bodies.items()}
    return Page(entry.headers, entry.tag, bodies)
