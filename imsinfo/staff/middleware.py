"""What holds for every page of staff, whichever view answers."""

from urllib.parse import unquote
from zoneinfo import ZoneInfo

from django.http import HttpResponseNotAllowed
from django.utils import timezone

from imsinfo.clinic import get_clinic
from imsinfo.errors import error_response

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
        with timezone.override(ZoneInfo(get_clinic().time_zone)):
            response = self._refusal(request) or self.get_response(request)
        response["Cache-Control"] = "no-store, private"
        return response

    def _refusal(self, request):
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        if "\x00" in unquote(request.META.get("QUERY_STRING", "")):
            # PostgreSQL refuses it in any text; no address of ours holds one.
            return error_response(400)
        return None
