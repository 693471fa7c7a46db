import time

import pytest
from django.db import OperationalError
from pytest_django.asserts import assertContains

from imsinfo import throttle
from imsinfo.models import Throttle
from imsinfo.staff.sign_in import CLOSED, TOO_MANY, Limits

pytestmark = [pytest.mark.django_db, pytest.mark.db]
LOGIN = "/admin/login/"
PASSWORD = "correct-horse-battery"


@pytest.fixture
def reception(django_user_model):
    return django_user_model.objects.create_superuser("reception", password=PASSWORD)


@pytest.fixture
def try_password(client, reception):
    """Return a function that tries to sign in and returns the answer."""

    def sign_in(password, username="reception", address="192.0.2.1"):
        data = {"username": username, "password": password, "next": "/admin/"}
        return client.post(LOGIN, data, REMOTE_ADDR=address)

    return sign_in


def test_the_right_password_signs_in(try_password):
    assert try_password(PASSWORD)["Location"] == "/admin/"


@pytest.mark.parametrize("username", ["reception", "nobody"])
def test_the_sixth_failure_is_slowed_for_known_and_unknown_alike(try_password, username):
    statuses = [try_password("wrong", username).status_code for _ in range(6)]
    assert statuses == [200, 200, 200, 200, 200, 429]


def test_who_is_slowed_is_told_when_to_try_again(try_password):
    for _ in range(6):
        answer = try_password("wrong")
    assertContains(answer, TOO_MANY, status_code=429)
    assert 14 * 60 < int(answer["Retry-After"]) <= 15 * 60


def test_a_slowed_client_is_not_let_in_by_the_right_password(try_password):
    for _ in range(5):
        try_password("wrong")
    assert try_password(PASSWORD).status_code == 429


def test_somebody_at_another_address_is_not_slowed(try_password):
    for _ in range(6):
        try_password("wrong", address="192.0.2.66")
    assert try_password(PASSWORD).status_code == 302


def test_case_and_spaces_make_no_other_user(try_password):
    for name in ("reception", "RECEPTION", " reception", "Reception ", "reception"):
        try_password("wrong", name)
    assert try_password("wrong").status_code == 429


def test_one_address_has_twenty_failures_for_all_users(try_password):
    statuses = [try_password("wrong", f"user{number}").status_code for number in range(21)]
    assert (statuses[19], statuses[20]) == (200, 429)


def test_signing_in_is_no_failure_for_the_others_at_the_address(try_password):
    for _ in range(25):
        assert try_password(PASSWORD).status_code == 302


def test_a_forgotten_password_that_came_back_is_forgiven(try_password):
    for password in ("wrong", "wrong", "wrong", "wrong", PASSWORD, "wrong", "wrong"):
        answer = try_password(password)
    assert answer.status_code == 200


def test_an_attacked_account_still_lets_its_owner_in(try_password):
    for number in range(101):
        Limits("reception", f"198.51.100.{number}").count(time.time())
    assert try_password(PASSWORD).status_code == 302


def test_an_attacked_account_is_slowed_at_every_address(try_password):
    for number in range(101):
        Limits("reception", f"198.51.100.{number}").count(time.time())
    assert [try_password("wrong").status_code for _ in range(2)] == [200, 429]


def test_sign_in_closes_where_the_counting_fails(try_password, monkeypatch):
    def fail(*args):
        raise throttle.ThrottleFault from OperationalError()

    monkeypatch.setattr(throttle, "count", fail)
    assertContains(try_password(PASSWORD), CLOSED, status_code=503)


def test_nothing_of_the_user_is_kept_with_the_count(try_password):
    try_password("wrong")
    kept = " ".join(Throttle.objects.values_list("key", flat=True))
    assert (Throttle.objects.count(), "reception" in kept, "192.0.2.1" in kept) == (3, False, False)


def test_an_empty_form_is_no_failure(client):
    client.post(LOGIN, {"username": "reception", "password": ""})
    assert Throttle.objects.count() == 0
