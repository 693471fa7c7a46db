"""The change notes as an Atom feed."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from imsinfo.articles.machines.changes import ChangeNote, change_notes, last_change
from imsinfo.articles.pages import Library
from imsinfo.clinic import Clinic

MOST_ENTRIES = 50
# What a site without a page says: Atom wants a day all the same.
NEVER = date(2000, 1, 1)
# XML 1.0, 2.2: YAML can write these ("\uFFFE"), and a feed that holds one cannot be read.
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class ChangesFeed(Atom1Feed):
    """Atom that takes its day from the pages; Django would take the clock where nothing changed."""

    def latest_post_date(self) -> datetime:
        return self.feed["updated"]


def atom_feed(library: Library, clinic: Clinic, site_url: str) -> str:
    """Return the newest change notes of the pages as an Atom document.

    site_url: scheme and host of the site. A day is told as its midnight at the clinic.
    """
    notes = change_notes(library)[:MOST_ENTRIES]
    zone = ZoneInfo(clinic.time_zone)
    name = _in_xml(clinic.name)
    feed = ChangesFeed(
        title=f"Changes to the pages of {name}",
        link=f"{site_url}/changes/",
        description="What was changed on the pages, and why.",
        language="en",
        author_name=name,
        feed_url=f"{site_url}/feed.xml",
        updated=_midnight(_last_day(library, notes), zone),
    )
    for note in notes:
        moment = _midnight(note.date, zone)
        feed.add_item(
            title=_in_xml(f"{note.article.title}: {note.what}"),
            link=f"{site_url}{note.article.url}",
            # Django declares a summary as HTML; these are words.
            description=escape(_in_xml(f"{note.what} {note.why}")),
            unique_id=f"{site_url}{note.article.url}#change-{note.mark}",
            pubdate=moment,
            updateddate=moment,
        )
    return feed.writeString("utf-8")


def _last_day(library: Library, notes: Sequence[ChangeNote]) -> date:
    """The day of the newest note; while there is none, of whatever was last done to a page."""
    if notes:
        return notes[0].date
    return max(map(last_change, library.articles), default=NEVER)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _in_xml(text: str) -> str:
    return NOT_IN_XML.sub("\ufffd", text)
