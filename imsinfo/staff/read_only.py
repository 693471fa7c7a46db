"""Lists in the admin that nobody fills, changes or empties by hand."""

from django.contrib import admin


class ReadOnlyAdmin(admin.ModelAdmin):
    """Who may do something about a row does it on a page of our own, where it is recorded."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
