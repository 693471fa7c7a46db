"""Accounts by command, the first password, and what the audit tells of signing in."""

import re
from io import StringIO

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django.asserts import assertContains, assertRedirects

from imsinfo.staff import devices
from imsinfo.staff.models import AuditEvent, FirstPassword
from tests.accounts import PASSWORD, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.db]
OWN, FACTOR = "/admin/second-factor/password/", "/admin/second-factor/"
CHOSEN = {"new_password1": "a-staple-of-my-own", "new_password2": "a-staple-of-my-own"}


@pytest.fixture
def roles(db):
    call_command("setup_roles", stdout=StringIO())
    AuditEvent.objects.all().delete()


def run(*args):
    told = StringIO()
    call_command(*args, stdout=told)
    return told.getvalue()


def password_in(told):
    [password] = re.findall(r"shown only now: (\S+)", told)
    return password


def events():
    return list(AuditEvent.objects.values_list("action", "user", "detail"))


@pytest.fixture
def bo(client, roles):
    """A client that has given the password that came with the account."""
    password = password_in(run("create_staff", "bo", "--role", "Triage"))
    client.post("/admin/login/", {"username": "bo", "password": password, "next": "/admin/"})
    return client


def test_an_account_is_made_with_its_roles(roles):
    more = ["--email", "bo@clinic.example", "--first-name", "Bo", "--last-name", "Lind"]
    run("create_staff", "bo", "--role", "Triage", "--role", "Manager", *more)
    user = User.objects.get(username="bo")
    assert {group.name for group in user.groups.all()} == {"Triage", "Manager"}
    assert (user.is_staff, user.is_superuser, user.get_full_name()) == (True, False, "Bo Lind")
    assert events() == [("account-made", None, f"account {user.pk}: Triage, Manager")]


def test_the_password_is_long_and_told_once(roles):
    password = password_in(run("create_staff", "bo", "--role", "Triage"))
    assert User.objects.get(username="bo").check_password(password)
    assert re.fullmatch(r"([a-hjkmnp-z2-9]{4}-){4}[a-hjkmnp-z2-9]{4}", password)
    assert password != password_in(run("create_staff", "cy", "--role", "Triage"))
    assert [detail for _, _, detail in events() if password in detail] == []


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["ada", "--role", "Triage"], "There is an account 'ada' already"),
        (["ADA", "--role", "Triage"], "There is an account 'ADA' already"),
        (["bo", "--role", "Boss"], "Use one of: Clinician, Editor, Manager, Reader, Triage"),
        (["b o!", "--role", "Triage"], "username: Enter a valid username"),
        (["bo", "--role", "Triage", "--email", "bo"], "email: Enter a valid email"),
    ],
)
def test_what_cannot_be_an_account_is_explained(roles, ada, args, told):
    with pytest.raises(CommandError, match=told):
        run("create_staff", *args)
    assert (User.objects.count(), events()) == (1, [])


def test_without_roles_the_command_says_what_to_run(db):
    Group.objects.all().delete()
    with pytest.raises(CommandError, match=r"Run manage\.py setup_roles first"):
        run("create_staff", "bo", "--role", "Triage")


def test_the_first_sign_in_asks_for_a_password_before_anything_else(bo):
    assertRedirects(bo.get("/admin/", follow=True), f"{OWN}?next=/admin/")
    assertRedirects(
        bo.get("/admin/second-factor/set-up/"), f"{FACTOR}?next=/admin/", target_status_code=302
    )


def test_a_password_of_ones_own_leads_on_to_the_phone(bo):
    answer = bo.post(OWN, CHOSEN, follow=True)
    assertContains(answer, "Set up your phone")
    assert User.objects.get(username="bo").check_password(CHOSEN["new_password1"])
    assert (FirstPassword.objects.count(), events()[-1][0]) == (0, "password-changed")


@pytest.mark.parametrize(
    ("password", "told"), [("short", "too short"), ("password1234", "too common")]
)
def test_a_weak_password_is_explained(bo, password, told):
    answer = bo.post(OWN, {"new_password1": password, "new_password2": password})
    assertContains(answer, told)
    assert FirstPassword.objects.count() == 1


def test_the_password_that_was_given_is_not_ones_own(client, roles):
    given = password_in(run("create_staff", "bo", "--role", "Triage"))
    client.post("/admin/login/", {"username": "bo", "password": given})
    answer = client.post(OWN, {"new_password1": given, "new_password2": given})
    assertContains(answer, "Choose another password than the one you were given")


def test_nobody_sets_a_password_by_the_password_alone(by_password, phone, ada):
    for first_password in (False, True):
        if first_password:
            FirstPassword.objects.create(user=ada)
        by_password.post(OWN, CHOSEN)
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


def test_a_reset_takes_everything_away_and_ends_all_sessions(client, ada, phone):
    staff, by_password = sign_in(client, ada), Client()
    by_password.force_login(ada)
    devices.replace_recovery_codes(ada)
    told = run("reset_second_factor", "ada")
    assert "sessions ended: 2" in told
    assert (TOTPDevice.objects.count(), devices.recovery_codes_left(ada)) == (0, 0)
    assert "ended=yes" in staff.get("/admin/")["Location"]
    assert "ended=yes" in by_password.get("/admin/")["Location"]
    assert events()[-1] == ("factor-reset", None, f"account {ada.pk}")


def test_after_a_reset_a_phone_is_set_up_anew(client, ada, phone):
    run("reset_second_factor", "ada")
    client.force_login(ada)
    assertContains(client.get("/admin/", follow=True), "Set up your phone")


def test_a_reset_of_nobody_says_so(db):
    with pytest.raises(CommandError, match="There is no account 'zora'"):
        run("reset_second_factor", "zora")


def test_a_failed_sign_in_is_in_the_audit_without_its_name(client, ada):
    for name in ("ada", "nobody"):
        client.post("/admin/login/", {"username": name, "password": "wrong"})
    assert events() == [("sign-in-failed", None, "")] * 2


@pytest.mark.parametrize(("password", "status"), [("wrong", 200), (PASSWORD, 302)])
def test_a_failure_to_write_the_audit_changes_no_answer(client, ada, monkeypatch, password, status):
    def fail(*args, **kwargs):
        raise OperationalError("disk full")

    monkeypatch.setattr("imsinfo.staff.audit.record", fail)
    answer = client.post("/admin/login/", {"username": "ada", "password": password})
    assert answer.status_code == status
    assert ("_auth_user_id" in client.session) == (status == 302)


def test_signing_out_is_in_the_audit(client, ada):
    sign_in(client, ada).post("/admin/logout/")
    assert events() == [("signed-out", ada.pk, "")]


def test_a_changed_password_is_in_the_audit(client, ada):
    given = CHOSEN | {"old_password": PASSWORD}
    assert sign_in(client, ada).post("/admin/password_change/", given).status_code == 302
    assert events() == [("password-changed", ada.pk, "")]


def test_what_does_not_change_the_password_is_not_in_the_audit(client, ada):
    staff = sign_in(client, ada)
    staff.post("/admin/password_change/", CHOSEN | {"old_password": "wrong"})
    assert events() == []


def test_the_old_password_is_not_guessed_at_a_screen_left_open(client, ada):
    staff, right = sign_in(client, ada), CHOSEN | {"old_password": PASSWORD}
    for _ in range(10):
        wrong = staff.post("/admin/password_change/", CHOSEN | {"old_password": "wrong"})
        assert wrong.status_code == 200
    refused = staff.post("/admin/password_change/", right)
    assertContains(refused, "Wait 15 minutes", status_code=429)
    assert User.objects.get(pk=ada.pk).check_password(PASSWORD)
    assert events() == [("refused", ada.pk, "admin:password_change")]


def test_a_refusal_is_in_the_audit_with_the_name_of_its_page(client, ada):
    assert sign_in(client, ada).get("/admin/auth/user/").status_code == 403
    assert events() == [("refused", ada.pk, "admin:auth_user_changelist")]


def test_accounts_made_in_the_admin_are_in_the_audit(admin_client, admin_user):
    given = {"username": "cy", "usable_password": "false"}
    admin_client.post("/admin/auth/user/add/", given)
    made = User.objects.get(username="cy")
    assert events() == [("account-made", admin_user.pk, f"account {made.pk}: no role")]
    assert devices.must_set_password(made)


def test_what_becomes_of_an_account_is_in_the_audit(admin_client, admin_user, ada, roles):
    address = f"/admin/auth/user/{ada.pk}/"
    group = Group.objects.get(name="Manager")
    given = {"username": "ada", "is_active": "on", "is_staff": "on", "groups": group.pk}
    assert admin_client.post(f"{address}change/", given).status_code == 302
    assert [*ada.groups.all()] == [group]
    assert admin_client.post(f"{address}delete/", {"post": "yes"}).status_code == 302
    told = [
        ("account-changed", f"account {ada.pk}: Manager"),
        ("account-deleted", f"account {ada.pk}"),
    ]
    assert events() == [(action, admin_user.pk, detail) for action, detail in told]


def test_what_becomes_of_a_group_is_in_the_audit(admin_client, admin_user):
    admin_client.post("/admin/auth/group/add/", {"name": "Locums"})
    address = f"/admin/auth/group/{Group.objects.get().pk}/"
    admin_client.post(f"{address}change/", {"name": "Locum doctors"})
    admin_client.post(f"{address}delete/", {"post": "yes"})
    assert Group.objects.count() == 0
    assert [(action, user) for action, user, _ in events()] == [("roles-set", admin_user.pk)] * 3


@pytest.mark.parametrize("number", ["9" * 20, "x", "-1", "٤"])
def test_no_odd_number_of_a_group_breaks_the_page(admin_client, ada, number):
    given = {"username": "ada", "groups": number}
    page = admin_client.post(f"/admin/auth/user/{ada.pk}/change/", given)
    assertContains(page, "is not a valid value")


@pytest.mark.parametrize(
    "query",
    [
        *("_to_field=logentry", "_to_field=username", f"id__in={'9' * 20}"),
        *(f"groups__id__in={'9' * 20}", f"date_joined__year={'9' * 20}", "password__startswith=a"),
    ],
)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_accounts_are_not_searched_by_an_address(admin_client, query):
    assert admin_client.get(f"/admin/auth/user/?{query}").status_code == 400


def test_accounts_are_narrowed_by_what_the_list_offers(admin_client, ada, roles):
    ada.groups.set(Group.objects.filter(name="Editor"))
    page = admin_client.get("/admin/auth/user/")
    offered = set(re.findall(r'href="\?([^"]+)"', page.content.decode()))
    assert f"groups__id__exact={ada.groups.get().pk}" in offered
    for query in offered:
        assert admin_client.get(f"/admin/auth/user/?{query}").status_code == 200


def test_a_password_set_for_somebody_is_in_the_audit(admin_client, admin_user, ada):
    given = {"password1": "a-staple-of-theirs", "password2": "a-staple-of-theirs"}
    admin_client.post(f"/admin/auth/user/{ada.pk}/password/", given | {"usable_password": "true"})
    assert events() == [("password-changed", admin_user.pk, f"account {ada.pk}")]
    assert devices.must_set_password(ada)


def test_a_password_that_one_sets_oneself_in_the_list_of_accounts_is_ones_own(
    admin_client, admin_user
):
    given = {"password1": "a-staple-of-mine", "password2": "a-staple-of-mine"}
    address = f"/admin/auth/user/{admin_user.pk}/password/"
    admin_client.post(address, given | {"usable_password": "true"})
    assert not FirstPassword.objects.exists()


def test_who_has_changed_a_given_password_is_not_asked_again(client, ada):
    devices.note_given_password(ada)
    given = {"old_password": PASSWORD} | CHOSEN
    assert sign_in(client, ada).post("/admin/password_change/", given).status_code == 302
    devices.remove_all(ada)
    assert not devices.must_set_password(ada)


@pytest.fixture
def type_twice(monkeypatch):
    """Return a function that has the operator type a password twice."""

    def type_twice(password):
        monkeypatch.setattr("getpass.getpass", lambda prompt: password)

    return type_twice


def test_a_password_set_by_command_is_on_record_and_replaced(client, ada, type_twice):
    type_twice("a-staple-of-theirs")
    assert run("changepassword", "ada").startswith("Password changed for ada.")
    assert events() == [("password-changed", None, f"account {ada.pk}")]
    given = {"username": "ada", "password": "a-staple-of-theirs", "next": "/admin/"}
    response = client.post("/admin/login/", given, follow=True)
    assertContains(response, "Choose your own password")


def test_a_password_by_command_opens_no_account_that_was_closed_meanwhile(ada, monkeypatch):
    def close_and_type(prompt):
        User.objects.filter(pk=ada.pk).update(is_active=False)
        return "a-staple-of-theirs"

    monkeypatch.setattr("getpass.getpass", close_and_type)
    run("changepassword", "ada")
    ada.refresh_from_db()
    assert (ada.is_active, ada.check_password("a-staple-of-theirs")) == (False, True)


def test_a_password_for_nobody_is_told(db):
    with pytest.raises(CommandError, match="There is no account 'Ada'"):
        run("changepassword", "Ada")


def test_a_superuser_by_command_is_on_record(db, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a-staple-of-theirs")
    run("createsuperuser", "--no-input", "--username", "root", "--email", "")
    made = User.objects.get(username="root")
    assert events() == [("account-made", None, f"account {made.pk}: superuser")]


def test_a_weak_password_by_command_changes_nothing(ada, type_twice):
    type_twice("ada")
    with pytest.raises(CommandError, match="Nothing was changed: 3 tries"):
        run("changepassword", "ada")
    assert (events(), FirstPassword.objects.exists()) == ([], False)
