"""From the password to the pages of staff: a password of one's own, a phone, a code each time."""

import time
from functools import partial, wraps

from django.contrib import admin, messages
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods
from django_otp import login as bind_device
from django_otp.plugins.otp_static.models import StaticDevice

from imsinfo.clinic import get_clinic
from imsinfo.qr import drawing
from imsinfo.staff import audit, devices, sessions
from imsinfo.staff.addresses import own_path, with_next
from imsinfo.staff.choices import AuditAction
from imsinfo.staff.second_factor import enrolment_address, in_groups, secret_to_type
from imsinfo.staff.second_factor_forms import WRONG_AT_FIRST, CodeForm, OwnPasswordForm

# How long a code that was just typed lets a phone be replaced, in seconds.
TIME_TO_REPLACE = 10 * 60
FROM_THE_PHONE = "Six digits, from the app on your phone."
EITHER_KIND = (
    "Six digits, from the app on your phone. Or one of your recovery codes, twelve digits."
)


def urls():
    """Return the addresses below the admin's; the last one alone asks for the second factor."""
    return [
        path("second-factor/", enter_code, name="second_factor"),
        path("second-factor/password/", own_password, name="own_password"),
        path("second-factor/set-up/", set_up, name="second_factor_set_up"),
        path("second-factor/codes/", admin.site.admin_view(manage), name="second_factor_codes"),
    ]


def on_the_way_in(view):
    """Let a view answer those alone who have given the password of an account of staff."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request):
        if not (request.user.is_active and request.user.is_staff):
            return HttpResponseRedirect(with_next(reverse("admin:login"), _next(request)))
        return view(request)

    return guarded


@on_the_way_in
def enter_code(request):
    """The code of each sign-in. Whoever needs another step first is led to it."""
    if request.user.is_verified():
        return HttpResponseRedirect(_next(request))
    if devices.must_set_password(request.user):
        return HttpResponseRedirect(with_next(reverse("admin:own_password"), _next(request)))
    if not devices.has_factor(request.user):
        return HttpResponseRedirect(
            with_next(reverse("admin:second_factor_set_up"), _next(request))
        )
    form = CodeForm(_posted(request), partial(devices.spend_code, request.user), EITHER_KIND)
    if form.is_valid():
        _let_in(request, form.spent)
        if isinstance(form.spent, StaticDevice):
            _tell_what_is_left(request)
        return HttpResponseRedirect(_next(request))
    return _page(request, "code", "Type the code from your phone", form)


@on_the_way_in
def own_password(request):
    """A password in place of the one that came with the account."""
    if not devices.must_set_password(request.user):
        return HttpResponseRedirect(with_next(reverse("admin:second_factor"), _next(request)))
    form = OwnPasswordForm(request.user, _posted(request))
    if form.is_valid():
        with transaction.atomic():
            form.save()
            devices.note_own_password(request.user)
            audit.record(AuditAction.PASSWORD_CHANGED, request.user)
        update_session_auth_hash(request, form.user)
        return HttpResponseRedirect(with_next(reverse("admin:second_factor"), _next(request)))
    return _page(request, "password", "Choose your own password", form)


@on_the_way_in
def set_up(request):
    """A phone: for an account that has none, or for who has just typed a code of the one it has."""
    user, replaces = request.user, _may_replace(request)
    if not replaces and (devices.has_factor(user) or devices.must_set_password(user)):
        return HttpResponseRedirect(with_next(reverse("admin:second_factor"), _next(request)))
    phone = devices.pending_phone(user, request.session.get(sessions.PENDING))
    request.session[sessions.PENDING] = phone.pk
    spend = partial(devices.enrol, user, phone, replaces=replaces)
    form = CodeForm(_posted(request), spend, FROM_THE_PHONE, WRONG_AT_FIRST)
    if form.is_valid():
        _let_in(request, form.spent.phone)
        sessions.end_all(user, keep=request.session.session_key)
        return _show_codes(request, form.spent.recovery_codes)
    return _page(request, "set_up", "Set up your phone", form, **_to_scan(user, phone))


def manage(request):
    """How many recovery codes are left; new ones, or another phone, for a code."""
    form = CodeForm(_posted(request), partial(devices.spend_code, request.user), EITHER_KIND)
    if form.is_valid() and "phone" in request.POST:
        request.session.pop(sessions.PENDING, None)
        request.session[sessions.MAY_REPLACE] = time.time() + TIME_TO_REPLACE
        return HttpResponseRedirect(reverse("admin:second_factor_set_up"))
    if form.is_valid():
        codes = devices.replace_recovery_codes(request.user)
        sessions.end_all(request.user, keep=request.session.session_key)
        return _show_codes(request, codes)
    left = devices.recovery_codes_left(request.user)
    return _page(request, "manage", "Your phone and recovery codes", form, left=left)


def _posted(request):
    return request.POST if request.method == "POST" else None


def _next(request):
    return own_path(request.POST.get("next") or request.GET.get("next", ""))


def _may_replace(request):
    until = request.session.get(sessions.MAY_REPLACE, 0)
    return request.user.is_verified() and 0 <= until - time.time() <= TIME_TO_REPLACE


def _let_in(request, device):
    """From here on the session is verified, under a key that nobody can have seen before."""
    if not request.user.is_verified():
        audit.record(AuditAction.SIGNED_IN, request.user)
    for name in (sessions.PENDING, sessions.MAY_REPLACE):
        request.session.pop(name, None)
    bind_device(request, device)
    request.session.cycle_key()


def _tell_what_is_left(request):
    left = devices.recovery_codes_left(request.user)
    messages.warning(
        request,
        f"You used a recovery code; {left} are left. If your phone is lost, set up another one "
        "under “Phone and recovery codes” at the foot of the page.",
    )


def _to_scan(user, phone):
    address = enrolment_address(phone.bin_key, user.get_username(), get_clinic().name)
    label = "QR code for the app on your phone. The secret below it says the same"
    return {"qr": drawing(address, label), "secret": in_groups(secret_to_type(phone.bin_key))}


def _show_codes(request, codes):
    grouped = [in_groups(code) for code in codes]
    return _page(request, "kept", "Keep these recovery codes", None, codes=grouped)


def _page(request, name, title, form, **more):
    context = admin.site.each_context(request) | {
        "title": title,
        "form": form,
        "next": _next(request),
        **more,
    }
    refused = getattr(form, "refused", None)
    template = f"admin/second_factor/{name}.html"
    response = render(request, template, context, status=refused.status if refused else 200)
    if refused:
        response["Retry-After"] = str(refused.seconds)
    return response
