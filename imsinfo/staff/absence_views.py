"""Absences and deputies in Django's admin."""

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import models

from imsinfo.staff import audit
from imsinfo.staff.choices import AuditAction
from imsinfo.staff.models import Absence


@admin.register(Absence)
class AbsenceAdmin(admin.ModelAdmin):
    list_display = ("user", "deputy", "first_day", "last_day")
    list_select_related = ("user", "deputy")
    fields = ("user", "deputy", "first_day", "last_day")
    # The browser's own: Django's needs scripts, and tells that the server is in another zone.
    formfield_overrides = {
        models.DateField: {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
    }
    ordering = ("-first_day", "-pk")
    usual_order = "the latest on top"
    when_empty = (
        "Nobody is away. Add a holiday here: what is new goes to the deputy, who finds "
        "under “Mine” what they have already."
    )
    show_full_result_count = False
    # Each is deleted on its own page, and recorded there.
    actions = None

    def lookup_allowed(self, lookup, value, request):
        return False

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        staff = User.objects.filter(is_active=True, is_staff=True).order_by("username")
        return super().formfield_for_foreignkey(db_field, request, queryset=staff, **kwargs)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        self._record(request, obj, "changed" if change else "added")

    def delete_model(self, request, obj):
        self._record(request, obj, "deleted")
        super().delete_model(request, obj)

    def _record(self, request, absence: Absence, what: str) -> None:
        days = f"{absence.first_day} to {absence.last_day}"
        detail = f"{what}: user {absence.user_id}, deputy {absence.deputy_id}, {days}"
        audit.record(AuditAction.ABSENCE, request.user, detail=detail)
