"""What holds for every page of staff, whichever view answers."""

import logging
import time
from contextlib import suppress
from functools import partial
from typing import NamedTuple
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django_otp import DEVICE_ID_SESSION_KEY

from imsinfo.clinic import get_clinic
from imsinfo.errors import RETRY_AFTER, error_response
from imsinfo.staff import sessions
from imsinfo.staff.addresses import STAFF_PATH, own_path, with_next
from imsinfo.staff.unsaved import typed_texts

logger = logging.getLogger("imsinfo.staff")
METHODS = ("GET", "HEAD", "POST")
# Pages that ask nobody who they are, and those on the way from the password to the second factor.
DOORS = ("admin:login", "admin:logout")
ON_THE_WAY_IN = ("admin:second_factor", "admin:own_password", "admin:second_factor_set_up")


class Why(NamedTuple):
    """Why what was sent is not saved: in the title, in a sentence, and what to press."""

    status: int
    short: str
    sentence: str
    press: str


ENDED = Why(
    403,
    "your session had ended",
    "A session ends after 30 minutes without use, and after 8 hours.",
    "Log in again",
)
ANEW = Why(
    403,
    "you have logged in anew since",
    "The page that you sent was opened before you logged in again, perhaps in another tab.",
    "Open the page anew",
)
FAILED = Why(
    503,
    "the site cannot store anything just now",
    "The database did not take it. That passes, as a rule, within a minute; if it does not, tell "
    "whoever runs the site.",
    "Open the page anew",
)


class StaffPages:
    """Staff see the clinic's own time, and no copy of a page is kept anywhere.

    Django's admin views answer any method, TRACE included; here only those in METHODS. Nobody
    sees more than the way in before the second factor, or after a session's time. Outside the
    pages of staff, such as at a draft, somebody without it is nobody.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path.startswith(STAFF_PATH):
            # Asked only where a view asks: the public pages look at no cookie.
            request.user = SimpleLazyObject(partial(_known, request, request.user))
            return self.get_response(request)
        with timezone.override(ZoneInfo(get_clinic().time_zone)):
            response = self._refusal(request) or self.get_response(request)
        response["Cache-Control"] = "no-store, private"
        return response

    def process_view(self, request, view, args, kwargs):
        """Runs after Django has looked at the token of a form: a stranger's is told nothing."""
        if not request.path.startswith(STAFF_PATH) or request.resolver_match.view_name in DOORS:
            return None
        had_cookie = bool(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
        # Asked before the user: django-otp forgets a device that is gone.
        was_verified = DEVICE_ID_SESSION_KEY in request.session
        if not request.user.is_authenticated:
            return _ended(request) if had_cookie or request.method == "POST" else None
        gone = was_verified and not request.user.is_verified()
        if gone or sessions.is_over(request.session, time.time()):
            return _ended(request)
        sessions.mark_seen(request.session, time.time())
        return _to_the_factor(request)

    def process_exception(self, request, exception):
        """Where the database fails, what was typed is given back: it is stored nowhere."""
        failed = isinstance(exception, OperationalError | InterfaceError)
        typed = typed_texts(request.POST) if failed and request.path.startswith(STAFF_PATH) else ()
        if not typed:
            return None
        # The page may ask the database for something: then the error of before is answered.
        with suppress(DatabaseError, InterfaceError):
            response = _given_back(request, typed, _came_from(request), FAILED)
            logger.exception("What staff sent was not stored; they were given it back")
            response["Retry-After"] = str(RETRY_AFTER)
            return response
        return None

    def _refusal(self, request):
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        if "\x00" in unquote(request.META.get("QUERY_STRING", "")):
            # PostgreSQL refuses it in any text; no address of ours holds one.
            return error_response(400)
        return None


def _known(request, user):
    """Whoever has both factors and time left; anybody else is nobody."""
    if not user.is_authenticated:
        return user
    over = sessions.is_over(request.session, time.time())
    return user if user.is_verified() and not over else AnonymousUser()


def _to_the_factor(request):
    if request.user.is_verified() or request.resolver_match.view_name in ON_THE_WAY_IN:
        return None
    return HttpResponseRedirect(with_next(reverse("admin:second_factor"), _came_from(request)))


def _ended(request):
    """Lead to the sign-in and say why; what was typed is given back, for it is stored nowhere."""
    logout(request)
    address = with_next(reverse("admin:login"), _came_from(request), ended="yes")
    typed = typed_texts(request.POST)
    return _given_back(request, typed, address, ENDED) if typed else HttpResponseRedirect(address)


def csrf_failure(request, reason=""):
    """Answer a form without the token of this session.

    Whoever has signed in anew in another tab gets back what they typed into a page of before.
    """
    own = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    typed = typed_texts(request.POST) if own and request.path.startswith(STAFF_PATH) else ()
    if not typed:
        return error_response(403)
    return _given_back(request, typed, _came_from(request), ANEW)


def _given_back(request, typed, address, why):
    """The page with what was typed. address: where to go from it."""
    more = {"title": f"Nothing was saved: {why.short}", "typed": typed, "address": address}
    context = admin.site.each_context(request) | more | {"why": why}
    return render(request, "admin/not_saved.html", context, status=why.status)


def _came_from(request):
    """Return the page that somebody was at: for a form that was sent, the one it stood on."""
    if request.method != "POST":
        return own_path(request.get_full_path())
    referer = urlsplit(request.headers.get("Referer", ""))
    own = referer.netloc == request.get_host()
    return own_path(referer._replace(scheme="", netloc="").geturl() if own else "")
