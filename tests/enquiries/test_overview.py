import os
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from imsinfo.clinic import get_clinic
from imsinfo.enquiries import overview, safety_stops
from imsinfo.enquiries.choices import Area, State
from imsinfo.enquiries.models import OutgoingMail
from imsinfo.today import clinics_date

pytestmark = [pytest.mark.db, pytest.mark.django_db]

# A Wednesday. The clinic is in Vancouver and open from Monday to Friday.
TODAY = date(2026, 11, 18)
THIS_WEEK = date(2026, 11, 16)


def at(day, hour=20):
    """Noon in Vancouver, unless told otherwise."""
    return datetime(2026, 11, day, hour, tzinfo=UTC)


@pytest.fixture
def contacted(make_enquiry):
    """Store an enquiry of November 2026 by the days of its receipt and its first contact."""

    def contacted(received, contact=None, **changes):
        first = contact and at(contact)
        return make_enquiry(received_at=at(received), first_contact_at=first, **changes)

    return contacted


def week():
    return overview.first_contacts(get_clinic(), TODAY, 1)[0]


def panel(response, heading):
    """What the overview holds under a heading, in one line."""
    found = re.search(rf"<section[^>]*>\s*<h2[^>]*>{heading}</h2>.*?</section>", text(response))
    return found[0] if found else ""


def text(response):
    return " ".join(response.content.decode().split())


def test_open_enquiries_are_counted_by_state_and_lateness(make_enquiry):
    for state, days in [("new", -1), ("new", 0), ("new", 0), ("booked", 1), ("booked", None)]:
        due = None if days is None else TODAY + timedelta(days=days)
        make_enquiry(state=state, due_on=due)
    make_enquiry(state="closed", closed_reason="test", closed_at=timezone.now(), due_on=None)
    found = {each.state: each for each in overview.open_by_state(TODAY)}
    assert found[State.NEW] == overview.OpenInState(State.NEW, 1, 2, 0)
    assert found[State.BOOKED] == overview.OpenInState(State.BOOKED, 0, 0, 2)
    assert found.keys() == set(State) - {State.CLOSED}


def test_weeks_begin_on_monday_and_end_with_todays():
    assert overview.mondays(TODAY, 2) == (date(2026, 11, 9), THIS_WEEK)


def test_first_contact_is_told_by_median_and_slowest(contacted):
    for received, contact in [(16, 16), (16, 17), (16, 18)]:
        contacted(received, contact)
    assert week() == overview.WeekOfContact(THIS_WEEK, 1, 2, 0)


def test_first_contact_is_counted_in_working_days(contacted):
    contacted(16, 24)
    assert week().slowest == 6


def test_the_day_of_receipt_is_the_clinics_own(make_enquiry):
    # Monday in UTC, still Sunday in Vancouver.
    make_enquiry(received_at=at(16, hour=5))
    assert week().without == 0
    weeks = overview.first_contacts(get_clinic(), TODAY, 2)
    assert [each.without for each in weeks] == [1, 0]


def test_who_has_had_no_contact_is_counted_while_the_enquiry_is_open(contacted):
    contacted(16)
    contacted(16, state="closed", closed_reason="withdrew", closed_at=at(17))
    assert week() == overview.WeekOfContact(THIS_WEEK, None, None, 1)


@pytest.mark.parametrize("reason", ["spam", "test", "duplicate"])
def test_what_nobody_waits_for_is_no_wait(contacted, reason):
    contacted(16, 18, state="closed", closed_reason=reason, closed_at=at(18))
    assert week().median is None


def test_enquiries_are_counted_by_area_and_week(contacted):
    for area, day, times in [("neck", 16, 6), ("neck", 9, 5), ("head", 16, 4)]:
        for _ in range(times):
            contacted(day, area=area)
    found = overview.by_area(get_clinic(), TODAY, 2)
    rows = dict(zip(found.areas, found.told.cells, strict=True))
    assert found.mondays == (date(2026, 11, 9), THIS_WEEK)
    assert (rows[Area.NECK], rows[Area.HEAD]) == ((5, 6), (None, None))


def test_fewer_than_five_enquiries_are_not_split(contacted):
    for _ in range(4):
        contacted(16, area="neck")
    assert overview.by_area(get_clinic(), TODAY, 2).told is None


def test_unsent_mail_is_counted(make_enquiry):
    now, long_ago = timezone.now(), timezone.now() - timedelta(hours=2)
    for owed, given_up, sent in [
        *((now, None, None), (long_ago, None, None)),
        *((long_ago, now, None), (long_ago, None, now)),
    ]:
        mail = {"owed_since": owed, "given_up_at": given_up, "sent_at": sent}
        OutgoingMail.objects.create(enquiry=make_enquiry(), kind="staff", **mail)
    assert overview.unsent_mail(now) == overview.UnsentMail(waiting=2, late=1, given_up=1)


@pytest.mark.parametrize(
    ("role", "headings"),
    [
        ("Reader", ["Open enquiries", "Unsent mail"]),
        ("Clinician", ["Open enquiries", "Unsent mail"]),
        ("Editor", ["Pages"]),
        (
            "Manager",
            [
                *("Open enquiries", "Unsent mail", "Working days to first contact"),
                *("Enquiries by area and week", "Stopped at the safety step", "Backup", "Pages"),
            ],
        ),
    ],
)
def test_panels_are_those_that_a_role_may_see(staff_client, role, headings):
    page = text(staff_client(role).get("/admin/"))
    found = re.findall(r'<section class="told"[^>]*>\s*<h2[^>]*>(.*?)</h2>', page)
    assert found == headings


def test_late_is_told_in_words_and_leads_to_the_queue(staff_client, make_enquiry):
    make_enquiry(state="new", due_on=clinics_date() - timedelta(days=1))
    response = staff_client("Reader").get("/admin/")
    assert "<strong>1 is late.</strong>" in panel(response, "Open enquiries")
    link = "/admin/enquiries/enquiry/?state__exact=new&amp;due=late"
    assertContains(
        response,
        f'<a href="{link}">1<span class="visually-hidden"> new, late</span></a>',
        html=True,
    )


def test_a_number_leads_to_as_many_enquiries(staff_client, make_enquiry):
    today = clinics_date()
    for days in (-1, 0, 1, 1):
        make_enquiry(state="new", due_on=today + timedelta(days=days))
    client = staff_client("Reader")
    found = panel(client.get("/admin/"), "Open enquiries")
    links = re.findall(r'href="([^"]*)&amp;(due=\w+)">(\d+)<', found)
    lists = [client.get(f"{address}&{due}").context["cl"] for address, due, _ in links]
    listed = [each.result_count for each in lists]
    assert listed == [int(number) for *_, number in links] == [1, 1, 2]


def test_a_drawing_has_a_name_and_a_table_with_the_same_numbers(staff_client, make_enquiry):
    make_enquiry(state="booked", due_on=clinics_date())
    found = panel(staff_client("Manager").get("/admin/"), "Open enquiries")
    assert 'role="img" aria-labelledby="open-chart-name open-chart-told"' in found
    assert '<title id="open-chart-name">Open enquiries by state</title>' in found
    assert "<caption>Open enquiries by state and lateness</caption>" in found
    assert re.search(r"<script|style=|on\w+=", found) is None


def test_stops_are_told_as_a_count(staff_client, tmp_path, settings):
    settings.VAR_DIR = tmp_path
    for _ in range(3):
        safety_stops.count("today", clinics_date())
    found = panel(staff_client("Manager").get("/admin/"), "Stopped at the safety step")
    assert "<td>0</td><td>3</td><td>0</td>" in found


@pytest.fixture
def backup(tmp_path, settings):
    """Return a function that puts a file of some age, in hours, into the folder for backups."""
    settings.BACKUP_DIR = tmp_path / "backups"
    settings.BACKUP_DIR.mkdir()

    def backup(hours, name="imsinfo.sqlite3.gpg", content=b"sealed"):
        file = settings.BACKUP_DIR / name
        file.write_bytes(content)
        moment = (timezone.now() - timedelta(hours=hours, minutes=5)).timestamp()
        os.utime(file, (moment, moment))

    return backup


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (0, "The newest backup is less than an hour old."),
        (1, "The newest backup is 1 hour old."),
        (35, "The newest backup is 35 hours old."),
        (36, "<strong>The newest backup is 36 hours old</strong>, more than 36 hours."),
        (75, "<strong>The newest backup is 3 days old</strong>, more than 36 hours."),
    ],
)
def test_the_age_of_the_newest_backup_is_told(staff_client, backup, hours, words):
    backup(hours)
    backup(hours + 24, "older.gpg")
    assert words in panel(staff_client("Manager").get("/admin/"), "Backup")


@pytest.mark.parametrize(("name", "content"), [(".part", b"sealed"), ("failed.gpg", b"")])
def test_what_is_no_backup_does_not_count(staff_client, backup, name, content):
    backup(0, name, content)
    found = panel(staff_client("Manager").get("/admin/"), "Backup")
    assert "<strong>No backup lies in …/backups.</strong>" in found


def test_no_folder_for_backups_is_told_without_its_path(staff_client, settings, tmp_path):
    settings.BACKUP_DIR = tmp_path / "nightly"
    response = staff_client("Manager").get("/admin/")
    assertContains(response, "No backup lies in …/nightly.")
    assertNotContains(response, str(tmp_path))


def test_a_folder_that_cannot_be_read_is_told(staff_client, settings, tmp_path):
    settings.BACKUP_DIR = tmp_path / "backups"
    settings.BACKUP_DIR.write_text("")
    assertContains(staff_client("Manager").get("/admin/"), "…/backups cannot be read")


def test_the_overview_asks_as_much_for_many_enquiries_as_for_one(
    staff_client, make_enquiry, django_assert_max_num_queries
):
    for day in range(60):
        moment = timezone.now() - timedelta(days=day)
        make_enquiry(received_at=moment, first_contact_at=moment + timedelta(days=day % 4))
    client = staff_client("Manager")
    with django_assert_max_num_queries(16):
        client.get("/admin/")
