"""Handing over all open enquiries of one person: for holidays, and for those who leave."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, F, Q, QuerySet

from imsinfo.clinic import get_clinic
from imsinfo.enquiries.choices import State
from imsinfo.enquiries.duty import BACKEND, name_of
from imsinfo.enquiries.models import Enquiry
from imsinfo.enquiries.queue import OPEN
from imsinfo.enquiries.workflow.situation import WORK
from imsinfo.staff import audit
from imsinfo.staff.absences import standing_in
from imsinfo.staff.choices import AuditAction
from imsinfo.staff.models import Absence


class NotHandedOver(Exception):  # noqa: N818 -- an answer for whoever asked, not an error
    """Why nothing was handed over, in words for staff."""


class Days(NamedTuple):
    """Days on which somebody is away, both included."""

    first: date
    last: date


@dataclass(frozen=True)
class HandedOver:
    """count: of enquiries; to: who has them now, None for nobody."""

    count: int
    to: User | None


def givers() -> dict[User, int]:
    """Return the accounts that own open enquiries, inactive ones too, and how many each."""
    open_ones = Count("enquiries", filter=~Q(enquiries__state=State.CLOSED))
    owners = User.objects.filter(pk__in=Enquiry.objects.filter(OPEN).values("owner"))
    counted = owners.annotate(open_ones=open_ones).order_by("username")
    return {owner: owner.open_ones for owner in counted}


def receivers() -> QuerySet[User]:
    """Return the active accounts that may work on enquiries."""
    return User.objects.with_perm(WORK, is_active=True, backend=BACKEND).order_by("username")


def whoever_is_here(receiver: User, giver: User, day: date) -> User:
    """Return who gets the enquiries: whom they are meant for, or who stands in for them that day.

    Raises NotHandedOver where that goes back to the giver, or to somebody who may not have them.
    """
    if receiver == giver:
        raise NotHandedOver("They have them already: choose somebody else.")
    deputy = User.objects.get(pk=standing_in(receiver.pk, day))
    away = f"{name_of(receiver)} is away, and {name_of(deputy)} stands in"
    if deputy == giver:
        raise NotHandedOver(f"{away}, who has them already: choose somebody else.")
    if not receivers().filter(pk=deputy.pk).exists():
        raise NotHandedOver(
            f"{away}, who may not work on enquiries: choose somebody else."
            if deputy != receiver
            else f"{name_of(receiver)} may not work on enquiries: choose somebody else."
        )
    return deputy


def hand_over(
    giver: User,
    receiver: User | None,
    by: User | None,
    now: datetime,
    away: Days | None = None,
) -> HandedOver:
    """Give all open enquiries of one account to another one, or to nobody; all of them or none.

    Their state stays, and so does the day of their last activity: nothing was done for anybody
    yet. away: also note that the giver is away then, and that the receiver stands in. by: None for
    a command. Raises NotHandedOver.
    """
    with transaction.atomic():
        # First of all, so that the days are still those without this absence.
        to = whoever_is_here(receiver, giver, clinics_day(now)) if receiver else None
        count = _moved(giver, to, by, now)
        if away and receiver:
            Absence.objects.create(user=giver, deputy=receiver, first_day=away[0], last_day=away[1])
            audit.record(AuditAction.ABSENCE, by, detail=f"account {giver.pk}: added", at=now)
    return HandedOver(count, to)


def _moved(giver: User, to: User | None, by: User | None, now: datetime) -> int:
    rows = Enquiry.objects.filter(OPEN, owner=giver).order_by("pk").select_for_update()
    references = dict(rows.values_list("pk", "reference"))
    # Those that were read and are held, no other ones: each version has its event.
    Enquiry.objects.filter(pk__in=references).update(owner=to, version=F("version") + 1)
    detail = f"account {giver.pk} → {f'account {to.pk}' if to else 'nobody'}"
    for reference in references.values():
        audit.record(AuditAction.REASSIGNED, by, reference=reference, detail=detail, at=now)
    return len(references)


def clinics_day(now: datetime) -> date:
    return now.astimezone(ZoneInfo(get_clinic().time_zone)).date()


def left_behind_warning() -> str:
    """Return what staff must know of enquiries whose owner has left, "" where there are none."""
    left = {owner: count for owner, count in givers().items() if not owner.is_active}
    if not left:
        return ""
    count, names = sum(left.values()), ", ".join(name_of(each) for each in left)
    return (
        f"{count} open {'enquiry belongs' if count == 1 else 'enquiries belong'} to {names}, who "
        f"{'has' if len(left) == 1 else 'have'} no active account: hand them over."
    )
