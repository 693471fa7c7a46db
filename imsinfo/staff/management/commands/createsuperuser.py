"""manage.py createsuperuser: Django's own, on record."""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser
from django.contrib.auth.models import User
from django.db.models import Max

from imsinfo.staff import audit
from imsinfo.staff.choices import AuditAction


class Command(createsuperuser.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        newest = User.objects.aggregate(Max("pk"))["pk__max"] or 0
        super().handle(*args, **options)
        for made in User.objects.filter(pk__gt=newest, is_superuser=True):
            audit.record(AuditAction.ACCOUNT_MADE, detail=f"account {made.pk}: superuser")
