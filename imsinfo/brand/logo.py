"""A clinic's own logo: its drawing in the place of the site's icon, or why it is not there."""

import logging
import re
from dataclasses import dataclass

from imsinfo.articles.pictures import read_picture
from imsinfo.clinic import get_clinic
from imsinfo.content import built_from_content, content_file
from imsinfo.problems import ContentError, Problem

logger = logging.getLogger("imsinfo.brand")


@dataclass(frozen=True)
class Logo:
    """html: the drawing, "" where the site's own icon stands. problems: what is wrong with it."""

    html: str = ""
    problems: tuple[Problem, ...] = ()


@built_from_content
def get_logo() -> Logo:
    logo = read_logo()
    for problem in logo.problems:
        logger.warning("The site's own icon stands in place of the logo: %s", problem)
    return logo


def read_logo() -> Logo:
    """Return the logo that clinic.yaml names.

    A logo that is missing or refused is told and leaves no page out. Raises ContentError where
    clinic.yaml is broken.
    """
    name = get_clinic().logo
    if name is None:
        return Logo()
    file = content_file(name)
    if not file.path.is_file():
        repair = f"put the drawing into {name}, or correct the name"
        return Logo(problems=(_fault("the logo is not there", name, repair),))
    try:
        picture = read_picture(file)
    except ContentError:
        # The faults of every drawing in images/ are told with the drawing.
        repair = f"repair {name} as told for that file, or take the line out"
        return Logo(problems=(_fault("the logo cannot be shown", name, repair),))
    if picture.links:
        repair = "take the links out: the logo as a whole leads to the home page"
        return Logo(problems=(_fault("the logo holds links of its own", name, repair),))
    # The clinic's name stands beside it, so it needs no words of its own.
    return Logo(picture.html("logo", ""))


def _fault(what: str, name: str, repair: str) -> Problem:
    """A fault of the line 'logo' in clinic.yaml."""
    file = content_file("clinic.yaml")
    before = re.split(r"^logo\s*:", file.read(), maxsplit=1, flags=re.MULTILINE)[0]
    line = before.count("\n") + 1
    return Problem(file.shown_as, line, what, found=name, repair=repair, severity="error")
