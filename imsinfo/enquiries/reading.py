"""The answers of an enquiry under the headings of the form, for staff to read."""

from typing import NamedTuple

from crispy_forms.layout import Fieldset

from imsinfo.enquiries.answers import Answer, for_staff
from imsinfo.enquiries.forms import AnswersForm
from imsinfo.enquiries.models import Enquiry

# Which questions the form asks depends on these.
KINDS = ("someone_else", "doctor_first")


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
