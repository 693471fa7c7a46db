"""One enquiry as staff see it: what is read first, the answers, what was done, on paper."""

import re
from datetime import UTC, datetime

import pytest
from cryptography.fernet import Fernet
from pytest_django.asserts import assertContains, assertNotContains

from imsinfo.enquiries.choices import Caution
from imsinfo.enquiries.lookup import hashes_of
from imsinfo.enquiries.models import Enquiry, LookupHash
from imsinfo.enquiries.reading import in_sections
from imsinfo.red_flags import get_red_flags
from imsinfo.staff.models import AuditEvent
from imsinfo.staff.roles import EDITOR, READER, TRIAGE

pytestmark = [pytest.mark.django_db, pytest.mark.db]
LIST = "/admin/enquiries/enquiry/"


def change_url(enquiry):
    return f"{LIST}{enquiry.pk}/change/"


def test_enquiry_shows_the_answers_and_the_warning(admin_client, make_enquiry):
    enquiry = make_enquiry(message="Zwölf <b>Jahre</b>", caution="unsure")
    response = admin_client.get(change_url(enquiry))
    assertContains(response, "Zora Quillfeather")
    assertContains(response, "Zwölf &lt;b&gt;Jahre&lt;/b&gt;")
    assertContains(response, "repeat the full screening before any needle")
    assertContains(response, "Caution: not sure")


def test_answers_cannot_be_changed(admin_client, make_enquiry):
    enquiry = make_enquiry()
    response = admin_client.post(change_url(enquiry), {"name": "Other", "area": "hand"})
    stored = Enquiry.objects.get()
    assert (response.status_code, stored.name, stored.area) == (405, "Zora Quillfeather", "neck")


def test_sections_are_those_of_the_form_in_its_order(make_enquiry):
    signs = [get_red_flags().lines("doctor-first")[0].key]
    enquiry = make_enquiry(
        someone_else=True, their_first_name="Ottoline", doctor_first=True, doctor_first_signs=signs
    )
    assert [
        (section.title, [answer.name for answer in section.answers])
        for section in in_sections(enquiry)
    ] == [
        ("Who it is for", ["their_first_name", "link"]),
        ("About the pain", ["area", "duration", "impact", "seen"]),
        ("Before any needle", ["doctor_first_signs", "caution", "message"]),
        (
            "How we can reply",
            [
                *("name", "contact_whom", "reply_by", "phone", "email", "may_leave_message"),
                *("wants_receipt", "place", "best_time", "help_needed"),
            ],
        ),
    ]


def test_sections_keep_an_answer_that_the_form_asks_no_longer(make_enquiry, change_clinic):
    change_clinic("video: true", "video: false")
    *_, last = in_sections(make_enquiry(place="video"))
    assert (last.title, [answer.value for answer in last.answers]) == (
        "Also answered",
        ["By video first (needling needs a visit)"],
    )


@pytest.mark.parametrize(
    ("caution", "words"),
    [
        (Caution.YES, "Caution: yes"),
        (Caution.UNSURE, "Caution: not sure"),
        (Caution.BY_PHONE, "Caution: to be told by phone"),
    ],
)
def test_caution_is_told_in_words_in_the_list_and_above_the_answers(
    admin_client, make_enquiry, caution, words
):
    enquiry = make_enquiry(caution=caution)
    flag = f'<span class="flag flag--caution">{words}</span>'
    assertContains(admin_client.get(LIST), flag, html=True)
    before_answers = admin_client.get(change_url(enquiry)).content.decode().split("<dl")[0]
    assert words in before_answers


def test_an_enquiry_without_flags_says_so(admin_client, make_enquiry):
    make_enquiry()
    cell = '<td data-label="Flags" class="field-flags">None</td>'
    assertContains(admin_client.get(LIST), cell, html=True)


def test_enquiry_and_its_correction_lead_to_each_other(admin_client, make_enquiry):
    first = make_enquiry()
    second = make_enquiry(corrects=first)
    for shown, other in ((first, second), (second, first)):
        link = f'<a href="{change_url(other)}">{other.reference}</a>'
        assertContains(admin_client.get(change_url(shown)), link, html=True)


@pytest.mark.parametrize("path", ["", "{pk}/change/", "{pk}/history/", "{pk}/print/"])
def test_titles_hold_the_reference_and_nobodys_name(admin_client, make_enquiry, path):
    enquiry = make_enquiry()
    html = admin_client.get(LIST + path.format(pk=enquiry.pk)).content.decode()
    title = html.split("<title>")[1].split("</title>")[0]
    assert "Quillfeather" not in title
    assert (enquiry.reference in title) == bool(path)


def test_notes_are_read_with_their_author_and_day(admin_client, admin_user, make_enquiry):
    enquiry = make_enquiry()
    enquiry.notes.create(author=admin_user, text="One\n<b>two</b>", written_at="2026-07-21T02:30Z")
    response = admin_client.get(change_url(enquiry))
    assertContains(response, "admin, Mon 20 Jul 2026, 7:30 p.m.")
    assertContains(response, "<p>One<br>&lt;b&gt;two&lt;/b&gt;</p>", html=True)


def test_a_suspect_is_told_with_its_reasons(admin_client, make_enquiry):
    enquiry = make_enquiry(suspected_spam=True, spam_reasons="trap link")
    assertContains(admin_client.get(LIST), '<span class="flag">May be spam</span>', html=True)
    reasons = "Because: the field that only robots see was filled in; a link in the text."
    assertContains(admin_client.get(change_url(enquiry)), reasons)


def test_enquiries_with_the_same_phone_number_lead_to_each_other(admin_client, make_enquiry):
    first, second = make_enquiry(), make_enquiry(name="Other", phone="+1 604-555-0177")
    LookupHash.objects.bulk_create([*hashes_of(first), *hashes_of(second)])
    link = f'phone number or email address: <a href="{change_url(second)}">{second.reference}</a>.'
    assertContains(admin_client.get(change_url(first)), link)


def test_three_enquiries_of_many_with_the_same_phone_number_are_named(admin_client, make_enquiry):
    many = [make_enquiry() for _ in range(6)]
    LookupHash.objects.bulk_create(each for enquiry in many for each in hashes_of(enquiry))
    page = admin_client.get(change_url(many[0])).content.decode()
    assert "</a> and 2 more." in page
    assert [enquiry.reference in page for enquiry in many[1:]] == [False, False, True, True, True]


def test_the_days_that_were_promised_are_told(admin_client, make_enquiry):
    enquiry = make_enquiry(doctor_first=True, received_at=datetime(2026, 11, 20, 18, tzinfo=UTC))
    page = admin_client.get(change_url(enquiry))
    assertContains(page, "a reply by the end of Tuesday 24 November")
    assertContains(page, "A clinician looks at this by the end of Monday 23 November")


def test_whom_to_contact_is_told_from_the_side_of_staff(admin_client, make_enquiry):
    enquiry = make_enquiry(someone_else=True, contact_whom="asker")
    assertContains(admin_client.get(change_url(enquiry)), "<dd>The one who asked</dd>", html=True)


@pytest.mark.parametrize(
    ("path", "action"), [("change", "read"), ("print", "printed"), ("history", "history")]
)
def test_each_look_at_an_enquiry_is_recorded_and_changes_nothing(
    admin_client, admin_user, make_enquiry, path, action
):
    enquiry = make_enquiry()
    before = Enquiry.objects.values().get()
    admin_client.get(f"{LIST}{enquiry.pk}/{path}/")
    event = AuditEvent.objects.get(action=action)
    assert (event.user, event.reference) == (admin_user, enquiry.reference)
    assert Enquiry.objects.values().get() == before


def test_who_has_read_an_enquiry_is_told(admin_client, staff_client, make_enquiry):
    enquiry = make_enquiry()
    reader = staff_client(READER.name)
    reader.get(change_url(enquiry))
    assertContains(admin_client.get(change_url(enquiry)), reader.user.get_username())


def test_a_reader_is_offered_nothing_to_do(staff_client, make_enquiry):
    page = staff_client(READER.name).get(change_url(make_enquiry()))
    assertContains(page, "Your role reads enquiries")
    assertNotContains(page, "/step/")


def test_an_editor_sees_no_enquiry(staff_client, make_enquiry):
    enquiry = make_enquiry()
    editor = staff_client(EDITOR.name)
    for path in ("", f"{enquiry.pk}/change/", f"{enquiry.pk}/print/", "find/"):
        response = editor.get(LIST + path)
        assert response.status_code == 403
        assertNotContains(response, enquiry.reference, status_code=403)


def test_every_next_step_has_a_form_of_its_own(staff_client, make_enquiry):
    page = staff_client(TRIAGE.name).get(change_url(make_enquiry())).content.decode()
    steps = re.findall(r'action="[^"]*/step/([\w-]+)/"', page)
    assert steps == [
        *("claim", "contact", "wait", "book", "ask-clinician", "assign", "close", "note")
    ]
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_an_enquiry_that_cannot_be_read_is_worked_on_all_the_same(
    admin_client, make_enquiry, settings
):
    enquiry = make_enquiry()
    settings.FIELD_KEYS = (Fernet.generate_key().decode(),)
    admin_client.post(f"{LIST}{enquiry.pk}/step/claim/", {"version": 0})
    assert Enquiry.objects.defer("name").get().state == "in-review"


def test_print_holds_the_answers_and_no_steps(admin_client, make_enquiry):
    page = admin_client.get(f"{LIST}{make_enquiry(message='It hurts.').pk}/print/")
    assertContains(page, "It hurts.")
    assertNotContains(page, "/step/")


def test_an_enquiry_that_is_gone_is_not_found(admin_client, make_enquiry):
    enquiry = make_enquiry()
    Enquiry.objects.all().delete()
    assert admin_client.get(change_url(enquiry)).status_code == 404


def test_enquiries_are_not_deleted_by_hand(admin_client, make_enquiry):
    make_enquiry(pk=1)
    assert admin_client.post(f"{LIST}1/delete/", {"post": "yes"}).status_code == 404
    assert Enquiry.objects.count() == 1


# Numbers to Python, and so to Django's own pages of one row, which would record no reading.
@pytest.mark.parametrize("number", ["+1", "%201", "\N{FULLWIDTH DIGIT ONE}", "1/x"])
@pytest.mark.parametrize("page", ["change/", "history/", ""])
def test_no_other_way_of_writing_a_number_leads_past_the_audit(
    admin_client, make_enquiry, number, page
):
    make_enquiry(pk=1)
    assert admin_client.get(f"{LIST}{number}/{page}").status_code == 404


def test_many_looks_hide_neither_a_step_nor_a_reader(admin_client, staff_client, make_enquiry):
    enquiry, reader = make_enquiry(), staff_client(TRIAGE.name)
    reader.post(f"{LIST}{enquiry.pk}/step/claim/", {"version": 0})
    reader.get(change_url(enquiry))
    looks = [
        AuditEvent(action="read", reference=enquiry.reference, user_id=None) for _ in range(600)
    ]
    AuditEvent.objects.bulk_create(looks)
    page = admin_client.get(change_url(enquiry))
    assertNotContains(page, "Nobody has worked on it yet.")
    assert reader.user.get_username() in page.context["readers"]


def test_a_history_that_is_cut_says_so(admin_client, make_enquiry):
    enquiry = make_enquiry()
    history = f"{LIST}{enquiry.pk}/history/"
    assertNotContains(admin_client.get(history), "Only the newest")
    AuditEvent.objects.bulk_create(
        AuditEvent(action="read", reference=enquiry.reference) for _ in range(501)
    )
    assertContains(admin_client.get(history), "Only the newest 500 are shown")


def test_a_refused_step_shows_the_enquiry_and_is_recorded_as_a_look(staff_client, make_enquiry):
    enquiry, client = make_enquiry(), staff_client(TRIAGE.name)
    response = client.post(f"{LIST}{enquiry.pk}/step/close/", {"version": 0})
    assertContains(response, "Zora Quillfeather", status_code=422)
    event = AuditEvent.objects.get(action="read")
    assert (event.user, event.reference) == (client.user, enquiry.reference)
