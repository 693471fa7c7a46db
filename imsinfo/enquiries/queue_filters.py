"""What narrows the queue. Each choice stands in the address, so none may hold what people typed."""

from datetime import timedelta
from typing import Any, cast

from django.contrib.admin import SimpleListFilter
from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property

from imsinfo.enquiries import queue
from imsinfo.enquiries.duty import name_of
from imsinfo.enquiries.models import Enquiry
from imsinfo.staff.absences import whose_work


class Chosen(SimpleListFilter):
    """A filter whose choices are conditions. conditions: by key, the words and the condition."""

    def conditions(self) -> dict[str, tuple[str, Q]]:
        raise NotImplementedError

    def lookups(self, request, model_admin) -> list[tuple[str, str]]:
        self.request = request
        return [(key, words) for key, (words, _) in self.conditions().items()]

    def queryset(self, request, queryset):
        condition = self.conditions().get(self.value() or "")
        return queryset.filter(condition[1]) if condition else queryset


class Tab(Chosen):
    """The tabs above the list; without one, all that is open."""

    title, parameter_name = "tab", "tab"

    def conditions(self):
        return queue.tabs(timezone.localdate(), self.owners)

    @cached_property
    def owners(self) -> set[int]:
        return whose_work(cast(int, self.request.user.pk), timezone.localdate())

    def queryset(self, request, queryset):
        if self.value() is None and "state__exact" in request.GET:
            return queryset
        return queryset.filter(self.conditions()[self.value() or "open"][1])

    def value(self) -> str | None:
        chosen = super().value()
        return chosen if chosen in dict(self.lookup_choices) else None

    def choices(self, changelist) -> Any:
        counts = queue.counted(self.conditions())
        for key, words in self.lookup_choices:
            yield {
                "selected": key == (self.value() or "open"),
                "query_string": changelist.get_query_string({"tab": key}, ["p"]),
                "display": words,
                "count": counts[key],
                "hint": queue.HINTS.get(key, ""),
            }


class Lateness(Chosen):
    title, parameter_name = "due", "due"

    def conditions(self):
        today = timezone.localdate()
        return {
            "late": ("Late", queue.late(today)),
            "today": ("Due today", queue.OPEN & Q(due_on=today)),
            "later": ("In time", queue.OPEN & Q(due_on__gt=today)),
        }


class Flag(Chosen):
    title, parameter_name = "flag", "flag"

    def conditions(self):
        return {
            "clinician": ("For a clinician", queue.FOR_CLINICIAN),
            "doctor-first": ("Doctor first", Q(doctor_first=True)),
            "caution": ("Caution", ~Q(caution="no")),
            "correction": ("Correction", Q(corrects__isnull=False)),
            "spam": ("May be spam", Q(suspected_spam=True)),
            "hold": ("On hold", Q(on_hold=True)),
            "none": ("No flag", ~queue.FLAGGED & Q(suspected_spam=False, on_hold=False)),
        }


class Age(Chosen):
    title, parameter_name = "received", "age"

    def conditions(self):
        now = timezone.now()
        return {
            "week": ("In the last 7 days", Q(received_at__gt=now - timedelta(days=7))),
            "older": ("Over 7 days ago", Q(received_at__lte=now - timedelta(days=7))),
            "month": ("Over 30 days ago", Q(received_at__lte=now - timedelta(days=30))),
            "half-year": ("Over 180 days ago", Q(received_at__lte=now - timedelta(days=180))),
        }


class Owner(Chosen):
    """Mine, nobody's, or those of one of the people who own any."""

    title, parameter_name = "owner", "owner"

    def conditions(self):
        owners = User.objects.filter(pk__in=Enquiry.objects.values("owner"))
        named = {
            str(owner.pk): (name_of(owner), Q(owner=owner.pk))
            for owner in owners.order_by("username")
            if owner != self.request.user
        }
        fixed = {
            "me": ("Mine", Q(owner=self.request.user.pk)),
            "nobody": ("Nobody’s", Q(owner=None)),
        }
        return fixed | named

    def lookups(self, request, model_admin):
        self.request = request
        # Asked once: the list of owners is needed for the choices and for the condition.
        self._conditions = self.conditions()
        return [(key, words) for key, (words, _) in self._conditions.items()]

    def queryset(self, request, queryset):
        condition = self._conditions.get(self.value() or "")
        return queryset.filter(condition[1]) if condition else queryset


FILTERS = ("state", Owner, Lateness, Flag, "area", Age)
