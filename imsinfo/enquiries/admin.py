"""The queue of enquiries in Django's admin; each module of DESKS holds pages beside it."""

from itertools import chain

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils import timezone

from imsinfo.clinic import get_clinic
from imsinfo.enquiries import (
    add_views,
    enquiry_views,
    erasure_views,
    export_views,
    find_views,
    queue,
    reassign,
    reassign_views,
    subject_views,
)
from imsinfo.enquiries.duty import name_of
from imsinfo.enquiries.models import Enquiry
from imsinfo.enquiries.overview import unsent_mail
from imsinfo.enquiries.queue_filters import FILTERS, Tab
from imsinfo.staff import audit
from imsinfo.staff.choices import AuditAction
from imsinfo.staff.read_only import ReadOnlyAdmin

# All that the address of the list may ask for.
LOOKUPS = {
    *(f"{each}__exact" for each in FILTERS if isinstance(each, str)),
    *(each.parameter_name for each in (Tab, *FILTERS) if not isinstance(each, str)),
}
LIST = "enquiries_enquiry_changelist"
DESKS = (
    *(add_views, find_views, reassign_views, enquiry_views),
    *(erasure_views, subject_views, export_views),
)


@admin.register(Enquiry)
class EnquiryAdmin(ReadOnlyAdmin):
    """A list to choose from; everything else has views of its own."""

    # No search box: Django would put what staff type, a name perhaps, into the address.
    list_display = ("reference", "who", "received", "due", "stands", "held_by", "area", "flags")
    list_filter = (Tab, *FILTERS)
    usual_order = "what a clinician must see on top, then what is late, then the oldest"
    when_empty = (
        "No enquiry waits here. Each one appears under its reference as soon as it is sent, "
        "with what a clinician should look at first."
    )
    list_per_page = 50
    show_full_result_count = False
    actions = None

    def get_urls(self):
        """Of Django's the list alone: its pages of one enquiry would record no reading."""
        its_list = [each for each in super().get_urls() if each.name == LIST]
        return [*chain.from_iterable(desk.urls() for desk in DESKS), *its_list]

    def get_queryset(self, request):
        return queue.listed(super().get_queryset(request))

    def get_ordering(self, request):
        return queue.in_order(timezone.localdate())

    def lookup_allowed(self, lookup, value, request):
        """The filters of the list alone: an address must not hold a name or a phone number."""
        return lookup in LOOKUPS

    def has_add_permission(self, request):
        return request.user.has_perm("enquiries.add_enquiry")

    def changelist_view(self, request, extra_context=None):
        """Django's list, with the tabs and the box for looking up above it."""
        response = super().changelist_view(
            request, {"find_form": find_views.FindForm(), "title": "Enquiries"}
        )
        context = getattr(response, "context_data", None) or {}
        changelist = context.get("cl")
        if changelist is not None:
            specs = changelist.filter_specs
            tab = next(each for each in specs if isinstance(each, Tab))
            context["tabs"] = list(tab.choices(changelist))
            specs.remove(tab)
            audit.record(AuditAction.LISTED, request.user)
        return response

    @admin.display(description="Who")
    def who(self, enquiry):
        """Enough for the caller who says "you rang me", and for nobody else."""
        shown = {
            "initials": queue.initials(enquiry.name),
            "digits": queue.last_digits(enquiry.phone),
        }
        return render_to_string("enquiries/admin/who.html", shown)

    @admin.display(description="Flags")
    def flags(self, enquiry):
        return render_to_string("enquiries/admin/flags.html", {"enquiry": enquiry})

    @admin.display(description="Received", ordering="received_at")
    def received(self, enquiry):
        at = timezone.localtime(enquiry.received_at)
        age = queue.age(at.date(), timezone.localdate(), get_clinic())
        return render_to_string("enquiries/admin/received.html", {"age": age, "at": at})

    @admin.display(description="Due", ordering="due_on")
    def due(self, enquiry):
        key, words = queue.lateness(enquiry.due_on, timezone.localdate(), get_clinic())
        return render_to_string("enquiries/admin/due.html", {"key": key, "words": words})

    @admin.display(description="State", ordering="state")
    def stands(self, enquiry):
        return enquiry.get_state_display()

    @admin.display(description="Owner", ordering="owner__username")
    def held_by(self, enquiry):
        return name_of(enquiry.owner) if enquiry.owner else "Nobody"


def mail_warning() -> str:
    """Return what staff must know of mails that do not go out, "" where all is well."""
    unsent = unsent_mail(timezone.now())
    if not unsent.given_up and not unsent.late:
        return ""
    counts = f"{unsent.late} late, {unsent.given_up} given up after 3 days"
    return (
        f"Mails are not going out: {counts}. New enquiries may be here that no mail has told of: "
        "look into the list. Tell whoever runs the site."
    )


for warning in (mail_warning, reassign.left_behind_warning):
    admin.site.warn_of(warning, "enquiries.view_enquiry")  # type: ignore[attr-defined]
