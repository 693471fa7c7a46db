"""Static files: each stylesheet in one piece, hashed, compressed and kept for a year."""

import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import rcssmin
from django.core.exceptions import ImproperlyConfigured
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage

from imsinfo.web.headers import Application, StartResponse

IMPORT = re.compile(r'@import "([^"]+)";')

_found: dict[tuple[str, str, int], dict[str, Any]] = {}


class StaticFiles(WhiteNoiseMiddleware):
    """WhiteNoise, with hashed files kept for a year instead of ten."""

    FOREVER = 365 * 24 * 60 * 60

    def update_files_dictionary(self, root: str, prefix: str) -> None:
        """Look through a folder once for all: Django and the door answer the same files."""
        manifest = Path(root, "staticfiles.json")
        if not manifest.is_file():
            super().update_files_dictionary(root, prefix)
            return
        # Collected anew, it is another folder.
        known = (root, prefix, manifest.stat().st_mtime_ns)
        if known not in _found:
            super().update_files_dictionary(root, prefix)
            _found.clear()
            _found[known] = dict(self.files)
        self.files.update(_found[known])


class StaticAtTheDoor(StaticFiles):
    """WSGI wrapper that answers the same files the same way, without asking Django.

    A first visit asks for several beside its page. None is large: each is sent in one piece.
    """

    def __init__(self, application: Application):
        super().__init__(lambda request: None)
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        file = self.files.get(environ["PATH_INFO"])
        if file is None:
            return self.application(environ, start_response)
        response = file.get_response(environ["REQUEST_METHOD"], environ)
        start_response(f"{response.status} {response.status.phrase}", list(response.headers))
        if response.file is None:
            return []
        with closing(response.file) as opened:
            return [opened.read()]


class OneStylesheet(CompressedManifestStaticFilesStorage):
    """The hashed and compressed files, with every stylesheet's imports written into it.

    A browser asks once instead of once a component. Under `make dev` it follows the imports itself.
    """

    def get_modified_time(self, name: str) -> datetime:
        """Long ago, so that every file is collected anew.

        After a roll-back the older version's files are older than the copies of the newer one,
        which would stay under the older version's pages.
        """
        return datetime.min.replace(tzinfo=UTC)

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str | None, bool | str | Exception]]:
        if not dry_run:
            for name in [name for name in paths if name.startswith("css/")]:
                stylesheet = Path(self.path(name))
                stylesheet.write_text(in_one_piece(stylesheet), encoding="utf-8")
                # The copy that was just written is what is hashed, not the file it came from.
                paths[name] = (self, name)
        yield from super().post_process(paths, dry_run, **options)


def in_one_piece(stylesheet: Path) -> str:
    """Return a stylesheet with its imports in their places, without comments and spare blanks.

    Imports are of files beside it and hold none themselves, so that each addresses pictures and
    typefaces from the same folder. Raises ImproperlyConfigured for a file that is not there.
    """

    def imported(match: re.Match[str]) -> str:
        part = stylesheet.parent / match[1]
        if not part.is_file():
            raise ImproperlyConfigured(
                f"{stylesheet.name} imports {match[1]}, which is not in {stylesheet.parent};"
                " mend the name or add the file"
            )
        return part.read_text(encoding="utf-8")

    return str(rcssmin.cssmin(IMPORT.sub(imported, stylesheet.read_text(encoding="utf-8"))))
