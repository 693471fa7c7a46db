"""The list of enquiries: its order, its columns, what narrows it, and what it never shows."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from imsinfo.clinic import get_clinic
from imsinfo.enquiries import queue
from imsinfo.enquiries.encryption import UNREADABLE
from imsinfo.enquiries.models import Enquiry
from imsinfo.staff.models import AuditEvent
from imsinfo.today import clinics_date

pytestmark = [pytest.mark.django_db, pytest.mark.db]
LIST = "/admin/enquiries/enquiry/"
MONDAY = date(2027, 3, 1)


def listed(client, query=""):
    """The references on the list, from its top."""
    page = client.get(f"{LIST}?{query}")
    return [row.reference for row in page.context["cl"].result_list]


def closed(make_enquiry, **changes):
    end = {"state": "closed", "closed_reason": "test", "closed_at": timezone.now()}
    return make_enquiry(**end | changes)


def due(day, **changes):
    return {"state": "in-review", "due_on": day, **changes}


def test_list_shows_initials_and_three_digits_and_nothing_else_of_a_person(
    admin_client, make_enquiry
):
    enquiry = make_enquiry(email="zora@example.org", message="Secretive")
    response = admin_client.get(LIST)
    assertContains(response, enquiry.reference)
    assertContains(response, '<bdi>ZQ</bdi> <span class="quiet">…177</span>', html=True)
    for personal in ("Zora", "Quillfeather", "0177", "zora@", "Secretive"):
        assertNotContains(response, personal)


def test_a_page_of_the_list_reads_nothing_but_what_it_shows(admin_client, make_enquiry):
    make_enquiry(message="Secretive")
    [row] = admin_client.get(LIST).context["cl"].result_list
    assert set(queue.NOT_LISTED) <= row.get_deferred_fields()


def test_list_has_no_search_that_could_put_a_name_into_the_address(admin_client, make_enquiry):
    make_enquiry()
    assertNotContains(admin_client.get(LIST), 'method="get"')


def test_the_queue_begins_with_the_clinicians_then_the_late_then_the_oldest(
    admin_client, make_enquiry
):
    today = clinics_date()
    yesterday = timezone.now() - timedelta(days=1)
    closed(make_enquiry, reference="CLOSED")
    make_enquiry(reference="NEWER", **due(today))
    make_enquiry(reference="OLDER", received_at=yesterday, **due(today))
    make_enquiry(reference="LATE", **due(today - timedelta(days=1)))
    make_enquiry(reference="FLAGGED", doctor_first=True)
    make_enquiry(reference="CAUTION", caution="yes", received_at=yesterday)
    order = ["CAUTION", "FLAGGED", "LATE", "OLDER", "NEWER"]
    assert listed(admin_client) == order
    assert listed(admin_client, "tab=all") == [*order, "CLOSED"]


def test_what_a_clinician_has_answered_is_no_longer_on_top(admin_client, make_enquiry):
    answered = {"caution": "yes", "clinician_answer": "book"}
    make_enquiry(reference="ANSWERED", **answered, **due(clinics_date()))
    make_enquiry(reference="OPEN", caution="unsure")
    assert listed(admin_client) == ["OPEN", "ANSWERED"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"new", "flagged", "mine", "late", "held"}),
        ("tab=desk", {"new", "mine", "late", "held"}),
        ("tab=clinician", {"flagged"}),
        ("tab=manager", {"new", "flagged", "late", "held"}),
        ("tab=mine", {"mine"}),
        ("tab=closed", {"closed"}),
        ("tab=all", {"new", "flagged", "mine", "late", "held", "closed"}),
        ("tab=nonsense", {"new", "flagged", "mine", "late", "held"}),
        ("state__exact=closed", {"closed"}),
        ("owner=me", {"mine"}),
        ("owner=nobody", {"new", "flagged", "late"}),
        ("due=late", {"late"}),
        ("flag=clinician", {"flagged"}),
        ("flag=hold", {"held"}),
        ("flag=none", {"new", "mine", "late"}),
        ("area__exact=hand", {"late"}),
        ("age=older", {"late"}),
        ("age=week", {"new", "flagged", "mine", "held"}),
    ],
)
def test_what_narrows_the_list(admin_client, admin_user, make_enquiry, query, found):
    today, other = clinics_date(), type(admin_user).objects.create_user("other")
    old = timezone.now() - timedelta(days=8)
    make_enquiry(reference="new")
    make_enquiry(reference="flagged", caution="yes")
    make_enquiry(reference="mine", owner=admin_user, **due(today))
    make_enquiry(reference="late", area="hand", received_at=old, **due(today - timedelta(days=1)))
    make_enquiry(reference="held", on_hold=True, owner=other, **due(today))
    closed(make_enquiry, reference="closed", owner=other)
    assert set(listed(admin_client, query)) == found


def test_an_owner_can_be_chosen_by_name(admin_client, make_enquiry, django_user_model):
    ada = django_user_model.objects.create_user("ada", first_name="Ada", last_name="Vane")
    make_enquiry(reference="HERS", owner=ada, **due(clinics_date()))
    make_enquiry(reference="OTHER")
    assertContains(admin_client.get(LIST), "Ada Vane")
    assert listed(admin_client, f"owner={ada.pk}") == ["HERS"]


def test_tabs_tell_how_many_they_hold(admin_client, make_enquiry):
    make_enquiry()
    make_enquiry(caution="yes")
    closed(make_enquiry)
    tabs = {tab["display"]: tab["count"] for tab in admin_client.get(LIST).context["tabs"]}
    assert (tabs["All open"], tabs["Clinician"], tabs["Closed"], tabs["All"]) == (2, 1, 1, 3)


@pytest.mark.parametrize(
    ("days", "key", "words"),
    [
        (None, "none", ""),
        (-1, "late", "Late by 1 working day"),
        (-3, "late", "Late by 1 working day"),
        (-4, "late", "Late by 2 working days"),
        (0, "today", "Due today"),
        (1, "in-time", "Due Tue 2 Mar"),
    ],
)
def test_lateness_is_told_in_working_days(days, key, words):
    day = None if days is None else MONDAY + timedelta(days=days)
    assert queue.lateness(day, MONDAY, get_clinic()) == (key, words)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-1, "Today"),
        (0, "Today"),
        (1, "1 working day ago"),
        (2, "1 working day ago"),
        (4, "2 working days ago"),
        (7, "5 working days ago"),
    ],
)
def test_age_is_told_in_working_days(days, words):
    assert queue.age(MONDAY - timedelta(days=days), MONDAY, get_clinic()) == words


def test_age_on_a_sunday_counts_no_day_that_was_free():
    sunday = MONDAY - timedelta(days=1)
    words = queue.age(sunday - timedelta(days=1), sunday, get_clinic())
    assert words == "Since the last working day"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Zora Quillfeather", "ZQ"),
        ("Zoë de Groot", "ZG"),
        ("zora", "Z"),
        ("  Zara   Zimt ", "ZZ"),
        ("Żaneta Öst", "ŻÖ"),
        ("=HYPERLINK(1) <b>", "HB"),
        ("\u202eevil name\u202c", "EN"),
        ("123 !!", "?"),
        ("", "?"),
        (UNREADABLE, "?"),
    ],
)
def test_initials_are_letters_alone(name, shown):
    assert queue.initials(name) == shown


@pytest.mark.parametrize(
    ("phone", "shown"), [("604 555 0177", "177"), ("12", "12"), ("", ""), (UNREADABLE, "")]
)
def test_last_digits_are_three_at_most(phone, shown):
    assert queue.last_digits(phone) == shown


@pytest.mark.parametrize(
    "query",
    [
        "state__exact=%00",
        "name__contains=Z",
        "phone=1",
        "received_at__year=99999",
        "state__regex=(",
        "owner__password__startswith=a",
    ],
)
def test_the_list_can_be_asked_for_nothing_but_its_filters(admin_client, make_enquiry, query):
    make_enquiry()
    assert admin_client.get(f"{LIST}?{query}").status_code == 400


def test_list_tells_its_order_and_its_columns(admin_client, make_enquiry):
    make_enquiry()
    response = admin_client.get(LIST)
    order = "1 enquiry: what a clinician must see on top, then what is late, then the oldest"
    assertContains(response, f"<caption>{order}</caption>", html=True)
    for column in ("Who", "Received", "Due", "State", "Owner", "Area", "Flags"):
        assertContains(response, f'<td data-label="{column}"', count=1)


def test_list_links_the_reference_as_the_title_of_the_row(admin_client, make_enquiry):
    enquiry = make_enquiry()
    assertContains(
        admin_client.get(LIST),
        f"""<th scope="row" class="field-reference">
        <a href="{LIST}{enquiry.pk}/change/">{enquiry.reference}</a></th>""",
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


def test_an_empty_list_says_what_will_appear(admin_client):
    assertContains(admin_client.get(LIST), "No enquiry waits here. Each one appears")


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


def test_staff_see_the_clinics_own_time(admin_client, make_enquiry):
    make_enquiry(received_at=datetime(2026, 7, 21, 2, 30, tzinfo=UTC))
    assertContains(admin_client.get(LIST), "20 Jul 2026, 7:30 p.m.")


def test_a_page_of_the_queue_asks_the_database_few_questions(
    admin_client, make_enquiry, django_assert_max_num_queries
):
    for _ in range(60):
        make_enquiry()
    with django_assert_max_num_queries(15):
        admin_client.get(LIST)


def test_looking_at_the_queue_is_recorded(admin_client, admin_user, make_enquiry):
    make_enquiry()
    admin_client.get(LIST)
    event = AuditEvent.objects.get(action="listed")
    assert (event.user, event.reference) == (admin_user, "")


def test_looking_at_the_queue_changes_nothing(admin_client, make_enquiry):
    make_enquiry()
    before = Enquiry.objects.values().get()
    admin_client.get(LIST)
    assert Enquiry.objects.values().get() == before


@pytest.mark.parametrize("odd", ["%00", "x", "9" * 40, "1'--", "%E2%80%AE"])
def test_odd_addresses_are_not_found(admin_client, odd):
    response = admin_client.get(f"{LIST}{odd}/change/", follow=True)
    assert response.status_code == 404 or response.redirect_chain[-1][0] == "/admin/"


def test_strangers_are_sent_to_sign_in(client, make_enquiry):
    response = client.get(f"{LIST}{make_enquiry().pk}/change/")
    assert response["Location"].startswith("/admin/login/")
