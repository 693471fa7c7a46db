"""Writing the audit: one row an event, added and never changed; and reading it."""

from datetime import datetime
from typing import NamedTuple

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.utils import timezone

from imsinfo.staff.choices import AuditAction
from imsinfo.staff.models import AuditEvent

# In which an enquiry was seen with what it holds.
LOOKS = (AuditAction.READ, AuditAction.PRINTED, AuditAction.HISTORY, AuditAction.DISCLOSED)


class Reader(NamedTuple):
    """One look at an enquiry. user: None for what no account did."""

    user: User | None
    at: datetime
    action: AuditAction


def record(
    action: AuditAction,
    user: AbstractBaseUser | AnonymousUser | None = None,
    *,
    reference: str = "",
    detail: str = "",
    at: datetime | None = None,
) -> AuditEvent:
    """Add an event. detail: keys and counts of our own, never anything typed; see AuditEvent.

    In a transaction that is rolled back, the event is gone with what it told of.
    """
    return AuditEvent.objects.create(
        action=action,
        user_id=user.pk if user is not None else None,
        reference=reference,
        detail=detail[:100],
        at=at or timezone.now(),
    )


def readers(reference: str) -> list[Reader]:
    """Return who has looked at an enquiry, the newest look first.

    Lists and exports of many enquiries are in the audit without a reference, and not in here.
    """
    looks = AuditEvent.objects.filter(reference=reference, action__in=LOOKS).select_related("user")
    return [
        Reader(look.user, look.at, AuditAction(look.action))
        for look in looks.order_by("-at", "-pk")
    ]
