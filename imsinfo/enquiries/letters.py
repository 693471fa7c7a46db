"""The words of a mail. Nothing that anybody typed stands in one, neither in its head nor its body;
of accounts of staff, which whoever runs the site makes, a mail to staff holds name and address.

A receipt goes to the address that was typed, which stands on the envelope alone.
"""

from datetime import datetime
from email.utils import parseaddr
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from imsinfo.clinic import Clinic
from imsinfo.enquiries.choices import MailKind
from imsinfo.enquiries.digest import in_short, in_words, waiting
from imsinfo.enquiries.duty import OnDuty, on_duty
from imsinfo.enquiries.encryption import Unreadable
from imsinfo.enquiries.models import Enquiry
from imsinfo.enquiries.outbox import Letter
from imsinfo.working_days import next_working_day, reply_day


class UnreadableAddressError(ValueError):
    """A receipt cannot be sent, because its address cannot be read with the keys in force."""


def written_letter(letter: Letter, clinic: Clinic, now: datetime) -> EmailMessage:
    """Return the mail, ready to be sent. Raises UnreadableAddressError.

    now: a digest tells what waits then, a notice who is away on that day.
    """
    if letter.kind == MailKind.DIGEST:
        return _digest(letter, clinic, now)
    if letter.kind == MailKind.STAFF:
        return _to_staff(letter, clinic, now)
    return _receipt(letter, clinic)


def _to_staff(letter: Letter, clinic: Clinic, now: datetime) -> EmailMessage:
    """How many, their references, and where to read them; to clinicians too what is for them."""
    flagged = [each for each in letter.enquiries if each.is_flagged]
    count = len(letter.enquiries)
    subject = "1 new enquiry" if count == 1 else f"{count} new enquiries"
    if flagged:
        subject += f", {len(flagged)} for a clinician"
    duty = on_duty(_local(clinic, now).date()) if flagged else OnDuty()
    words = {
        "clinic": clinic,
        "subject": subject,
        "away": duty.away,
        "flagged": [_row(each, clinic) for each in flagged],
        "others": [_row(each, clinic) for each in letter.enquiries if not each.is_flagged],
        "list_url": _list_url(),
    }
    body = render_to_string("enquiries/mail/staff.txt", words)
    to = _each_once([*desk(clinic), *duty.emails])
    return _mail(letter, clinic, subject=subject, body=body, to=to)


def _digest(letter: Letter, clinic: Clinic, now: datetime) -> EmailMessage:
    """How many enquiries wait, and for what."""
    counts, at = waiting(clinic, now), _local(clinic, now)
    words = {
        "clinic": clinic,
        "something_waits": counts.is_something,
        "lines": in_words(counts),
        "day": at.date(),
        "time": f"{at:%H:%M}",
        "list_url": _list_url(),
    }
    body = render_to_string("enquiries/mail/digest.txt", words)
    subject = f"Enquiries: {in_short(counts)}"
    return _mail(letter, clinic, subject=subject, body=body, to=desk(clinic))


def desk(clinic: Clinic) -> list[str]:
    """Return the addresses of those who are told of every enquiry."""
    # A comma at the end of the setting is no address.
    return [each.strip() for each in settings.STAFF_EMAILS if each.strip()] or [clinic.email]


def _each_once(addresses: list[str]) -> list[str]:
    """The addresses in their order, each for its first time; a name before one does not count."""
    found: dict[str, str] = {}
    for each in addresses:
        found.setdefault(parseaddr(each)[1].casefold(), each)
    return list(found.values())


def _list_url() -> str:
    return f"{settings.SITE_URL}/admin/enquiries/enquiry/"


def _local(clinic: Clinic, now: datetime) -> datetime:
    return now.astimezone(ZoneInfo(clinic.time_zone))


def _row(enquiry: Enquiry, clinic: Clinic) -> dict[str, object]:
    return {
        "reference": enquiry.reference,
        "url": f"{settings.SITE_URL}/admin/enquiries/enquiry/{enquiry.pk}/change/",
        "doctor_first": enquiry.doctor_first,
        "look_by": next_working_day(clinic, enquiry.received_at),
        "suspected_spam": enquiry.suspected_spam,
    }


def _receipt(letter: Letter, clinic: Clinic) -> EmailMessage:
    [enquiry] = letter.enquiries
    if isinstance(enquiry.email, Unreadable):
        raise UnreadableAddressError(enquiry.reference)
    words = {
        "clinic": clinic,
        "reference": enquiry.reference,
        "reply_day": reply_day(clinic, enquiry.received_at),
        "site_url": settings.SITE_URL,
    }
    body = render_to_string("enquiries/mail/receipt.txt", words)
    # Without a "To" of its own the address would be missed by mail programs.
    headers = {"To": "undisclosed-recipients:;"}
    subject = f"We have received your enquiry {enquiry.reference}"
    return _mail(letter, clinic, subject=subject, body=body, bcc=[enquiry.email], headers=headers)


def _mail(letter: Letter, clinic: Clinic, headers=None, **parts) -> EmailMessage:
    host = urlsplit(settings.SITE_URL).hostname
    return EmailMessage(
        from_email=settings.DEFAULT_FROM_EMAIL or clinic.email,
        headers={
            "Message-ID": f"<{letter.message}@{host}>",
            # So that no holiday reply comes back for it.
            "Auto-Submitted": "auto-generated",
            **(headers or {}),
        },
        **parts,
    )
