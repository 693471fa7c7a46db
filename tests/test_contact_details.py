import pytest
from pydantic import TypeAdapter, ValidationError

from imsinfo.contact_details import Clock, Email, EmailOrLink, Link, Phone, Weekdays, phone_href

RIGHT = [
    (Phone, "604 555 0123"),
    (Phone, "(02) 55 50 12 34"),
    (Phone, "(0)20 7946 0000"),
    (Phone, "+44 20 7946 0000"),
    (Phone, "1-800-555-0123"),
    (Phone, "811"),
    (Email, "reception@clinic.example"),
    (Email, "front.desk+ims@mail.clinic-one.example"),
    (Link, "https://book.clinic.example"),
    (Link, "https://clinic.example:8443/book?at=main&new=1#top"),
    (EmailOrLink, "it@clinic.example"),
    (EmailOrLink, "https://clinic.example/security"),
    (Clock, "00:00"),
    (Clock, "23:59"),
    (Weekdays, "Friday"),
    (Weekdays, "Monday to Thursday"),
    (Weekdays, "Monday, Wednesday and Friday"),
    (Weekdays, "Monday to Wednesday and Friday"),
]
WRONG = [
    (Phone, "12"),
    (Phone, "604 555 0123 ext 5"),
    (Phone, "604 555 0123\n"),
    (Phone, "٦٠٤٥٥٥"),
    (Phone, "+44 (0)20 7946 0000"),
    (Phone, "00353 (0) 1 234 5678"),
    (Phone, "604 555 0123 604 555 0199"),
    (Email, "reception"),
    (Email, "reception@clinic"),
    (Email, "Reception <reception@clinic.example>"),
    (Email, "a@clinic.example, b@clinic.example"),
    (Email, "reception@clinic.example?subject=x@y.example"),
    (Link, "http://clinic.example/"),
    (Link, "javascript:alert(1)"),
    (Link, "https://clinic"),
    (Link, "https://clinic.example@evil.example/"),
    (Link, "https://clinic.example/a b"),
    (Link, "https://clinic.example/\n"),
    (EmailOrLink, "https://clinic"),
    (Clock, "8:00"),
    (Clock, "24:00"),
    (Clock, "08:60"),
    (Weekdays, "Mon"),
    (Weekdays, "monday"),
    (Weekdays, "Monday-Thursday"),
    (Weekdays, "Friday\n"),
]


@pytest.mark.parametrize(("form", "text"), RIGHT)
def test_text_of_the_right_form_is_kept(form, text):
    assert TypeAdapter(form).validate_python(text) == text


@pytest.mark.parametrize(("form", "text"), WRONG)
def test_text_of_another_form_is_refused(form, text):
    with pytest.raises(ValidationError):
        TypeAdapter(form).validate_python(text)


@pytest.mark.parametrize(
    ("phone", "href"),
    [
        ("604 555 0123", "tel:6045550123"),
        ("(604) 555-0123", "tel:6045550123"),
        ("+1 604 555 0123", "tel:+16045550123"),
        (" +44 20 7946 0000", "tel:+442079460000"),
        ("811", "tel:811"),
    ],
)
def test_phone_becomes_an_address_to_dial(phone, href):
    assert phone_href(phone) == href
