"""Who may see a page of staff: said once, beside the view, and held before it runs."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied

View = Callable[..., Any]


def needs(permission: str) -> Callable[[View], View]:
    """Let a view answer only those who have a permission, given as app.codename.

    For views inside StaffSite.admin_view, which asks for the second factor before and tells and
    records a refusal.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not request.user.has_perm(permission):
                raise PermissionDenied(permission)
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate
