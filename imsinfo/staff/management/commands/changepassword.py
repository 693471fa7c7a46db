"""manage.py changepassword NAME: in place of Django's, on record, for one sign-in."""

import getpass
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db import transaction

from imsinfo.operating.operational import OperationalCommand
from imsinfo.staff import audit, devices
from imsinfo.staff.choices import AuditAction

MOST_TRIES = 3


class Command(OperationalCommand):
    help = "Set a password for an account. Without a phone it is replaced at the next sign-in."

    def add_arguments(self, parser):
        parser.add_argument("name", help="with which they log in")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["name"]).first()
        if user is None:
            raise CommandError(
                f"There is no account {options['name']!r}. Names tell capitals from small letters; "
                "they are listed at /admin/auth/user/."
            )
        password = self._typed(user)
        # Only now, so that nobody waits for whoever types; and only the password is written, or an
        # account that was closed meanwhile would be open again.
        with transaction.atomic():
            user.set_password(password)
            user.save(update_fields=["password"])
            devices.note_given_password(user)
            audit.record(AuditAction.PASSWORD_CHANGED, detail=f"account {user.pk}")
        self.stdout.write(f"Password changed for {user.get_username()}. Every session has ended.")

    def _typed(self, user: User) -> str:
        """Ask for a password twice. Raises CommandError after three tries that do not do."""
        for _ in range(MOST_TRIES):
            password = getpass.getpass(prompt="Password: ")
            if password != getpass.getpass(prompt="Password (again): "):
                self.stderr.write("The two are not the same. Try again.")
                continue
            try:
                validate_password(password, user)
            except ValidationError as error:
                self.stderr.write("\n".join(error.messages))
            else:
                return password
        raise CommandError(f"Nothing was changed: {MOST_TRIES} tries did not do.")
