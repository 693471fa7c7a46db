"""The two forms of the enquiry: the safety questions, and the answers."""

from typing import cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Fieldset, Layout, Submit
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property

from imsinfo.clinic import get_clinic
from imsinfo.enquiries import choices, wording
from imsinfo.enquiries.consents import CONSENTS, CURRENT_CONSENT, SHOWN_ONLINE
from imsinfo.enquiries.typed_text import EmailLine, PhoneLine, TypedLine, TypedText, normalised
from imsinfo.red_flags import FormLine, Level, get_red_flags

CARRIED = (
    *("someone_else", "doctor_first", "submission_id", "corrects", "consent_version"),
    "check_stamp",
)
# No person sees it; what is written there was written by a program.
TRAP = "subject"
SIGN_FIELDS: dict[str, Level] = {
    "emergency": "emergency",
    "today": "today",
    "doctor_first": "doctor-first",
}


def _helper(layout: Layout, button: str, action: str) -> FormHelper:
    """A crispy helper for a form that needs no token and leaves checking to the server."""
    helper = FormHelper()
    helper.form_action = action
    helper.attrs = {"novalidate": True, "autocomplete": "on"}
    helper.form_class = "form"
    helper.layout = layout
    helper.add_input(Submit("next", button))
    return helper


def _one_of(options, *, required=True) -> forms.ChoiceField:
    """Radio buttons, none of them chosen beforehand."""
    widget = forms.RadioSelect(attrs={"class": "choice__input"})
    field = forms.ChoiceField(choices=options.choices, required=required, widget=widget)
    # Django's own words repeat whatever was sent.
    field.error_messages["invalid_choice"] = "Choose one of the answers"
    return field


def _any_of(options=(), label="") -> forms.MultipleChoiceField:
    widget = forms.CheckboxSelectMultiple(attrs={"class": "choice__input"})
    field = forms.MultipleChoiceField(choices=options, required=False, widget=widget, label=label)
    field.error_messages["invalid_choice"] = "Choose from the signs in the list"
    return field


def _line(field=TypedLine, *, most, required=True, autocomplete="", kind="text") -> forms.CharField:
    attrs = {"class": "input", "type": kind}
    if autocomplete:
        attrs["autocomplete"] = autocomplete
    return field(max_length=most, required=required, widget=forms.TextInput(attrs=attrs))


def _tick() -> forms.BooleanField:
    return forms.BooleanField(widget=forms.CheckboxInput(attrs={"class": "choice__input"}))


class CarriedId(forms.UUIDField):
    """An id that the page carries along; anything else in its place counts as none."""

    def __init__(self):
        super().__init__(required=False, widget=forms.HiddenInput)

    def clean(self, value):
        try:
            return super().clean(value)
        except ValidationError:
            return None


class CarriedText(forms.CharField):
    """Text that no person types: whatever stands there, nobody is asked to mend it."""

    def __init__(self, widget=forms.HiddenInput):
        super().__init__(required=False, widget=widget)

    def clean(self, value):
        return normalised(self.to_python(value) or "")


class SafetyForm(forms.Form):
    """Step 1: who it is for, and the warning signs. Nothing of it is stored."""

    use_required_attribute = False

    who = forms.ChoiceField(
        label=wording.WHO,
        choices=[("me", "Me"), ("someone", "Someone else")],
        widget=forms.RadioSelect(attrs={"class": "choice__input"}),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Choose who this enquiry is for"
        ),
    )
    emergency = _any_of(label="Signs of an emergency")
    today = _any_of(label="Signs that need help today")
    doctor_first = _any_of(label="Signs that a doctor should see first")
    none = _tick()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        red_flags = get_red_flags()
        for name, level in SIGN_FIELDS.items():
            _offer(self.fields[name], _choices(red_flags.lines(level)))
        self.fields["none"].required = False
        self.fields["none"].label = "None of these"
        in_full = HTML('{% include "enquiries/includes/signs_in_full.html" %}')
        signs = Fieldset(wording.SIGNS, *SIGN_FIELDS, "none", in_full)
        layout = Layout("who", signs)
        self.helper = _helper(layout, "Continue", "")

    def clean(self):
        ticked = any(self.cleaned_data.get(name) for name in SIGN_FIELDS)
        if not ticked and not self.cleaned_data.get("none") and not self._sign_errors():
            self.add_error("emergency", "Tick every sign that is there, or “None of these”")

    def _sign_errors(self):
        return any(name in self.errors for name in SIGN_FIELDS)

    @property
    def level(self) -> str:
        """The most urgent level that was ticked, or "" for none."""
        ticked = [name for name in SIGN_FIELDS if self.cleaned_data.get(name)]
        return SIGN_FIELDS[ticked[0]] if ticked else ""


class AnswersForm(forms.Form):
    """Step 2, and again at every later step: the answers, validated anew each time."""

    use_required_attribute = False

    # What the page carries along. A missing or odd value is no reason to lose an answer.
    someone_else = forms.BooleanField(required=False, widget=forms.HiddenInput)
    doctor_first = forms.BooleanField(required=False, widget=forms.HiddenInput)
    submission_id = CarriedId()
    corrects = CarriedId()
    consent_version = CarriedText()
    check_stamp = CarriedText()
    subject = CarriedText(forms.TextInput)

    adult = _one_of(choices.YesNo)
    their_first_name = _line(most=60)
    link = _line(most=60)
    they_agree = _one_of(choices.YesNo)
    doctor_first_signs = _any_of()
    area = _one_of(choices.Area)
    duration = _one_of(choices.Duration)
    impact = _one_of(choices.Impact, required=False)
    seen = _one_of(choices.Seen, required=False)
    caution = _one_of(choices.Caution)
    message = TypedText(
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"class": "textarea", "rows": 5}),
    )
    name = _line(most=100, autocomplete="name")
    contact_whom = _one_of(choices.Contact)
    reply_by = _one_of(choices.ReplyBy)
    phone = _line(PhoneLine, most=40, required=False, autocomplete="tel", kind="tel")
    email = _line(EmailLine, most=254, required=False, autocomplete="email", kind="email")
    may_leave_message = _one_of(choices.YesNo, required=False)
    place = _one_of(choices.Place)
    best_time = _one_of(choices.BestTime, required=False)
    help_needed = _line(most=200, required=False)
    wants_receipt = _tick()
    consent = _tick()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.for_someone = self._carried("someone_else")
        self.is_doctor_first = self._carried("doctor_first")
        self._leave_out()
        self._say()

    @cached_property
    def helper(self) -> FormHelper:
        """How the questions are laid out; an enquiry that is only stored needs none of it."""
        return _helper(self._layout(), "Check your answers", "/enquiry/check/")

    def _carried(self, name: str) -> bool:
        """Read a hidden answer before validation: other fields depend on it."""
        if self.is_bound:
            field = self.fields[name]
            value = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            return bool(field.to_python(value))
        return bool(self.initial.get(name))

    def _leave_out(self) -> None:
        """Drop the questions that this enquirer or this clinic has no use for."""
        services = get_clinic().services
        unasked = set()
        if not self.for_someone:
            unasked |= {"their_first_name", "link", "they_agree", "contact_whom"}
        if not self.is_doctor_first:
            unasked.add("doctor_first_signs")
        if not services.video:
            unasked.add("place")
        for name in unasked:
            del self.fields[name]
        if not services.text_message:
            offered = [choice for choice in choices.ReplyBy.choices if choice[0] != "text"]
            _offer(self.fields["reply_by"], offered)

    def _say(self) -> None:
        """Give every field its question, hint and messages."""
        for name, field in self.fields.items():
            question = wording.QUESTIONS.get(name)
            if question is None:
                continue
            field.label = question.label(self.for_someone)
            field.help_text = question.hint
            if name in wording.REQUIRED:
                field.error_messages["required"] = wording.REQUIRED[name][self.for_someone]
        self.fields["wants_receipt"].required = False
        if self.is_doctor_first:
            lines = get_red_flags().lines("doctor-first")
            _offer(self.fields["doctor_first_signs"], _choices(lines))
        self.fields["consent"].label = consent_text(self.shown_consent)

    def _layout(self) -> Layout:
        """The order of the questions, nowhere else."""
        sections = {
            "person": ["adult", "their_first_name", "link", "they_agree"],
            "pain": ["area", "duration", "impact", "seen"],
            "safety": ["doctor_first_signs", "caution", "message"],
            "contact": [
                *("name", "contact_whom", "reply_by", "phone", "email", "may_leave_message"),
                *("wants_receipt", "place", "best_time", "help_needed"),
            ],
            "agreement": ["consent"],
        }
        fieldsets = [
            Fieldset(wording.SECTIONS[key], *[name for name in names if name in self.fields])
            for key, names in sections.items()
        ]
        trap = HTML('{% include "enquiries/includes/trap.html" with field=form.subject only %}')
        return Layout(*CARRIED, *fieldsets, trap)

    def clean(self):
        reply_by = self.cleaned_data.get("reply_by")
        if reply_by in {"phone", "text"} and self._is_empty("phone"):
            self.add_error("phone", wording.NEEDS_PHONE)
        wants_receipt = self.cleaned_data.get("wants_receipt")
        if (reply_by == "email" or wants_receipt) and self._is_empty("email"):
            words = wording.NEEDS_EMAIL if reply_by == "email" else wording.RECEIPT_NEEDS_EMAIL
            self.add_error("email", words)
        if wants_receipt and self.cleaned_data.get("contact_whom") == choices.Contact.PERSON:
            self.add_error("wants_receipt", wording.RECEIPT_FOR_YOU_ALONE)
        if reply_by == "phone" and self._is_empty("may_leave_message"):
            self.add_error("may_leave_message", wording.NEEDS_MESSAGE_CHOICE)

    def _is_empty(self, name: str) -> bool:
        return name not in self.errors and not self.cleaned_data.get(name)

    @property
    def shown_consent(self) -> str:
        """The version that the page showed; a page from before the newest one keeps its own."""
        shown = self.data.get("consent_version") if self.is_bound else None
        return shown if shown in SHOWN_ONLINE else CURRENT_CONSENT

    @property
    def asked(self) -> list[str]:
        """The names of the questions in their order, hidden ones left out."""
        sections = (part for part in self.helper.layout.fields if isinstance(part, Fieldset))
        return [name for section in sections for name in section.fields]


def _choices(lines: tuple[FormLine, ...]) -> list[tuple[str, str]]:
    return [(line.key, get_clinic().fill(line.line)) for line in lines]


def _offer(field: forms.Field, choices_offered: list[tuple[str, str]]) -> None:
    """Set what a choice field offers; form.fields is typed as plain fields."""
    cast(forms.ChoiceField, field).choices = choices_offered


def in_full(level: Level) -> list[str]:
    """The full wording of every sign that the form asks at one level."""
    red_flags = get_red_flags()
    lines = red_flags.lines(level)
    return [get_clinic().fill(sign.sign) for line in lines for sign in red_flags.signs(line)]


def consent_text(version: str) -> str:
    """The wording that was agreed to, for this clinic and its settings."""
    return CONSENTS[version].format(
        clinic=get_clinic().name,
        closed_days=settings.KEEP_CLOSED_DAYS,
        open_days=settings.KEEP_AT_MOST_DAYS,
    )
