from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from imsinfo.staff.absences import standing_in
from imsinfo.staff.models import Absence

pytestmark = [pytest.mark.db, pytest.mark.django_db]
TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


@pytest.fixture
def people(django_user_model):
    """Accounts by a letter each."""
    make = django_user_model.objects.create_user
    return {name: make(name, password=None) for name in "abcd"}


@pytest.fixture
def away(people):
    """Note that one is away and another one stands in: today, unless said otherwise."""

    def note(user, deputy, first=TODAY, last=TODAY):
        days = {"first_day": first, "last_day": last}
        return Absence.objects.create(user=people[user], deputy=people[deputy], **days)

    return note


@pytest.fixture
def stands_in(people):
    """Return a function that tells who stands in for somebody on a day."""
    names = {person.pk: name for name, person in people.items()}
    return lambda user, day=TODAY: names[standing_in(people[user].pk, day)]


def test_whoever_is_here_does_their_own_work(away, stands_in):
    away("b", "c")
    assert stands_in("a") == "a"


def test_a_deputy_does_the_work_of_whoever_is_away(away, stands_in):
    away("a", "b")
    assert (stands_in("a"), stands_in("b")) == ("b", "b")


@pytest.mark.parametrize(("days", "deputy"), [(-1, "a"), (0, "b"), (3, "b"), (6, "b"), (7, "a")])
def test_the_first_and_the_last_day_belong_to_an_absence(away, stands_in, days, deputy):
    away("a", "b", TODAY, TODAY + 6 * DAY)
    assert stands_in("a", TODAY + days * DAY) == deputy


def test_the_deputy_of_a_deputy_who_is_away_does_the_work(away, stands_in):
    away("a", "b")
    away("b", "c")
    away("c", "d")
    assert stands_in("a") == "d"


def test_a_deputy_is_asked_for_on_the_days_on_which_both_are_away(away, stands_in):
    away("a", "b", TODAY, TODAY + DAY)
    away("b", "c", TODAY + DAY, TODAY + 2 * DAY)
    assert [stands_in("a", TODAY + days * DAY) for days in range(3)] == ["b", "c", "a"]


def test_in_a_circle_everybody_keeps_their_own_work(away, stands_in):
    away("a", "b")
    away("b", "c")
    away("c", "a")
    assert [stands_in(name) for name in "abc"] == ["a", "b", "c"]


def test_whoever_leads_into_a_circle_keeps_their_own_work(away, stands_in):
    away("a", "b")
    away("b", "c")
    away("c", "b")
    assert stands_in("a") == "a"


def test_nobody_stands_in_who_has_no_active_account(away, stands_in, people):
    type(people["b"]).objects.filter(username="b").update(is_active=False)
    away("a", "b")
    assert stands_in("a") == "a"


def test_a_chain_ends_before_an_account_that_is_not_active(away, stands_in, people):
    type(people["c"]).objects.filter(username="c").update(is_active=False)
    away("a", "b")
    away("b", "c")
    assert stands_in("a") == "b"


def test_an_account_that_is_not_active_may_be_stood_in_for(away, stands_in, people):
    type(people["a"]).objects.filter(username="a").update(is_active=False)
    away("a", "b")
    assert stands_in("a") == "b"


def test_of_two_absences_on_a_day_the_one_noted_first_counts(away, stands_in):
    away("a", "b", TODAY, TODAY + DAY)
    away("a", "c", TODAY + DAY, TODAY + 2 * DAY)
    assert [stands_in("a", TODAY + days * DAY) for days in range(3)] == ["b", "b", "c"]


def test_an_absence_does_not_end_before_it_begins(away):
    with pytest.raises(IntegrityError), transaction.atomic():
        away("a", "b", TODAY, TODAY - DAY)


def test_nobody_stands_in_for_themselves(away):
    with pytest.raises(IntegrityError), transaction.atomic():
        away("a", "a")
