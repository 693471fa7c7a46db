import pytest
from pytest_django.asserts import assertContains

from imsinfo.enquiries.models import Enquiry
from imsinfo.red_flags import get_red_flags

pytestmark = pytest.mark.django_db


def first_key(level):
    return get_red_flags().lines(level)[0].key


def test_start_asks_every_line_of_the_red_flags(client):
    response = client.get("/enquiry/")
    for line in get_red_flags().form_lines:
        assertContains(response, f'value="{line.key}"', count=1)


@pytest.mark.parametrize("who", ["me", "someone"])
@pytest.mark.parametrize(
    ("field", "level", "path"),
    [("emergency", "emergency", "/enquiry/emergency/"), ("today", "today", "/enquiry/today/")],
)
def test_a_sign_leads_to_its_page_and_nothing_is_stored(client, who, field, level, path):
    response = client.post("/enquiry/", {"who": who, field: first_key(level)})
    assert (response.status_code, response["Location"]) == (303, path)
    assertContains(client.get(path), "We have not stored any of your answers")
    assert Enquiry.objects.count() == 0


@pytest.mark.parametrize(
    ("who", "path"),
    [("me", "/enquiry/doctor-first/"), ("someone", "/enquiry/doctor-first/someone/")],
)
def test_a_doctor_first_sign_leads_to_its_page_and_on(client, who, path):
    response = client.post("/enquiry/", {"who": who, "doctor_first": first_key("doctor-first")})
    assert response["Location"] == path
    on = path.replace("doctor-first/", "questions/doctor-first/")
    assertContains(client.get(path), f'href="{on}"')


@pytest.mark.parametrize(
    ("who", "path"), [("me", "/enquiry/questions/"), ("someone", "/enquiry/questions/someone/")]
)
def test_none_of_these_leads_to_the_questions(client, who, path):
    response = client.post("/enquiry/", {"who": who, "none": "on"})
    assert (response.status_code, response["Location"]) == (303, path)


def test_a_sign_counts_even_with_none_of_these(client):
    data = {"who": "me", "none": "on", "emergency": first_key("emergency")}
    assert client.post("/enquiry/", data)["Location"] == "/enquiry/emergency/"


@pytest.mark.parametrize("field", ["emergency", "today"])
@pytest.mark.parametrize("who", [{}, {"who": "nonsense"}])
def test_a_sign_counts_whatever_else_is_missing(client, field, who):
    response = client.post("/enquiry/", {field: first_key(field), **who})
    assert (response.status_code, response["Location"]) == (303, f"/enquiry/{field}/")


def test_the_most_urgent_sign_decides(client):
    signs = {"doctor_first": first_key("doctor-first"), "today": first_key("today")}
    assert client.post("/enquiry/", {"who": "me", **signs})["Location"] == "/enquiry/today/"


def test_an_unanswered_safety_question_is_asked_for(client):
    response = client.post("/enquiry/", {"who": "me"})
    link = '<a href="#id_emergency_0">Tick every sign that is there, or “None of these”</a>'
    assertContains(response, link, html=True)


def test_an_unknown_sign_is_not_taken_for_none(client):
    response = client.post("/enquiry/", {"who": "me", "none": "on", "emergency": "made-up"})
    assert response.status_code == 200
    assertContains(response, "<title>Error: ")


@pytest.mark.parametrize("path", ["emergency", "today", "doctor-first"])
def test_every_stop_page_has_a_way_back_and_a_phone(client, path):
    response = client.get(f"/enquiry/{path}/")
    assertContains(response, 'href="/enquiry/"')
    assertContains(response, 'href="tel:6045550123"')


def test_the_emergency_page_calls_the_number_of_the_country(client):
    assertContains(client.get("/enquiry/emergency/"), 'href="tel:911"')
