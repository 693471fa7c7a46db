"""manage.py changepassword NAME: Django's own, on record, for a password that works once."""

import getpass
from typing import Any

from django.contrib.auth.management.commands import changepassword
from django.contrib.auth.models import User
from django.db import transaction

from imsinfo.operating.operational import OperationalCommand
from imsinfo.staff import audit, devices
from imsinfo.staff.choices import AuditAction


class Command(OperationalCommand, changepassword.Command):
    help = "Set a password for an account. Without a phone it is replaced at the next sign-in."

    def handle(self, *args: Any, **options: Any) -> str | None:
        # Not within the transaction: it would keep the site waiting while somebody types.
        told = super().handle(*args, **options)
        user = User.objects.get(username=options["username"] or getpass.getuser())
        with transaction.atomic():
            devices.note_given_password(user)
            audit.record(AuditAction.PASSWORD_CHANGED, detail=f"account {user.pk}")
        return told
