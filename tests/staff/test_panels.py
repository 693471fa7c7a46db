import pytest
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.safestring import mark_safe
from pytest_django.asserts import assertContains, assertNotContains

from imsinfo.staff.site import StaffSite

pytestmark = [pytest.mark.db, pytest.mark.django_db]
WARNED = "Mails are not going out"


@pytest.fixture(autouse=True)
def _bare_overview():
    """The overview without its panels and warnings, which come back afterwards."""
    lists = (admin.site.panels, admin.site.warnings)
    kept = [each[:] for each in lists]
    for each in lists:
        each.clear()
    yield
    for each, before in zip(lists, kept, strict=True):
        each[:] = before


def names(request):
    """Draw who looks, as a panel may."""
    return mark_safe(f"<p>Seen by {request.user.get_username()}</p>")  # noqa: S308 -- a test's own


def test_panels_are_drawn_for_who_looks(admin_client):
    admin.site.add_panel(names, 1)
    assertContains(admin_client.get("/admin/"), "<p>Seen by admin</p>", html=True)


def test_panels_stand_in_their_order_after_the_warnings_and_before_the_lists(admin_client):
    admin.site.warn_of(lambda: WARNED)
    admin.site.add_panel(lambda request: "second panel", 2)
    admin.site.add_panel(lambda request: "first panel", 1)
    page = admin_client.get("/admin/").content.decode()
    found = [page.index(word) for word in (WARNED, "first panel", "second panel", "lists__line")]
    assert found == sorted(found)


def test_a_panel_that_is_not_marked_safe_is_escaped(admin_client):
    admin.site.add_panel(lambda request: "<script>", 1)
    assertContains(admin_client.get("/admin/"), "&lt;script&gt;")


def test_who_has_neither_list_nor_panel_is_told_so(staff_client):
    words = "Your account may not see anything here yet."
    client = staff_client("Editor")
    assertContains(client.get("/admin/"), words)
    admin.site.add_panel(names, 1)
    assertNotContains(client.get("/admin/"), words)


def added_page():
    """The page that is added to a site, by its address and name."""
    site = StaffSite()
    site.add_page("thing/", lambda request: HttpResponse("seen"), "staff.view_pagereport")
    [page] = [each for each in site.get_urls() if each.name == "thing"]
    return page


def test_a_page_that_is_added_has_an_address_and_a_permission():
    page = added_page()
    assert (str(page.pattern), page.callback.permission) == ("thing/", "staff.view_pagereport")


def test_a_page_that_is_added_is_for_those_who_are_signed_in():
    assert added_page().callback(stranger())["Location"] == "/admin/login/?next=/admin/thing/"


def stranger():
    request = RequestFactory().get("/admin/thing/")
    request.user = AnonymousUser()
    return request
