"""Looking an enquiry up by what its sender says on the phone. By POST: a name is in no address."""

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from imsinfo.clinic import get_clinic
from imsinfo.enquiries import queue
from imsinfo.enquiries.lookup import found_by, kind_of
from imsinfo.enquiries.models import Enquiry
from imsinfo.enquiries.typed_text import TypedLine
from imsinfo.staff import audit
from imsinfo.staff.choices import AuditAction
from imsinfo.staff.permissions import needs

MOST_FOUND = 50


class FindForm(forms.Form):
    use_required_attribute = False
    q = TypedLine(
        max_length=200,
        label="Reference, phone number, email address or name",
        error_messages={"required": "Enter what you look for."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


def urls():
    return [path("find/", admin.site.admin_view(find), name="enquiries_enquiry_find")]


@needs("enquiries.view_enquiry")
@require_http_methods(["GET", "HEAD", "POST"])
def find(request):
    """Show the box, or what was found with it."""
    form = FindForm(request.POST if request.method == "POST" else None)
    context = admin.site.each_context(request) | {"title": "Look up an enquiry", "form": form}
    if form.is_bound and form.is_valid():
        context |= _found(request, form.cleaned_data["q"])
    status = 422 if form.is_bound and not form.is_valid() else 200
    return TemplateResponse(request, "enquiries/admin/find.html", context, status=status)


def _found(request, typed: str) -> dict[str, object]:
    kind, values = kind_of(typed)
    enquiries = _newest(found_by(kind, values))
    audit.record(AuditAction.SEARCHED, request.user, detail=f"{kind}: {len(enquiries)} found")
    today, clinic = timezone.localdate(), get_clinic()
    rows = [
        {
            "enquiry": each,
            "initials": queue.initials(each.name),
            "digits": queue.last_digits(each.phone),
            "age": queue.age(timezone.localdate(each.received_at), today, clinic),
            "due": queue.lateness(each.due_on, today, clinic),
        }
        for each in enquiries[:MOST_FOUND]
    ]
    return {"rows": rows, "kind": kind, "has_more": len(enquiries) > MOST_FOUND}


def _newest(enquiries: QuerySet[Enquiry]) -> list[Enquiry]:
    newest = queue.listed(enquiries).order_by("-received_at", "-pk")
    return list(newest[: MOST_FOUND + 1])
