import pytest
from django.db import OperationalError, transaction

from imsinfo import throttle
from imsinfo.models import Throttle
from imsinfo.throttle import Limit, ThrottleFault, TooMany, count, delete_ended, forget, take_back
from tests.at_once import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.db]
NOW = 1_800_000_000.5


def limit(most=5, seconds=600, name="enquiries", who="192.0.2.1"):
    return Limit(name, who, most, seconds)


def counts(*limits, now=NOW):
    return count(limits, now)["enquiries"]


def test_each_time_is_counted():
    assert [counts(limit()) for _ in range(3)] == [1, 2, 3]


def test_one_more_than_the_limit_is_refused_with_the_time_that_is_left():
    for _ in range(5):
        counts(limit())
    with pytest.raises(TooMany) as refused:
        counts(limit(), now=NOW + 100)
    assert refused.value.seconds == 500


def test_counting_begins_anew_when_the_time_is_over():
    for _ in range(5):
        counts(limit())
    assert counts(limit(), now=NOW + 600) == 1


def test_the_time_does_not_begin_anew_with_each_try():
    counts(limit())
    counts(limit(), now=NOW + 599)
    assert counts(limit(), now=NOW + 600) == 1


def test_a_clock_that_was_a_day_ahead_holds_nobody_back():
    for _ in range(5):
        counts(limit(), now=NOW + 86_400)
    assert counts(limit()) == 1


def test_each_client_and_each_purpose_has_a_count_of_its_own():
    counts(limit())
    assert counts(limit(who="192.0.2.2")) == 1
    assert count([limit(name="sign-in")], NOW) == {"sign-in": 1}


def test_of_two_limits_that_are_passed_the_longer_one_is_told():
    both = [limit(1), limit(1, 86_400, "day")]
    count(both, NOW)
    with pytest.raises(TooMany) as refused:
        count(both, NOW)
    assert (refused.value.limit.name, refused.value.seconds) == ("day", 86_400)


def test_what_is_rolled_back_has_not_been_counted():
    def fail():
        with transaction.atomic():
            counts(limit())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert counts(limit()) == 1


def test_the_key_names_nobody_and_cannot_be_made_without_the_sites_key(settings):
    first = limit().key
    settings.SECRET_KEY = "another-key-of-fifty-signs-or-more-0123456789-abcdef"
    assert ("192" in first, len(first), limit().key == first) == (False, 64, False)


def test_take_back_and_forget():
    for _ in range(3):
        counts(limit())
    take_back([limit()])
    assert counts(limit()) == 3
    forget([limit()])
    assert counts(limit()) == 1


def test_ended_counts_are_deleted():
    counts(limit())
    counts(limit(who="192.0.2.2"), now=NOW + 1)
    assert (delete_ended(NOW + 600), Throttle.objects.count()) == (1, 1)


def test_a_failure_of_the_database_has_its_own_name(monkeypatch):
    def fail():
        raise OperationalError("gone")

    monkeypatch.setattr(throttle.connection, "cursor", fail)
    with pytest.raises(ThrottleFault):
        counts(limit())


def test_no_count_is_lost_between_threads():
    seen = at_once(8, lambda: [counts(limit(most=1000)) for _ in range(50)])
    assert sorted(seen) == list(range(1, 401))
