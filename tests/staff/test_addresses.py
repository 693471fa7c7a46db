import pytest

from imsinfo.staff.addresses import own_path, with_next


@pytest.mark.parametrize("path", ["/admin/", "/admin/enquiries/enquiry/?state__exact=new"])
def test_a_staff_page_is_led_back_to(path):
    assert own_path(path) == path


@pytest.mark.parametrize(
    "given",
    [
        *("", "/", "/enquiry/", "admin/", "//evil.example/admin/", "https://evil.example/admin/"),
        *("javascript:alert(1)", "\\\\evil.example/admin/", "\x01/admin/", "/\\evil.example"),
    ],
)
def test_any_other_address_is_not(given):
    assert own_path(given) == "/admin/"


def test_what_follows_is_kept_whole():
    led = with_next("/admin/login/", "/admin/x/?a=1&b=2", ended="yes")
    assert led == "/admin/login/?next=/admin/x/%3Fa%3D1%26b%3D2&ended=yes"
