"""A page that comes back says so in its title, the first thing that a screen reader reads."""

import pytest

pytestmark = pytest.mark.django_db
LIST = "/admin/enquiries/enquiry/"
ONE = f"{LIST}{{pk}}/"
FAULTS = {
    f"{LIST}find/": {"q": " "},
    f"{LIST}subject/": {"q": " "},
    f"{LIST}export/": {"reason": ""},
    f"{LIST}reassign/": {"giver": ""},
    f"{ONE}erase/": {"reason": ""},
    f"{ONE}change/": None,
    f"{ONE}step/close/": {"closed_reason": ""},
}


def title(response):
    return response.content.decode().partition("<title>")[2].partition("</title>")[0].strip()


@pytest.mark.parametrize(("path", "sent"), [each for each in FAULTS.items() if each[1]])
def test_title_tells_of_a_fault(admin_client, make_enquiry, path, sent):
    response = admin_client.post(path.format(pk=make_enquiry().pk), sent)
    assert (response.status_code, title(response)[:7]) == (422, "Error: ")
    assert title(response).count("Error") == 1


@pytest.mark.parametrize("path", [path for path in FAULTS if not path.endswith("close/")])
def test_title_tells_of_no_fault_where_there_is_none(admin_client, make_enquiry, path):
    response = admin_client.get(path.format(pk=make_enquiry().pk))
    assert (response.status_code, "Error" in title(response), bool(title(response))) == (
        *(200, False),
        True,
    )
