"""No way round the second factor: every address of staff, by every method."""

import re

import pytest
from django.contrib import admin
from django.urls import URLPattern, get_resolver
from pytest_django.asserts import assertContains, assertRedirects

from imsinfo.staff.middleware import DOORS, ON_THE_WAY_IN
from tests import accounts

pytestmark = [pytest.mark.django_db, pytest.mark.db]
FACTOR = "/admin/second-factor/"
# What stands for the parts of an address that a pattern takes.
FILLED_IN = {
    **dict.fromkeys(("object_id", "id", "pk", "content_type_id"), "1"),
    "reference": "7H2-QRS-K4T9",
}


def addresses(patterns, prefix="/"):
    """Every address of the URLconf below patterns, by the name of its view."""
    for pattern in patterns:
        here = prefix + str(pattern.pattern).strip("^$").replace("\\Z", "")
        if isinstance(pattern, URLPattern):
            yield pattern.name, filled_in(here, pattern.pattern)
        else:
            yield from addresses(pattern.url_patterns, here)


def filled_in(route, pattern):
    if "(?P<" in route:
        return "/admin/auth/" if "app_label" in route else "/admin/no/such/page/"
    for name, converter in pattern.converters.items():
        kind = type(converter).__name__
        value = FILLED_IN.get(name, "1" if kind == "IntConverter" else "some")
        route = re.sub(rf"<(?:\w+:)?{name}>", value, route)
    return route


def staff_addresses():
    patterns = [each for each in get_resolver().url_patterns if str(each.pattern) == "admin/"]
    found = {path for name, path in addresses(patterns) if f"admin:{name}" not in OPEN}
    for model in admin.site._registry:
        place = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        found |= {place, f"{place}add/", f"{place}1/change/", f"{place}1/delete/"}
    found |= {
        "/admin/nothing",
        "/admin/nothing/",
        "/admin/%2e%2e/admin/",
        "/admin//",
        "/admin/?a=b",
    }
    return sorted(found)


OPEN = {*DOORS, *ON_THE_WAY_IN}


def test_every_kind_of_address_is_among_them():
    found = staff_addresses()
    assert {"/admin/", "/admin/jsi18n/", "/admin/password_change/"} <= set(found)
    assert [path for path in found if "<" in path or "(" in path] == []
    assert len(found) > 4 * len(admin.site._registry)


@pytest.fixture(params=[True, False], ids=["phone", "no phone"])
def root(request, client, django_user_model):
    """A client of somebody who may do everything, and has given the password alone."""
    user = django_user_model.objects.create_superuser("root")
    if request.param:
        accounts.set_up_phone(user)
    client.force_login(user)
    return client


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_the_password_alone_leads_to_the_second_factor(root, method):
    answers = {path: root.generic(method, path) for path in staff_addresses()}
    led = f"{FACTOR}?next=/admin/"
    assert [
        (path, answer.status_code)
        for path, answer in answers.items()
        if answer.status_code != 302 or not answer["Location"].startswith(led)
    ] == []


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_other_methods_are_refused_to_everybody(root, method):
    answers = {path: root.generic(method, path).status_code for path in staff_addresses()}
    assert {path: status for path, status in answers.items() if status != 405} == {}


def test_the_admin_itself_asks_for_the_second_factor_too(root, settings):
    """Without the middleware, each view is still behind its own wall."""
    gate = "imsinfo.staff.middleware.StaffPages"
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != gate]
    root.handler.load_middleware()
    led = {path: root.get(path).get("Location", "") for path in staff_addresses()}
    assert {path: to for path, to in led.items() if not to.startswith("/admin/login/?next=")} == {}


def test_the_page_that_was_wanted_is_kept(by_password):
    wanted = "/admin/enquiries/enquiry/?state__exact=new"
    led = by_password.get(wanted)["Location"]
    assert led == f"{FACTOR}?next=/admin/enquiries/enquiry/%3Fstate__exact%3Dnew"


def test_the_form_that_was_sent_leads_back_to_its_page(by_password):
    page = "http://testserver/admin/auth/user/1/change/"
    answer = by_password.post("/admin/auth/user/1/password/", headers={"referer": page})
    assert answer["Location"] == f"{FACTOR}?next=/admin/auth/user/1/change/"


def test_the_password_page_leads_on_who_has_given_it(by_password):
    assertRedirects(
        by_password.get("/admin/login/?next=/admin/auth/user/"),
        f"{FACTOR}?next=/admin/auth/user/",
        fetch_redirect_response=False,
    )


def test_a_phone_that_is_not_confirmed_opens_nothing(by_password, ada):
    phone = accounts.set_up_phone(ada)
    phone.confirmed = False
    phone.save()
    session = by_password.session
    session["otp_device_id"] = phone.persistent_id
    session.save()
    assert by_password.get("/admin/").status_code == 302


def test_somebody_elses_phone_opens_nothing(by_password, django_user_model):
    other = accounts.set_up_phone(django_user_model.objects.create_user("bo"))
    session = by_password.session
    session["otp_device_id"] = other.persistent_id
    session.save()
    assert by_password.get("/admin/").status_code == 302


def test_drafts_and_the_style_guide_ask_for_the_second_factor(by_password, ada):
    assert by_password.get("/style-guide/").status_code == 404
    assert accounts.sign_in(by_password, ada).get("/style-guide/").status_code == 200


def test_logging_out_needs_no_second_factor(by_password):
    assertContains(by_password.post("/admin/logout/"), "Nobody who uses this device after you")
    assert "_auth_user_id" not in by_password.session


def test_public_pages_look_at_no_cookie(by_password):
    assert "Cookie" not in by_password.get("/").get("Vary", "")
