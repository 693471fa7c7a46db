"""Who may do what: every address of the staff pages × every role × every method, and no action.

The addresses come from the URLconf and the admin's registry. A new one fails here until a line of
the table below says who may use it.
"""

import re
from datetime import timedelta

import pytest
from django.contrib import admin
from django.test import Client, RequestFactory
from django.urls import get_resolver, reverse
from django.utils import timezone

from imsinfo.enquiries.models import Tombstone
from imsinfo.enquiries.workflow import STEPS
from imsinfo.staff.models import Absence
from imsinfo.staff.roles import ROLES
from tests.accounts import in_role, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.db]

READ = {"Reader", "Triage", "Clinician", "Manager"}
WORK = {"Triage", "Clinician", "Manager"}
MANAGE = {"Manager"}
PAGES = {"Manager", "Editor"}
EVERYBODY = {"Reader", "Triage", "Clinician", "Manager", "Editor", "none"}
# Whoever runs the site has every permission; what is forbidden to them is forbidden to all.
SUPERUSER = "superuser"
NOBODY: set[str] = set()

# Who may use each address, by its name.
MAY = {
    # One's own account, and what belongs to every page.
    **dict.fromkeys(("index", "login", "logout", "jsi18n"), EVERYBODY),
    **dict.fromkeys(("password_change", "password_change_done"), EVERYBODY),
    **dict.fromkeys(("second_factor", "own_password"), EVERYBODY),
    **dict.fromkeys(("second_factor_set_up", "second_factor_codes"), EVERYBODY),
    # Enquiries.
    "enquiries_enquiry_changelist": READ,
    "enquiries_enquiry_change": READ,
    "enquiries_enquiry_print": READ,
    "enquiries_enquiry_history": READ,
    "enquiries_enquiry_find": READ,
    "enquiries_enquiry_step": WORK,
    "enquiries_enquiry_add": WORK,
    "enquiries_enquiry_add_check": WORK,
    "enquiries_enquiry_add_store": WORK,
    "enquiries_enquiry_reassign": MANAGE,
    "enquiries_enquiry_export": MANAGE,
    "enquiries_enquiry_erase": MANAGE,
    "enquiries_enquiry_erased": MANAGE,
    "enquiries_enquiry_subject": MANAGE,
    "enquiries_enquiry_access": MANAGE,
    "enquiries_enquiry_access_json": MANAGE,
    "enquiries_tombstone_changelist": MANAGE,
    "enquiries_tombstone_change": MANAGE,
    "enquiries_tombstone_change:post": NOBODY,
    "enquiries_tombstone_history": MANAGE,
    "enquiries_tombstone_add": NOBODY,
    "enquiries_tombstone_delete": NOBODY,
    # Staff.
    "staff_absence_changelist": MANAGE,
    "staff_absence_add": MANAGE,
    "staff_absence_change": MANAGE,
    "staff_absence_history": MANAGE,
    "staff_absence_delete": MANAGE,
    "staff_auditevent_changelist": MANAGE,
    "staff_auditevent_export": MANAGE,
    # Pages.
    "pages": PAGES,
    # Django's own, for boxes that complete what is typed: there are none.
    "autocomplete": NOBODY,
}
# Accounts are for whoever runs the site.
MAY |= {
    f"auth_{model}_{page}": {SUPERUSER}
    for model in ("user", "group")
    for page in ("changelist", "add", "change", "history", "delete")
}
MAY["auth_user_password_change"] = {SUPERUSER}
# The lists of one app, by the app.
APPS = {"enquiries": READ, "staff": MANAGE, "auth": {SUPERUSER}}
END_THE_SESSION = {"logout", "second_factor", "second_factor_set_up", "second_factor_codes"}
ACCOUNTS = [*(role.name for role in ROLES), "none", SUPERUSER]


def patterns(found, prefix=""):
    """Every address below found, with its name."""
    for each in found:
        if hasattr(each, "url_patterns"):
            yield from patterns(each.url_patterns, f"{prefix}{each.pattern}")
        else:
            yield f"{prefix}{each.pattern}", each.name


STAFF = [each for each in patterns(get_resolver().url_patterns) if each[0].startswith("admin/")]
# The lists of an app and the ways round by content types have tests of their own below.
NAMED = [(path, name) for path, name in STAFF if name not in {None, "app_list", "view_on_site"}]


@pytest.fixture
def places(make_enquiry, admin_user):
    """Return each name with its address, on things that are there."""
    enquiry = make_enquiry()
    stone = Tombstone.objects.create(
        reference="GGG-GGG-GGGG", received_at=timezone.now(), channel="online", path="request"
    )
    today, other = timezone.localdate(), type(admin_user).objects.create_user("other")
    absence = Absence.objects.create(
        user=admin_user, deputy=other, first_day=today, last_day=today + timedelta(days=1)
    )
    group = type(admin_user).groups.rel.model.objects.create(name="Some group")
    objects = {
        "enquiries_enquiry": enquiry.pk,
        "enquiries_tombstone": stone.pk,
        "staff_absence": absence.pk,
        "auth_user": other.pk,
        "auth_group": group.pk,
    }

    def address(path, name):
        known = {"key": "claim", "reference": stone.reference}
        known |= dict.fromkeys(
            ("pk", "object_id", "id"), objects.get("_".join(name.split("_")[:2]))
        )
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(known[found[1]]), f"/{path}")

    return {(name, address(path, name)) for path, name in NAMED}


@pytest.fixture
def account(admin_user, django_user_model):
    """Return a function that signs in an account of the matrix, the same one each time."""
    users = {SUPERUSER: admin_user}

    def client_of(name):
        if name not in users:
            plain = name == "none"
            make = django_user_model.objects.create_user
            users[name] = make("plain", is_staff=True) if plain else in_role(name)
        return sign_in(Client(), users[name])

    return client_of


def may(name, method, who):
    allowed = MAY.get(f"{name}:{method}", MAY[name])
    return bool(allowed) if who == SUPERUSER else who in allowed


def test_the_table_names_every_address_and_no_other():
    assert {name for _, name in NAMED} == {name.partition(":")[0] for name in MAY}


def test_the_table_of_apps_names_every_one():
    assert set(APPS) == {model._meta.app_label for model in admin.site._registry}


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("who", ACCOUNTS)
def test_each_address_answers_those_alone_who_may_use_it(account, places, who, method):
    wrong, client = {}, account(who)
    for name, address in places:
        status = getattr(client, method)(address).status_code
        assert status < 500, name
        # 405: the address shows nothing by this method to anybody.
        if status != 405 and (status != 403) != may(name, method, who):
            wrong[address] = status
        if name in END_THE_SESSION:
            client = account(who)
    assert wrong == {}


@pytest.mark.parametrize("who", ACCOUNTS)
def test_the_lists_of_an_app_are_for_those_who_may_see_one(account, who):
    client = account(who)
    for app, allowed in APPS.items():
        status = client.get(f"/admin/{app}/").status_code
        assert (status == 200) == (who == SUPERUSER or who in allowed), app


def test_no_list_offers_an_action_upon_many_at_once(account):
    request = RequestFactory().get("/admin/")
    request.user = account(SUPERUSER).get("/admin/").wsgi_request.user
    offered = {model: each.get_actions(request) for model, each in admin.site._registry.items()}
    assert [*filter(None, offered.values())] == []


@pytest.mark.parametrize("who", ACCOUNTS)
def test_each_step_of_an_enquiry_is_for_those_alone_who_may_take_it(account, make_enquiry, who):
    client, permissions = account(who), {role.name: role.permissions for role in ROLES}
    for key, step in STEPS.items():
        address = reverse("admin:enquiries_enquiry_step", args=[make_enquiry().pk, key])
        allowed = who == SUPERUSER or step.permission in permissions.get(who, ())
        assert (client.post(address).status_code != 403) == allowed, key


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_sent_to_sign_in_from_every_address(places, method):
    for name, address in places:
        if name in {"login", "logout"}:
            continue
        response = getattr(Client(), method)(address)
        assert response.status_code == 302, name
        assert response["Location"].startswith("/admin/login/"), name


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_no_other_method_is_answered_anywhere(admin_client, places, method):
    for name, address in places:
        assert getattr(admin_client, method)(address).status_code == 405, name


@pytest.mark.parametrize("who", ACCOUNTS)
def test_addresses_without_a_name_show_nothing(account, places, who):
    client = account(who)
    for path in ("nothing/", "enquiries/enquiry/1/", "auth/user/1/", "r/1/1/"):
        response = client.get(f"/admin/{path}")
        assert response.status_code in {301, 302, 403, 404}, path
