"""The days on which the clinic is closed, for the contact block."""

from django import template

from imsinfo.clinic import Clinic
from imsinfo.holidays import ClosedDays
from imsinfo.today import clinics_date

register = template.Library()


@register.simple_tag(takes_context=True)
def next_closed_days(context: template.Context, clinic: Clinic) -> tuple[ClosedDays, ...]:
    """Return the closed days to tell of now, by the clinic's own clock.

    None without a request: an error page is rendered once and would go on naming past days.
    """
    if not hasattr(context, "request"):
        return ()
    return clinic.closed_days(clinics_date())
