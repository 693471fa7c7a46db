"""The enquiries for staff: a list without names, answers to read, a state and notes to write."""

from datetime import date, timedelta
from typing import NamedTuple

from crispy_forms.layout import Fieldset
from django import forms
from django.contrib import admin
from django.db.models import Case, When
from django.template.loader import render_to_string
from django.utils import timezone

from imsinfo.clinic import get_clinic
from imsinfo.enquiries.answers import Answer, for_staff
from imsinfo.enquiries.choices import State
from imsinfo.enquiries.forms import AnswersForm
from imsinfo.enquiries.lookup import same_contact
from imsinfo.enquiries.models import Enquiry, Note, OutgoingMail
from imsinfo.enquiries.spam import WORDS as SPAM_WORDS
from imsinfo.enquiries.typed_text import TypedText
from imsinfo.working_days import next_working_day, reply_day

# Which questions the form asks depends on these.
KINDS = ("someone_else", "doctor_first")
# Of the enquiries with the same phone number or email address, the newest.
MOST_SHOWN = 3
# Longer than a mail is gathered for, and than a few tries take.
LATE_MAIL = timedelta(hours=1)
CLOSED_LAST = Case(When(state=State.CLOSED, then=1), default=0)


class Section(NamedTuple):
    """Answers under one heading of the form."""

    title: str
    answers: list[Answer]


def in_sections(enquiry: Enquiry) -> list[Section]:
    """Return the answers under the headings of the form and in its order, empty ones left out."""
    form = AnswersForm(initial={name: getattr(enquiry, name) for name in KINDS})
    answers = {answer.name: answer for answer in for_staff(enquiry)}
    asked = [part for part in form.helper.layout.fields if isinstance(part, Fieldset)]
    sections = [
        Section(part.legend, [answers.pop(name) for name in part.fields if name in answers])
        for part in asked
    ]
    # What the form asked once, such as a visit by video, and asks no longer.
    sections.append(Section("Also answered", list(answers.values())))
    return [section for section in sections if section.answers]


def days_ago(received: date, today: date) -> str:
    """Return how long ago a day was, in words; a day to come counts as today."""
    days = (today - received).days
    return f"{days} days ago" if days > 1 else "Yesterday" if days == 1 else "Today"


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
    template = "enquiries/admin/notes.html"
    fields = ("text",)
    extra = 1
    verbose_name_plural = "Notes"

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_add_permission(self, request, obj=None):
        return request.user.has_perm("enquiries.change_enquiry")


@admin.register(Enquiry)
class EnquiryAdmin(admin.ModelAdmin):
    # No search box: Django would put what staff type, a name perhaps, into the address.
    list_display = ("reference", "flags", "received", "state", "area")
    list_filter = ("state", "doctor_first", "caution", "suspected_spam", "area")
    ordering = (CLOSED_LAST, "-doctor_first", "received_at")
    usual_order = "those for a doctor first on top, then the oldest; closed ones last"
    when_empty = (
        "No enquiry has come in yet. Each one appears here under its reference as soon as it is "
        "sent, with what a clinician should look at first."
    )
    list_per_page = 50
    show_full_result_count = False
    fields = ("state", "closed_reason")
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
        return render_to_string("enquiries/admin/flags.html", {"enquiry": enquiry})

    @admin.display(description="Received", ordering="received_at")
    def received(self, enquiry):
        return render_to_string("enquiries/admin/received.html", _received(enquiry))

    def render_change_form(self, request, context, *args, **kwargs):
        """Everything to read above the fields of Django's form, and the reference as its title."""
        enquiry = kwargs["obj"]
        same = same_contact(enquiry)
        context |= _received(enquiry) | {
            "title": f"Enquiry {enquiry}",
            "subtitle": "",
            "sections": in_sections(enquiry),
            "spam_reasons": [SPAM_WORDS.get(each, each) for each in enquiry.spam_reasons.split()],
            "same_contact": same[:MOST_SHOWN],
            "more_of_same_contact": max(0, same.count() - MOST_SHOWN),
            "look_by": next_working_day(get_clinic(), enquiry.received_at),
            "reply_day": reply_day(get_clinic(), enquiry.received_at),
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request, obj, form, change):
        obj.set_state(obj.state, obj.closed_reason, timezone.now())
        # The state alone: answers are never written back, nor a row that has been deleted since.
        obj.save(update_fields=["state", "closed_reason", "closed_at"])

    def save_formset(self, request, form, formset, change):
        for note in formset.save(commit=False):
            note.author = request.user
            note.save()
        formset.save_m2m()


def mail_warning() -> str:
    """Return what staff must know of mails that do not go out, "" where all is well."""
    now = timezone.now()
    given_up = OutgoingMail.objects.given_up().count()
    late = OutgoingMail.objects.waiting().filter(owed_since__lte=now - LATE_MAIL).count()
    if not given_up and not late:
        return ""
    return (
        f"Mails are not going out: {late} late, {given_up} given up after 3 days. New enquiries "
        "may be here that no mail has told of: look into the list. Tell whoever runs the site."
    )


admin.site.warn_of(mail_warning)  # type: ignore[attr-defined]


def _received(enquiry: Enquiry) -> dict[str, object]:
    at = timezone.localtime(enquiry.received_at)
    return {"age": days_ago(at.date(), timezone.localdate()), "at": at}
