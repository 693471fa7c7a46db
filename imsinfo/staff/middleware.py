"""What holds for every page of staff, whichever view answers."""

from zoneinfo import ZoneInfo

from django.http import HttpResponseNotAllowed
from django.utils import timezone

from imsinfo.clinic import get_clinic

STAFF_PATH = "/admin/"
METHODS = ("GET", "HEAD", "POST")


class StaffPages:
    """Staff see the clinic's own time, and no copy of a page is kept anywhere.

    Django's admin views answer any method, TRACE included; here only those in METHODS.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path.startswith(STAFF_PATH):
            return self.get_response(request)
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        with timezone.override(ZoneInfo(get_clinic().time_zone)):
            response = self.get_response(request)
        response["Cache-Control"] = "no-store, private"
        return response
