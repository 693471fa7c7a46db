"""Answering whoever asks what is kept on them: finding it, showing it, handing it out."""

from django.contrib import admin
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from imsinfo.enquiries import queue
from imsinfo.enquiries.find_views import FindForm
from imsinfo.enquiries.lookup import REFERENCE, found_by, kind_of, same_contact
from imsinfo.enquiries.models import Enquiry, Tombstone
from imsinfo.enquiries.subject_access import Held, as_json, held_on, json_text
from imsinfo.staff import audit
from imsinfo.staff.choices import AuditAction
from imsinfo.staff.permissions import needs

PERMISSION = "enquiries.erase_enquiry"
MOST_FOUND = 50


class SubjectForm(FindForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        hint = "Look for each of them: somebody may have written more than once."
        self.fields["q"].help_text = hint


def urls():
    seen = admin.site.admin_view
    return [
        path("subject/", seen(subject_page), name="enquiries_enquiry_subject"),
        path("<int:pk>/access/", seen(access_page), name="enquiries_enquiry_access"),
        path("<int:pk>/access.json", seen(access_json), name="enquiries_enquiry_access_json"),
    ]


@needs(PERMISSION)
@require_http_methods(["GET", "HEAD", "POST"])
def subject_page(request):
    """Show the box, or what was found with it."""
    form = SubjectForm(request.POST if request.method == "POST" else None)
    context = admin.site.each_context(request) | {
        "title": "Someone asks what we keep",
        "form": form,
    }
    if form.is_bound and form.is_valid():
        context |= _found(request, form.cleaned_data["q"])
    status = 422 if form.is_bound and not form.is_valid() else 200
    return TemplateResponse(request, "enquiries/admin/subject.html", context, status=status)


@needs(PERMISSION)
@require_safe
def access_page(request, pk):
    """Show everything on one page, which can be printed."""
    held = _held(request, pk, "page")
    context = admin.site.each_context(request) | {
        "title": f"What we hold under {held.enquiry}",
        "held": held,
        "others": same_contact(held.enquiry)[:MOST_FOUND],
    }
    return TemplateResponse(request, "enquiries/admin/access.html", context)


@needs(PERMISSION)
@require_POST
def access_json(request, pk):
    """Hand out the same as a file, which is stored nowhere here."""
    held = _held(request, pk, "json")
    response = StreamingHttpResponse(
        json_text(as_json(held)), content_type="application/json; charset=utf-8"
    )
    name = f"enquiry-{held.enquiry.reference}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _held(request, pk: int, way: str) -> Held:
    enquiry = get_object_or_404(Enquiry.objects.select_related("corrects"), pk=pk)
    audit.record(AuditAction.DISCLOSED, request.user, reference=enquiry.reference, detail=way)
    return held_on(enquiry, timezone.now())


def _found(request, typed: str) -> dict[str, object]:
    kind, values = kind_of(typed)
    newest = queue.listed(found_by(kind, values)).order_by("-received_at", "-pk")
    enquiries = list(newest[: MOST_FOUND + 1])
    counted = f"{MOST_FOUND} or more" if len(enquiries) > MOST_FOUND else str(len(enquiries))
    detail = f"for access, {kind}: {counted} found"
    audit.record(AuditAction.SEARCHED, request.user, detail=detail)
    rows = [{"enquiry": each, "initials": queue.initials(each.name)} for each in enquiries]
    # What else was typed, such as a name, goes into no statement: a database may log them all.
    references = values if kind == REFERENCE else []
    return {
        "rows": rows[:MOST_FOUND],
        "has_more": len(rows) > MOST_FOUND,
        "tombstones": Tombstone.objects.filter(reference__in=references),
    }
