"""Staff enter an enquiry for somebody who called, came or wrote: three steps, as online.

The answers travel in the page, not in an address or the session, and nothing is stored before
"Store". A warning sign ends it before any name is asked.
"""

import logging
from uuid import uuid4

from django.contrib import admin, messages
from django.db import Error as DatabaseFault
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone

from imsinfo.clinic import get_clinic
from imsinfo.enquiries import wording
from imsinfo.enquiries.answers import Answer, carried, for_checking
from imsinfo.enquiries.choices import Channel
from imsinfo.enquiries.forms import SIGN_FIELDS, consent_text, in_full
from imsinfo.enquiries.gate import turn
from imsinfo.enquiries.spam import Verdict
from imsinfo.enquiries.staff_forms import CHANNEL_QUESTION, StaffAnswersForm, StaffSafetyForm
from imsinfo.enquiries.storing import OtherAnswers, Submission, store
from imsinfo.enquiries.views import RETRY_AFTER, SeeOther
from imsinfo.staff.permissions import needs
from imsinfo.working_days import next_working_day, reply_day

logger = logging.getLogger("imsinfo.enquiries")
START = "enquiries_enquiry_add"
STOPS = {"emergency", "today"}
# The answer "no" to these ends it, with a page that says what to tell instead.
ENDS = {"adult": "under_18", "they_agree": "agreement"}
TITLES = {
    "signs": "Add an enquiry for someone",
    "answers": "Add an enquiry for someone: the answers",
    "today": "Tell them now: get medical help today",
    "under_18": "Under 18: no enquiry is stored",
    "agreement": "Without agreement no enquiry is stored",
    "check": "Check the answers with them",
    "correction": "This enquiry is stored already",
}


def urls():
    steps = {"": add, "check": check, "store": store_enquiry}
    return [
        path(
            f"add/{step}/" if step else "add/",
            admin.site.admin_view(view),
            name=f"{START}_{step}" if step else START,
        )
        for step, view in steps.items()
    ]


@needs("enquiries.add_enquiry")
def add(request):
    """Step 1: how it came, and the safety questions."""
    if request.method != "POST":
        return _page(request, "signs", StaffSafetyForm())
    form = StaffSafetyForm(request.POST)
    is_valid = form.is_valid()
    if "change" in request.POST:
        return _page(request, "signs", form)
    # A sign counts whatever else is missing: nobody with an emergency waits for a form.
    if form.level in STOPS:
        return _page(request, form.level, form)
    if not is_valid:
        return _page(request, "signs", form)
    return _page(request, "answers", StaffAnswersForm(initial=form.answered))


@needs("enquiries.add_enquiry")
def check(request):
    """Step 2: every answer once more, before anything is stored."""
    if request.method != "POST":
        return redirect(f"admin:{START}")
    form = StaffAnswersForm(request.POST)
    return _unfinished(request, form) or _check_page(request, form)


@needs("enquiries.add_enquiry")
def store_enquiry(request):
    """Step 3: store it once, whatever an impatient finger does, and go to its page."""
    if request.method != "POST":
        return redirect(f"admin:{START}")
    form = StaffAnswersForm(request.POST)
    way_out = _unfinished(request, form)
    if way_out:
        return way_out
    if not form.cleaned_data["submission_id"]:
        return _check_page(request, form)
    try:
        with turn() as start:
            enquiry = store(_submission(form, request.user), start)
    except OtherAnswers as known:
        return _offer_correction(request, form, known.existing)
    except DatabaseFault:
        logger.exception("An enquiry that staff entered could not be stored; they were told so")
        response = _check_page(request, form, status=503, not_stored=True)
        response["Retry-After"] = str(RETRY_AFTER)
        return response
    messages.success(request, _told(enquiry, form))
    return SeeOther(reverse("admin:enquiries_enquiry_change", args=[enquiry.pk]))


def _submission(form: StaffAnswersForm, user) -> Submission:
    return Submission(
        answers=form.cleaned_data,
        consent_version=form.shown_consent,
        consent_text=consent_text(form.shown_consent),
        # Staff who have signed in are no robots, and are not counted.
        verdict=Verdict(()),
        channel=form.way,
        entered_by=user,
    )


def _told(enquiry, form) -> str:
    """What staff are told after storing: a message lies in the session, so it names nobody."""
    if enquiry.submission_id != form.cleaned_data["submission_id"]:
        return f"All the same answers are here already, as {enquiry}. Nothing was stored twice."
    if form.way == Channel.LETTER:
        return f"Stored as {enquiry}. Name this reference when you reply to the letter."
    return f"Stored. Tell them their reference: {enquiry}"


def _unfinished(request, form):
    """The way out for answers that cannot go further, or None for those that can."""
    is_valid = form.is_valid()
    if "change" in request.POST:
        return _page(request, "answers", form)
    for field, name in ENDS.items():
        if form.cleaned_data.get(field) == "no":
            return _page(request, name, form)
    return None if is_valid else _page(request, "answers", form)


def _check_page(request, form, status=200, **told):
    submission_id = form.cleaned_data["submission_id"] or uuid4()
    shown = told | _shown(form, submission_id=submission_id)
    return _page(request, "check", form, status, **shown)


def _offer_correction(request, form, existing):
    """The id is known with other answers: ask, rather than drop them or store them apart."""
    replaced = {"submission_id": uuid4(), "corrects": existing.submission_id}
    shown = _shown(form, **replaced)
    return _page(request, "correction", form, 409, existing=existing, **shown)


def _shown(form, **replaced) -> dict[str, object]:
    first = form.first_answers
    rows = [
        Answer("channel", CHANNEL_QUESTION, first["channel"]),
        Answer("who", wording.WHO, first["who"]),
        *for_checking(form)[1:],
    ]
    return {
        "answers": rows,
        "carried": carried(form, **replaced),
        "reply_day": reply_day(get_clinic(), timezone.now()),
        "look_by": next_working_day(get_clinic(), timezone.now()),
    }


def _page(request, name, form, status=200, **shown):
    """Render a step. form: of step 1 or 2; every page that ends it carries its answers back."""
    title = TITLES.get(name) or f"Tell them now: call {get_clinic().emergency_number}"
    is_asked = name in {"signs", "answers"}
    context = admin.site.each_context(request) | {
        "title": title,
        "form": form,
        "errors": form.errors if is_asked else None,
        "carried": carried(form) if form.is_bound and not is_asked else [],
        "is_letter": form.way == Channel.LETTER,
        "is_visit": form.way == Channel.VISIT,
    }
    if name == "signs":
        context["signs_in_full"] = [
            (form.fields[field].label, in_full(level)) for field, level in SIGN_FIELDS.items()
        ]
    template = f"enquiries/admin/add/{name}.html"
    return TemplateResponse(request, template, context | shown, status=status)
