"""Erasing an enquiry on request, and the tombstones that are left of those erased."""

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import TextChoices
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from imsinfo.enquiries.backups import journal
from imsinfo.enquiries.backups.folder import DAYS_KEPT as DAYS_IN_BACKUPS
from imsinfo.enquiries.choices import ErasurePath
from imsinfo.enquiries.erasure import (
    READ_TO_ERASE,
    NotErased,
    ask,
    confirm,
    decline,
    erase,
    waiting_warning,
)
from imsinfo.enquiries.models import Enquiry, ErasureRequest, Tombstone
from imsinfo.enquiries.retention_warnings import not_applied_warning, open_too_long_warning
from imsinfo.enquiries.typed_text import TypedText
from imsinfo.staff.permissions import needs
from imsinfo.staff.read_only import ReadOnlyAdmin


class ErasureForm(forms.Form):
    use_required_attribute = False
    reason = TypedText(
        max_length=500,
        label="Why it is erased",
        help_text=(
            "Name nobody, and no health detail: this line stays. For example: “Asked for it by "
            "phone on 3 March; called back at the number given.”"
        ),
        error_messages={"required": "Write why it is erased, without naming anybody."},
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
    )
    sure = forms.BooleanField(
        label="I have read what goes. It cannot be brought back.",
        error_messages={"required": "Tick the box to erase it."},
    )


class Decision(TextChoices):
    ERASE = "erase", "Erase it. It cannot be brought back."
    KEEP = "keep", "Keep it: decline what was asked."


class DecisionForm(forms.Form):
    """What a second manager decides. asked: the request that they saw, by its primary key."""

    use_required_attribute = False
    asked = forms.IntegerField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(
        choices=Decision.choices,
        label="What you decide",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether it is erased or kept."},
    )


def urls():
    seen = admin.site.admin_view
    return [
        path("<int:pk>/erase/", seen(erase_page), name="enquiries_enquiry_erase"),
        path("erased/<slug:reference>/", seen(erased_page), name="enquiries_enquiry_erased"),
    ]


@needs("enquiries.erase_enquiry")
@require_http_methods(["GET", "HEAD", "POST"])
def erase_page(request, pk):
    """Show what goes and what stays; with a reason and a tick, erase it or ask a second manager.

    The second one is shown who asked and why, and decides.
    """
    reference = request.POST.get("reference", "")
    if reference and not Enquiry.objects.filter(pk=pk).exists():
        # Pressed twice: it is done. An address without a tombstone is not found there either.
        return redirect("admin:enquiries_enquiry_erased", slugify(reference).upper())
    enquiry = get_object_or_404(Enquiry.objects.only(*READ_TO_ERASE), pk=pk)
    if request.method != "POST":
        return _page(request, enquiry)
    form = (DecisionForm if "asked" in request.POST else ErasureForm)(request.POST)
    if not form.is_valid():
        return _page(request, enquiry, 422, "Nothing was erased. Correct what is marked.", form)
    try:
        return _carried_out(request, enquiry, form)
    except NotErased as why:
        return _page(request, enquiry, 409, f"Nothing was erased. {why}")


def _carried_out(request, enquiry: Enquiry, form: forms.Form):
    """Do what was sent, and return where it leads to."""
    pk, user, given, now = enquiry.pk, request.user, form.cleaned_data, timezone.now()
    if isinstance(form, ErasureForm) and settings.ERASE_NEEDS_SECOND:
        ask(pk, user, given["reason"], now)
        return redirect("admin:enquiries_enquiry_erase", pk)
    if isinstance(form, ErasureForm):
        left = erase(pk, ErasurePath.REQUEST, user, given["reason"], now)
    elif given["decision"] == Decision.ERASE:
        left = confirm(pk, given["asked"], user, now)
    else:
        decline(pk, given["asked"], user, now)
        messages.success(request, f"{enquiry} stays. Nobody waits for its erasure any more.")
        return redirect("admin:enquiries_enquiry_change", pk)
    return redirect("admin:enquiries_enquiry_erased", left.reference)


def _page(request, enquiry: Enquiry, status=200, told: str = "", sent: forms.Form | None = None):
    """The page as things stand now. told: why nothing was done; sent: what is to be corrected."""
    asked = ErasureRequest.objects.select_related("asked_by").filter(enquiry=enquiry).first()
    fitting = DecisionForm if asked else ErasureForm
    blank = fitting(initial={"asked": asked.pk if asked else None})
    context = admin.site.each_context(request) | {
        "title": f"Erase enquiry {enquiry}",
        "enquiry": enquiry,
        "form": sent if isinstance(sent, fitting) else blank,
        "told": told,
        "asked": asked,
        "needs_second": settings.ERASE_NEEDS_SECOND,
        "notes": enquiry.notes.count(),
        "contacts": enquiry.contacts.count(),
        "mails": enquiry.mails.count(),
        "days_in_backups": DAYS_IN_BACKUPS,
    }
    return TemplateResponse(request, "enquiries/admin/erase.html", context, status=status)


@needs("enquiries.erase_enquiry")
@require_safe
def erased_page(request, reference):
    """Tell that an enquiry is erased, and what is left of it."""
    tombstone = get_object_or_404(
        Tombstone.objects.select_related("erased_by"), reference=reference
    )
    context = admin.site.each_context(request) | {
        "title": f"Enquiry {reference} is erased",
        "tombstone": tombstone,
        "days_in_backups": DAYS_IN_BACKUPS,
    }
    return TemplateResponse(request, "enquiries/admin/erased.html", context)


@admin.register(Tombstone)
class TombstoneAdmin(ReadOnlyAdmin):
    """To read alone: a tombstone is the proof that something is gone."""

    list_display = ("reference", "received_at", "closed_reason", "erased_at", "path", "erased_by")
    list_filter = ("path", "closed_reason")
    list_select_related = ("erased_by",)
    list_per_page = 50
    show_full_result_count = False
    actions = None
    usual_order = "the latest erased on top"
    when_empty = "No enquiry has been erased yet. What is left of each one appears here."

    def lookup_allowed(self, lookup, value, request):
        return lookup.removesuffix("__exact") in self.list_filter


warn_of = admin.site.warn_of  # type: ignore[attr-defined]
for tell in (not_applied_warning, journal.warning):
    warn_of(tell)
# These name references: the first to whoever may read them, the other to those who decide.
warn_of(open_too_long_warning, "enquiries.view_enquiry")
warn_of(waiting_warning, "enquiries.erase_enquiry")
