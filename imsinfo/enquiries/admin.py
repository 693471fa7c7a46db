"""The enquiries for staff: a list without names, answers to read, a state and notes to write."""

from django import forms
from django.contrib import admin
from django.template.loader import render_to_string
from django.utils import timezone

from imsinfo.enquiries.answers import for_staff
from imsinfo.enquiries.choices import State
from imsinfo.enquiries.models import Enquiry, Note
from imsinfo.enquiries.typed_text import TypedText


class StateForm(forms.ModelForm):
    """The state and, for a closed enquiry alone, its reason."""

    def clean(self):
        state, reason = self.cleaned_data.get("state"), self.cleaned_data.get("closed_reason")
        if state and (state == State.CLOSED) != bool(reason):
            self.add_error("closed_reason", "A closed enquiry has a reason; an open one has none")


class NoteForm(forms.ModelForm):
    text = TypedText(max_length=4000, widget=forms.Textarea(attrs={"rows": 4, "cols": 60}))

    class Meta:
        model = Note
        fields = ("text",)


class NoteInline(admin.StackedInline):
    """Notes are added and read, never changed or removed."""

    model = Note
    form = NoteForm
    fields = ("text", "author", "written_at")
    readonly_fields = ("author", "written_at")
    extra = 1
    verbose_name_plural = "Notes (added, never changed)"

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_add_permission(self, request, obj=None):
        return request.user.has_perm("enquiries.change_enquiry")


@admin.register(Enquiry)
class EnquiryAdmin(admin.ModelAdmin):
    # No search box: Django would put what staff type, a name perhaps, into the address.
    list_display = ("reference", "received_at", "state", "area", "flags")
    list_filter = ("state", "doctor_first", "caution", "area")
    ordering = ("-doctor_first", "received_at")
    list_per_page = 50
    show_full_result_count = False
    fields = ("flags", "answers", "received_at", "corrects", "agreed_to", "state", "closed_reason")
    readonly_fields = ("flags", "answers", "received_at", "corrects", "agreed_to")
    form = StateForm
    inlines = (NoteInline,)

    def lookup_allowed(self, lookup, value, request):
        """The filters of the list alone: an address must not hold a name or a phone number."""
        return lookup.removesuffix("__exact") in self.list_filter

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description="Flags")
    def flags(self, enquiry):
        flags = []
        if enquiry.doctor_first:
            flags.append("Doctor first")
        if enquiry.has_caution:
            flags.append(f"Caution: {enquiry.get_caution_display().lower()}")
        if enquiry.corrects_id:
            flags.append("Correction")
        return ", ".join(flags) or "None"

    @admin.display(description="Answers")
    def answers(self, enquiry):
        rows = {"answers": for_staff(enquiry)}
        return render_to_string("enquiries/admin/answers.html", rows)

    @admin.display(description="Agreed to")
    def agreed_to(self, enquiry):
        return enquiry.consent_text

    def save_model(self, request, obj, form, change):
        obj.set_state(obj.state, obj.closed_reason, timezone.now())
        # The state alone: answers are never written back, nor a row that has been deleted since.
        obj.save(update_fields=["state", "closed_reason", "closed_at"])

    def save_formset(self, request, form, formset, change):
        for note in formset.save(commit=False):
            note.author = request.user
            note.save()
        formset.save_m2m()
