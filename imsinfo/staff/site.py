from collections.abc import Callable
from functools import update_wrapper

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.response import TemplateResponse

from imsinfo.clinic import get_clinic
from imsinfo.staff.sign_in import SignInForm

# Heading and advice by status, for people who are signed in.
REFUSALS = {
    403: (
        "Your account may not do that",
        "Ask the person who looks after the accounts if you need it for your work.",
    ),
    404: ("Page not found", "Check the address, or choose one of the pages above."),
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
        self.warnings: list[Callable[[], str]] = []

    def warn_of(self, tell: Callable[[], str]) -> None:
        """Ask tell at each look at the overview; what it returns, unless "", is shown on top."""
        self.warnings.append(tell)

    def index(self, request, extra_context=None):
        told = [warning for tell in self.warnings if (warning := tell())]
        return super().index(request, {"warnings": told, **(extra_context or {})})

    def login(self, request, extra_context=None):
        """Django's own, with the status that a refused try has."""
        response = super().login(request, extra_context)
        form = (getattr(response, "context_data", None) or {}).get("form")
        if form is not None and form.refused:
            response.status_code = form.refused.status
            response["Retry-After"] = str(form.refused.seconds)
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
                return self._refusal(request, 403)
            except Http404:
                return self._refusal(request, 404)

        return update_wrapper(told, answer)

    def _refusal(self, request, status):
        heading, advice = REFUSALS[status]
        context = self.each_context(request) | {"title": heading, "advice": advice}
        return TemplateResponse(request, "admin/refused.html", context, status=status)
