"""Where an enquiry begins, and the day by which its next step is in time."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from imsinfo.clinic import Clinic
from imsinfo.enquiries.choices import State
from imsinfo.enquiries.models import Enquiry
from imsinfo.working_days import next_working_day, reply_day, working_days_after

# How long a person has to answer us before we close.
PATIENCE = 10  # working days


def opened(enquiry: Enquiry, clinic: Clinic) -> Enquiry:
    """Put a new enquiry where it begins: with a clinician if anything speaks for one."""
    enquiry.state = State.AWAITING_CLINICIAN if enquiry.is_flagged else State.NEW
    enquiry.state_since = enquiry.received_at
    enquiry.due_on = due_day(enquiry, clinic, enquiry.received_at)
    return enquiry


def due_day(enquiry: Enquiry, clinic: Clinic, now: datetime) -> date | None:
    """Return the last day on which the next step is in time; None for a closed enquiry."""
    if enquiry.state == State.CLOSED:
        return None
    if enquiry.state == State.AWAITING_CLINICIAN:
        return next_working_day(clinic, enquiry.state_since)
    if enquiry.state == State.AWAITING_PATIENT:
        return working_days_after(clinic, enquiry.state_since, PATIENCE)
    if enquiry.state == State.BOOKED and enquiry.booked_for:
        at = datetime(*enquiry.booked_for.timetuple()[:3], 12, tzinfo=ZoneInfo(clinic.time_zone))
        return next_working_day(clinic, at)
    # What was promised counts until the first contact; after it, from the last thing done.
    return reply_day(clinic, now if enquiry.first_contact_at else enquiry.received_at)
