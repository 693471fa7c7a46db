"""Making a prepared set: every public page through its own view, compressed, on all cores."""

import secrets
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from imsinfo.articles.library import get_library
from imsinfo.articles.outline import OUTLINE, outline_of
from imsinfo.articles.search.documents import documents_of
from imsinfo.articles.search.index import SEARCH, glossary_synonyms
from imsinfo.articles.search.stored import write_index
from imsinfo.content import Edition
from imsinfo.editions.asking import Made, made_pages
from imsinfo.editions.fingerprint import fingerprint
from imsinfo.editions.generations import sync, write_new
from imsinfo.editions.prepared import (
    MANIFEST,
    NAME,
    PAGES,
    Entry,
    Prepared,
    PreparedError,
    SetManifest,
    digest_of,
    read_prepared,
)
from imsinfo.today import clinics_date
from imsinfo.web.representations import Encoding, Page

# The set in force and the one before it, which a worker may still be reading.
SETS_KEPT = 2


def prepare(edition: Edition, hashes: Mapping[str, str], folder: Path) -> Prepared:
    """Return the set of an edition for today, made now unless it is there and whole.

    hashes: of the content files by name; folder: of all sets. Raises OSError where nothing can
    be written.
    """
    with edition.pinned():
        path = folder / fingerprint(hashes, clinics_date())
        with suppress(PreparedError):
            return read_prepared(path)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = folder / f".{path.name}-{secrets.token_hex(4)}"
        draft.mkdir(mode=0o700)
        try:
            _write(draft, _known(folder))
            shutil.rmtree(path, ignore_errors=True)
            draft.rename(path)
            sync(folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        clean(folder, path)
    return read_prepared(path)


def clean(folder: Path, current: Path) -> None:
    """Remove what is left of killed runs, and all sets but the current one and those before it."""
    others = [path for path in folder.iterdir() if path != current]
    sets = [path for path in others if NAME.fullmatch(path.name)]
    newest = sorted(sets, key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in {*others} - {*newest[: SETS_KEPT - 1]}:
        # What cannot be removed now will be tried again the next time.
        shutil.rmtree(path, ignore_errors=True)


def _write(draft: Path, known: Mapping[str, Page]) -> None:
    write_new(draft / OUTLINE, outline_of(get_library()).model_dump_json().encode())
    entries, parts = _packed(made_pages(known, lambda: _write_index(draft / SEARCH)), known)
    write_new(draft / PAGES, b"".join(parts))
    files = {name: digest_of(draft / name) for name in (OUTLINE, SEARCH, PAGES)}
    manifest = SetManifest(format=1, files=files, pages=entries)
    write_new(draft / MANIFEST, manifest.model_dump_json().encode())
    sync(draft)


def _write_index(path: Path) -> None:
    write_index(path, documents_of(get_library()), glossary_synonyms())
    path.chmod(0o600)


def _packed(
    pages: Iterable[Made], known: Mapping[str, Page]
) -> tuple[dict[str, Entry], list[bytes]]:
    """Return where each page lies in the file of bodies, and its parts."""
    entries: dict[str, Entry] = {}
    parts: list[bytes] = []
    end = 0
    for made in pages:
        places: dict[Encoding, tuple[int, int]] = {}
        bodies = known[made.tag].bodies if made.bodies is None else made.bodies
        for encoding, body in bodies.items():
            places[encoding] = (end, end + len(body))
            end += len(body)
            parts.append(body)
        entries[made.url] = Entry(headers=made.headers, tag=made.tag, bodies=places)
    return entries, parts


def _known(folder: Path) -> dict[str, Page]:
    """Return the pages of earlier sets by tag: the same text need not be compressed again."""
    found: dict[str, Page] = {}
    for path in folder.iterdir():
        if NAME.fullmatch(path.name):
            with suppress(PreparedError):
                found |= {page.tag: page for page in read_prepared(path).pages.values()}
    return found
