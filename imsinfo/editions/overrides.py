"""A clinic's own files in place of shipped ones, and which shipped text each was made from.

A correction to a shipped page reaches every clinic that has not replaced the page. One that has
must hear of it: overrides.yaml in the clinic's folder keeps the hash of the shipped file that its
own file was made from.
"""

import hashlib
import shutil
from pathlib import Path

import yaml
from django.conf import settings

from imsinfo.content import ContentFile
from imsinfo.problems import ContentError, Problem
from imsinfo.strict_yaml import read_yaml

RECORD = "overrides.yaml"
# A clinic's own by nature: no shipped correction can concern them.
OWN = frozenset({"clinic.yaml", "README.md", "reading-ceilings.yaml", RECORD})
HEADER = "# Which shipped text each own file was made from. manage.py override writes this file.\n"


def own_folder() -> Path | None:
    """Return the clinic's own content folder, or None where only the shipped one is in force."""
    return Path(settings.CONTENT_ROOTS[-1]) if len(settings.CONTENT_ROOTS) > 1 else None


def shipped_folder() -> Path:
    return Path(settings.CONTENT_ROOTS[0])


def overridden() -> tuple[str, ...]:
    """Return the names of the shipped files that the clinic has replaced by its own."""
    own = own_folder()
    if own is None:
        return ()
    names = (path.relative_to(own).as_posix() for path in sorted(own.rglob("*")))
    return tuple(n for n in names if n not in OWN and (shipped_folder() / n).is_file())


def override_problems() -> list[Problem]:
    """Return a warning for each replaced file whose shipped text has changed or is not known."""
    own = own_folder()
    if own is None:
        return []
    try:
        known = _read_record(own)
    except ContentError as error:
        return list(error.problems)
    except PermissionError:
        # A folder that may not be entered is told as such.
        return []
    found = (_warning(own, name, known.get(name)) for name in overridden())
    return [problem for problem in found if problem]


def override(name: str) -> Path:
    """Copy a shipped file into the clinic's folder, if it is not there yet, and note its hash.

    Called again it notes that the clinic's file has been compared with the shipped one as it is
    now. Returns the clinic's file; raises ValueError with the reason where nothing can be done.
    """
    own, shipped = own_folder(), shipped_folder() / name
    if own is None:
        raise ValueError("CONTENT_DIR is not set: name a folder for your clinic's own files first.")
    inside = shipped.resolve().is_relative_to(shipped_folder().resolve())
    if name in OWN or not inside or not shipped.is_file():
        raise ValueError(
            f"{name} is no shipped file that can be replaced: write its name inside "
            "the content folder, such as conditions/neck-pain.md."
        )
    known = _read_record(own)
    target = own / name
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(shipped, target)
    text = yaml.safe_dump(known | {name: _hash(shipped)}, sort_keys=True)
    (own / RECORD).write_text(HEADER + text, encoding="utf-8")
    return target


def _read_record(own: Path) -> dict[str, str]:
    file = ContentFile(RECORD, own / RECORD)
    if not file.path.exists():
        return {}
    return read_yaml(file.read(), dict[str, str], file.shown_as)


def shipped_hash(name: str) -> str:
    """Return the hash of a shipped file, as overrides.yaml keeps it. Raises OSError."""
    return _hash(shipped_folder() / name)


def _hash(path: Path) -> str:
    """The hash of a text, the same with either kind of line ends."""
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def _warning(own: Path, name: str, noted: str | None) -> Problem | None:
    if noted == shipped_hash(name):
        return None
    return Problem(
        f"{own.name}/{name}",
        1,
        "the shipped file under this one has changed since"
        if noted
        else "it is not known which shipped text this file was made from",
        expected="a file compared with the shipped one as it is now",
        repair=f"compare it with the shipped {name}, take over what is right, then run "
        f"manage.py override {name}",
        severity="warning",
    )
