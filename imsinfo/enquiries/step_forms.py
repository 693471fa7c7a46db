"""What staff enter with each step of an enquiry."""

from typing import Any, cast

from django import forms
from django.contrib.auth.models import User

from imsinfo.enquiries import choices
from imsinfo.enquiries.duty import name_of
from imsinfo.enquiries.typed_text import TypedText
from imsinfo.enquiries.workflow import Given
from imsinfo.enquiries.workflow.situation import WORK
from imsinfo.staff.day_field import day_field

LONGEST_NOTE = 4000
CLINICAL = "What is clinical belongs in the patient record too."


def _note(label: str, *, required: bool = False, hint: str = "") -> TypedText:
    widget = forms.Textarea(attrs={"rows": 3, "cols": 60})
    return TypedText(
        max_length=LONGEST_NOTE, label=label, required=required, help_text=hint, widget=widget
    )


def _choice(offered: type[Any], label: str) -> forms.ChoiceField:
    return forms.ChoiceField(choices=offered.choices, label=label, widget=forms.RadioSelect)


class StepForm(forms.Form):
    """The version of the enquiry that staff saw, with what they enter. Subclasses add fields."""

    use_required_attribute = False
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    # Whether there is anything to fill in; if not, a button is enough.
    button_alone = False

    def given(self) -> Given:
        """Return what was entered, from valid fields."""
        known = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return Given(**known)


class ButtonForm(StepForm):
    button_alone = True


class AnswerForm(StepForm):
    answer = _choice(choices.ClinicianAnswer, "Your answer")
    text = _note("Note for the front desk (optional)", hint=CLINICAL)


class ContactForm(StepForm):
    way = _choice(choices.ContactWay, "How")
    outcome = _choice(choices.ContactOutcome, "What came of it")
    text = _note("Note (optional)", hint=CLINICAL)


class BookForm(StepForm):
    day = day_field("Day of the assessment", required=True)


class AskForm(StepForm):
    text = _note("What shall the clinician look at? (optional)")


class Colleague(forms.ModelChoiceField):
    def label_from_instance(self, obj):
        return name_of(obj)


class AssignForm(StepForm):
    to = Colleague(User.objects.none(), label="Who shall have it")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        people = User.objects.with_perm(WORK, backend="django.contrib.auth.backends.ModelBackend")
        field = cast(Colleague, self.fields["to"])
        field.queryset = people.order_by("username")


class CloseForm(StepForm):
    reason = forms.ChoiceField(
        choices=(("", "Choose"), *choices.ClosedReason.choices), label="Reason"
    )
    advice = forms.ChoiceField(
        choices=choices.Advice.choices,
        label="Clinical advice",
        required=False,
        widget=forms.RadioSelect,
        help_text="Not asked for a duplicate, spam or a test.",
    )
    advice_copied_on = day_field("Copied to the patient record on")
    text = _note("Note (optional)")


class WhyForm(StepForm):
    text = _note("Why", required=True)


class NoteForm(StepForm):
    text = _note("New note", required=True, hint=CLINICAL)


FORMS: dict[str, type[StepForm]] = {
    "claim": ButtonForm,
    "answer": AnswerForm,
    "contact": ContactForm,
    "wait": ButtonForm,
    "heard": ButtonForm,
    "book": BookForm,
    "ask-clinician": AskForm,
    "assign": AssignForm,
    "close": CloseForm,
    "reopen": WhyForm,
    "note": NoteForm,
    "hold": WhyForm,
    "release": WhyForm,
}


def step_form(key: str, version: int, data: Any = None) -> StepForm:
    """Return the form of a step; its fields have ids of their own on a page with other forms.

    version: what a blank form carries; data: what was sent, None for a blank one.
    """
    return FORMS[key](data, initial={"version": version}, auto_id=f"id_{key}_%s")
