"""Exporting enquiries as CSV, row by row; nothing of an export is stored here."""

from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.http import StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from imsinfo.clinic import get_clinic
from imsinfo.csv_cells import CSV_TYPE, lines
from imsinfo.enquiries.choices import Area, State
from imsinfo.enquiries.export import Asked, chosen, latest, table, write_down
from imsinfo.enquiries.typed_text import TypedText
from imsinfo.staff.day_field import day_field
from imsinfo.staff.permissions import needs

LISTED = 10


class ExportForm(forms.Form):
    use_required_attribute = False
    reason = TypedText(
        max_length=200,
        label="What it is for",
        help_text=(
            "Name nobody, and no health detail: this line is kept with your name and the day. For "
            "example: “Waiting times of October, for the meeting of the managers.”"
        ),
        error_messages={"required": "Write what the export is for, without naming anybody."},
        widget=forms.Textarea(attrs={"rows": 2, "cols": 60}),
    )
    first_day = day_field("Received from (optional)")
    last_day = day_field("Received until, that day included (optional)")
    states = forms.MultipleChoiceField(
        required=False,
        choices=State.choices,
        widget=forms.CheckboxSelectMultiple,
        label="Only in these states (optional)",
    )
    areas = forms.MultipleChoiceField(
        required=False,
        choices=Area.choices,
        widget=forms.CheckboxSelectMultiple,
        label="Only with their main pain here (optional)",
    )
    contact = forms.BooleanField(required=False, label="Names and contact details too")
    texts = forms.BooleanField(
        required=False, label="Free texts too: messages, help needed, and our notes"
    )

    def clean(self):
        cleaned = super().clean() or {}
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", f"This day comes before {first}, the first one.")
        return cleaned

    def asked(self) -> Asked:
        given = dict(self.cleaned_data)
        del given["reason"]
        return Asked(**given)


def urls():
    return [path("export/", admin.site.admin_view(export_page), name="enquiries_enquiry_export")]


@needs("enquiries.export_enquiries")
@require_http_methods(["GET", "HEAD", "POST"])
def export_page(request):
    """Show what can be asked for; asked, answer with the file."""
    form = ExportForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        return _file(request.user, form.asked(), form.cleaned_data["reason"])
    context = admin.site.each_context(request) | {
        "title": "Export enquiries",
        "form": form,
        "exports": latest(LISTED),
    }
    status = 422 if form.is_bound else 200
    return TemplateResponse(request, "enquiries/admin/export.html", context, status=status)


def _file(user: User, asked: Asked, reason: str) -> StreamingHttpResponse:
    zone = ZoneInfo(get_clinic().time_zone)
    keys = chosen(asked, zone)
    # Before the first byte leaves.
    write_down(asked, len(keys), reason, user)
    response = StreamingHttpResponse(
        lines(list(asked.columns), table(asked, keys, zone)), content_type=CSV_TYPE
    )
    name = f"enquiries-{timezone.localdate()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
