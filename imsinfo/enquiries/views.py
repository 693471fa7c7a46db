"""The four steps of an enquiry. Answers travel in the page; nothing is stored before "Send"."""

import logging
import time
from functools import wraps
from uuid import uuid4

from django.conf import settings
from django.db import Error as DatabaseFault
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from imsinfo.clinic import get_clinic
from imsinfo.enquiries import references, safety_stops
from imsinfo.enquiries.answers import carried, for_checking
from imsinfo.enquiries.consents import CURRENT_CONSENT
from imsinfo.enquiries.forms import SIGN_FIELDS, AnswersForm, SafetyForm, consent_text, in_full
from imsinfo.enquiries.gate import NoPlaceError, turn
from imsinfo.enquiries.origin import own_origin_only
from imsinfo.enquiries.spam import age_of_stamp, check_stamp, judged
from imsinfo.enquiries.storing import OtherAnswers, Submission, store
from imsinfo.throttle import Limit, TooMany
from imsinfo.today import clinics_date
from imsinfo.web.client_address import UNKNOWN, client_network
from imsinfo.working_days import next_working_day, reply_day

logger = logging.getLogger("imsinfo.enquiries")
RETRY_AFTER = 120  # seconds

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
published = cache_control(public=True, max_age=60)


def read_only(view):
    """A step that is only read. Exempt, because a POST to it is told 405, not 403.

    Search engines are asked to leave it out: the safety questions come before it.
    """

    @csrf_exempt
    @require_safe
    @wraps(view)
    def read(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex"
        return response

    return read


class SeeOther(HttpResponseRedirectBase):
    """To a page that is asked for with GET, so that reloading it sends nothing again."""

    status_code = 303

    def __init__(self, address):
        super().__init__(address, headers={"Cache-Control": "private, no-cache"})


def _page(request, name, context=None, status=200):
    """Render a step. What answers a POST must come back with its text at the Back button."""
    response = render(request, f"enquiries/{name}.html", context, status=status)
    response["Cache-Control"] = "private, no-cache"
    return response


@own_origin_only
@get_or_post
def start(request):
    if request.method == "POST":
        form = SafetyForm(request.POST)
        is_valid = form.is_valid()
        # A sign counts whatever else is missing: nobody with an emergency corrects a form first.
        if form.level in {"emergency", "today"}:
            safety_stops.count(form.level, clinics_date())
            return SeeOther(_after_safety(form))
        if is_valid:
            return SeeOther(_after_safety(form))
        return _page(request, "start", _start_context(form))
    return _published_start(request)


@published
def _published_start(request):
    return render(request, "enquiries/start.html", _start_context(SafetyForm()))


def _start_context(form: SafetyForm) -> dict[str, object]:
    return {
        "form": form,
        "signs_in_full": [
            (form.fields[name].label, in_full(level)) for name, level in SIGN_FIELDS.items()
        ],
        "keep_closed_days": settings.KEEP_CLOSED_DAYS,
        "keep_at_most_days": settings.KEEP_AT_MOST_DAYS,
    }


def _after_safety(form: SafetyForm) -> str:
    """The page that the most urgent sign leads to, or the questions."""
    if form.level in {"emergency", "today"}:
        return reverse(f"enquiries:{form.level}")
    for_someone = form.cleaned_data["who"] == "someone"
    step = "doctor_first" if form.level == "doctor-first" else "questions"
    return reverse(f"enquiries:{step}_for_someone" if for_someone else f"enquiries:{step}")


@read_only
@published
def stop(request, name):
    """A page that ends the enquiry and says what to do instead. Nothing is stored."""
    return render(request, f"enquiries/{name}.html")


@read_only
@published
def doctor_first(request, for_someone=False):
    next_url = "enquiries:flagged_questions" + ("_for_someone" if for_someone else "")
    return render(request, "enquiries/doctor_first.html", {"next_url": reverse(next_url)})


@read_only
@published
def questions(request, for_someone=False, is_doctor_first=False):
    form = AnswersForm(
        initial={
            "someone_else": for_someone,
            "doctor_first": is_doctor_first,
            "consent_version": CURRENT_CONSENT,
        }
    )
    return render(request, "enquiries/questions.html", {"form": form})


@own_origin_only
@get_or_post
def check(request):
    if request.method != "POST":
        return redirect("enquiries:start")
    form = AnswersForm(request.POST)
    return _unfinished(request, form) or _check_page(request, form)


def _unfinished(request, form):
    """The way out for answers that cannot go further, or None for those that can."""
    is_valid = form.is_valid()
    if form.cleaned_data.get("adult") == "no":
        safety_stops.count("under-18", clinics_date())
        return SeeOther(reverse("enquiries:under_18"))
    if form.cleaned_data.get("they_agree") == "no":
        return SeeOther(reverse("enquiries:agreement"))
    if not is_valid or "change" in request.POST:
        return _page(request, "questions", {"form": form})
    return None


def _check_page(request, form, status=200, **context):
    submission_id = form.cleaned_data["submission_id"] or uuid4()
    stamp = check_stamp(submission_id, time.time())
    context |= {
        "answers": for_checking(form),
        "carried": carried(form, submission_id=submission_id, check_stamp=stamp),
        "is_recent": form.cleaned_data["duration"] == "under-6-weeks",
        "is_by_phone": form.cleaned_data["caution"] == "by-phone",
        "form": form,
        "reply_day": reply_day(get_clinic(), timezone.now()),
        "look_by": next_working_day(get_clinic(), timezone.now()),
    }
    return _page(request, "check", context, status=status)


@own_origin_only
@get_or_post
def send(request):
    if request.method != "POST":
        return redirect("enquiries:start")
    # Read to its end before the turn is taken: a slow sender keeps nobody waiting.
    answers = request.POST
    try:
        with turn() as start:
            return _answer_to_send(request, AnswersForm(answers), start)
    except NoPlaceError:
        logger.warning("An enquiry found no place; its sender was told so")
        form = AnswersForm(answers)
        return _unfinished(request, form) or _not_stored(request, form, 503, RETRY_AFTER)


def _answer_to_send(request, form, start):
    way_out = _unfinished(request, form)
    if way_out:
        return way_out
    if not form.cleaned_data["submission_id"]:
        return _check_page(request, form)
    try:
        enquiry = store(_submission(request, form), start)
    except OtherAnswers as known:
        return _offer_correction(request, form, known.existing)
    except TooMany as passed:
        return _not_stored(request, form, 429, passed.seconds)
    except DatabaseFault:
        logger.exception("An enquiry could not be stored; its sender was told so")
        return _not_stored(request, form, 503, RETRY_AFTER)
    signed = references.sign(enquiry.reference, enquiry.received_at)
    return SeeOther(f"{reverse('enquiries:sent')}?r={signed}")


def _submission(request, form):
    answers, now = form.cleaned_data, time.time()
    since_check = age_of_stamp(answers["submission_id"], answers["check_stamp"], now)
    return Submission(
        answers=answers,
        consent_version=form.shown_consent,
        consent_text=consent_text(form.shown_consent),
        verdict=judged(answers, since_check),
        limits=_limits(request),
    )


def _limits(request):
    """How often this client may send; without an address nobody is held back."""
    who = client_network(request.META, settings.TRUSTED_PROXIES or 0)
    if who == UNKNOWN:
        return ()
    return (
        Limit("enquiries in ten minutes", who, settings.ENQUIRIES_IN_TEN_MINUTES, 10 * 60),
        Limit("enquiries in a day", who, settings.ENQUIRIES_IN_A_DAY, 24 * 60 * 60),
    )


def _not_stored(request, form, status, seconds):
    """The check page again, with every answer, and when to try again."""
    minutes = -(-seconds // 60)
    response = _check_page(request, form, status=status, not_stored=status, minutes=minutes)
    response["Retry-After"] = str(seconds)
    return response


def _offer_correction(request, form, existing):
    """The id is known with other answers: ask, rather than thank and drop them."""
    new_id = uuid4()
    replaced = {
        "submission_id": new_id,
        "corrects": existing.submission_id,
        "check_stamp": check_stamp(new_id, time.time()),
    }
    context = {"answers": for_checking(form), "carried": carried(form, **replaced), "form": form}
    return _page(request, "correction", context, status=409)


@read_only
@cache_control(no_store=True, private=True)
def sent(request):
    """Shows what the signature vouches for; nothing is looked up, nothing is sent again."""
    known = references.unsign(request.GET.get("r", ""))
    context = {}
    if known:
        promised = reply_day(get_clinic(), known.at) if known.at else None
        context = {"reference": known.reference, "reply_day": promised}
    return render(request, "enquiries/sent.html", context)
