from django.contrib.admin import AdminSite

from imsinfo.clinic import get_clinic


class StaffSite(AdminSite):
    """Django's admin, named after the clinic."""

    site_title = "Staff"
    index_title = "Enquiries and accounts"
    site_url = "/"

    def each_context(self, request):
        return super().each_context(request) | {"site_header": f"{get_clinic().name}: staff"}
