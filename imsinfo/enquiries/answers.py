"""The answers for reading: on the check page, and for staff."""

from typing import NamedTuple

from imsinfo.clinic import get_clinic
from imsinfo.enquiries import choices, wording
from imsinfo.enquiries.forms import AnswersForm
from imsinfo.enquiries.models import Enquiry
from imsinfo.enquiries.typed_text import normalised
from imsinfo.red_flags import get_red_flags

NOT_ANSWERED = "Not answered"
YES, NO = "Yes", "No"
# Answers that speak of the enquirer as "me" or "I", which would be the reader here.
RETOLD = {
    ("contact_whom", choices.Contact.ASKER): "The one who asked",
    ("caution", choices.Caution.BY_PHONE): "Would rather say by phone",
}


class Answer(NamedTuple):
    """One row: the question, the answer in words, and the field to change it at."""

    name: str
    question: str
    value: str
    field_id: str = ""

    @property
    def is_blank(self) -> bool:
        return self.value == NOT_ANSWERED


def for_checking(form: AnswersForm) -> list[Answer]:
    """Return every answer of a valid form in the order of its questions, the consent left out.

    The first, whom it is for, has no field to change it at: step 1 asks it.
    """
    about = "Someone else" if form.for_someone else "Me"
    asked = [
        Answer(name, _bare(str(form[name].label)), _in_words(form, name), _first_id(form, name))
        for name in form.asked
        if name != "consent"
    ]
    return [Answer("who", wording.WHO, about), *asked]


def carried(form: AnswersForm, **replaced: object) -> list[tuple[str, str]]:
    """Return what the next page must carry as hidden fields: every answer as typed.

    replaced: values that take the place of those sent, None to leave one out.
    """
    pairs = []
    for name in form.fields:
        value = replaced[name] if name in replaced else form[name].data
        values = value if isinstance(value, list) else [value]
        pairs += [(name, normalised(str(one))) for one in values if one is not None]
    return pairs


def for_staff(enquiry: Enquiry) -> list[Answer]:
    """Return what was stored, in the words the enquirer saw; unanswered questions say so."""
    rows = []
    for name, question in wording.QUESTIONS.items():
        label = _bare(question.label(enquiry.someone_else))
        if not label or name in {"adult", "they_agree", "consent"}:
            continue
        if name == "doctor_first_signs" and not enquiry.doctor_first:
            continue
        rows.append(Answer(name, label, _stored_in_words(enquiry, name)))
    return rows


def _bare(label: str) -> str:
    return label.split(" (optional", maxsplit=1)[0]


def _first_id(form: AnswersForm, name: str) -> str:
    return form[name].id_for_label or f"{form[name].auto_id}_0"


def _in_words(form: AnswersForm, name: str) -> str:
    value = form.cleaned_data[name]
    labels = dict(getattr(form.fields[name], "choices", ()))
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, list):
        return "; ".join(str(labels[key]) for key in value) or NOT_ANSWERED
    return str(labels.get(value, value)) or NOT_ANSWERED


def _stored_in_words(enquiry: Enquiry, name: str) -> str:
    if name == "doctor_first_signs":
        lines = {line.key: line.line for line in get_red_flags().lines("doctor-first")}
        signs = [get_clinic().fill(lines.get(key, key)) for key in enquiry.doctor_first_signs]
        return "; ".join(signs) or NOT_ANSWERED
    if isinstance(getattr(enquiry, name), bool):
        return YES if getattr(enquiry, name) else NO
    retold = RETOLD.get((name, getattr(enquiry, name)))
    if retold:
        return retold
    display = getattr(enquiry, f"get_{name}_display", None)
    return (display() if display else getattr(enquiry, name)) or NOT_ANSWERED
