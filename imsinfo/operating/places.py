"""Whether the folders and files that the settings name may lie where they do."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imsinfo.operating.ownership import name_of


@dataclass(frozen=True)
class Places:
    """Where everything lies, as the settings say.

    sqlite: the file of a SQLite database as it was written, "" for another database; own: folders
    and files that hold enquiries, keys or copies of them, by their settings; public:
    folders whose files anybody may fetch; read: files that the site must be able to read.
    """

    var_dir: Path
    content_dir: Path | None
    sqlite: str
    own: tuple[tuple[str, Path], ...]
    public: tuple[Path, ...]
    read: tuple[tuple[str, str], ...]


def sqlite_name(database: dict[str, Any]) -> str:
    """Return the file of a SQLite database as it was written; "" for another database."""
    return str(database["NAME"]) if database["ENGINE"].endswith("sqlite3") else ""


def sqlite_file(database: dict[str, Any]) -> tuple[tuple[str, Path], ...]:
    """Return the file of a SQLite database with the name of its setting; () for another one."""
    name = sqlite_name(database)
    return (("DATABASE_URL", Path(name)),) if Path(name).is_absolute() else ()


def place_problems(places: Places, user: int) -> list[str]:
    """Return every reason not to start, each with its repair. user: the number of who runs this."""
    return [
        *_content_problems(places),
        *_sqlite_problems(places.sqlite),
        *_public_problems(places),
        *_unreadable(places.read),
        *_root_problems(places.var_dir, user),
    ]


def _content_problems(places: Places) -> Iterator[str]:
    content = places.content_dir
    try:
        if content and not content.is_dir():
            yield f"CONTENT_DIR is {content}: there is no such folder. Make it, or unset it."
    except PermissionError:
        yield (
            f"CONTENT_DIR is {content}, below a folder that the site may not enter. Let its user "
            "enter each of them."
        )
        return
    for name, _ in _below(content, places.own) if content else ():
        yield f"{name} lies inside CONTENT_DIR: what the site writes there is no content."


def _sqlite_problems(name: str) -> Iterator[str]:
    if name and not Path(name).is_absolute():
        yield (
            f"DATABASE_URL names the SQLite database {name!r}, which is another one in each folder "
            "that a command is run in, or none. Write its whole path, after four slashes: "
            "sqlite:////var/lib/imsinfo/imsinfo.sqlite3"
        )


def _public_problems(places: Places) -> Iterator[str]:
    for folder in places.public:
        for name, place in _below(folder, places.own):
            yield (
                f"{name} is {place}, below {folder}, whose files anybody may fetch. Name a place "
                "elsewhere."
            )


def _below(folder: Path, own: Sequence[tuple[str, Path]]) -> list[tuple[str, Path]]:
    """Return what lies in a folder, but not what lies there with another one of them."""
    found = [(name, place) for name, place in own if _lies_in(place, folder)]
    return [
        (name, place)
        for name, place in found
        if not any(place != other and _lies_in(place, other) for _, other in found)
    ]


def _lies_in(place: Path, folder: Path) -> bool:
    """Wherever links lead."""
    return place.resolve().is_relative_to(folder.resolve())


def _unreadable(files: Sequence[tuple[str, str]]) -> Iterator[str]:
    for name, path in files:
        if path and not os.access(path, os.R_OK):
            why = "this user may not read it" if Path(path).exists() else "it is not there"
            yield f"{name} is {path}: {why}. Name a file that the user who runs the site may read."


def _root_problems(var_dir: Path, user: int) -> Iterator[str]:
    """What root makes in another's folder, its owner cannot write: no enquiry could be stored."""
    try:
        owner = var_dir.stat().st_uid
    except OSError:
        return
    if user == 0 and owner != 0:
        yield (
            f"VAR_DIR is {var_dir}, which belongs to {name_of(owner)}, and this runs as root. Run "
            "it as the user of the site, such as with: runuser -u imsinfo -- …"
        )
