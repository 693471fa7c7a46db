import json
import re
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from imsinfo.enquiries import add_views, safety_stops
from imsinfo.enquiries.consents import SHOWN_TO_STAFF
from imsinfo.enquiries.forms import consent_text
from imsinfo.enquiries.gate import NoPlaceError
from imsinfo.enquiries.models import Enquiry, OutgoingMail
from imsinfo.enquiries.promises import promised_days
from imsinfo.red_flags import get_red_flags
from imsinfo.staff.models import AuditEvent
from tests.accounts import sign_in

pytestmark = [pytest.mark.db, pytest.mark.django_db]
ADD = "/admin/enquiries/enquiry/add/"
CHECK, STORE = f"{ADD}check/", f"{ADD}store/"
CHANNELS = ("call", "visit", "letter")
PERSONAL = ("Zora", "Quillfeather", "555 0177", "z@example.org", "Precious")


def first_key(level):
    return get_red_flags().lines(level)[0].key


def signs(**changes):
    given = {"channel": "call", "who": "me", "none": "on"} | changes
    return {name: value for name, value in given.items() if value is not None}


@pytest.fixture
def entered(answers):
    """Build what a browser sends from the check page of staff, with a fresh id."""

    def build(**changes):
        way = changes.get("channel", "call")
        own = {"channel": way, "consent_version": f"2026-11-{way}", "submission_id": str(uuid4())}
        return answers(**own | changes)

    return build


@pytest.fixture
def failing(monkeypatch):
    """Return a function that lets storing fail with a fault."""

    def fail_with(fault):
        def fail(*args):
            raise fault

        monkeypatch.setattr(add_views, "store", fail)

    return fail_with


def hidden(parsed, response):
    """What the main form of a page carries, without the token."""
    fields = [(name, value) for name, value in parsed(response).hidden]
    found = {}
    for name, value in fields:
        found.setdefault(name, []).append(value)
    found.pop("csrfmiddlewaretoken", None)
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}


def points_of(response, box):
    """The points that a page lists below an element of this class, tags left out."""
    inside = response.content.decode().split(f'"{box}')[1].split("</div>")[0]
    points = re.findall(r"<li>(.*?)</li>", inside, re.DOTALL)
    return {re.sub(r"<[^>]+>", "", point).strip() for point in points}


def test_adding_begins_with_the_signs_and_asks_for_no_name(admin_client):
    page = admin_client.get(ADD)
    assertContains(page, "How did it come to us?")
    for line in get_red_flags().form_lines:
        assertContains(page, f'value="{line.key}"')
    assertNotContains(page, 'name="name"')


def test_only_ways_that_staff_take_in_are_offered(admin_client):
    page = admin_client.get(ADD)
    for way in CHANNELS:
        assertContains(page, f'name="channel" value="{way}"')
    assertNotContains(page, 'value="online"')


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize(
    ("level", "told"),
    [
        ("emergency", "This is a sign of an emergency. Call"),
        ("today", "This sign needs a check today. Do not wait for us."),
    ],
)
def test_a_sign_stops_it_and_says_what_to_tell_now(admin_client, channel, level, told):
    page = admin_client.post(ADD, signs(channel=channel, none=None, **{level: first_key(level)}))
    assertContains(page, told)
    assertContains(page, "Nothing is stored.")
    assertContains(page, 'href="tel:911"')
    assert ("Phone them now" in page.content.decode()) == (channel == "letter")
    assertNotContains(page, 'name="name"')


@pytest.mark.parametrize("level", ["emergency", "today"])
def test_staff_tell_every_point_that_the_public_page_tells(admin_client, client, level):
    public = points_of(client.get(f"/enquiry/{level}/"), "care-card__body")
    staff = points_of(admin_client.post(ADD, signs(**{level: first_key(level)})), "tell-them")
    assert public
    assert staff == public


@pytest.mark.parametrize("missing", ["channel", "who"])
def test_a_sign_counts_whatever_else_is_missing(admin_client, missing):
    page = admin_client.post(ADD, signs(**{missing: None, "emergency": first_key("emergency")}))
    assertContains(page, "This is a sign of an emergency")


def test_the_most_urgent_sign_decides(admin_client):
    ticked = {"doctor_first": first_key("doctor-first"), "today": first_key("today")}
    assertContains(admin_client.post(ADD, signs(**ticked)), "needs a check today")


def test_what_was_ticked_by_mistake_is_there_to_be_unticked(admin_client, parsed):
    key = first_key("today")
    page = admin_client.post(ADD, signs(channel="visit", none=None, today=key))
    back = admin_client.post(ADD, hidden(parsed, page) | {"change": "1"})
    for name, value in (("channel", "visit"), ("who", "me"), ("today", key)):
        assert re.search(rf'name="{name}" value="{value}"[^>]* checked', back.content.decode())
    assertNotContains(back, "errornote")


@pytest.mark.parametrize(
    ("missing", "told", "link"),
    [
        ("channel", "Choose how it came: phone call, visit or letter", "id_channel_0"),
        ("who", "Choose who this enquiry is for", "id_who_0"),
        ("none", "Tick every sign that is there, or “None of these”", "id_emergency_0"),
    ],
)
def test_an_unanswered_question_of_safety_is_asked_for(admin_client, missing, told, link):
    page = admin_client.post(ADD, signs(**{missing: None}))
    assertContains(page, f'<li><a href="#{link}">{told}</a></li>', html=True)
    assertContains(page, f'id="{link}"', count=1)
    assertContains(page, "<title>Error: ")


@pytest.mark.parametrize("who", ["me", "someone"])
def test_none_of_these_leads_to_the_questions(admin_client, who):
    page = admin_client.post(ADD, signs(who=who))
    assertContains(page, "Are you 18 or over?" if who == "me" else "Their first name")
    assertContains(page, 'name="name"')


def test_a_doctor_first_sign_is_told_and_its_ticks_are_kept(admin_client):
    key = first_key("doctor-first")
    page = admin_client.post(ADD, signs(none=None, doctor_first=key))
    assertContains(page, "Ask a doctor for an early appointment")
    assert re.search(rf'value="{key}"[^>]* checked', page.content.decode())
    assertContains(page, '<input type="hidden" name="doctor_first" value="True"')


@pytest.mark.parametrize("path", [CHECK, STORE])
@pytest.mark.parametrize(
    ("answer", "told"),
    [("adult", "This form is for adults."), ("they_agree", "only if they know and agree")],
)
def test_a_no_ends_it_with_a_way_back(admin_client, entered, parsed, path, answer, told):
    someone = {"someone_else": "True", "their_first_name": "Ottoline", "link": "daughter"}
    more = someone | {"they_agree": "yes", "contact_whom": "asker"} | {answer: "no"}
    page = admin_client.post(path, entered(**more))
    assertContains(page, told)
    assertContains(page, "Nothing is stored.")
    assert Enquiry.objects.count() == 0
    back = admin_client.post(CHECK, hidden(parsed, page) | {"change": "1"})
    assertContains(back, 'value="Ottoline"')


@pytest.mark.parametrize(
    ("answer", "told", "link"),
    [
        ("name", "Enter the full name of the one who asks", "id_name"),
        ("phone", "Enter the phone number we shall use", "id_phone"),
        ("consent", "Tick the box if they agreed. Without it nothing may be stored", "id_consent"),
    ],
)
def test_a_missing_answer_is_asked_for_and_the_rest_kept(admin_client, entered, answer, told, link):
    page = admin_client.post(CHECK, entered(message="Precious", **{answer: None}))
    assertContains(page, f'<li><a href="#{link}">{told}</a></li>', html=True)
    assertContains(page, f'id="{link}"', count=1)
    assertContains(page, "Precious</textarea>")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"wants_receipt": "on"}, "Enter their email address, or untick the receipt"),
        ({"reply_by": "email", "wants_receipt": "on"}, "Enter the email address we shall use"),
    ],
)
def test_a_receipt_needs_an_address(admin_client, entered, changes, told):
    page = admin_client.post(CHECK, entered(**changes))
    assertContains(page, f'<li><a href="#id_email">{told}</a></li>', html=True)


def test_check_shows_every_answer_and_how_they_agreed(admin_client, entered):
    page = admin_client.post(CHECK, entered(message="Precious"))
    for text in ("Phone call", "The one who asks", "Zora Quillfeather", "Precious", "Neck"):
        assertContains(page, text)
    assertContains(page, "I read this out to them on the phone, and they agreed:")
    assert Enquiry.objects.count() == 0


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_was_checked_is_stored_with_how_it_came(admin_client, admin_user, entered, channel):
    response = admin_client.post(STORE, entered(channel=channel, message="Precious"))
    enquiry = Enquiry.objects.get()
    assert response.status_code == 303
    assert response["Location"] == f"/admin/enquiries/enquiry/{enquiry.pk}/change/"
    assert (enquiry.channel, enquiry.entered_by) == (channel, admin_user)
    assert (enquiry.name, enquiry.message) == ("Zora Quillfeather", "Precious")
    assert not enquiry.suspected_spam


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_record_tells_how_they_agreed_and_to_what(admin_client, entered, settings, channel):
    settings.KEEP_CLOSED_DAYS = 33
    admin_client.post(STORE, entered(channel=channel))
    enquiry = Enquiry.objects.get()
    [version] = SHOWN_TO_STAFF[channel]
    assert (enquiry.consent_version, enquiry.consent_text) == (version, consent_text(version))
    assert consent_text("2026-11") in enquiry.consent_text
    assert promised_days(version, enquiry.consent_text).closed == 33


@pytest.mark.parametrize("claimed", ["2026-11", "2026-11-letter", "nonsense", None])
def test_a_call_is_never_stored_as_agreed_to_in_another_way(admin_client, entered, claimed):
    admin_client.post(STORE, entered(channel="call", consent_version=claimed))
    assert Enquiry.objects.get().consent_version == "2026-11-call"


@pytest.mark.parametrize("channel", ["online", "pigeon", "", None])
def test_nothing_is_stored_without_saying_how_it_came(admin_client, entered, channel):
    page = admin_client.post(STORE, entered(channel=channel, consent_version="2026-11-call"))
    assertContains(page, "Go back to step 1 and choose how it came")
    assert Enquiry.objects.count() == 0


def test_the_reference_is_told_on_the_page_of_the_enquiry(admin_client, entered):
    page = admin_client.post(STORE, entered(), follow=True)
    assertContains(page, f"Stored. Tell them their reference: {Enquiry.objects.get().reference}")


def test_storing_is_audited_as_entered(admin_client, admin_user, entered):
    admin_client.post(STORE, entered(channel="visit"))
    event = AuditEvent.objects.get(action="entered")
    assert (event.user, event.detail) == (admin_user, "visit")
    assert event.reference == Enquiry.objects.get().reference


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "new"),
        ({"caution": "yes"}, "awaiting-clinician"),
        ({"caution": "by-phone"}, "awaiting-clinician"),
        ({"doctor_first": "True"}, "awaiting-clinician"),
    ],
)
def test_a_caution_goes_to_the_clinician(admin_client, entered, changes, state):
    admin_client.post(STORE, entered(**changes))
    assert Enquiry.objects.get().state == state


def test_every_sign_for_a_doctor_is_stored(admin_client, parsed, entered):
    keys = [line.key for line in get_red_flags().lines("doctor-first")[:2]]
    page = admin_client.post(CHECK, entered(doctor_first="True", doctor_first_signs=keys))
    admin_client.post(STORE, hidden(parsed, page))
    assert Enquiry.objects.get().doctor_first_signs == keys


def test_a_double_click_stores_one(admin_client, entered):
    data = entered()
    answers = {admin_client.post(STORE, data)["Location"] for _ in range(3)}
    assert (len(answers), Enquiry.objects.count()) == (1, 1)


def test_the_same_id_with_other_answers_is_offered_as_a_correction(admin_client, entered, parsed):
    data = entered()
    admin_client.post(STORE, data)
    page = admin_client.post(STORE, data | {"message": "Precious"})
    assertContains(page, "Shall they stand as a correction?", status_code=409)
    assert Enquiry.objects.count() == 1
    admin_client.post(STORE, hidden(parsed, page))
    first, second = Enquiry.objects.order_by("pk")
    assert (second.corrects, second.message, second.channel) == (first, "Precious", "call")


def test_what_came_online_already_is_not_stored_again(admin_client, client, submission, entered):
    client.post("/enquiry/send/", submission())
    page = admin_client.post(STORE, entered(), follow=True)
    assertContains(page, "Nothing was stored twice")
    assert Enquiry.objects.count() == 1


def test_a_receipt_is_owed_only_where_they_asked_for_it(admin_client, entered):
    email = {"email": "z@example.org"}
    admin_client.post(STORE, entered(**email))
    assert not OutgoingMail.objects.filter(kind="receipt").exists()
    admin_client.post(STORE, entered(**email, wants_receipt="on"))
    assert OutgoingMail.objects.filter(kind="receipt").count() == 1


@pytest.mark.parametrize("fault", [OperationalError("gone"), NoPlaceError("full")])
def test_what_cannot_be_stored_is_kept_on_the_page(admin_client, entered, failing, parsed, fault):
    failing(fault)
    page = admin_client.post(STORE, entered(message="Precious"))
    assertContains(page, "Nothing was stored:", status_code=503)
    assert hidden(parsed, page)["message"] == "Precious"
    assert page["Retry-After"] == "120"


def test_what_was_not_stored_can_be_stored_from_its_page(
    admin_client, entered, failing, parsed, monkeypatch
):
    failing(OperationalError("gone"))
    page = admin_client.post(STORE, entered(message="Precious"))
    monkeypatch.undo()
    admin_client.post(STORE, hidden(parsed, page))
    assert Enquiry.objects.get().message == "Precious"


def test_a_store_without_an_id_is_checked_again(admin_client, entered):
    page = admin_client.post(STORE, entered(submission_id=None))
    assertContains(page, "Check the answers with them")
    assert Enquiry.objects.count() == 0


def test_change_leads_back_to_the_questions_with_every_answer(admin_client, entered, parsed):
    page = admin_client.post(CHECK, entered(message="Precious"))
    carried = hidden(parsed, page)
    back = admin_client.post(CHECK, carried | {"change": "area"})
    assertContains(back, "Precious</textarea>")
    assertContains(back, f'value="{carried["submission_id"]}"')
    assertNotContains(back, "errornote")


def test_nobody_is_named_in_an_address_or_the_session(admin_client, entered, parsed):
    page = admin_client.post(CHECK, entered(message="Precious", email="z@example.org"))
    stored = admin_client.post(STORE, hidden(parsed, page))
    kept = stored["Location"] + json.dumps(dict(admin_client.session.items()))
    for response in (page, admin_client.get(ADD), admin_client.post(CHECK, {})):
        kept += " ".join(parsed(response).with_attribute("action"))
        kept += " ".join(map(str, parsed(response).with_attribute("href")))
    assert Enquiry.objects.get().reference in kept
    assert [word for word in PERSONAL if word in kept] == []


@pytest.mark.parametrize("path", [CHECK, STORE])
def test_a_bookmarked_step_leads_to_the_first(admin_client, path):
    assert admin_client.get(path)["Location"] == ADD


@pytest.mark.parametrize("path", [ADD, CHECK, STORE])
@pytest.mark.parametrize("role", ["Reader", "Editor"])
def test_who_may_not_add_is_refused(staff_client, entered, path, role):
    client = staff_client(role)
    for response in (client.get(path), client.post(path, entered())):
        assertContains(response, "Your account may not do that", status_code=403)
    assert Enquiry.objects.count() == 0


@pytest.mark.parametrize("role", ["Triage", "Clinician", "Manager"])
def test_who_works_on_enquiries_may_add_one(staff_client, entered, role):
    client = staff_client(role)
    assert client.post(STORE, entered()).status_code == 303
    assert Enquiry.objects.get().entered_by == client.user


def test_a_post_without_the_token_is_refused(admin_user, entered):
    client = sign_in(Client(enforce_csrf_checks=True), admin_user)
    assert client.post(STORE, entered()).status_code == 403
    assert Enquiry.objects.count() == 0


@pytest.mark.parametrize("step", ["signs", "answers", "check"])
def test_every_form_that_leads_on_holds_the_token(admin_client, entered, step):
    page = {
        "signs": lambda: admin_client.get(ADD),
        "answers": lambda: admin_client.post(ADD, signs()),
        "check": lambda: admin_client.post(CHECK, entered()),
    }[step]()
    main = page.content.decode().split('id="content"')[1]
    assert main.count("csrfmiddlewaretoken") == main.count("<form")


def test_staff_are_not_taken_for_robots(admin_client, entered):
    page = admin_client.post(ADD, signs())
    assertNotContains(page, "Leave this field empty")
    admin_client.post(STORE, entered(message="https://a.example https://b.example", subject="x"))
    assert not Enquiry.objects.get().suspected_spam


def test_nothing_against_robots_is_carried(admin_client, entered, parsed):
    page = admin_client.post(CHECK, entered(subject="x", check_stamp="y"))
    assert {"subject", "check_stamp"} & hidden(parsed, page).keys() == set()


def test_the_browser_offers_nothing_of_one_enquirer_for_the_next(admin_client):
    page = admin_client.post(ADD, signs()).content.decode()
    fields = re.findall(r'<input type="(?:text|tel|email)"[^>]*>|<textarea[^>]*>', page)
    assert fields
    assert [field for field in fields if 'autocomplete="off"' not in field] == []


def test_every_description_and_summary_link_points_to_an_element(admin_client, parsed):
    for path in (ADD, CHECK):
        page = parsed(admin_client.post(path, {"channel": "call"}))
        pointed = {ref for el in page.with_attribute("aria-describedby") for ref in el.split()}
        pointed |= {href[1:] for href in page.with_attribute("href") if href.startswith("#")}
        assert pointed - set(page.with_attribute("id")) == set()


@pytest.mark.parametrize("area", ["neck", None])
def test_what_is_typed_cannot_become_markup(admin_client, entered, area):
    typed = '"></textarea><x-typed> {{ 7|add:7 }}'
    page = admin_client.post(CHECK, entered(message=typed, name=typed, area=area))
    assertNotContains(page, "<x-typed")
    assertContains(page, "&quot;&gt;&lt;/textarea&gt;&lt;x-typed&gt; {{ 7|add:7 }}")


def test_a_hidden_sign_is_refused_as_online(admin_client, entered):
    page = admin_client.post(CHECK, entered(name="Zora\u202e"))
    assertContains(page, "This answer holds a sign that cannot be seen")


@pytest.mark.parametrize("level", ["emergency", "today"])
def test_stops_of_staff_are_not_counted(admin_client, monkeypatch, level):
    counted = []
    monkeypatch.setattr(safety_stops, "count", lambda *args: counted.append(args))
    assertContains(admin_client.post(ADD, signs(**{level: first_key(level)})), "Nothing is stored")
    assert counted == []
