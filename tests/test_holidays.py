from datetime import date, timedelta

import pytest

from imsinfo.holidays import ClosedDays, Holiday, closed_days

CHRISTMAS = Holiday.model_validate({"date": date(2026, 12, 25), "name": "Christmas Day"})
SUMMER = Holiday.model_validate(
    {"from": date(2026, 8, 1), "to": date(2026, 8, 14), "name": "Summer break"}
)


@pytest.mark.parametrize(
    ("today", "told"),
    [
        (date(2026, 10, 25), []),
        (date(2026, 10, 26), ["25 December 2026, Christmas Day"]),
        (date(2026, 12, 25), ["25 December 2026, Christmas Day"]),
        (date(2026, 12, 26), []),
    ],
)
def test_a_holiday_is_told_from_sixty_days_before_until_it_is_over(today, told):
    assert [str(days) for days in closed_days([CHRISTMAS], today)] == told


@pytest.mark.parametrize(
    ("today", "count"), [(date(2026, 8, 1), 1), (date(2026, 8, 14), 1), (date(2026, 8, 15), 0)]
)
def test_several_days_are_told_until_the_last(today, count):
    assert len(closed_days([SUMMER], today)) == count


def test_the_soonest_holiday_comes_first():
    told = closed_days([CHRISTMAS, SUMMER], date(2026, 8, 14) - timedelta(days=1))
    later = closed_days(
        [CHRISTMAS, SUMMER.model_copy(update={"last": date(2026, 12, 1)})],
        CHRISTMAS.date - timedelta(days=40),
    )
    assert ([days.name for days in told], [days.name for days in later]) == (
        *(["Summer break"], ["Summer break", "Christmas Day"]),
    )


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 12, 25), date(2026, 12, 25), "25 December 2026"),
        (date(2026, 8, 1), date(2026, 8, 14), "1 to 14 August 2026"),
        (date(2026, 11, 28), date(2026, 12, 2), "28 November to 2 December 2026"),
        (date(2026, 12, 30), date(2027, 1, 2), "30 December 2026 to 2 January 2027"),
        (date(2026, 8, 1), date(2027, 8, 1), "1 August 2026 to 1 August 2027"),
    ],
)
def test_days_are_told_in_words(first, last, words):
    assert ClosedDays(first, last, "Closed").dates == words


def test_the_last_days_of_the_calendar_are_days():
    last = {"from": date(9999, 12, 20), "to": date(9999, 12, 31), "name": "Closed"}
    assert Holiday.model_validate(last).days == (last["from"], last["to"])
