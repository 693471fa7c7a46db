"""Which clinicians are told of a flagged enquiry at once, and who stands in for whom."""

import logging
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from imsinfo.enquiries.workflow.situation import CLINICIAN
from imsinfo.staff.absences import standing_in
from imsinfo.staff.models import Absence

logger = logging.getLogger("imsinfo.mail")
# Where the permissions lie; named, because a site may have several.
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class Away:
    """Somebody who is away, by name. deputy: the name of who stands in, "" where nobody does."""

    name: str
    deputy: str


@dataclass(frozen=True)
class OnDuty:
    """Where clinicians are written to, and which of them are away."""

    emails: tuple[str, ...] = ()
    away: tuple[Away, ...] = ()


def on_duty(day: date) -> OnDuty:
    """Return who is told on a day: each clinician, or the deputy of one who is away.

    A clinician has an active account that may answer as one; a superuser only where that was given
    to them besides. Where nobody stands in who may answer and can be written to, whoever is away is
    told all the same.
    """
    answering = User.objects.with_perm(
        CLINICIAN, is_active=True, include_superusers=False, backend=BACKEND
    )
    clinicians = list(answering.order_by("pk"))
    stands_in = {each.pk: standing_in(each.pk, day) for each in clinicians}
    accounts = User.objects.in_bulk(stands_in.values())
    told = [
        each
        for clinician in clinicians
        for each in _told_for(clinician, accounts[stands_in[clinician.pk]])
    ]
    absent = Absence.objects.filter(first_day__lte=day, last_day__gte=day)
    away_ids = set(absent.values_list("user_id", flat=True))
    return OnDuty(
        tuple(dict.fromkeys(each.email for each in told if _has_address(each))),
        tuple(
            Away(name_of(each), _deputy(each, accounts[stands_in[each.pk]]))
            for each in clinicians
            if each.pk in away_ids
        ),
    )


def _told_for(clinician: User, deputy: User) -> list[User]:
    """Return who is told in place of a clinician: never only somebody who cannot help."""
    if deputy.has_perm(CLINICIAN) and _has_address(deputy):
        return [deputy]
    may_read = deputy.has_perm("enquiries.view_enquiry")
    return list(dict.fromkeys([clinician, deputy] if may_read else [clinician]))


def name_of(user: User) -> str:
    """Return the name of an account as staff know it, on one line."""
    return " ".join((user.get_full_name() or user.get_username()).split())


def _deputy(user: User, deputy: User) -> str:
    return "" if deputy == user else name_of(deputy)


def _has_address(user: User) -> bool:
    if not user.email:
        return False
    try:
        validate_email(user.email)
    except ValidationError:
        logger.warning("Account %s gets no mail: what it has for an address is none", user.pk)
        return False
    return True
