"""The accounts of staff and their groups: Django's, but for what not everybody can use there."""

import re

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db.models import ManyToManyField
from django.forms import CheckboxSelectMultiple, ModelMultipleChoiceField
from django_otp.plugins.otp_static.admin import StaticDevice
from django_otp.plugins.otp_totp.admin import TOTPDevice

from imsinfo.staff import (  # noqa: F401 -- some register their pages
    absence_views,
    audit,
    audit_views,
    devices,
)
from imsinfo.staff.choices import AuditAction

LONGEST_DETAIL = 100
NUMBER = re.compile(r"[0-9]{1,9}")

admin.site.unregister([User, Group])
# Their pages show the secrets of phones: nobody may see those, a superuser neither.
admin.site.unregister([TOTPDevice, StaticDevice])


class Boxes(ModelMultipleChoiceField):
    """Refuses what is no number of a row: some databases have no answer to a number too large."""

    def clean(self, value):
        for each in value or ():
            if not NUMBER.fullmatch(str(each)):
                raise ValidationError(
                    self.error_messages["invalid_pk_value"],
                    code="invalid_pk_value",
                    params={"pk": str(each)[:20]},
                )
        return super().clean(value)


class WithBoxes(admin.ModelAdmin):
    """Boxes to tick: the two lists that a script makes have small buttons and wrong labels.

    Of Django's ways to change many at once, or to look for anything, none is left that no page
    of ours offers.
    """

    actions = None
    filter_horizontal = ()
    formfield_overrides = {ManyToManyField: {"widget": CheckboxSelectMultiple, "form_class": Boxes}}

    def lookup_allowed(self, lookup, value, request):
        offered = {f"{name}__exact" for name in self.list_filter}
        return lookup in offered | {"groups__id__exact", "groups__isnull"}

    def to_field_allowed(self, request, to_field):
        return to_field == self.opts.pk.name

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, ModelMultipleChoiceField):
            # Without it each box is described by an element that Django does not write.
            field.widget.use_fieldset = True
        return field


def _told(user: User) -> str:
    """Return what the audit keeps of an account: "account 4: Manager, Triage, superuser"."""
    roles = user.groups.order_by("name").values_list("name", flat=True)
    marks = {"superuser": user.is_superuser, "inactive": not user.is_active}
    may = ", ".join([*roles, *(name for name, holds in marks.items() if holds)])
    return f"account {user.pk}: {may or 'no role'}"[:LONGEST_DETAIL]


@admin.register(User)
class AccountAdmin(WithBoxes, UserAdmin):
    # Told, never typed; Django's fields for them have no labels.
    readonly_fields = ("last_login", "date_joined")

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if not change:
            devices.note_given_password(obj)

    def save_related(self, request, form, formsets, change):
        """The roles are stored here: only now can the audit tell what the account may do."""
        super().save_related(request, form, formsets, change)
        action = AuditAction.ACCOUNT_CHANGED if change else AuditAction.ACCOUNT_MADE
        audit.record(action, request.user, detail=_told(form.instance))

    def delete_model(self, request, obj):
        detail = f"account {obj.pk}"
        super().delete_model(request, obj)
        audit.record(AuditAction.ACCOUNT_DELETED, request.user, detail=detail)

    def user_change_password(self, request, id, form_url=""):  # noqa: A002 -- Django's name
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == 302:
            if int(id) != request.user.pk:
                devices.note_given_password(User.objects.get(pk=id))
            detail = f"account {int(id)}"
            audit.record(AuditAction.PASSWORD_CHANGED, request.user, detail=detail)
        return response


@admin.register(Group)
class AccountGroupAdmin(WithBoxes, GroupAdmin):
    """What a group may do, each of its accounts may: a change of it is one of theirs."""

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        audit.record(AuditAction.ROLES_SET, request.user, detail=f"group {obj.pk}")

    def delete_model(self, request, obj):
        detail = f"group {obj.pk}"
        super().delete_model(request, obj)
        audit.record(AuditAction.ROLES_SET, request.user, detail=detail)
