"""The accounts of staff and their groups: Django's, but for what not everybody can use there."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import ManyToManyField
from django.forms import CheckboxSelectMultiple, ModelMultipleChoiceField
from django_otp.plugins.otp_static.admin import StaticDevice
from django_otp.plugins.otp_totp.admin import TOTPDevice

from imsinfo.staff import absence_views, audit, audit_views  # noqa: F401 -- register their pages
from imsinfo.staff.choices import AuditAction

admin.site.unregister([User, Group])
# Their pages show the secrets of phones: nobody may see those, a superuser neither.
admin.site.unregister([TOTPDevice, StaticDevice])


class WithBoxes(admin.ModelAdmin):
    """Boxes to tick: the two lists that a script makes have small buttons and wrong labels."""

    filter_horizontal = ()
    formfield_overrides = {ManyToManyField: {"widget": CheckboxSelectMultiple}}

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, ModelMultipleChoiceField):
            # Without it each box is described by an element that Django does not write.
            field.widget.use_fieldset = True
        return field


@admin.register(User)
class AccountAdmin(WithBoxes, UserAdmin):
    # Told, never typed; Django's fields for them have no labels.
    readonly_fields = ("last_login", "date_joined")

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if not change:
            audit.record(AuditAction.ACCOUNT_MADE, request.user, detail=f"account {obj.pk}")

    def user_change_password(self, request, id, form_url=""):  # noqa: A002 -- Django's name
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == 302:
            detail = f"account {int(id)}"
            audit.record(AuditAction.PASSWORD_CHANGED, request.user, detail=detail)
        return response


@admin.register(Group)
class AccountGroupAdmin(WithBoxes, GroupAdmin):
    pass
