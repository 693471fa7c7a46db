"""manage.py reset_second_factor NAME: for who has lost the phone and the recovery codes."""

from django.contrib.auth.models import User
from django.core.management.base import CommandError
from django.db import transaction

from imsinfo.operating.operational import OperationalCommand
from imsinfo.staff import audit, devices, sessions
from imsinfo.staff.choices import AuditAction


class Command(OperationalCommand):
    help = "Take the phone and recovery codes of an account away, and sign it out everywhere."

    def add_arguments(self, parser):
        parser.add_argument("name", help="with which they log in")

    def handle(self, *args, **options):
        user = User.objects.filter(username=options["name"]).first()
        if user is None:
            raise CommandError(
                f"There is no account {options['name']!r}. Names tell capitals from small letters; "
                "they are listed at /admin/auth/user/."
            )
        with transaction.atomic():
            devices.remove_all(user)
            ended = sessions.end_all(user)
            audit.record(AuditAction.FACTOR_RESET, detail=f"account {user.pk}")
        self.stdout.write(
            f"The second factor of {user.get_username()} is taken away; sessions ended: {ended}.\n"
            "The next sign-in with the password sets up a new phone. Until then the password alone "
            "opens the account: make sure who is asking, and let them log in now.\n"
            f"Was the phone stolen? Change the password too: manage.py changepassword "
            f"{user.get_username()}"
        )
