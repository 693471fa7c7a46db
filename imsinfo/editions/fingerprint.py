"""What prepared pages were made from, as one short name: content, look, code, settings, day.

Where any of it differs, the name does, and pages of another name are not shown.
"""

import hashlib
import importlib.metadata
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path

from django.conf import settings

# What pages are made with: another version may write other bytes.
LIBRARIES = ("brotli", "django", "django-crispy-forms", "markdown", "pydantic", "whitenoise")
# Settings of which a page may show something. Keys and passwords are none of them.
SHOWN = (
    *("DEBUG", "SITE_URL", "PRODUCTION", "HTTPS", "ALLOWED_HOSTS", "STATIC_URL", "LANGUAGE_CODE"),
    *("KEEP_CLOSED_DAYS", "KEEP_AT_MOST_DAYS", "KEEP_SPAM_DAYS", "KEEP_AUDIT_DAYS"),
    *("WARN_OPEN_DAYS", "ENQUIRIES_IN_TEN_MINUTES", "ENQUIRIES_IN_A_DAY", "USE_I18N", "TIME_ZONE"),
    *("INSTALLED_APPS", "MIDDLEWARE", "ROOT_URLCONF", "CRISPY_TEMPLATE_PACK"),
)


def fingerprint(hashes: Mapping[str, str], day: date) -> str:
    """Return the name of what is prepared. hashes: of the content files, by name; day: at the
    clinic, for pages tell of its next holidays."""
    parts = [f"{name} {digest}" for name, digest in sorted(hashes.items())]
    parts += [day.isoformat(), *(f"{name}={getattr(settings, name)!r}" for name in SHOWN)]
    return hashlib.sha256("\n".join([*parts, of_the_code()]).encode()).hexdigest()[:32]


@cache
def of_the_code() -> str:
    """The code and templates of this process, as they lay there when it first asked."""
    digest = hashlib.sha256(sys.version.encode())
    for name in LIBRARIES:
        digest.update(f"{name} {importlib.metadata.version(name)}\n".encode())
    for name, path in _files():
        digest.update(f"{name}\n".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _files() -> Iterator[tuple[str, Path]]:
    """Yield each file with its name, which is the same wherever the site lies."""
    code = sorted((settings.BASE_DIR / "imsinfo").rglob("*.py"))
    templates = sorted((settings.BASE_DIR / "templates").rglob("*"))
    for path in (*code, *templates):
        if path.is_file():
            yield str(path.relative_to(settings.BASE_DIR)), path
    # The addresses of hashed files stand in every page.
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if manifest.is_file():
        yield manifest.name, manifest
