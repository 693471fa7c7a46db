"""The two forms of the enquiry as staff fill them in for somebody: on a call, a visit, a letter.

The same questions as online, to be read out as they stand or answered from the letter. Other words
stand only where the online form speaks to whoever types.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple, cast

from crispy_forms.layout import Fieldset
from django import forms
from django.forms.boundfield import BoundField

from imsinfo.enquiries import wording
from imsinfo.enquiries.choices import Caution, Channel, Contact, ReplyBy
from imsinfo.enquiries.consents import SHOWN_TO_STAFF
from imsinfo.enquiries.forms import SIGN_FIELDS, AnswersForm, SafetyForm

CHANNELS = [(each.value, each.label) for each in Channel if each != Channel.ONLINE]
# What is there to catch robots, which do not sign in.
AGAINST_ROBOTS = ("subject", "check_stamp")
ABOUT = {"me": "The one who asks", "someone": "Someone else"}
TITLES = {wording.SECTIONS["agreement"]: "Their agreement"}
LABELS = {
    "doctor_first_signs": "Signs that a doctor should see first (optional)",
    "wants_receipt": "They ask for a receipt by email (optional)",
}
HINTS = {
    "doctor_first_signs": "Your ticks from step 1. They show our clinician how urgent it is.",
    "message": (
        "In their own words, up to 500 characters. Leave out health numbers, dates of birth and "
        "lists of medicines."
    ),
    "wants_receipt": "It says that they asked us, and holds none of the answers.",
}
CONSENT_HINTS: dict[str, str] = {
    Channel.LETTER: (
        "If the letter does not say so, phone them and read it out. Then go back to step 1 and "
        "choose “Phone call”."
    ),
}
OTHER_OPTIONS: dict[str, dict[str, str]] = {
    "caution": {Caution.BY_PHONE: "They would rather say later, by phone"},
    "contact_whom": {Contact.ASKER: ABOUT["me"]},
}
REQUIRED = {
    "adult": "Choose yes if the person with the pain is 18 or over",
    "area": "Choose where the main pain is",
    "duration": "Choose how long they have had it",
    "caution": "Choose yes, no, not sure, or that they would rather say later",
    "name": "Enter the full name of the one who asks",
    "place": "Choose where they would like to be seen",
    "consent": "Tick the box if they agreed. Without it nothing may be stored",
}
RECEIPT_NEEDS_EMAIL = "Enter their email address, or untick the receipt"
RECEIPT_FOR_ASKER = "Untick the receipt: it goes to the one who asks alone"
CHANNEL_QUESTION = "How did it come to us?"
NO_CHANNEL = "Choose how it came: phone call, visit or letter"
LOST_CHANNEL = "Go back to step 1 and choose how it came"


class FormSection(NamedTuple):
    """Some questions under their heading, with what admin/fields.html asks of a form."""

    title: str
    visible_fields: list[BoundField]


class StaffSafetyForm(SafetyForm):
    """Step 1: how it came, whom it is about, and the warning signs. Nothing of it is stored."""

    channel = forms.ChoiceField(
        label=CHANNEL_QUESTION,
        choices=CHANNELS,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), NO_CHANNEL),
    )
    field_order = ("channel", "who")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _choice(self.fields["who"]).choices = list(ABOUT.items())

    @property
    def way(self) -> str:
        """How it came, or "" for what nobody has chosen yet."""
        return self.cleaned_data.get("channel", "") if self.is_bound else ""

    @property
    def first(self) -> FormSection:
        return FormSection("", [self["channel"], self["who"]])

    @property
    def signs(self) -> FormSection:
        """The warning signs below the question that is read out."""
        return FormSection(wording.SIGNS, [self[name] for name in (*SIGN_FIELDS, "none")])

    @property
    def answered(self) -> dict[str, Any]:
        """What the questions of step 2 begin with."""
        return {
            "channel": self.way,
            "someone_else": self.cleaned_data["who"] == "someone",
            "doctor_first": self.level == "doctor-first",
            "doctor_first_signs": self.cleaned_data["doctor_first"],
            "consent_version": SHOWN_TO_STAFF[self.way][-1],
        }


class StaffAnswersForm(AnswersForm):
    """Step 2, and again at every later step: the answers, and how the person agreed."""

    channel = forms.ChoiceField(
        choices=CHANNELS,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid_choice"), LOST_CHANNEL),
    )

    @property
    def way(self) -> str:
        """How it came; "" where the page that was sent does not say it as ours do."""
        way = self.data.get("channel") if self.is_bound else self.initial.get("channel")
        return way if way in SHOWN_TO_STAFF else ""

    @property
    def shown_consent(self) -> str:
        """The version that was ticked: each tells how the person agreed as well as to what."""
        shown = self.data.get("consent_version") if self.is_bound else None
        # Without a way the form is not valid: nothing is stored under the words shown meanwhile.
        versions = SHOWN_TO_STAFF[self.way or Channel.CALL]
        return shown if shown in versions else versions[-1]

    @property
    def sections(self) -> list[FormSection]:
        """The questions under their headings, in the order of the online form."""
        parts = [part for part in self.helper.layout.fields if isinstance(part, Fieldset)]
        return [
            FormSection(TITLES.get(part.legend, part.legend), [self[name] for name in part.fields])
            for part in parts
        ]

    @property
    def first_answers(self) -> dict[str, str]:
        """The answers of step 1 in words, but for the signs, by the names of their fields."""
        about = ABOUT["someone" if self.for_someone else "me"]
        return {"channel": dict(CHANNELS).get(self.way, ""), "who": about}

    def clean(self):
        wants_receipt = self.cleaned_data.get("wants_receipt")
        by_email = self.cleaned_data.get("reply_by") == ReplyBy.EMAIL
        if wants_receipt and self.cleaned_data.get("contact_whom") == Contact.PERSON:
            self.add_error("wants_receipt", RECEIPT_FOR_ASKER)
        elif wants_receipt and not by_email and self._is_empty("email"):
            self.add_error("email", RECEIPT_NEEDS_EMAIL)
        super().clean()

    def _leave_out(self) -> None:
        super()._leave_out()
        for name in AGAINST_ROBOTS:
            del self.fields[name]

    def _say(self) -> None:
        super()._say()
        for name, field in self.fields.items():
            field.label = LABELS.get(name, field.label)
            field.help_text = HINTS.get(name, field.help_text)
            # Nothing of one enquirer is offered by the browser for the next.
            field.widget.attrs["autocomplete"] = "off"
            if name in REQUIRED:
                field.error_messages["required"] = REQUIRED[name]
            if name in OTHER_OPTIONS:
                _reword(field, OTHER_OPTIONS[name])
        self.fields["consent"].help_text = CONSENT_HINTS.get(self.way, "")


def _reword(field: forms.Field, words: dict[str, str]) -> None:
    choice = _choice(field)
    offered = cast(Iterable[tuple[str, str]], choice.choices)
    choice.choices = [(key, words.get(key, label)) for key, label in offered]


def _choice(field: forms.Field) -> forms.ChoiceField:
    """A field as what it is; form.fields is typed as plain fields."""
    return cast(forms.ChoiceField, field)
