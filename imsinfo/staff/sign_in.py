"""Signing in, slowed for whoever guesses passwords: and never closed for ever to anybody else."""

import time
from typing import NamedTuple

from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError

from imsinfo import throttle
from imsinfo.staff.choices import AuditAction
from imsinfo.staff.refusals import record_refusal
from imsinfo.throttle import Limit, ThrottleFault, TooMany
from imsinfo.web.client_address import client_network

QUARTER, HOUR = 15 * 60, 60 * 60  # seconds
TOO_MANY = "Too many tries. Wait 15 minutes and try again, or ask whoever looks after the accounts."
CLOSED = "Nobody can sign in right now. Try again in a few minutes."


class Refused(NamedTuple):
    """Why a try was not looked at: the HTTP status, and in how many seconds to try again."""

    status: int
    seconds: int


class SignInForm(AdminAuthenticationForm):
    """Counts each failed try before the password is looked at, so that no two slip through."""

    refused: Refused | None = None

    def clean(self):
        if not (self.cleaned_data.get("username") and self.cleaned_data.get("password")):
            return super().clean()
        address = client_network(
            self.request.META if self.request else {}, settings.TRUSTED_PROXIES or 0
        )
        limits = Limits(self.cleaned_data["username"], address)
        self._count(limits)
        try:
            cleaned = super().clean()
        except ValidationError:
            # Without the name: people type their password there by mistake.
            record_refusal(AuditAction.SIGN_IN_FAILED)
            raise
        # Only failures count, and a forgotten password that came back is forgiven.
        throttle.take_back([limits.of_address, limits.of_user])
        throttle.forget([limits.of_both])
        return cleaned

    def _count(self, limits):
        try:
            limits.count(time.time())
        except TooMany as passed:
            self.refused = Refused(429, passed.seconds)
            raise ValidationError(TOO_MANY, code="too_many") from passed
        except ThrottleFault as fault:
            self.refused = Refused(503, 60)
            raise ValidationError(CLOSED, code="closed") from fault


class Limits:
    """The limits of one try. username: as typed; it may be nobody's."""

    def __init__(self, username: str, address: str):
        user = username.strip().casefold()
        self.of_both = Limit("sign-in of user and address", f"{user}|{address}", 5, QUARTER)
        self.of_address = Limit("sign-in of address", address, 20, QUARTER)
        # No limit by itself, or anybody could lock somebody else out: see count.
        self.of_user = Limit("sign-in of user", user, 1_000_000, HOUR)
        self.most_of_user = 100

    def count(self, now: float) -> None:
        """Count one try. Raises TooMany, or ThrottleFault.

        An account with a hundred failures in an hour, from wherever, is under attack: then each
        address has one try in a quarter of an hour, which is enough for who knows the password.
        """
        counted = throttle.count([self.of_both, self.of_address, self.of_user], now)
        attacked = counted[self.of_user.name] > self.most_of_user
        if attacked and counted[self.of_both.name] > 1:
            raise TooMany(self.of_both, QUARTER)
