"""What the content must hold for the site to be of use."""

from collections.abc import Callable

from django.conf import settings

from imsinfo.articles.outline import Outline
from imsinfo.clinic import get_clinic
from imsinfo.problems import ContentError
from imsinfo.red_flags import get_red_flags

# The start page, and the page that every other one sends a worried patient to.
NEEDED = ("/", "/aftercare/")


def lacking(read: Callable[[], Outline]) -> tuple[str, ...]:
    """Return what a site with the pinned content would have to do without; () if it is of use.

    read: returns its outline.
    """
    missing = []
    for name, read_data in (("clinic.yaml", get_clinic), ("red-flags.yaml", get_red_flags)):
        try:
            read_data()
        except ContentError:
            missing.append(name)
    if missing:
        return tuple(missing)
    if settings.PRODUCTION and get_clinic().example:
        return ("a clinic.yaml of its own",)
    outline = read()
    return tuple(url for url in NEEDED if not outline.has(url))
