"""The enquiry for pen and paper: the questions of the forms, in their order and words."""

from collections.abc import Iterator
from dataclasses import dataclass

from crispy_forms.layout import Fieldset
from django import forms

from imsinfo.enquiries.forms import SIGN_FIELDS, AnswersForm, SafetyForm

# As many as 500 letters by hand need; every other answer fits on one.
LINES_OF_TEXT = 4
# What only the form on the screen can do.
NOT_ON_PAPER = {"wants_receipt"}


@dataclass(frozen=True)
class PaperQuestion:
    """One question. words: "" where a box with its own words is all of it, as for the consent.

    options: to tick; lines: one for each that the answer is written on; for_someone: only people
    who ask for someone else answer it.
    """

    words: str
    hint: str = ""
    options: tuple[str, ...] = ()
    lines: range = range(0)
    for_someone: bool = False


@dataclass(frozen=True)
class PaperSection:
    title: str
    questions: tuple[PaperQuestion, ...]


@dataclass(frozen=True)
class SignList:
    """The warning signs of one level. field: which of the form asks them."""

    field: str
    title: str
    signs: tuple[str, ...]


def sign_lists() -> tuple[SignList, ...]:
    """Return the lines that step 1 of the form asks, the most urgent level first.

    "None of these" ends the last list, the only one that is ticked and sent.
    """
    fields = SafetyForm().fields
    none = dict.fromkeys(SIGN_FIELDS, ()) | {"doctor_first": _options(fields["none"])}
    return tuple(
        SignList(name, str(fields[name].label), (*_options(fields[name]), *none[name]))
        for name in SIGN_FIELDS
    )


def who_question() -> PaperQuestion:
    """Return the first question of the form."""
    field = SafetyForm().fields["who"]
    return PaperQuestion(str(field.label), options=_options(field))


def paper_sections() -> tuple[PaperSection, ...]:
    """Return every question of step 2, those for someone else marked as such.

    The signs that a doctor should see first are left out: on paper they stand once, above.
    """
    form = AnswersForm(initial={"someone_else": True})
    about_me = AnswersForm().fields
    sections = (part for part in form.helper.layout.fields if isinstance(part, Fieldset))
    return tuple(
        PaperSection(section.legend, tuple(_questions(section.fields, form, about_me)))
        for section in sections
    )


def _questions(
    names: list[str], form: AnswersForm, about_me: dict[str, forms.Field]
) -> Iterator[PaperQuestion]:
    for name in names:
        if name in NOT_ON_PAPER:
            continue
        field = about_me.get(name, form.fields[name])
        yield PaperQuestion(
            "" if isinstance(field, forms.BooleanField) else str(field.label),
            str(field.help_text),
            _options(field),
            _lines(field),
            for_someone=name not in about_me,
        )


def _options(field: forms.Field) -> tuple[str, ...]:
    if isinstance(field, forms.BooleanField):
        return (str(field.label),)
    return tuple(str(label) for _, label in getattr(field, "choices", ()))


def _lines(field: forms.Field) -> range:
    if isinstance(field.widget, forms.Textarea):
        return range(LINES_OF_TEXT)
    return range(isinstance(field, forms.CharField))
