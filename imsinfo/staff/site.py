import time
from collections.abc import Callable
from functools import update_wrapper

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from imsinfo import throttle
from imsinfo.clinic import get_clinic
from imsinfo.staff import audit, devices, second_factor_views
from imsinfo.staff.addresses import with_next
from imsinfo.staff.choices import AuditAction
from imsinfo.staff.permissions import needs
from imsinfo.staff.refusals import record_refusal
from imsinfo.staff.sign_in import QUARTER, SignInForm
from imsinfo.throttle import Limit, ThrottleFault, TooMany

# Heading and advice by status, for people who are signed in.
REFUSALS = {
    403: (
        "Your account may not do that",
        "Ask the person who looks after the accounts if you need it for your work.",
    ),
    404: ("Page not found", "Check the address, or choose one of the pages above."),
    429: (
        "Too many tries",
        "Nothing was changed. Wait 15 minutes and try again, or ask the person who looks after "
        "the accounts.",
    ),
}


class StaffSite(AdminSite):
    """Django's admin, named after the clinic and in the look of its site."""

    index_title = "Overview"
    site_url = "/"
    # The menu of the header leads to every list, at every width.
    enable_nav_sidebar = False
    login_form = SignInForm
    logout_template = "admin/logged_out.html"

    def each_context(self, request):
        name = f"{get_clinic().name} – staff"
        return super().each_context(request) | {"site_header": name, "site_title": name}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.warnings: list[tuple[Callable[[], str], str]] = []
        self.panels: list[tuple[int, Callable[[HttpRequest], str]]] = []
        self.pages: list[URLPattern] = []

    def warn_of(self, tell: Callable[[], str], permission: str = "") -> None:
        """Ask tell at each look at the overview; what it returns, unless "", is shown on top.

        permission: as app.codename, of those alone whom it concerns; "" is everybody.
        """
        self.warnings.append((tell, permission))

    def add_panel(self, draw: Callable[[HttpRequest], str], place: int) -> None:
        """Show on the overview what draw makes of the request: safe HTML, "" for nothing.

        Each panel looks itself at what request.user may see. place: the lowest stands on top.
        """
        self.panels.append((place, draw))
        self.panels.sort(key=lambda panel: panel[0])

    def add_page(self, address: str, view: Callable[..., HttpResponse], permission: str) -> None:
        """Answer at an address below the admin's, such as pages/, with a view of staff.

        permission: as app.codename; nobody else sees it. The address without its slash is the name
        of the page, such as admin:pages.
        """
        guarded = self.admin_view(needs(permission)(view))
        self.pages.append(path(address, guarded, name=address.strip("/")))

    def get_urls(self):
        # Django's asks who logs out for more than the password, and lets nobody else out.
        way_out = path("logout/", self.logout, name="logout")
        return [way_out, *second_factor_views.urls(), *self.pages, *super().get_urls()]

    def index(self, request, extra_context=None):
        may = request.user.has_perm
        concerning = [
            tell for tell, permission in self.warnings if not permission or may(permission)
        ]
        told = [warning for tell in concerning if (warning := tell())]
        drawn = [panel for _, draw in self.panels if (panel := draw(request))]
        more = {"warnings": told, "panels": drawn}
        return super().index(request, more | (extra_context or {}))

    def has_permission(self, request):
        """Django's own question, and the second factor: middleware.py has asked for it before."""
        return super().has_permission(request) and request.user.is_verified()

    def login(self, request, extra_context=None):
        """Django's own, with the status that a refused try has."""
        if request.method == "GET" and request.user.is_staff and not self.has_permission(request):
            following = request.GET.get("next", "")
            return HttpResponseRedirect(with_next(reverse("admin:second_factor"), following))
        response = super().login(request, extra_context)
        form = (getattr(response, "context_data", None) or {}).get("form")
        if form is not None and form.refused:
            response.status_code = form.refused.status
            response["Retry-After"] = str(form.refused.seconds)
        return response

    def logout(self, request, extra_context=None):
        if request.method == "POST" and request.user.is_authenticated:
            audit.record(AuditAction.SIGNED_OUT, request.user)
        return super().logout(request, extra_context)

    def password_change(self, request, extra_context=None):
        """Django's own, slowed for whoever guesses the old password at a screen left open."""
        if request.method != "POST":
            return super().password_change(request, extra_context)
        tries = Limit("old password", str(request.user.pk), 10, QUARTER)
        try:
            throttle.count([tries], time.time())
        except (TooMany, ThrottleFault):
            record_refusal(AuditAction.REFUSED, request.user, detail="admin:password_change")
            return self._refusal(request, 429)
        response = super().password_change(request, extra_context)
        if response.status_code == 302:
            throttle.forget([tries])
            devices.note_own_password(request.user)
            audit.record(AuditAction.PASSWORD_CHANGED, request.user)
        return response

    def get_app_list(self, request, app_label=None):
        """Django's own, with what staff come for before the accounts."""
        apps = super().get_app_list(request, app_label)
        return sorted(apps, key=lambda app: app["app_label"] == "auth")

    def admin_view(self, view, cacheable=False):
        """Django's own, with refusals on a page for staff: the public one speaks to patients."""
        answer = super().admin_view(view, cacheable)

        def told(request, *args, **kwargs):
            try:
                return answer(request, *args, **kwargs)
            except PermissionDenied:
                where = request.resolver_match.view_name
                record_refusal(AuditAction.REFUSED, request.user, detail=where)
                return self._refusal(request, 403)
            except Http404:
                return self._refusal(request, 404)

        return update_wrapper(told, answer)

    def _refusal(self, request, status):
        heading, advice = REFUSALS[status]
        context = self.each_context(request) | {"title": heading, "advice": advice}
        return TemplateResponse(request, "admin/refused.html", context, status=status)
