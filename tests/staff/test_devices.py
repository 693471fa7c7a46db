import time
from contextlib import suppress

import pytest
from django.conf import settings as django_settings
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from imsinfo.staff import devices
from imsinfo.staff.devices import WrongCode, enrol, pending_phone, spend_code
from imsinfo.staff.models import AuditEvent
from imsinfo.throttle import TooMany
from tests.accounts import code_of, set_up_phone
from tests.at_once import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.db]


@pytest.fixture
def user(django_user_model):
    return django_user_model.objects.create_user("ada", is_staff=True)


@pytest.fixture
def phone(user):
    return set_up_phone(user)


@pytest.fixture
def codes(user, phone):
    return devices.replace_recovery_codes(user)


def actions(user):
    return list(AuditEvent.objects.filter(user=user).values_list("action", flat=True))


def wrong(phone):
    """A code that the phone does not show at any time near."""
    near = {code_of(phone, steps) for steps in range(-3, 4)}
    return next(code for code in (f"{n:06}" for n in range(10)) if code not in near)


def test_the_code_that_the_phone_shows_is_taken(user, phone):
    assert spend_code(user, code_of(phone)) == phone


def test_a_code_works_once(user, phone):
    code = code_of(phone)
    spend_code(user, code)
    with pytest.raises(WrongCode):
        spend_code(user, code)


def test_a_code_from_before_the_last_one_is_refused(user, phone):
    spend_code(user, code_of(phone))
    with pytest.raises(WrongCode):
        spend_code(user, code_of(phone, steps=-1))


def test_a_clock_that_is_half_a_minute_off_does_no_harm(user, phone):
    assert spend_code(user, code_of(phone, steps=1)) == phone


def test_a_code_of_somebody_elses_phone_is_refused(user, phone, django_user_model):
    other = set_up_phone(django_user_model.objects.create_user("bo"))
    with pytest.raises(WrongCode):
        spend_code(user, code_of(other))


def test_a_phone_that_is_not_in_use_yet_opens_nothing(user):
    with pytest.raises(WrongCode):
        spend_code(user, code_of(pending_phone(user, None)))


def test_each_recovery_code_works_once(user, codes):
    for code in codes:
        assert spend_code(user, code).name == devices.PAPER
    assert devices.recovery_codes_left(user) == 0
    with pytest.raises(WrongCode):
        spend_code(user, codes[0])


def test_a_recovery_code_is_in_the_audit_and_its_digits_nowhere(user, codes):
    spend_code(user, codes[0])
    assert actions(user) == ["factor-set", "recovery-used"]
    kept = [*StaticToken.objects.values_list("token", flat=True)]
    kept += AuditEvent.objects.values_list("detail", flat=True)
    assert [each for each in kept if any(code in each for code in codes)] == []


def test_new_recovery_codes_end_the_old_ones(user, codes):
    devices.replace_recovery_codes(user)
    with pytest.raises(WrongCode):
        spend_code(user, codes[0])


def test_recovery_codes_of_somebody_else_open_nothing(codes, django_user_model):
    other = django_user_model.objects.create_user("bo")
    devices.replace_recovery_codes(other)
    with pytest.raises(WrongCode):
        spend_code(other, codes[0])


def test_recovery_codes_outlive_a_change_of_the_sites_key(user, codes, settings):
    settings.SECRET_KEY_FALLBACKS = [django_settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-of-fifty-signs-or-more-0123456789-abcdef"
    assert spend_code(user, codes[0]).name == devices.PAPER


def test_a_mistyped_code_makes_nobody_wait(user, phone):
    with pytest.raises(WrongCode):
        spend_code(user, wrong(phone))
    assert spend_code(user, code_of(phone)) == phone


def test_the_sixth_wrong_code_is_not_looked_at(user, phone, codes):
    for _ in range(5):
        with pytest.raises(WrongCode):
            spend_code(user, wrong(phone))
    for good in (code_of(phone), codes[0]):
        with pytest.raises(TooMany):
            spend_code(user, good)
    assert devices.recovery_codes_left(user) == len(codes)


def test_who_was_slowed_gets_in_after_a_quarter_of_an_hour(user, phone, time_machine):
    time_machine.move_to(time.time())
    for _ in range(5):
        with pytest.raises(WrongCode):
            spend_code(user, wrong(phone))
    time_machine.shift(15 * 60 + 1)
    assert spend_code(user, code_of(phone)) == phone


def test_a_right_code_forgives_the_wrong_ones(user, phone, codes):
    for code in (wrong(phone), wrong(phone), codes[0], wrong(phone), wrong(phone), wrong(phone)):
        try:
            spend_code(user, code)
        except WrongCode:
            continue
    assert spend_code(user, codes[1]).name == devices.PAPER


def test_a_refused_code_is_in_the_audit(user, phone):
    with pytest.raises(WrongCode):
        spend_code(user, wrong(phone))
    assert actions(user) == ["code-refused"]


@pytest.mark.parametrize("kind", ["phone", "paper"])
def test_of_many_at_once_one_uses_a_code(user, phone, codes, kind):
    code = {"phone": code_of(phone), "paper": codes[0]}[kind]

    def spend():
        with suppress(WrongCode):
            yield spend_code(user, code)

    taken = at_once(4, spend)
    assert len(taken) == 1


def test_a_phone_is_taken_into_use_by_its_own_code(user):
    new = pending_phone(user, None)
    enrolled = enrol(user, new, code_of(new), replaces=False)
    assert (enrolled.phone, len(enrolled.recovery_codes)) == (new, 10)
    assert devices.has_factor(user)


def test_a_phone_is_not_taken_into_use_by_another_code(user):
    new = pending_phone(user, None)
    with pytest.raises(WrongCode):
        enrol(user, new, wrong(new), replaces=False)
    assert not devices.has_factor(user)


def test_a_second_phone_is_not_set_up_beside_the_first(user, phone):
    new = pending_phone(user, None)
    with pytest.raises(WrongCode):
        enrol(user, new, code_of(new), replaces=False)
    assert spend_code(user, code_of(phone)) == phone


def test_another_phone_takes_the_place_of_the_first(user, phone, codes):
    new = pending_phone(user, None)
    enrol(user, new, code_of(new), replaces=True)
    assert [each.pk for each in TOTPDevice.objects.filter(user=user)] == [new.pk]
    for old in (code_of(phone), codes[0]):
        with pytest.raises(WrongCode):
            spend_code(user, old)


def test_each_session_sets_up_a_secret_of_its_own(user, phone):
    new = pending_phone(user, None)
    assert pending_phone(user, new.pk) == new
    assert pending_phone(user, None).key != new.key
    # A phone in use is never shown again.
    assert pending_phone(user, phone.pk).key != phone.key
