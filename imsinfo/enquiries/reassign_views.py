"""Handing over, for staff: from whom, to whom, and whether the giver is away from then on."""

from datetime import date
from typing import cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from imsinfo.enquiries.duty import name_of
from imsinfo.enquiries.reassign import (
    Days,
    HandedOver,
    NotHandedOver,
    clinics_day,
    givers,
    hand_over,
    receivers,
)
from imsinfo.staff.absences import away_on
from imsinfo.staff.day_field import day_field
from imsinfo.staff.permissions import needs

REASSIGN = "enquiries.reassign_enquiries"
ADD_ABSENCE = "staff.add_absence"
NOBODY = "nobody"


def urls():
    """The address of the page, below that of the queue."""
    seen = admin.site.admin_view
    return [path("reassign/", seen(reassign), name="enquiries_enquiry_reassign")]


class ReassignForm(forms.Form):
    """Whose open enquiries go to whom. After a check, .giver and .receiver are accounts."""

    use_required_attribute = False
    giver = forms.ChoiceField(
        label="From",
        error_messages={
            "required": "Choose whose enquiries go to somebody else.",
            "invalid_choice": "They have no open enquiries any more: choose somebody else.",
        },
    )
    receiver = forms.ChoiceField(
        label="To",
        error_messages={
            "required": "Choose who gets them.",
            "invalid_choice": "That account may not work on enquiries (any more): choose another.",
        },
    )
    first_day = day_field(
        "First day away (optional)",
        hint="Whoever gives them away is noted as away on these days; who gets them stands in. "
        "Leave both days empty for somebody who leaves.",
    )
    last_day = day_field("Last day away (optional)")

    def __init__(self, user, now, data=None):
        super().__init__(data)
        self.accounts: dict[str, User] = {}
        away = away_on(clinics_day(now))
        self._offer("giver", {each: _counted(each, count) for each, count in givers().items()})
        nobody = (NOBODY, "Nobody: until somebody takes them")
        self._offer("receiver", {each: _here(each, away) for each in receivers()}, nobody)
        if not user.has_perm(ADD_ABSENCE):
            del self.fields["first_day"], self.fields["last_day"]

    def _offer(self, name: str, labels: dict[User, str], *more: tuple[str, str]) -> None:
        self.accounts |= {str(each.pk): each for each in labels}
        named = [(str(each.pk), label) for each, label in labels.items()]
        cast(forms.ChoiceField, self.fields[name]).choices = [("", "Choose"), *named, *more]

    @property
    def giver_account(self) -> User:
        return self.accounts[self.cleaned_data["giver"]]

    @property
    def receiver_account(self) -> User | None:
        return self.accounts.get(self.cleaned_data["receiver"])

    @property
    def away(self) -> Days | None:
        first, last = self.cleaned_data.get("first_day"), self.cleaned_data.get("last_day")
        return Days(first, last) if first and last else None

    def clean(self):
        cleaned = super().clean() or {}
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if not self.errors and bool(first) != bool(last):
            empty = "last_day" if first else "first_day"
            self.add_error(empty, "Enter both days, or neither of them.")
        elif first and last and last < first:
            self.add_error("last_day", "The last day comes before the first one.")
        elif first and cleaned.get("receiver") == NOBODY:
            self.add_error("receiver", "Choose who stands in while they are away.")
        return cleaned


def _counted(user: User, count: int) -> str:
    left = "" if user.is_active else ", no active account"
    return f"{name_of(user)} ({count} open{left})"


def _here(user: User, away: dict[int, date]) -> str:
    until = away.get(user.pk)
    return f"{name_of(user)} (away until {until:%-d %B %Y})" if until else name_of(user)


@needs(REASSIGN)
@require_http_methods(["GET", "HEAD", "POST"])
def reassign(request):
    now = timezone.now()
    form = ReassignForm(request.user, now, request.POST if request.method == "POST" else None)
    if form.is_valid():
        giver, receiver = form.giver_account, form.receiver_account
        try:
            done = hand_over(giver, receiver, request.user, now, form.away)
        except NotHandedOver as why:
            form.add_error("receiver", str(why))
        else:
            messages.success(request, _told(done, receiver, form.away))
            return redirect(request.path)
    context = admin.site.each_context(request) | {
        "title": "Hand over enquiries",
        "form": form,
        "has_any": bool(givers()),
    }
    status = 422 if form.errors else 200
    return TemplateResponse(request, "enquiries/admin/reassign.html", context, status=status)


def _told(done: HandedOver, receiver: User | None, away: Days | None) -> str:
    """Name nobody: this waits in the session for the next page."""
    told = f"{done.count} {'enquiry' if done.count == 1 else 'enquiries'} handed over"
    if done.to != receiver:
        told += " to the deputy: whom you chose is away"
    return f"{told}. The days away are noted." if away else f"{told}."
