from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import yaml

from imsinfo.clinic import Clinic
from imsinfo.contact_details import weekdays
from imsinfo.working_days import (
    is_working_day,
    next_working_day,
    reply_day,
    working_days_after,
    working_days_between,
)

VANCOUVER = ZoneInfo("America/Vancouver")


@pytest.fixture
def clinic(clinic_text):
    """Return a function that makes the shipped clinic with some values changed."""

    def build(**changes):
        return Clinic.model_validate(yaml.safe_load(clinic_text) | changes, strict=False)

    return build


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=VANCOUVER)


@pytest.mark.parametrize(
    ("days", "numbers"),
    [
        ("Friday", {4}),
        ("Monday to Thursday", {0, 1, 2, 3}),
        ("Monday, Wednesday and Friday", {0, 2, 4}),
        ("Saturday to Monday", {5, 6, 0}),
        ("Monday to Tuesday and Thursday to Friday", {0, 1, 3, 4}),
    ],
)
def test_weekdays_are_read_as_an_editor_writes_them(days, numbers):
    assert weekdays(days) == numbers


@pytest.mark.parametrize(
    ("received", "replied"),
    [
        # Open from Monday to Friday; the promise is two working days.
        ("2026-11-16T00:00", date(2026, 11, 18)),
        ("2026-11-16T23:59", date(2026, 11, 18)),
        ("2026-11-19T12:00", date(2026, 11, 23)),
        ("2026-11-20T12:00", date(2026, 11, 24)),
        ("2026-11-21T12:00", date(2026, 11, 24)),
        ("2026-11-22T23:59", date(2026, 11, 24)),
    ],
)
def test_a_reply_is_promised_in_working_days(clinic, received, replied):
    assert reply_day(clinic(), at(received)) == replied


def test_holidays_are_no_working_days(clinic):
    # Christmas Day is a Friday and Boxing Day a Saturday.
    assert reply_day(clinic(), at("2026-12-23T10:00")) == date(2026, 12, 28)


def test_a_break_of_several_days_is_left_out(clinic):
    summer = {"from": date(2026, 8, 1), "to": date(2026, 8, 14), "name": "Summer break"}
    assert reply_day(clinic(holidays=[summer]), at("2026-07-31T10:00")) == date(2026, 8, 18)


def test_the_day_is_the_clinics_own(clinic):
    # Tuesday in UTC, still Monday afternoon in Vancouver.
    received = datetime(2026, 11, 17, 1, 30, tzinfo=UTC)
    assert reply_day(clinic(), received) == date(2026, 11, 18)


@pytest.mark.parametrize("received", ["2026-11-20T10:00", "2026-11-21T10:00"])
def test_a_clinician_looks_by_the_next_working_day(clinic, received):
    assert next_working_day(clinic(), at(received)) == date(2026, 11, 23)


def test_one_open_site_makes_a_working_day(clinic):
    weekend = {"days": "Saturday", "opens": "09:00", "closes": "12:00"}
    site = {"name": "Second", "address": ["2 Example Street"], "hours": [weekend]}
    shipped = yaml.safe_load(clinic().model_dump_json(include={"sites"}))["sites"]
    assert is_working_day(clinic(sites=[*shipped, site]), date(2026, 11, 21))


def test_a_clinic_that_names_no_open_day_still_gives_one(clinic):
    closed = {"from": date(2026, 1, 1), "to": date(2026, 12, 31), "name": "Closed"}
    year = {"from": date(2027, 1, 1), "to": date(2027, 12, 31), "name": "Closed"}
    third = {"from": date(2028, 1, 1), "to": date(2028, 12, 31), "name": "Closed"}
    fourth = {"from": date(2029, 1, 1), "to": date(2029, 12, 31), "name": "Closed"}
    closed_years = [closed, year, third, fourth]
    received = at("2026-11-16T09:00")
    assert reply_day(clinic(holidays=closed_years), received) == date(2026, 11, 18)


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        (date(2026, 11, 16), date(2026, 11, 16), 0),
        (date(2026, 11, 17), date(2026, 11, 16), 0),
        (date(2026, 11, 16), date(2026, 11, 17), 1),
        (date(2026, 11, 20), date(2026, 11, 22), 0),
        (date(2026, 11, 20), date(2026, 11, 23), 1),
        # Christmas Day is a Friday.
        (date(2026, 12, 24), date(2026, 12, 28), 1),
    ],
)
def test_working_days_are_counted_after_the_first_day_and_with_the_last(clinic, first, last, count):
    assert working_days_between(clinic(), first, last) == count


# The second one lies within the break.
@pytest.mark.parametrize("first", [date(2026, 7, 29), date(2026, 8, 5)])
def test_counting_agrees_with_asking_of_each_day(clinic, first):
    twice = [
        {"from": date(2026, 8, 1), "to": date(2026, 8, 14), "name": "Summer break"},
        {"date": date(2026, 8, 3), "name": "Civic day"},
    ]
    built = clinic(holidays=twice)
    days = [first + timedelta(days=step) for step in range(40)]
    for at, last in enumerate(days):
        asked = sum(is_working_day(built, day) for day in days[1 : at + 1])
        assert working_days_between(built, first, last) == asked


def test_counting_is_the_other_way_round_of_promising(clinic):
    received = at("2026-12-23T10:00")
    for count in range(1, 12):
        until = working_days_after(clinic(), received, count)
        assert working_days_between(clinic(), received.date(), until) == count
