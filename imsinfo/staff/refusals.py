"""The audit of what was refused: a door stays as it is although nothing can be written of it."""

import logging

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import DatabaseError, InterfaceError, transaction

from imsinfo.staff import audit
from imsinfo.staff.choices import AuditAction

logger = logging.getLogger("imsinfo.staff")


def record_refusal(
    action: AuditAction,
    user: AbstractBaseUser | AnonymousUser | None = None,
    *,
    detail: str = "",
) -> None:
    """Add an event as audit.record does; where that fails, the log alone tells it."""
    try:
        with transaction.atomic():
            audit.record(action, user, detail=detail)
    except (DatabaseError, InterfaceError):
        logger.exception("A refusal could not be recorded: %s", action)
