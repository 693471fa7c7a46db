"""What the site holds after a storm, and whether it is what it has acknowledged."""

from collections import Counter
from typing import NamedTuple

from tests.faults.answers import message
from tests.faults.records import Records
from tests.faults.site import Site

READ = """
import json
from imsinfo.enquiries.models import Enquiry
rows = Enquiry.objects.values_list("reference", "submission_id", "message")
print(json.dumps([(reference, str(id), message) for reference, id, message in rows]))
"""
# By reference: notices owed to staff, events of the audit, hashes that are wrong or not there.
READ_BESIDE = """
import json
from collections import Counter, defaultdict
from imsinfo.enquiries.lookup import hashes_of
from imsinfo.enquiries.models import Enquiry, LookupHash, OutgoingMail
from imsinfo.staff.models import AuditEvent
mails = Counter(
    OutgoingMail.objects.filter(kind="staff").values_list("enquiry__reference", flat=True))
events = Counter(AuditEvent.objects.filter(action="received").values_list("reference", flat=True))
hashes = defaultdict(set)
for reference, digest in LookupHash.objects.values_list("enquiry__reference", "digest"):
    hashes[reference].add(digest)
owed = {each.reference: {one.digest for one in hashes_of(each)} for each in Enquiry.objects.all()}
print(json.dumps({
    each: [mails[each], events[each], len(hashes[each] ^ owed.get(each, set()))]
    for each in {*owed, *events}
}))
"""
BESIDE_EACH = {"notices to staff": 1, "audit events": 1, "wrong hashes": 0}


class Stored(NamedTuple):
    reference: str
    submission_id: str
    message: str

    @property
    def marker(self) -> str:
        return self.message.partition(":")[0]


def read_stored(site: Site) -> list[Stored]:
    return [Stored(*row) for row in site.shell(READ)]


def wrong_with(records: Records, stored: list[Stored]) -> list[str]:
    """Compare what the clients were told with what is there; name each difference."""
    return [
        *_lost_or_mixed_up(records, stored),
        *(f"{name} is stored {times} times" for name, times in _more_than_once(stored)),
        *(f"{row.marker}: stored with another text" for row in stored if _is_changed(row)),
        *(
            f"{row.marker}: stored under an id that was not its own"
            for row in stored
            if records.submission_ids.get(row.marker) != row.submission_id
        ),
    ]


def incomplete(site: Site) -> list[str]:
    """Name the enquiries beside which lies not what is stored with each in its transaction.

    An event without its enquiry is named too.
    """
    found = site.shell(READ_BESIDE)
    return [
        f"{reference} has {dict(zip(BESIDE_EACH, counts, strict=True))}, not {BESIDE_EACH}"
        for reference, counts in found.items()
        if counts != list(BESIDE_EACH.values())
    ]


def _lost_or_mixed_up(records, stored):
    by_marker = {row.marker: row for row in stored}
    for marker, reference in records.acknowledged.items():
        if marker not in by_marker:
            yield f"{marker}: acknowledged, and lost"
        elif reference not in {"", by_marker[marker].reference}:
            yield f"{marker}: stored as {by_marker[marker].reference}, shown was {reference}"


def _more_than_once(stored):
    for name in ("marker", "reference", "submission_id"):
        found = Counter(getattr(row, name) for row in stored)
        yield from ((value, times) for value, times in found.items() if times > 1)


def _is_changed(row):
    return row.message != message(row.marker)
