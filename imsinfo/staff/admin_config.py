from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    """Django's admin with this site's name on it."""

    default_site = "imsinfo.staff.site.StaffSite"
