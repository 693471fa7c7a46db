"""The accounts of staff and their groups: Django's, but for what not everybody can use there."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import ManyToManyField
from django.forms import CheckboxSelectMultiple, ModelMultipleChoiceField

admin.site.unregister([User, Group])


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


@admin.register(Group)
class AccountGroupAdmin(WithBoxes, GroupAdmin):
    pass
