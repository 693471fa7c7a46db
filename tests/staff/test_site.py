import pytest
from django.contrib.auth.models import Permission
from pytest_django.asserts import assertContains, assertNotContains

from imsinfo.clinic import AccentColour, get_clinic
from tests import accounts

pytestmark = [pytest.mark.django_db, pytest.mark.db]
NAME = "Example IMS Clinic – staff"


@pytest.fixture
def sign_in(client, django_user_model):
    """Sign somebody in who may do what is named, and nothing else."""

    def sign_in(*permissions):
        user = django_user_model.objects.create_user("desk", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
        return accounts.sign_in(client, user)

    return sign_in


@pytest.mark.parametrize("path", ["/admin/", "/admin/password_change/", "/admin/auth/user/"])
def test_staff_page_carries_the_name_of_the_clinic(admin_client, path):
    response = admin_client.get(path)
    assertContains(response, f"{NAME}</a>")
    assertContains(response, f"| {NAME}</title>")


def test_staff_page_has_the_stylesheet_of_an_accent_colour_where_there_is_one(
    admin_client, monkeypatch
):
    link = '<link rel="stylesheet" href="/brand.css">'
    assertNotContains(admin_client.get("/admin/"), link)
    accent = AccentColour(light="#7a1f5c", dark="#f0a8d8")
    clinic = get_clinic().model_copy(update={"accent_colour": accent})
    monkeypatch.setattr("imsinfo.context.get_clinic", lambda: clinic)
    assertContains(admin_client.get("/admin/"), link)


def test_menu_leads_to_the_lists_that_one_may_see_and_marks_the_own_place(sign_in):
    response = sign_in("view_enquiry").get("/admin/enquiries/enquiry/")
    assertContains(
        response,
        """<nav class="staff-menu" aria-label="Main"><ul class="row-of-links">
        <li><a href="/admin/">Overview</a></li>
        <li><a href="/admin/enquiries/enquiry/" aria-current="page">Enquiries</a></li>
        </ul></nav>""",
        html=True,
    )


def test_overview_has_enquiries_before_accounts(admin_client):
    apps = admin_client.get("/admin/").context["app_list"]
    assert [app["app_label"] for app in apps] == ["enquiries", "staff", "auth"]


def test_overview_says_that_an_account_may_see_nothing_yet(sign_in):
    assertContains(sign_in().get("/admin/"), "Your account may not see anything here yet.")


@pytest.mark.parametrize(
    ("path", "status", "heading"),
    [
        ("/admin/nothing/", 404, "Page not found"),
        ("/admin/enquiries/enquiry/", 403, "Your account may not do that"),
    ],
)
def test_refusal_is_told_on_a_page_for_staff(sign_in, path, status, heading):
    response = sign_in().get(path)
    assertContains(response, f"<h1>{heading}</h1>", status_code=status, html=True)
    assertContains(response, NAME, status_code=status)


@pytest.mark.parametrize("path", ["/admin/nothing/", "/admin/enquiries/enquiry/"])
def test_strangers_are_not_told_what_there_is(client, path):
    assert client.get(path)["Location"] == f"/admin/login/?next={path}"


def test_log_in_page_has_a_title(client):
    assertContains(client.get("/admin/login/"), "<h1>Log in</h1>", html=True)


def test_logging_out_says_what_it_is_good_for(admin_client):
    response = admin_client.post("/admin/logout/")
    assertContains(response, "Nobody who uses this device after you can see the enquiries.")
