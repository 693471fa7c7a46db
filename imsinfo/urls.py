"""Every address of the site. Articles come last: theirs are the paths of files."""

from django.contrib import admin
from django.urls import include, path

from imsinfo.brand.views import favicon, stylesheet

urlpatterns = [
    path("admin/", admin.site.urls),
    path("enquiry/", include("imsinfo.enquiries.urls")),
    path("brand.css", stylesheet, name="brand"),
    path("favicon.ico", favicon),
    path("", include("imsinfo.articles.urls")),
]

handler400 = "imsinfo.errors.bad_request"
handler403 = "imsinfo.errors.permission_denied"
handler404 = "imsinfo.errors.page_not_found"
handler500 = "imsinfo.errors.server_error"
