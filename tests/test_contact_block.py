import pytest
from django.template.loader import render_to_string
from pytest_django.asserts import assertContains, assertHTMLEqual, assertInHTML, assertNotContains

from imsinfo.clinic import read_clinic
from imsinfo.errors import error_page

TWO_SITES = """
  - name: Harbour
    address: [2 Example Street]
    phone: "604 555 0199"
    text_relay: "711, then 604 555 0199"
    hours:
      - {days: Saturday, opens: "09:00", closes: "12:00"}
"""


@pytest.fixture
def with_lines(write_content, clinic_text):
    """Return a function that puts the shipped clinic with further lines in force."""
    return lambda lines: write_content("clinic.yaml", clinic_text + lines)


def block():
    """The contact block as an error page has it, without days."""
    return render_to_string("includes/clinic_contact.html", {"clinic": read_clinic()})


@pytest.mark.parametrize("path", ["/", "/aftercare/", "/enquiry/"])
def test_site_with_its_own_phone_is_shown_with_it(client, with_lines, path):
    with_lines(TWO_SITES)
    shown = (
        '<p><strong>Phone:</strong> <a href="tel:6045550199">604 555 0199</a><br>'
        "<strong>Text relay:</strong> 711, then 604 555 0199<br>"
        "Saturday: 09:00&nbsp;to&nbsp;12:00</p>"
    )
    assertContains(client.get(path), shown, html=True, count=2 if path == "/" else 1)


def test_site_without_a_phone_of_its_own_has_the_clinics(with_lines):
    with_lines("")
    shown = (
        '<p><strong>Phone:</strong> <a href="tel:6045550123">604 555 0123</a><br>'
        "<strong>Text relay:</strong> 711, then 604 555 0123</p>"
        "<address><strong>Main Street</strong><br>1 Example Street<br>Exampletown BC V0V 0V0"
        "</address><p>Monday to Thursday: 08:00&nbsp;to&nbsp;18:00<br>"
        "Friday: 08:00&nbsp;to&nbsp;16:00</p>"
    )
    assertHTMLEqual(block(), shown)


def test_booking_link_says_where_it_leads(client, with_lines):
    with_lines("booking_link: https://book.clinic.example/ims?a=1&b=2\n")
    shown = (
        '<p><a href="https://book.clinic.example/ims?a=1&amp;b=2">Book a visit</a> '
        "(opens our booking site, book.clinic.example)</p>"
    )
    assertContains(client.get("/aftercare/"), shown, html=True)


def test_without_a_booking_link_none_is_offered(client, with_lines):
    with_lines("")
    assertNotContains(client.get("/aftercare/"), "Book a visit")


@pytest.mark.parametrize("path", ["/aftercare/", "/enquiry/"])
def test_next_closed_days_are_shown_by_the_clinics_own_clock(
    client, with_lines, time_machine, path
):
    with_lines("")
    # The evening of 25 December in Vancouver.
    time_machine.move_to("2026-12-26T05:00:00Z")
    shown = (
        '<ul class="closed-days"><li>25 December 2026, Christmas Day</li>'
        "<li>26 December 2026, Boxing Day</li><li>1 January 2027, New Year&#x27;s Day</li></ul>"
    )
    assertContains(client.get(path), shown, html=True)


def test_holidays_far_ahead_are_not_shown(client, with_lines, time_machine):
    with_lines("")
    time_machine.move_to("2026-10-01T20:00:00Z")
    assertNotContains(client.get("/aftercare/"), "Closed:")


def test_error_page_names_no_days_because_it_is_rendered_once(with_lines, time_machine):
    with_lines("")
    time_machine.move_to("2026-12-24T20:00:00Z")
    assert b"Closed:" not in error_page(404)


def test_what_an_editor_writes_is_escaped(with_lines):
    with_lines(TWO_SITES.replace("Harbour", "Harbour <b>& Bay</b>"))
    assertInHTML("<strong>Harbour &lt;b&gt;&amp; Bay&lt;/b&gt;</strong>", block())
