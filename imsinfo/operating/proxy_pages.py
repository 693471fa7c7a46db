"""The pages that a proxy in front shows by itself, where the site cannot answer, as files."""

from collections.abc import Mapping
from pathlib import Path

from django.template.loader import render_to_string

from imsinfo.clinic import get_clinic
from imsinfo.errors import WORDS

STYLESHEET = Path(__file__).parent.parent / "deploy" / "nginx" / "page.css"
# The proxy runs as another user than the site.
READABLE_FILE, READABLE_FOLDER = 0o644, 0o755


def proxy_pages() -> Mapping[str, str]:
    """Return each page by its name, such as 503.html; they need nothing of a running site."""
    clinic = get_clinic()
    return {
        f"{status}.html": render_to_string(
            "errors/proxy.html", {"clinic": clinic, "heading": heading, "message": message}
        )
        for status, (heading, message) in WORDS.items()
    }


def write_proxy_pages(folder: Path) -> int:
    """Write every page and its stylesheet into folder, each at once; return how many pages.

    Raises OSError where the folder cannot be made or written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # Of mkdir's own mode the site's umask would take the others' part.
    folder.chmod(READABLE_FOLDER)
    pages = proxy_pages()
    for name, page in pages.items():
        _replace(folder / name, page.encode())
    _replace(folder / STYLESHEET.name, STYLESHEET.read_bytes())
    return len(pages)


def _replace(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.new")
    draft.write_bytes(content)
    draft.chmod(READABLE_FILE)
    draft.replace(path)
