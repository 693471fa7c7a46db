"""What is kept of staff: what they did, and when they are away. No enquirer's data lies here."""

from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from imsinfo.staff.choices import AuditAction


class AuditEvent(models.Model):
    """Who did what, when, to which enquiry: never a word of what it holds.

    reference: the text, not the row, because the event outlives an erased enquiry. detail: keys of
    our own such as "new → in-review", or a count; nothing that anybody typed. user: None for what
    the public form, a command or a failed sign-in did.
    """

    at = models.DateTimeField(default=timezone.now)
    action = models.CharField(max_length=20, choices=AuditAction)
    reference = models.CharField(max_length=12, blank=True, default="", db_index=True)
    detail = models.CharField(max_length=100, blank=True, default="")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("at", "pk")
        default_permissions = ("view",)
        permissions = (("export_auditevent", "Can export audit events"),)
        indexes = (models.Index(fields=("-at",), name="audit_newest_first"),)

    def __str__(self):
        return f"{self.get_action_display()} {self.reference}".strip()


class Absence(models.Model):
    """Days on which somebody is away, both included, and who stands in for them."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="absences"
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="stands_in"
    )
    first_day = models.DateField()
    last_day = models.DateField()

    class Meta:
        ordering = ("first_day", "pk")
        constraints = (
            models.CheckConstraint(
                name="absence_ends_after_it_begins",
                condition=models.Q(last_day__gte=models.F("first_day")),
            ),
            models.CheckConstraint(
                name="nobody_stands_in_for_themselves",
                condition=~models.Q(deputy=models.F("user")),
            ),
        )

    def __str__(self):
        return f"{self.user}: {self.first_day} to {self.last_day}"

    def clean(self):
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise ValidationError({"last_day": "The last day comes before the first one."})
        if self.deputy_id and self.deputy_id == self.user_id:
            raise ValidationError({"deputy": "Somebody else must stand in."})
        same = Absence.objects.filter(
            user=self.user_id, first_day=self.first_day, last_day=self.last_day
        )
        if self.user_id and self.first_day and same.exclude(pk=self.pk).exists():
            raise ValidationError("These days are noted already.")

    def covers(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day


class PageReport(models.Model):
    """No table: the permission to see which pages are drafts, at fault or due for review."""

    class Meta:
        managed = False
        default_permissions = ("view",)

    def __str__(self):
        return "Report on pages"


class FirstPassword(models.Model):
    """An account whose password was made for it, and must be replaced before anything else."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="first_password",
    )

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"First password of {self.user}"
