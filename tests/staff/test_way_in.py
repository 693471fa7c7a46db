"""From the password to the pages of staff, as a browser walks it."""

import html
import re
import time
from base64 import b32decode

import pytest
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from imsinfo import throttle
from imsinfo.staff import devices
from imsinfo.staff.models import AuditEvent
from imsinfo.staff.second_factor_forms import WRONG, WRONG_AT_FIRST
from imsinfo.staff.sign_in import CLOSED, TOO_MANY
from imsinfo.throttle import ThrottleFault
from tests.accounts import PASSWORD, code_of, set_up_phone, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.db]
FACTOR, SET_UP = "/admin/second-factor/", "/admin/second-factor/set-up/"
CODES = "/admin/second-factor/codes/"
NOT_A_CODE = "000"


def secret_on(response):
    """The key of the phone, from what the page asks people to type."""
    [typed] = re.findall(r"<code>([A-Z2-7 ]+)</code>", response.content.decode())
    return b32decode(typed.replace(" ", ""))


def codes_on(response):
    return re.findall(r"<li><code>([\d ]+)</code>", response.content.decode())


def is_in(client):
    return client.get("/admin/").status_code == 200


def actions():
    return list(AuditEvent.objects.values_list("action", flat=True))


def test_the_password_leads_to_the_code_and_the_code_to_the_page(client, ada, phone):
    given = {"username": "ada", "password": PASSWORD, "next": CODES}
    asked = client.post("/admin/login/", given, follow=True)
    assert asked.redirect_chain[-1] == (f"{FACTOR}?next={CODES}", 302)
    answer = client.post(FACTOR, {"code": code_of(phone), "next": CODES})
    assertRedirects(answer, CODES)
    assert actions() == ["signed-in"]


def test_without_a_phone_the_password_leads_to_setting_one_up(by_password):
    assertRedirects(by_password.get("/admin/", follow=True), f"{SET_UP}?next=/admin/")


def test_the_secret_is_shown_as_a_picture_and_to_type(by_password, ada):
    page = by_password.get(SET_UP)
    assertContains(page, '<svg class="qr" role="img" aria-label="QR code for the app')
    [pending] = TOTPDevice.objects.filter(user=ada, confirmed=False)
    assert secret_on(page) == pending.bin_key


def test_the_first_code_sets_the_phone_up_and_shows_recovery_codes(by_password):
    key = secret_on(by_password.get(SET_UP))
    shown = by_password.post(SET_UP, {"code": f"{totp(key):06}", "next": "/admin/"})
    assert len(set(codes_on(shown))) == 10
    assertContains(shown, '<a class="button" href="/admin/">I have kept them</a>', html=True)
    assert is_in(by_password)
    assert actions() == ["factor-set", "signed-in"]


def test_recovery_codes_are_shown_once(by_password):
    key = secret_on(by_password.get(SET_UP))
    given = {"code": f"{totp(key):06}"}
    [first, *_] = codes_on(by_password.post(SET_UP, given))
    assertNotContains(by_password.post(SET_UP, given, follow=True), first)
    assert first.replace(" ", "") not in repr(dict(by_password.session))


def test_a_wrong_first_code_keeps_the_secret_and_says_what_to_do(by_password):
    key = secret_on(by_password.get(SET_UP))
    answer = by_password.post(SET_UP, {"code": NOT_A_CODE})
    assertContains(answer, html.escape(WRONG_AT_FIRST))
    assertContains(answer, "<title>Error: ")
    assert (secret_on(answer), is_in(by_password)) == (key, False)


def test_a_stranger_with_the_password_sees_another_secret(by_password, ada):
    key = secret_on(by_password.get(SET_UP))
    stranger = Client()
    stranger.force_login(ada)
    assert secret_on(stranger.get(SET_UP)) != key


def test_the_password_alone_sets_up_no_second_phone(by_password, ada, phone):
    assertRedirects(by_password.get(SET_UP), f"{FACTOR}?next=/admin/")
    new = devices.pending_phone(ada, None)
    session = by_password.session
    session["pending_device"] = new.pk
    session["may_replace_until"] = time.time() + 300
    session.save()
    by_password.post(SET_UP, {"code": code_of(new)})
    assert [each.pk for each in TOTPDevice.objects.filter(confirmed=True)] == [phone.pk]


def test_a_wrong_code_is_told_and_not_let_in(by_password, phone):
    answer = by_password.post(FACTOR, {"code": NOT_A_CODE})
    assertContains(answer, html.escape(WRONG))
    assert (is_in(by_password), actions()) == (False, ["code-refused"])


def test_the_field_takes_codes_as_phones_offer_them(by_password, phone):
    assertContains(
        by_password.get(FACTOR),
        '<input type="text" name="code" autocomplete="one-time-code" inputmode="numeric" '
        'spellcheck="false" maxlength="40" aria-describedby="id_code_helptext" id="id_code">',
        html=True,
    )


def test_who_guesses_codes_is_slowed(by_password, phone):
    for _ in range(6):
        answer = by_password.post(FACTOR, {"code": NOT_A_CODE})
    assertContains(answer, TOO_MANY, status_code=429)
    assert 14 * 60 < int(answer["Retry-After"]) <= 15 * 60
    assert by_password.post(FACTOR, {"code": code_of(phone)}).status_code == 429


def test_another_session_does_not_start_the_count_anew(by_password, ada, phone):
    for _ in range(5):
        by_password.post(FACTOR, {"code": NOT_A_CODE})
    other = Client(REMOTE_ADDR="198.51.100.7")
    other.force_login(ada)
    assert other.post(FACTOR, {"code": code_of(phone)}).status_code == 429


def test_the_door_closes_where_the_counting_fails(by_password, phone, monkeypatch):
    def fail(*args):
        raise ThrottleFault

    monkeypatch.setattr(throttle, "count", fail)
    answer = by_password.post(FACTOR, {"code": code_of(phone)})
    assertContains(answer, CLOSED, status_code=503)
    assert not is_in(by_password)


def test_an_empty_field_is_no_failure(by_password, phone):
    for _ in range(6):
        answer = by_password.post(FACTOR, {"code": " "})
    assertContains(answer, "Type the code that your phone shows")
    assert actions() == []


def test_a_recovery_code_lets_in_and_tells_what_is_left(by_password, ada, phone):
    [code, *_] = devices.replace_recovery_codes(ada)
    answer = by_password.post(FACTOR, {"code": f"{code[:4]} {code[4:8]}-{code[8:]}"}, follow=True)
    assertContains(answer, "You used a recovery code; 9 are left.")
    assert actions()[1:] == ["recovery-used", "signed-in"]


def test_the_session_has_another_key_after_the_code(by_password, phone):
    before = by_password.session.session_key
    by_password.post(FACTOR, {"code": code_of(phone)})
    assert by_password.session.session_key != before
    assert not by_password.session.exists(before)


@pytest.mark.parametrize("given", ["https://evil.example/", "//evil.example/admin/", "/enquiry/"])
def test_the_code_leads_to_pages_of_staff_alone(by_password, phone, given):
    answer = by_password.post(FACTOR, {"code": code_of(phone), "next": given})
    assert answer["Location"] == "/admin/"


def test_no_code_lies_in_session_or_audit(by_password, phone):
    code = code_of(phone)
    by_password.post(FACTOR, {"code": code})
    kept = [repr(dict(by_password.session)), *AuditEvent.objects.values_list("detail", flat=True)]
    assert [each for each in kept if code in each] == []


def test_who_is_in_is_not_asked_again(client, ada):
    assertRedirects(sign_in(client, ada).get(f"{FACTOR}?next={CODES}"), CODES)


def test_new_recovery_codes_need_a_code(client, ada, phone):
    old = devices.replace_recovery_codes(ada)
    staff = sign_in(client, ada)
    assertContains(staff.get(CODES), "<strong>10 recovery codes</strong>", html=True)
    assert codes_on(staff.post(CODES, {"code": NOT_A_CODE})) == []
    shown = staff.post(CODES, {"code": code_of(phone)})
    new = {code.replace(" ", "") for code in codes_on(shown)}
    assert (len(new), new & set(old)) == (10, set())
    assert is_in(staff)


def test_another_phone_needs_a_code_and_takes_the_place_of_the_first(client, ada, phone):
    staff = sign_in(client, ada)
    assertRedirects(staff.get(SET_UP), f"{FACTOR}?next=/admin/", target_status_code=302)
    page = staff.post(CODES, {"code": code_of(phone), "phone": "Set up"}, follow=True)
    key = secret_on(page)
    assert len(codes_on(staff.post(SET_UP, {"code": f"{totp(key):06}"}))) == 10
    assert is_in(staff)
    assert [each.bin_key for each in TOTPDevice.objects.all()] == [key]


def test_the_time_to_set_up_another_phone_ends(client, ada, phone, time_machine):
    time_machine.move_to(time.time())
    staff = sign_in(client, ada)
    staff.post(CODES, {"code": code_of(phone), "phone": "Set up"})
    time_machine.shift(11 * 60)
    assertRedirects(staff.get(SET_UP), f"{FACTOR}?next=/admin/", target_status_code=302)


def test_a_failure_to_write_the_audit_lets_nobody_in(by_password, phone, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("imsinfo.staff.audit.record", fail)
    with pytest.raises(RuntimeError):
        by_password.post(FACTOR, {"code": code_of(phone)})
    monkeypatch.undo()
    assert not is_in(by_password)


@pytest.mark.parametrize("path", [FACTOR, SET_UP, "/admin/second-factor/password/"])
def test_strangers_are_led_to_the_password(client, path):
    assertRedirects(client.get(f"{path}?next={CODES}"), f"/admin/login/?next={CODES}")


def test_no_page_of_the_admin_shows_secrets_of_phones(admin_client, ada):
    from django.contrib import admin  # noqa: PLC0415

    kept = {model.__name__ for model in admin.site._registry}
    assert {"TOTPDevice", "StaticDevice", "StaticToken"} & kept == set()
    phone = set_up_phone(ada)
    for path in ("/admin/", f"/admin/auth/user/{ada.pk}/change/", "/admin/auth/group/add/"):
        assertNotContains(admin_client.get(path), phone.key)
