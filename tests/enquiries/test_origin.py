import pytest

from imsinfo.enquiries.origin import is_own

OWN = "https://ims.clinic.example"


@pytest.mark.parametrize(
    ("origin", "fetch_site", "allowed"),
    [
        (OWN, "same-origin", True),
        (OWN, None, True),
        (None, None, True),
        (None, "none", True),
        (None, "same-origin", True),
        (None, "same-site", False),
        (None, "cross-site", False),
        ("null", None, False),
        ("null", "same-origin", False),
        ("https://elsewhere.example", "same-origin", False),
        ("http://ims.clinic.example", None, False),
        ("https://ims.clinic.example.evil.example", None, False),
        ("", None, False),
    ],
)
def test_is_own_accepts_this_site_alone(origin, fetch_site, allowed):
    assert is_own(origin, fetch_site, OWN) is allowed


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/enquiry/", "/enquiry/check/", "/enquiry/send/"])
def test_post_from_elsewhere_is_refused_without_showing_what_was_typed(client, answers, path):
    response = client.post(path, answers(), headers={"Origin": "https://elsewhere.example"})
    assert response.status_code == 403
    assert b"Quillfeather" not in response.content


@pytest.mark.django_db
def test_post_from_our_own_page_is_taken(client, answers):
    response = client.post("/enquiry/check/", answers(), headers={"Origin": "http://testserver"})
    assert response.status_code == 200
    assert b"Quillfeather" in response.content
