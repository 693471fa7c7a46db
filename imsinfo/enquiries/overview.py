"""What the overview tells of the enquiries: counts alone, made by the database.

Days and weeks are the clinic's own; a week begins on Monday.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from statistics import median
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from imsinfo.clinic import Clinic
from imsinfo.enquiries.choices import Area, ClosedReason, State
from imsinfo.enquiries.models import Enquiry, OutgoingMail
from imsinfo.enquiries.outbox import LATE_MAIL
from imsinfo.enquiries.small_numbers import FEWEST, Told, told
from imsinfo.working_days import working_days_between

# Nobody waits for an answer to these.
NOT_ASKED = (ClosedReason.SPAM, ClosedReason.TEST, ClosedReason.DUPLICATE)


@dataclass(frozen=True)
class OpenInState:
    """How many open enquiries stand in a state, by the day on which the next step is due."""

    state: State
    late: int
    due_today: int
    in_time: int

    @property
    def all(self) -> int:
        return self.late + self.due_today + self.in_time


@dataclass(frozen=True)
class WeekOfContact:
    """The first contacts with those who asked in one week, in working days after the receipt.

    median, slowest: None where there was no contact yet; without: open ones that had none.
    """

    monday: date
    median: float | None
    slowest: int | None
    without: int


@dataclass(frozen=True)
class Areas:
    """Enquiries by area and week. told: a row for each area, a column for each week; None where
    there are too few to be split."""

    areas: tuple[Area, ...]
    mondays: tuple[date, ...]
    told: Told | None


@dataclass(frozen=True)
class UnsentMail:
    """Mails that are owed. late: those of the waiting ones that are; given_up: no longer tried."""

    waiting: int
    late: int
    given_up: int


def mondays(today: date, weeks: int) -> tuple[date, ...]:
    """Return the first days of the last weeks up to that of today, the oldest first."""
    monday = today - timedelta(days=today.weekday())
    return tuple(monday - timedelta(weeks=back) for back in reversed(range(weeks)))


def open_by_state(today: date) -> tuple[OpenInState, ...]:
    """Return every state but closed, in the order of the work. today: the clinic's own day."""
    counted = Enquiry.objects.open().order_by().values("state")
    rows = counted.annotate(
        late=Count("pk", filter=Q(due_on__lt=today)),
        due_today=Count("pk", filter=Q(due_on=today)),
        all=Count("pk"),
    )
    found = {row["state"]: row for row in rows}
    nothing = {"late": 0, "due_today": 0, "all": 0}
    return tuple(
        _open_in(state, found.get(state, nothing)) for state in State if state != State.CLOSED
    )


def first_contacts(clinic: Clinic, today: date, weeks: int) -> tuple[WeekOfContact, ...]:
    """Return how fast those were contacted who asked in each of the last weeks."""
    firsts = mondays(today, weeks)
    waits: dict[date, Counter[int]] = defaultdict(Counter)
    without: Counter[date] = Counter()
    for (day, contact), count in _contacts(firsts[0], ZoneInfo(clinic.time_zone)).items():
        monday = day - timedelta(days=day.weekday())
        if contact is None:
            without[monday] += count
        else:
            waits[monday][working_days_between(clinic, day, contact)] += count
    return tuple(_week(monday, waits[monday], without[monday]) for monday in firsts)


def by_area(clinic: Clinic, today: date, weeks: int) -> Areas:
    """Return how many asked about each area in the last weeks, with no number under five."""
    firsts = mondays(today, weeks)
    zone = ZoneInfo(clinic.time_zone)
    begins = [_beginning(day, zone) for day in (*firsts, firsts[-1] + timedelta(weeks=1))]
    # Compared with the ends of each week: turning each moment into its day takes longer.
    of_weeks = {
        f"week_{at}": Count("pk", filter=Q(received_at__gte=start, received_at__lt=end))
        for at, (start, end) in enumerate(pairwise(begins))
    }
    rows = Enquiry.objects.order_by().filter(received_at__gte=begins[0]).values_list("area")
    counts = {area: each for area, *each in rows.annotate(**of_weeks)}
    areas = tuple(Area)
    table = [counts.get(area, [0] * weeks) for area in areas]
    is_split = sum(map(sum, table)) >= FEWEST
    return Areas(areas, firsts, told(table) if is_split else None)


def unsent_mail(now: datetime) -> UnsentMail:
    """Return how many mails have not gone out."""
    waiting = Q(sent_at=None, given_up_at=None)
    counts = OutgoingMail.objects.order_by().aggregate(
        waiting=Count("pk", filter=waiting),
        late=Count("pk", filter=waiting & Q(owed_since__lte=now - LATE_MAIL)),
        given_up=Count("pk", filter=~Q(given_up_at=None)),
    )
    return UnsentMail(**counts)


def _open_in(state: State, row: dict[str, int]) -> OpenInState:
    late, due_today = row["late"], row["due_today"]
    return OpenInState(state, late, due_today, row["all"] - late - due_today)


def _beginning(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone)


def _contacts(first: date, zone: ZoneInfo) -> Counter[tuple[date, date | None]]:
    """The days of receipt and of first contact; without one only what is open still counts."""
    answered = Q(first_contact_at__isnull=False)
    moments = (
        Enquiry.objects.order_by()
        .filter(answered | ~Q(state=State.CLOSED), received_at__gte=_beginning(first, zone))
        .exclude(closed_reason__in=NOT_ASKED)
        .values_list("received_at", "first_contact_at")
    )
    # Made into days here: a function of the database for each moment takes twice as long.
    return Counter(
        (received.astimezone(zone).date(), contact and contact.astimezone(zone).date())
        for received, contact in moments
    )


def _week(monday: date, waits: Counter[int], without: int) -> WeekOfContact:
    if not waits:
        return WeekOfContact(monday, None, None, without)
    return WeekOfContact(monday, median(waits.elements()), max(waits), without)
