"""Erasing an enquiry: in one transaction it becomes a tombstone, or nothing has happened."""

from datetime import datetime
from functools import partial

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from imsinfo.enquiries.backups import journal
from imsinfo.enquiries.choices import ErasurePath
from imsinfo.enquiries.encryption import Unreadable
from imsinfo.enquiries.models import Enquiry, ErasureRequest, Tombstone
from imsinfo.staff import audit
from imsinfo.staff.choices import AuditAction

# What decides and what stays; the rest need not be decrypted to be deleted.
READ_TO_ERASE = (
    *("reference", "received_at", "closed_at", "closed_reason", "state", "channel"),
    *("on_hold", "advice", "corrects", "consent_version", "consent_text"),
)


class NotErased(Exception):  # noqa: N818 -- an answer for whoever asked, not an error
    """Why an enquiry stays, in words for staff."""


def erase(
    enquiry_pk: int,
    path: ErasurePath,
    user: AbstractBaseUser | None,
    reason: str,
    now: datetime,
) -> Tombstone:
    """Erase an enquiry with all that hangs on it, and return what is left of it.

    reason: why, in the words of whoever does it; it is kept encrypted. Raises NotErased for an
    enquiry that is on hold, for one that is not there (any more), and where a second manager has
    to decide: see ask.
    """
    with transaction.atomic(durable=True):
        enquiry = _to_erase(enquiry_pk)
        if settings.ERASE_NEEDS_SECOND:
            raise NotErased(
                "Nobody erases an enquiry alone here. Ask for it on this page; then another "
                "manager confirms it."
            )
        _refuse_if_asked(enquiry)
        return bury(enquiry, path, now, user, reason)


def ask(enquiry_pk: int, user: AbstractBaseUser, reason: str, now: datetime) -> ErasureRequest:
    """Note that a manager wants an enquiry erased; it waits for another one.

    reason: as for erase. Raises NotErased as erase does, and where it has been asked for already.
    """
    with transaction.atomic(durable=True):
        enquiry = _to_erase(enquiry_pk)
        _refuse_if_asked(enquiry)
        audit.record(AuditAction.ERASURE_ASKED, user, reference=enquiry.reference, at=now)
        return ErasureRequest.objects.create(
            enquiry=enquiry, asked_by_id=user.pk, asked_at=now, reason=reason
        )


def confirm(enquiry_pk: int, request_pk: int, user: AbstractBaseUser, now: datetime) -> Tombstone:
    """Erase what another manager asked to be erased; the tombstone keeps that one's reason.

    request_pk: of the request that the user saw. Raises NotErased as erase does, for one's own
    request, and for one that is not there any more.
    """
    with transaction.atomic(durable=True):
        enquiry = _to_erase(enquiry_pk)
        asked = _asked(enquiry, request_pk)
        if asked.asked_by_id == user.pk:
            raise NotErased("You asked for this erasure yourself: another manager must confirm it.")
        if isinstance(asked.reason, Unreadable):
            raise NotErased(
                "The reason cannot be read with the site’s keys, and nothing is erased without "
                "one. Choose to keep the enquiry; then ask again."
            )
        return bury(enquiry, ErasurePath.REQUEST, now, user, asked.reason)


def decline(enquiry_pk: int, request_pk: int, user: AbstractBaseUser, now: datetime) -> None:
    """Keep an enquiry that somebody wanted erased, or take one's own request back.

    Raises NotErased where enquiry or request is not there any more.
    """
    with transaction.atomic(durable=True):
        enquiry = _there(enquiry_pk)
        asked = _asked(enquiry, request_pk)
        asked.delete()
        detail = f"asked for by account {asked.asked_by_id}"
        reference = enquiry.reference
        audit.record(AuditAction.ERASURE_DECLINED, user, reference=reference, detail=detail, at=now)


def _to_erase(enquiry_pk: int) -> Enquiry:
    enquiry = _there(enquiry_pk)
    if enquiry.on_hold:
        raise NotErased(
            f"Enquiry {enquiry} is on hold, because a complaint or an incident is being "
            "looked into. End the hold first, if that is over; then erase it."
        )
    return enquiry


def _there(enquiry_pk: int) -> Enquiry:
    enquiry = locked(enquiry_pk)
    if enquiry is None:
        raise NotErased(
            "There is no such enquiry. It may have been erased already: look for its "
            "reference among the tombstones."
        )
    return enquiry


def _refuse_if_asked(enquiry: Enquiry) -> None:
    if ErasureRequest.objects.filter(enquiry=enquiry).exists():
        raise NotErased(
            "Somebody has asked already to erase this enquiry. What was asked is below; decide "
            "on that first."
        )


def _asked(enquiry: Enquiry, request_pk: int) -> ErasureRequest:
    asked = ErasureRequest.objects.filter(enquiry=enquiry, pk=request_pk).first()
    if asked is None:
        raise NotErased(
            "What you decided on has been declined or taken back meanwhile. Look at the enquiry "
            "as it stands now."
        )
    return asked


def locked(enquiry_pk: int) -> Enquiry | None:
    """Return the enquiry as it is now, held against every change until the transaction ends.

    None where it is gone. On PostgreSQL nobody can add a note to it meanwhile either.
    """
    rows = Enquiry.objects.select_for_update().only(*READ_TO_ERASE)
    return rows.filter(pk=enquiry_pk).first()


def bury(
    enquiry: Enquiry,
    path: ErasurePath,
    now: datetime,
    user: AbstractBaseUser | None = None,
    reason: str = "",
) -> Tombstone:
    """Put a tombstone in the place of a locked enquiry; for use inside a transaction alone."""
    # Who asked goes with the enquiry; the audit keeps it.
    asked_by = ErasureRequest.objects.filter(enquiry=enquiry).values_list("asked_by", flat=True)
    detail = ", ".join([path, *(f"asked for by account {pk}" for pk in asked_by)])
    tombstone = Tombstone.objects.create(
        reference=enquiry.reference,
        received_at=enquiry.received_at,
        closed_at=enquiry.closed_at,
        closed_reason=enquiry.closed_reason,
        channel=enquiry.channel,
        erased_at=now,
        path=path,
        erased_by_id=user.pk if user else None,
        reason=reason,
    )
    # Notes, contacts, mails and hashes go with it; corrections of it stay, and name it no more.
    enquiry.delete()
    audit.record(AuditAction.ERASED, user, reference=tombstone.reference, detail=detail, at=now)
    # Backups from before hold it still: a restore must know.
    transaction.on_commit(partial(journal.note, tombstone))
    return tombstone


def waiting_warning(most_named: int = 5) -> str:
    """Return what the overview tells of erasures that wait for a second manager, or ""."""
    if not settings.ERASE_NEEDS_SECOND:
        return ""
    waiting = ErasureRequest.objects.order_by("asked_at", "pk")
    references = list(waiting.values_list("enquiry__reference", flat=True)[: most_named + 1])
    if not references:
        return ""
    named = ", ".join(references[:most_named])
    more = " and more" if references[most_named:] else ""
    return f"A manager has asked to erase {named}{more}. Another manager must decide."
