import pytest
from django.contrib.auth.models import Group
from pytest_django.asserts import assertContains

pytestmark = [pytest.mark.django_db, pytest.mark.db]


def test_groups_of_an_account_are_boxes_with_labels(admin_client, admin_user):
    desk = Group.objects.create(name="Front desk")
    assertContains(
        admin_client.get(f"/admin/auth/user/{admin_user.pk}/change/"),
        f"""<label for="id_groups_0">
        <input type="checkbox" name="groups" value="{desk.pk}" id="id_groups_0"
               data-context="available-source"> Front desk
        </label>""",
        html=True,
    )


def test_groups_of_an_account_are_saved(admin_client, admin_user):
    desk = Group.objects.create(name="Front desk")
    fields = {"username": "admin", "is_active": "on", "is_staff": "on", "groups": [desk.pk]}
    admin_client.post(f"/admin/auth/user/{admin_user.pk}/change/", fields)
    assert list(admin_user.groups.all()) == [desk]


def test_the_day_an_account_was_made_cannot_be_typed(admin_client, admin_user):
    fields = {"username": "admin", "date_joined_0": "2020-01-01", "date_joined_1": "00:00"}
    admin_client.post(f"/admin/auth/user/{admin_user.pk}/change/", fields)
    joined = admin_user.date_joined
    admin_user.refresh_from_db()
    assert admin_user.date_joined == joined
