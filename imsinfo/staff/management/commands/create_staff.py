"""manage.py create_staff NAME --role ROLE: an account, with a password for the first sign-in."""

import secrets

from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db import transaction

from imsinfo.operating.operational import OperationalCommand
from imsinfo.staff import audit, devices
from imsinfo.staff.choices import AuditAction

# Without what is easily read or said as something else: 0 o, 1 l i.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, IN_A_GROUP = 5, 4


class Command(OperationalCommand):
    help = "Make an account for one of the staff. The password that it prints works once."

    def add_arguments(self, parser):
        parser.add_argument("name", help="with which they log in")
        parser.add_argument(
            "--role", action="append", required=True, help="such as Triage; may be given again"
        )
        parser.add_argument("--email", default="")
        parser.add_argument("--first-name", default="")
        parser.add_argument("--last-name", default="")

    def handle(self, *args, **options):
        roles = [_role(name) for name in options["role"]]
        password = new_password()
        given = {field: options[field] for field in ("email", "first_name", "last_name")}
        with transaction.atomic():
            user = _new_user(options["name"], password, given)
            user.groups.set(roles)
            devices.note_given_password(user)
            named = ", ".join(role.name for role in roles)
            audit.record(AuditAction.ACCOUNT_MADE, detail=f"account {user.pk}: {named}")
        self.stdout.write(
            f"Account {user.get_username()} is made: {named}.\n"
            f"Password for the first sign-in, shown only now: {password}\n"
            "Hand it over in person or by phone. At /admin/ they choose a password of their own "
            "and set up a phone for codes."
        )


def new_password() -> str:
    """Return 20 random letters and digits in groups, as people read them to each other."""
    return "-".join(
        "".join(secrets.choice(LETTERS) for _ in range(IN_A_GROUP)) for _ in range(GROUPS)
    )


def _role(name: str) -> Group:
    found = Group.objects.filter(name=name).first()
    if found is None:
        known = ", ".join(Group.objects.order_by("name").values_list("name", flat=True))
        raise CommandError(
            f"There is no role {name!r}. "
            + (f"Use one of: {known}." if known else "Run manage.py setup_roles first.")
        )
    return found


def _new_user(name, password, given) -> User:
    user = User(username=User.normalize_username(name), is_staff=True, **given)
    if User.objects.filter(username__iexact=user.username).exists():
        raise CommandError(f"There is an account {name!r} already. Choose another name.")
    user.set_password(password)
    try:
        user.full_clean()
    except ValidationError as error:
        told = [f"{field}: {' '.join(words)}" for field, words in error.message_dict.items()]
        raise CommandError(f"The account was not made. {' '.join(told)}") from error
    user.save()
    return user
