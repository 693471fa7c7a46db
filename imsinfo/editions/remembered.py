"""What the last publishing told of the content, so that the same content is not checked again.

    VAR_DIR/generations/told.json    made from what, which generation came of it, what was told

Whatever cannot be read, or was made from anything else, counts for nothing.
"""

import hashlib
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from imsinfo.content import content_files, unreadable_folders
from imsinfo.editions.fingerprint import fingerprint
from imsinfo.editions.generations import write_new
from imsinfo.editions.overrides import overridden, shipped_hash
from imsinfo.editions.published import Published
from imsinfo.problems import ContentError
from imsinfo.strict_yaml import Strict
from imsinfo.today import clinics_date

TOLD = "told.json"


class Told(Strict):
    """made_from: content, code and day; generation: the name of what came of it."""

    made_from: str
    generation: str
    published: Published


def made_from() -> str:
    """Return a short name of the content as it lies in the pinned folders, with code and day.

    "" where something of it cannot be read: that is looked at each time.
    """
    if unreadable_folders():
        return ""
    try:
        hashes = {
            file.shown_as: hashlib.sha256(file.read_bytes()).hexdigest()
            for file in content_files().values()
        }
        # An editor is told where one of these has changed under a file of their own.
        hashes |= {f"shipped {name}": shipped_hash(name) for name in overridden()}
    except (ContentError, OSError):
        return ""
    return fingerprint(hashes, clinics_date())


def recall(folder: Path, name: str, generation: str) -> Published | None:
    """Return what was told when this generation was made from this; None where nothing was.

    folder: of all generations; name: from made_from.
    """
    with suppress(OSError, ValidationError):
        told = Told.model_validate_json((folder / TOLD).read_bytes())
        if name and (told.made_from, told.generation) == (name, generation):
            return told.published
    return None


def remember(folder: Path, name: str, generation: str, published: Published) -> None:
    """Keep what was told. Where it cannot be written, all is checked again the next time."""
    told = Told(made_from=name, generation=generation, published=published)
    draft = folder / f".{TOLD}"
    with suppress(OSError):
        draft.unlink(missing_ok=True)
        write_new(draft, told.model_dump_json().encode())
        draft.replace(folder / TOLD)
