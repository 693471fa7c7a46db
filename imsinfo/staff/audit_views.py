"""The audit for managers: to read, page by page, and to export. Nobody changes it here."""

from typing import cast

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.http import StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from imsinfo.csv_cells import CSV_TYPE, lines
from imsinfo.staff import audit
from imsinfo.staff.audit_search import HEADER, NOBODY, Asked, found, page_of, rows_of
from imsinfo.staff.choices import AuditAction
from imsinfo.staff.day_field import day_field
from imsinfo.staff.models import AuditEvent
from imsinfo.staff.permissions import needs
from imsinfo.staff.read_only import ReadOnlyAdmin

EVENTS_ON_A_PAGE = 50
MOST_PAGES = 100_000
# The signs of our references: no vowel, so that no word can be asked for.
# To its end: what is asked for is written into the audit, and words behind a reference with it.
REFERENCE = r"\A[{0}]{{3}}-[{0}]{{3}}-[{0}]{{4}}\Z".format("CDFGHJKMNPQRTWXY34679")


class ReferenceField(forms.RegexField):
    """A reference, in small letters too."""

    def to_python(self, value):
        return (super().to_python(value) or "").upper()


class AuditForm(forms.Form):
    """What to show. Nothing in it names an enquirer, so it may stand in an address."""

    action = forms.ChoiceField(
        required=False, choices=[("", "All"), *AuditAction.choices], label="What"
    )
    user = forms.ChoiceField(required=False, label="Who")
    first_day = day_field("From the day (UTC)")
    last_day = day_field("To the day, included")
    reference = ReferenceField(
        REFERENCE,
        required=False,
        strip=True,
        label="Enquiry",
        widget=forms.TextInput(attrs={"size": 14, "autocomplete": "off"}),
        error_messages={"invalid": "Enter a reference such as K7M-4QX-9TWC."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        staff = User.objects.filter(is_staff=True).order_by("username")
        named = [(str(pk), name) for pk, name in staff.values_list("pk", "username")]
        offered = [("", "All"), ("none", NOBODY.capitalize()), *named]
        cast(forms.ChoiceField, self.fields["user"]).choices = offered

    def asked(self) -> Asked:
        return Asked(**self.cleaned_data)


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """Its place in the menu. The pages are the views below; there is none to change anything."""

    def get_urls(self):
        seen = admin.site.admin_view
        return [
            path("", seen(audit_list), name="staff_auditevent_changelist"),
            path("export/", seen(audit_export), name="staff_auditevent_export"),
        ]


@needs("staff.view_auditevent")
@require_safe
def audit_list(request):
    """Show one page of the events that were asked for; looking at it is an event too."""
    form = AuditForm(request.GET)
    events: list[AuditEvent] = []
    has_older, number = False, _page_number(request)
    if form.is_valid():
        asked = form.asked()
        events, has_older = page_of(found(asked), number, EVENTS_ON_A_PAGE)
        _record(AuditAction.AUDIT_READ, request, asked, f"page {number}")
    context = admin.site.each_context(request) | {
        "title": "Audit",
        "form": form,
        "events": events,
        "nobody": NOBODY,
        "is_narrowed": any(request.GET.get(name) for name in form.fields),
        "newer": number - 1,
        "older": number + 1 if has_older else 0,
        "may_export": request.user.has_perm("staff.export_auditevent"),
    }
    status = 200 if form.is_valid() else 422
    return TemplateResponse(request, "admin/staff/auditevent/list.html", context, status=status)


@needs("staff.export_auditevent")
@require_POST
def audit_export(request):
    """Answer with the events that were asked for as CSV, event by event."""
    form = AuditForm(request.POST)
    if not form.is_valid():
        context = admin.site.each_context(request) | {"title": "Audit", "form": form}
        return TemplateResponse(request, "admin/staff/auditevent/list.html", context, status=422)
    asked = form.asked()
    events = found(asked)
    # Before the first byte leaves; it is the first row then.
    _record(AuditAction.AUDIT_EXPORTED, request, asked, f"{events.count()} events")
    response = StreamingHttpResponse(lines(HEADER, rows_of(events)), content_type=CSV_TYPE)
    name = f"audit-{timezone.localdate()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _record(action: AuditAction, request, asked: Asked, what: str) -> None:
    detail = ", ".join(part for part in (what, asked.keys) if part)
    audit.record(action, request.user, reference=asked.reference, detail=detail)


def _page_number(request) -> int:
    typed = request.GET.get("page", "")
    is_number = typed.isascii() and typed.isdecimal() and len(typed) <= 6
    return min(max(1, int(typed)), MOST_PAGES) if is_number else 1
