"""Phones and recovery codes of accounts: setting them up, spending their codes, taking them away.

The rows are those of django-otp: one TOTPDevice an account for its phone, one StaticDevice for its
recovery codes, of which only keyed hashes are stored.
"""

import time
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from imsinfo import throttle
from imsinfo.staff import audit
from imsinfo.staff.choices import AuditAction
from imsinfo.staff.models import FirstPassword
from imsinfo.staff.refusals import record_refusal
from imsinfo.staff.second_factor import (
    RECOVERY_CODES,
    Code,
    new_recovery_code,
    read_code,
    recovery_token,
)
from imsinfo.throttle import Limit

PHONE, PAPER = "Phone", "Recovery codes"
QUARTER = 15 * 60  # seconds


class WrongCode(Exception):  # noqa: N818 -- an answer, not an error
    """A code is not right, or was used before."""


class Enrolled(NamedTuple):
    """A phone that is in use from now on, and recovery codes to be shown this once."""

    phone: TOTPDevice
    recovery_codes: tuple[str, ...]


def has_factor(user: User) -> bool:
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def must_set_password(user: User) -> bool:
    """Whether the password was made by somebody else; once a phone is set up, it never was."""
    return FirstPassword.objects.filter(user=user).exists() and not has_factor(user)


def note_given_password(user: User) -> None:
    """Write down that somebody else has made the password of an account."""
    FirstPassword.objects.get_or_create(user=user)


def note_own_password(user: User) -> None:
    """Write down that nobody else knows the password of an account any more."""
    FirstPassword.objects.filter(user=user).delete()


def spend_code(user: User, typed: str) -> Device:
    """Return the phone or paper whose code was typed; nobody can use that code again.

    The try is counted before the code is looked at, so that no two slip through. Raises WrongCode,
    TooMany, or ThrottleFault.
    """
    limit = _count_try(user)
    with transaction.atomic():
        device = _spend(user, read_code(typed))
    return _told(user, device, limit)


def pending_phone(user: User, key: int | None) -> TOTPDevice:
    """Return the phone that one session is setting up; a new one, with a secret of its own, if key
    is no such phone.

    No other session ever sees its secret: what was shown to a stranger must not become the factor.
    """
    found = TOTPDevice.objects.filter(user=user, confirmed=False, pk=key).first()
    return found or TOTPDevice.objects.create(user=user, name=PHONE, confirmed=False)


def enrol(user: User, phone: TOTPDevice, typed: str, *, replaces: bool) -> Enrolled:
    """Take a phone into use in place of every other, with new recovery codes.

    replaces: whether the account may have one already. Raises as spend_code does.
    """
    limit = _count_try(user)
    with transaction.atomic():
        _lock(user)
        refused = has_factor(user) and not replaces
        confirmed = None if refused else _confirmed(phone, read_code(typed))
        codes = _replace_codes(user) if confirmed else ()
    return Enrolled(_told(user, confirmed, limit), codes)


def replace_recovery_codes(user: User) -> tuple[str, ...]:
    """Return new recovery codes; those from before open nothing any more."""
    with transaction.atomic():
        _lock(user)
        audit.record(AuditAction.FACTOR_SET, user, detail="recovery codes")
        return _replace_codes(user)


def recovery_codes_left(user: User) -> int:
    return StaticToken.objects.filter(device__user=user).count()


def remove_all(user: User) -> None:
    """Take away phone and recovery codes: the next sign-in sets up new ones."""
    for devices in (TOTPDevice.objects, StaticDevice.objects):
        devices.filter(user=user).delete()


def _lock(user):
    """Let one request at a time change what an account has, until its transaction ends."""
    User.objects.select_for_update().get(pk=user.pk)


def _count_try(user):
    limit = Limit("second factor of user", str(user.pk), 5, QUARTER)
    throttle.count([limit], time.time())
    return limit


def _told(user, device, limit):
    if device is None:
        record_refusal(AuditAction.CODE_REFUSED, user)
        raise WrongCode
    throttle.forget([limit])
    return device


def _spend(user, code: Code | None):
    if code is None:
        return None
    if code.is_recovery:
        return _spend_recovery(user, code)
    phone = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
    return phone if phone and phone.verify_token(code.digits) else None


def _spend_recovery(user, code: Code):
    paper = StaticDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    tokens = [recovery_token(user.pk, code.digits, key) for key in keys]
    if paper is None or not paper.token_set.filter(token__in=tokens).delete()[0]:
        return None
    audit.record(AuditAction.RECOVERY_USED, user)
    return paper


def _confirmed(phone, code: Code | None):
    """Return the phone, now in use, if the code is its own."""
    phone = TOTPDevice.objects.filter(pk=phone.pk, confirmed=False).first()
    if phone is None or code is None or code.is_recovery or not phone.verify_token(code.digits):
        return None
    phone.confirmed = True
    phone.save(update_fields=["confirmed"])
    TOTPDevice.objects.filter(user=phone.user).exclude(pk=phone.pk).delete()
    audit.record(AuditAction.FACTOR_SET, phone.user, detail="phone")
    return phone


def _replace_codes(user):
    paper, _ = StaticDevice.objects.get_or_create(user=user, defaults={"name": PAPER})
    paper.token_set.all().delete()
    codes = tuple(new_recovery_code() for _ in range(RECOVERY_CODES))
    tokens = [recovery_token(user.pk, code, settings.SECRET_KEY) for code in codes]
    StaticToken.objects.bulk_create(StaticToken(device=paper, token=each) for each in tokens)
    return codes
