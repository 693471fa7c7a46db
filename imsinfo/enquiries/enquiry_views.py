"""One enquiry for staff: to read, to print, and to take its next step."""

from dataclasses import dataclass
from datetime import date
from typing import cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from imsinfo.clinic import get_clinic
from imsinfo.enquiries import moves, queue
from imsinfo.enquiries.duty import name_of
from imsinfo.enquiries.lookup import same_contact
from imsinfo.enquiries.models import Enquiry
from imsinfo.enquiries.reading import in_sections
from imsinfo.enquiries.replies import replies_for
from imsinfo.enquiries.spam import WORDS as SPAM_WORDS
from imsinfo.enquiries.step_forms import StepForm, step_form
from imsinfo.enquiries.workflow import STEPS, Step, next_steps
from imsinfo.staff import audit
from imsinfo.staff.absences import away_on, standing_in
from imsinfo.staff.choices import AuditAction
from imsinfo.staff.models import AuditEvent
from imsinfo.staff.permissions import needs
from imsinfo.working_days import next_working_day, reply_day

VIEW = "enquiries.view_enquiry"
ERASE = "enquiries.erase_enquiry"
# Of the enquiries with the same phone number or email address, the newest.
MOST_SHOWN = 3
LATEST_CHANGES = 8
MOST_EVENTS = 500
GONE = "This enquiry has been erased meanwhile. Nothing was saved."


@dataclass(frozen=True)
class Offered:
    """A step as the page offers it. is_open: its fields are shown at once."""

    step: Step
    form: StepForm
    is_open: bool = False


def urls():
    """The addresses of one enquiry, below those of the queue."""
    seen = admin.site.admin_view
    return [
        path("<int:pk>/change/", seen(enquiry_page), name="enquiries_enquiry_change"),
        path("<int:pk>/print/", seen(print_page), name="enquiries_enquiry_print"),
        path("<int:pk>/history/", seen(history_page), name="enquiries_enquiry_history"),
        path("<int:pk>/step/<slug:key>/", seen(step), name="enquiries_enquiry_step"),
    ]


@needs(VIEW)
@require_safe
def enquiry_page(request, pk):
    return _page(request, _found(pk))


@needs(VIEW)
@require_safe
def print_page(request, pk):
    enquiry = _found(pk)
    audit.record(AuditAction.PRINTED, request.user, reference=enquiry.reference)
    context = admin.site.each_context(request) | to_read(enquiry)
    return TemplateResponse(request, "enquiries/admin/print.html", context)


@needs(VIEW)
@require_safe
def history_page(request, pk):
    enquiry = _found(pk)
    audit.record(AuditAction.HISTORY, request.user, reference=enquiry.reference)
    events = AuditEvent.objects.filter(reference=enquiry.reference).select_related("user")
    newest = list(events.order_by("-pk")[: MOST_EVENTS + 1])
    context = admin.site.each_context(request) | {
        "title": f"History of {enquiry}",
        "enquiry": enquiry,
        "events": newest[:MOST_EVENTS],
        "has_older": len(newest) > MOST_EVENTS,
    }
    return TemplateResponse(request, "enquiries/admin/history.html", context)


@needs(VIEW)
def step(request, pk, key):
    """Take a step; what cannot be done comes back on the enquiry's page with all that was typed.

    By GET, as after a sign-in that came in between, it leads to that page and takes none.
    """
    if key not in STEPS:
        raise Http404
    if not request.user.has_perm(STEPS[key].permission):
        raise PermissionDenied(STEPS[key].permission)
    if request.method != "POST":
        return redirect("admin:enquiries_enquiry_change", pk)
    form = step_form(key, 0, request.POST.copy())
    if not form.is_valid():
        return _again(request, pk, key, form, 422)
    try:
        moved = moves.take(key, pk, request.user, form.given(), form.cleaned_data["version"])
    except moves.Refused as why:
        form.add_error(None, str(why))
        return _again(request, pk, key, form, 422)
    except moves.ChangedMeanwhile as meanwhile:
        form.add_error(None, _told(meanwhile.events, request.user))
        return _again(request, pk, key, form, 409)
    except moves.Gone:
        messages.error(request, GONE)
        return redirect("admin:enquiries_enquiry_changelist")
    messages.success(request, f"{moved}: “{STEPS[key].label}” is done.{_to_whom(moved, form)}")
    return redirect("admin:enquiries_enquiry_change", pk)


def _to_whom(moved: Enquiry, form: StepForm) -> str:
    """Name nobody: this waits in the session for the next page."""
    to = form.given().to
    went_on = to is not None and moved.owner_id != to.pk
    return " Whom you chose is away: the deputy has it." if went_on else ""


def _again(request, pk: int, key: str, form: StepForm, status: int):
    """The page of the enquiry as it stands now, with the form that could not be carried out."""
    enquiry = _found(pk)
    if status == 409 or "version" not in form.cleaned_data:
        # Whoever has been told what came in between, and sends again, means it.
        cast(QueryDict, form.data)["version"] = str(enquiry.version)
    return _page(request, enquiry, Offered(STEPS[key], form, is_open=True), status)


def _told(events: list[AuditEvent], reader: User) -> str:
    """Say who did what since the page was shown."""
    who = "You have" if {each.user for each in events} == {reader} else "Somebody else has"
    done = "; ".join(f"{_doer(each)}: {each.get_action_display().lower()}" for each in events)
    return (
        f"{who} worked on this enquiry since you opened this page ({done}). What you have just "
        "sent was not saved. Look at it as it stands now; what you typed is still here."
    )


def _doer(event: AuditEvent) -> str:
    return name_of(event.user) if event.user else "the site"


def _found(pk: int) -> Enquiry:
    enquiries = Enquiry.objects.select_related("owner", "corrects", "entered_by")
    return get_object_or_404(enquiries, pk=pk)


def to_read(enquiry: Enquiry) -> dict[str, object]:
    """Return what the page and the print of an enquiry need to show its answers."""
    clinic = get_clinic()
    same = same_contact(enquiry)
    shown = list(same[: MOST_SHOWN + 1])
    return {
        "title": f"Enquiry {enquiry}",
        "enquiry": enquiry,
        "at": timezone.localtime(enquiry.received_at),
        "age": queue.age(timezone.localdate(enquiry.received_at), timezone.localdate(), clinic),
        "sections": in_sections(enquiry),
        "spam_reasons": [SPAM_WORDS.get(each, each) for each in enquiry.spam_reasons.split()],
        "same_contact": shown[:MOST_SHOWN],
        "more_of_same_contact": max(0, same.count() - MOST_SHOWN) if shown[MOST_SHOWN:] else 0,
        "look_by": next_working_day(clinic, enquiry.received_at),
        "reply_day": reply_day(clinic, enquiry.received_at),
    }


def _page(request, enquiry: Enquiry, again: Offered | None = None, status: int = 200):
    # A step that is refused shows the enquiry too: whoever sees it has read it.
    audit.record(AuditAction.READ, request.user, reference=enquiry.reference)
    situation = moves.situation_of(enquiry, request.user, timezone.now())
    steps = {each.key: each for each in next_steps(situation)}
    blank = {key: Offered(each, step_form(key, enquiry.version)) for key, each in steps.items()}
    # What could not be carried out is shown although the step may not be open any more.
    offered = blank | {again.step.key: again} if again else blank
    is_late, due = queue.lateness(enquiry.due_on, situation.today, get_clinic())
    context = (
        admin.site.each_context(request)
        | to_read(enquiry)
        | _record_of(enquiry)
        | {
            "steps": offered.values(),
            "failed": again,
            "away": _away(enquiry, situation.today),
            "is_late": is_late,
            "due": due,
            "replies": replies_for(enquiry, request.user),
            "may_erase": request.user.has_perm(ERASE),
        }
    )
    return TemplateResponse(request, "enquiries/admin/page.html", context, status=status)


def _away(enquiry: Enquiry, today: date) -> str:
    """Say that the owner is away, until when, and who stands in; "" where they are here."""
    owner = enquiry.owner_id
    until = away_on(today).get(owner) if owner else None
    if owner is None or until is None:
        return ""
    deputy = User.objects.get(pk=standing_in(owner, today))
    stands_in = "nobody" if deputy == enquiry.owner else name_of(deputy)
    return f"Away until {until:%-d %B %Y}: {stands_in} stands in."


def _record_of(enquiry: Enquiry) -> dict[str, object]:
    """Return what has gathered beside an enquiry: contacts, notes, steps, and who has read it."""
    events = AuditEvent.objects.filter(reference=enquiry.reference)
    changes = events.filter(action__in=moves.CHANGES).select_related("user").order_by("-pk")
    readers = User.objects.filter(pk__in=events.filter(action__in=audit.LOOKS).values("user"))
    return {
        "contacts": enquiry.contacts.select_related("author"),
        "notes": enquiry.notes.select_related("author"),
        "changes": changes[:LATEST_CHANGES],
        "readers": sorted(name_of(each) for each in readers),
    }
