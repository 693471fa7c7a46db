"""manage.py setup_roles: make the roles of a clinic, or bring them back to what they may do."""

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from imsinfo.operating.operational import OperationalCommand
from imsinfo.staff import audit
from imsinfo.staff.choices import AuditAction
from imsinfo.staff.roles import ROLES, Role


class Command(OperationalCommand):
    help = "Make the groups Reader, Triage, Clinician, Manager and Editor, with their permissions."

    @transaction.atomic
    def handle(self, *args, **options):
        for role in ROLES:
            group, _ = Group.objects.get_or_create(name=role.name)
            group.permissions.set(permissions_of(role))
            self.stdout.write(f"{role.name}: {len(role.permissions)} permissions.")
        audit.record(AuditAction.ROLES_SET)


def permissions_of(role: Role) -> list[Permission]:
    """Return the rows of a role's permissions. Raises Permission.DoesNotExist before `migrate`."""
    found = []
    for name in role.permissions:
        app, codename = name.split(".")
        found.append(Permission.objects.get(content_type__app_label=app, codename=codename))
    return found
