import pytest
from pytest_django.asserts import assertContains, assertNotContains

from imsinfo.enquiries.models import Enquiry

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("field", "error", "link"),
    [
        ("adult", "Choose yes if you are 18 or over", "id_adult_0"),
        ("area", "Choose where your main pain is", "id_area_0"),
        ("duration", "Choose how long you have had it", "id_duration_0"),
        (
            "caution",
            "Choose yes, no, not sure, or that you would rather say by phone",
            "id_caution_0",
        ),
        ("name", "Enter your full name", "id_name"),
        ("reply_by", "Choose how we shall reply", "id_reply_by_0"),
        ("phone", "Enter the phone number we shall use", "id_phone"),
        ("may_leave_message", "Choose whether we may leave a message", "id_may_leave_message_0"),
        ("place", "Choose where you would like to be seen", "id_place_0"),
        ("consent", "Tick the box if you agree, or phone us instead", "id_consent"),
    ],
)
def test_a_missing_answer_is_asked_for_in_summary_and_at_the_field(
    client, answers, field, error, link
):
    response = client.post("/enquiry/check/", answers(**{field: None}))
    assertContains(response, f'<li><a href="#{link}">{error}</a></li>', html=True)
    at_field = f'<p class="field__error" id="id_{field}_error">'
    assertContains(
        response, f'{at_field}<span class="visually-hidden">Error: </span>{error}</p>', html=True
    )
    assertContains(response, f'id="{link}"', count=1)


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("email", "ada@", "Enter an email address in the form name@example.org"),
        ("phone", "12", "Enter a phone number with its area code: 7 to 15 digits"),
        (
            "name",
            "Ada\x00",
            "This answer holds a sign that cannot be seen. Delete the answer and type it again",
        ),
        (
            "message",
            "a\u202eb",
            "This answer holds a sign that cannot be seen. Delete the answer and type it again",
        ),
        ("name", "Ada\nLovelace", "Write this on one line"),
        ("message", "x" * 501, "Make this shorter: 500 characters at most. It has 501"),
        ("area", "moon", "Choose one of the answers"),
    ],
)
def test_a_bad_answer_is_explained(client, answers, field, value, error):
    response = client.post("/enquiry/check/", answers(**{field: value}))
    assertContains(response, f">{error}</a>")


def test_an_error_keeps_every_text(client, answers):
    texts = {
        "message": "Zwölf Jahre 👍 <b>&",
        "help_needed": "large print",
        "email": "z@example.org",
    }
    response = client.post("/enquiry/check/", answers(area=None, **texts))
    assertContains(response, "Zwölf Jahre 👍 &lt;b&gt;&amp;</textarea>")
    assertContains(response, 'value="large print"')
    assertContains(response, 'value="Zora Quillfeather"')
    assertContains(response, "<title>Error: ")


def test_every_description_and_summary_link_points_to_an_element(client, parsed):
    page = parsed(client.post("/enquiry/check/", {}))
    pointed = {ref for el in page.with_attribute("aria-describedby") for ref in el.split()}
    pointed |= {href[1:] for href in page.with_attribute("href") if href.startswith("#")}
    assert pointed - set(page.with_attribute("id")) == set()


def test_reply_by_email_needs_no_phone(client, answers):
    changes = {
        "reply_by": "email",
        "email": "z@example.org",
        "phone": None,
        "may_leave_message": None,
    }
    assertContains(client.post("/enquiry/check/", answers(**changes)), "Send your enquiry")


def test_reply_by_email_needs_the_address(client, answers):
    response = client.post("/enquiry/check/", answers(reply_by="email"))
    assertContains(response, '<a href="#id_email">Enter the email address we shall use</a>')


def test_reply_by_text_is_offered_only_where_the_clinic_does(client, change_clinic):
    assertContains(client.get("/enquiry/questions/"), "Text message")
    change_clinic("text_message: true", "text_message: false")
    assertNotContains(client.get("/enquiry/questions/"), "Text message")


def test_video_is_offered_only_where_the_clinic_does(client, change_clinic, answers):
    change_clinic("video: true", "video: false")
    assertNotContains(client.get("/enquiry/questions/"), "By video")
    assertContains(client.post("/enquiry/check/", answers(place=None)), "Send your enquiry")


@pytest.mark.parametrize("rest", [{}, {"area": None, "name": None}])
def test_under_18_leads_to_its_page_and_nothing_is_stored(client, answers, rest):
    response = client.post("/enquiry/send/", answers(adult="no", **rest))
    assert (response.status_code, response["Location"]) == (303, "/enquiry/under-18/")
    assertContains(client.get("/enquiry/under-18/"), "We have not stored any of your answers")
    assert Enquiry.objects.count() == 0


def test_someone_who_does_not_agree_is_not_stored(client, answers_for_someone):
    response = client.post("/enquiry/send/", answers_for_someone(they_agree="no"))
    assert (response.status_code, response["Location"]) == (303, "/enquiry/agreement/")
    assert Enquiry.objects.count() == 0


@pytest.mark.parametrize("field", ["their_first_name", "link", "they_agree", "contact_whom"])
def test_an_enquiry_for_someone_asks_about_them(client, answers_for_someone, field):
    response = client.post("/enquiry/check/", answers_for_someone(**{field: None}))
    assertContains(response, f'id="id_{field}_error"')


def test_questions_speak_of_the_other_person(client):
    page = client.get("/enquiry/questions/someone/")
    assertContains(page, "Where is their main pain?")
    assertNotContains(page, "Where is your main pain?")


def test_hidden_answers_that_make_no_sense_do_no_harm(client, answers):
    odd = {"submission_id": "x", "corrects": "'; drop table", "consent_version": "9999"}
    assertContains(client.post("/enquiry/check/", answers(**odd)), "Send your enquiry")


def test_optional_questions_say_so_and_no_asterisk_appears(client):
    page = client.get("/enquiry/questions/").content.decode()
    assert page.count("(optional") >= 5
    assert "*" not in page.split("<main")[1].split("</main>")[0]
