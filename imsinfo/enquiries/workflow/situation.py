"""What a step finds: the enquiry, who takes the step, and what they enter with it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from django.utils import timezone

from imsinfo.clinic import Clinic
from imsinfo.enquiries.models import Enquiry

WORK = "enquiries.work_on_enquiry"
CLINICIAN = "enquiries.answer_as_clinician"
HOLD = "enquiries.hold_enquiry"


class Person(Protocol):
    """A member of staff, as far as a step needs to know one."""

    @property
    def pk(self) -> int: ...

    def has_perm(self, perm: str, /) -> bool: ...


@dataclass(frozen=True)
class Given:
    """What staff enter with a step; each step reads what it needs. text: becomes a note."""

    text: str = ""
    to: Person | None = None
    answer: str = ""
    reason: str = ""
    day: date | None = None
    advice: str = ""
    advice_copied_on: date | None = None
    way: str = ""
    outcome: str = ""


@dataclass(frozen=True)
class Situation:
    """An enquiry at the moment of a step.

    user: who takes it; tries: how often we tried since the person was last heard of; contacts:
    how many contacts are logged at all; unanswered: the reference of a correction that a clinician
    has yet to answer, "" without one.
    """

    enquiry: Enquiry
    user: Person
    now: datetime
    clinic: Clinic
    tries: int = 0
    contacts: int = 0
    unanswered: str = ""

    @property
    def today(self) -> date:
        return timezone.localtime(self.now, ZoneInfo(self.clinic.time_zone)).date()
