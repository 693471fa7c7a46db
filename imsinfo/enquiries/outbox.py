"""The mails that are owed: who takes one in hand, when it is tried again, when it is given up.

A row is stored with its enquiry, that of a digest by a daily command. Whoever sends takes it by a
conditional update, with a lease, so that two never send the same one at the same time and a killed
one is followed by another.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from imsinfo.enquiries.choices import Contact, MailKind
from imsinfo.enquiries.models import Enquiry, OutgoingMail, OutgoingMailQuerySet

# Enquiries without a flag are told of together: of the first so long after it came in.
GATHERED_FOR = timedelta(minutes=10)
MOST_IN_ONE_MAIL = 50
LEASE = timedelta(minutes=5)
# A try is ended before its lease: EMAIL_TIMEOUT alone holds for each of many steps.
LONGEST_TRY = timedelta(minutes=4)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
# By how much the clock that one sender has just read may lag behind that of another.
CLOCKS_DIFFER_BY = timedelta(hours=1)
# Both must have passed: a site that was switched off for days gives up nothing at once.
GIVE_UP_AFTER = timedelta(days=3)
LEAST_TRIES = 10
# Who loses so many rows in a row to other senders leaves the queue to them until the next look.
MOST_LOST = 100
# Longer than a mail is gathered for, and than a few tries take: staff are told of it.
LATE_MAIL = timedelta(hours=1)
# The row of a digest goes with no enquiry.
KEEP_DIGESTS = timedelta(days=30)


@dataclass(frozen=True)
class Letter:
    """One mail in hand. enquiries: those it tells of, flagged ones first; none in a digest.

    tries: this one included; until: when the lease ends.
    """

    message: UUID
    kind: str
    enquiries: tuple[Enquiry, ...]
    tries: int
    until: datetime


def mails_owed(enquiry: Enquiry) -> list[OutgoingMail]:
    """Return the mails that an enquiry makes due, not yet stored: one to staff, or a receipt too.

    Staff are told at once of what a clinician should look at. A receipt goes to whoever asks,
    never to a third person whose address they gave, nor to one that a robot may have typed.
    """
    at = enquiry.received_at
    told_at = at if enquiry.is_flagged else at + GATHERED_FOR
    mails = [_owed(enquiry, MailKind.STAFF, told_at)]
    is_third_party = enquiry.contact_whom == Contact.PERSON or enquiry.suspected_spam
    if enquiry.wants_receipt and enquiry.email and not is_third_party:
        mails.append(_owed(enquiry, MailKind.RECEIPT, at))
    return mails


def _owed(enquiry: Enquiry, kind: str, at: datetime) -> OutgoingMail:
    return OutgoingMail(enquiry=enquiry, kind=kind, owed_since=enquiry.received_at, next_try_at=at)


def take_next(now: datetime) -> Letter | None:
    """Take the mail that is due for the longest time; None where none is due or free."""
    # A time further ahead than any that is written is left from a clock that went wrong.
    ahead = now + CLOCKS_DIFFER_BY
    free = OutgoingMail.objects.waiting().filter(
        Q(leased_until=None) | Q(leased_until__lte=now) | Q(leased_until__gt=ahead + LEASE)
    )
    due = free.filter(Q(next_try_at__lte=now) | Q(next_try_at__gt=ahead + LONGEST_PAUSE))
    for _ in range(MOST_LOST):
        first = due.first()
        if first is None:
            break
        until, tries = now + LEASE, first.tries + 1
        # Only one of two who do this at the same time finds it still as it was read.
        mine = free.filter(message=first.message, tries=first.tries)
        if mine.update(leased_until=until, tries=tries):
            if first.kind == MailKind.STAFF and not first.tries:
                # After the first is taken, so that its message never gets a second mail.
                _untried_notices(free).update(message=first.message, leased_until=until, tries=1)
            return _letter(first, tries, until)
    return None


def _untried_notices(free: OutgoingMailQuerySet) -> OutgoingMailQuerySet:
    """What staff have not been told of yet goes into the same mail."""
    untried = free.filter(kind=MailKind.STAFF, tries=0)
    some = list(untried.values_list("pk", flat=True)[: MOST_IN_ONE_MAIL - 1])
    # Asked once more for those still untried: another sender may have taken some meanwhile.
    return untried.filter(pk__in=some)


def _letter(first: OutgoingMail, tries: int, until: datetime) -> Letter:
    rows = _in_hand(first.message, until).select_related("enquiry")
    told_of = [row.enquiry for row in rows if row.enquiry]
    enquiries = sorted(told_of, key=lambda each: (not each.is_flagged, each.received_at))
    return Letter(first.message, first.kind, tuple(enquiries), tries, until)


def _in_hand(message: UUID, until: datetime):
    return OutgoingMail.objects.waiting().filter(message=message, leased_until=until)


def record_sent(letter: Letter, now: datetime) -> None:
    _in_hand(letter.message, letter.until).update(sent_at=now, leased_until=None)


def record_failure(letter: Letter, now: datetime) -> bool:
    """Put a mail back until its next try, or give it up; return whether it was given up."""
    rows = _in_hand(letter.message, letter.until)
    # The newest decides: after a long standstill old and new ones are told of together.
    newest = rows.order_by("-owed_since").first()
    is_old = newest is not None and now - newest.owed_since >= GIVE_UP_AFTER
    if is_old and letter.tries >= LEAST_TRIES:
        return bool(rows.update(given_up_at=now, leased_until=None))
    rows.update(next_try_at=now + pause_after(letter.tries), leased_until=None)
    return False


def pause_after(tries: int) -> timedelta:
    """Return how long to wait after so many failed tries: 1, 2, 4 … minutes, 6 hours at most."""
    return min(FIRST_PAUSE * 2 ** min(tries - 1, 20), LONGEST_PAUSE)


def try_again(now: datetime) -> int:
    """Make everything that was given up due at once; return how many rows."""
    return OutgoingMail.objects.given_up().update(
        given_up_at=None, next_try_at=now, owed_since=now, tries=1
    )


def delete_old_digests(now: datetime) -> int:
    """Delete the rows of digests after 30 days, sent or not; return how many."""
    old = OutgoingMail.objects.filter(kind=MailKind.DIGEST, owed_since__lt=now - KEEP_DIGESTS)
    return old.delete()[0]
