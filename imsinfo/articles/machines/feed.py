"""The change notes as an Atom feed."""

from datetime import datetime, time
from itertools import islice
from zoneinfo import ZoneInfo

from django.utils.feedgenerator import Atom1Feed

from imsinfo.articles.machines.changes import ChangeNote, change_notes
from imsinfo.articles.pages import Library
from imsinfo.clinic import Clinic

MOST_ENTRIES = 50


def atom_feed(library: Library, clinic: Clinic, site_url: str) -> str:
    """Return the newest change notes of the pages as an Atom document.

    site_url: scheme and host of the site. A day is told as its midnight at the clinic.
    """
    feed = Atom1Feed(
        title=f"Changes to the pages of {clinic.name}",
        link=f"{site_url}/changes/",
        description="What was changed on the pages, and why.",
        language="en",
        author_name=clinic.name,
        feed_url=f"{site_url}/feed.xml",
    )
    zone = ZoneInfo(clinic.time_zone)
    for note in islice(change_notes(library), MOST_ENTRIES):
        moment = datetime.combine(note.date, time(), zone)
        feed.add_item(
            title=f"{note.article.title}: {note.what}",
            link=f"{site_url}{note.article.url}",
            description=f"{note.what} {note.why}",
            unique_id=_id(note, site_url),
            pubdate=moment,
            updateddate=moment,
        )
    return feed.writeString("utf-8")


def _id(note: ChangeNote, site_url: str) -> str:
    """An id that stays what it is when further changes are written down."""
    return f"{site_url}{note.article.url}#change-{note.date.isoformat()}-{note.number}"
