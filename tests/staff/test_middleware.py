import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/admin/jsi18n/", "/admin/nothing/"])
def test_no_copy_of_a_staff_page_is_kept(client, path):
    assert client.get(path)["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_staff_pages_answer_known_methods_alone(client, method):
    response = client.generic(method, "/admin/login/")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, POST")
