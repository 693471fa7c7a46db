"""What the admin shows of enquiries, and in which words and order."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from pytest_django.asserts import assertContains

from imsinfo.enquiries.admin import days_ago, in_sections
from imsinfo.enquiries.choices import Caution
from imsinfo.enquiries.lookup import hashes_of
from imsinfo.enquiries.models import LookupHash, OutgoingMail
from imsinfo.red_flags import get_red_flags

pytestmark = [pytest.mark.django_db, pytest.mark.db]
LIST = "/admin/enquiries/enquiry/"


def change_url(enquiry):
    return f"{LIST}{enquiry.pk}/change/"


@pytest.mark.parametrize(
    ("received", "words"),
    [
        (date(2026, 11, 21), "Today"),
        (date(2026, 11, 22), "Today"),
        (date(2026, 11, 20), "Yesterday"),
        (date(2026, 11, 19), "2 days ago"),
        (date(2025, 11, 21), "365 days ago"),
    ],
)
def test_days_ago_says_how_long_somebody_has_waited(received, words):
    assert days_ago(received, today=date(2026, 11, 21)) == words


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


def test_list_tells_its_order_and_its_columns(admin_client, make_enquiry):
    make_enquiry()
    response = admin_client.get(LIST)
    order = "1 enquiry: those for a doctor first on top, then the oldest; closed ones last"
    assertContains(response, f"<caption>{order}</caption>", html=True)
    for column in ("Flags", "Received", "State", "Area"):
        assertContains(response, f'<td data-label="{column}"', count=1)


def test_list_links_the_reference_as_the_title_of_the_row(admin_client, make_enquiry):
    enquiry = make_enquiry()
    assertContains(
        admin_client.get(LIST),
        f"""<th scope="row" class="field-reference">
        <a href="{change_url(enquiry)}">{enquiry.reference}</a></th>""",
        html=True,
    )


@pytest.mark.parametrize(("query", "told"), [("o=3", "ascending"), ("o=-3", "descending")])
def test_list_tells_how_it_is_sorted_and_the_way_back(admin_client, make_enquiry, query, told):
    make_enquiry()
    response = admin_client.get(f"{LIST}?state__exact=new&{query}")
    assertContains(response, "aria-sort", count=1)
    assertContains(response, f'aria-sort="{told}"')
    assertContains(response, '<a class="list-filters__clear" href="?state__exact=new">Usual order')
    assertContains(response, "<caption>1 enquiry</caption>", html=True)


def test_list_puts_closed_enquiries_last(admin_client, make_enquiry):
    closed = {"state": "closed", "closed_reason": "test", "closed_at": timezone.now()}
    make_enquiry(reference="CLOSED", doctor_first=True, **closed)
    make_enquiry(reference="OPEN")
    page = admin_client.get(LIST).content.decode()
    assert page.index("OPEN") < page.index("CLOSED")


def test_list_says_how_long_an_enquiry_has_waited(admin_client, make_enquiry):
    make_enquiry(received_at=timezone.now() - timedelta(days=3))
    assertContains(admin_client.get(LIST), '<span class="age">3 days ago</span>', html=True)


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


def test_an_empty_list_says_what_will_appear(admin_client):
    assertContains(admin_client.get(LIST), "No enquiry has come in yet. Each one appears here")


def test_a_list_without_a_match_offers_all(admin_client, make_enquiry):
    make_enquiry()
    response = admin_client.get(f"{LIST}?state__exact=booked")
    assertContains(response, "None of the enquiries match what you chose above.")
    assertContains(response, '<a class="button" href="?">Show all enquiries</a>', html=True)


def test_what_is_chosen_is_told_on_the_closed_filter(admin_client, make_enquiry):
    make_enquiry()
    response = admin_client.get(f"{LIST}?state__exact=new")
    assertContains(response, "<summary>State: <strong>New</strong></summary>", html=True)
    assertContains(response, '<a href="?state__exact=new" aria-current="true">New</a>', html=True)


def test_enquiry_and_its_correction_lead_to_each_other(admin_client, make_enquiry):
    first = make_enquiry()
    second = make_enquiry(corrects=first)
    for shown, other in ((first, second), (second, first)):
        link = f'<a href="{change_url(other)}">{other.reference}</a>'
        assertContains(admin_client.get(change_url(shown)), link, html=True)


@pytest.mark.parametrize("path", ["", "{pk}/change/", "{pk}/history/"])
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
    assertContains(response, "admin, 20 Jul 2026, 7:30 p.m.")
    assertContains(response, "<p>One<br>&lt;b&gt;two&lt;/b&gt;</p>", html=True)


def test_a_history_without_a_change_says_so(admin_client, make_enquiry):
    response = admin_client.get(f"{LIST}{make_enquiry().pk}/history/")
    assertContains(response, "Nobody has changed this enquiry yet.")


def test_an_error_is_told_above_everything_that_is_read(admin_client, make_enquiry):
    formset = {"notes-TOTAL_FORMS": "0", "notes-INITIAL_FORMS": "0"}
    data = formset | {"state": "closed", "closed_reason": ""}
    html = admin_client.post(change_url(make_enquiry()), data).content.decode()
    assert "Nothing was saved." in html.split('<div class="enquiry">')[0]


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


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, None),
        ({"owed_since": timezone.now() - timedelta(minutes=59)}, None),
        ({"owed_since": timezone.now() - timedelta(hours=2)}, "1 late, 0 given up"),
        ({"given_up_at": timezone.now()}, "0 late, 1 given up"),
        (
            {"owed_since": timezone.now() - timedelta(hours=2), "sent_at": timezone.now()},
            None,
        ),
    ],
)
def test_overview_warns_of_mails_that_do_not_go_out(admin_client, make_enquiry, changes, told):
    OutgoingMail.objects.create(enquiry=make_enquiry(), kind="staff", **changes)
    page = admin_client.get("/admin/").content.decode()
    assert ("Mails are not going out" in page) == bool(told)
    assert (told or "") in page


def test_the_days_that_were_promised_are_told(admin_client, make_enquiry):
    enquiry = make_enquiry(doctor_first=True, received_at="2026-11-20T18:00:00Z")
    page = admin_client.get(change_url(enquiry))
    assertContains(page, "a reply by the end of Tuesday 24 November")
    assertContains(page, "A clinician looks at this by the end of Monday 23 November")


def test_whom_to_contact_is_told_from_the_side_of_staff(admin_client, make_enquiry):
    enquiry = make_enquiry(someone_else=True, contact_whom="asker")
    assertContains(admin_client.get(change_url(enquiry)), "<dd>The one who asked</dd>", html=True)
