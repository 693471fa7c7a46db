"""The consent wording, by version. What has been shown is never changed: add a version.

An enquirer ticks the words; staff who enter an enquiry for somebody tick how these were agreed to.
Both are stored as they were ticked, so that the record tells what was agreed to, and how.
"""

from imsinfo.enquiries.choices import Channel

_OF_NOVEMBER_2026 = (
    "I agree that {clinic} keeps these answers and uses them to reply. Only its staff "
    "read them. They are deleted {closed_days} days after the enquiry is closed, and after "
    "{open_days} days at the latest."
)
# Each names the days for which the enquiry is kept: promises.py reads them from what was stored.
CONSENTS = {
    "2026-11": _OF_NOVEMBER_2026,
    "2026-11-call": (
        f"I read this out to them on the phone, and they agreed: “{_OF_NOVEMBER_2026}”"
    ),
    "2026-11-visit": (
        f"I read this out to them face to face, and they agreed: “{_OF_NOVEMBER_2026}”"
    ),
    "2026-11-letter": (
        "They ticked this on the paper form, or agreed to it in their letter: "
        f"“{_OF_NOVEMBER_2026}”"
    ),
}
# What the public form may store; a page from before the newest version keeps its own.
SHOWN_ONLINE = ("2026-11",)
CURRENT_CONSENT = "2026-11"
# What staff may store by the way the enquiry came, the newest version last.
SHOWN_TO_STAFF: dict[str, tuple[str, ...]] = {
    Channel.CALL: ("2026-11-call",),
    Channel.VISIT: ("2026-11-visit",),
    Channel.LETTER: ("2026-11-letter",),
}
