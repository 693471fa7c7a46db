"""What belongs to one clinic and is needed by articles and enquiries alike: content/clinic.yaml."""

import datetime
import re
from functools import cached_property
from typing import Annotated
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from imsinfo.brand.colours import DARK, HEX_COLOUR, LIGHT, unreadable
from imsinfo.contact_details import (
    Clock,
    Email,
    EmailOrLink,
    Line,
    Link,
    Phone,
    Weekdays,
    phone_href,
    wrong_form,
)
from imsinfo.content import built_from_content, content_file
from imsinfo.countries import COUNTRIES, Country, CountryCode
from imsinfo.holidays import ClosedDays, Holiday, closed_days
from imsinfo.strict_yaml import Strict, read_yaml


def _known_time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("write a time zone such as America/Vancouver") from error
    return name


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"


def _drawing(name: str) -> str:
    if not re.fullmatch(r"images/[a-z0-9]+(-[a-z0-9]+)*\.svg", name):
        raise wrong_form("an SVG file in images/, in small letters, such as images/logo.svg")
    return name


class Hours(Strict):
    days: Weekdays
    opens: Clock
    closes: Clock

    @field_validator("closes")
    @classmethod
    def _is_after_opening(cls, closes: str, info: ValidationInfo) -> str:
        opens = info.data.get("opens", "")
        if closes <= opens:
            raise wrong_form(f"a time after {opens}, when the clinic opens")
        return closes

    def __str__(self) -> str:
        return f"{self.days}, {self.opens} to {self.closes}"


class Site(Strict):
    """One place of the clinic. phone, text_relay: its own, where it has other ones."""

    name: Line
    address: Annotated[tuple[Line, ...], Field(min_length=1)]
    phone: Phone | None = None
    text_relay: Line | None = None
    hours: Annotated[tuple[Hours, ...], Field(min_length=1)]

    @property
    def phone_href(self) -> str:
        return phone_href(self.phone or "")


class NamedNumber(Strict):
    name: Line
    phone: Phone

    @property
    def href(self) -> str:
        return phone_href(self.phone)


class Services(Strict):
    """What the enquiry form may offer beside a visit, a phone call and email."""

    video: bool
    text_message: bool


class Price(Strict):
    """One line of the price list. price: as it is printed, such as "$95"."""

    what: Line
    price: Annotated[str, Field(min_length=1, max_length=40)]
    note: Line | None = None


class AccentColour(Strict):
    """The clinic's colour for links and buttons, by day and in the dark, as #rrggbb."""

    light: str
    dark: str

    @field_validator("light", "dark")
    @classmethod
    def _can_be_read(cls, colour: str, info: ValidationInfo) -> str:
        if not HEX_COLOUR.fullmatch(colour):
            raise wrong_form('a colour in quotes such as "#0b5459"')
        expected = unreadable(colour, LIGHT if info.field_name == "light" else DARK)
        if expected:
            raise wrong_form(expected)
        return colour


class Clinic(Strict):
    """One clinic, as its editor describes it in clinic.yaml."""

    example: bool = False
    name: Line
    country: CountryCode
    time_zone: Annotated[Line, AfterValidator(_known_time_zone)]

    # How to reach it, and when it answers.
    phone: Phone
    text_relay: Line = ""
    email: Email
    booking_link: Link | None = None
    reply_working_days: Annotated[int, Field(ge=1, le=20)]
    replies_by: Line
    sites: Annotated[tuple[Site, ...], Field(min_length=1)]
    holidays: tuple[Holiday, ...] = ()

    # Whom to call instead.
    urgent_advice: NamedNumber
    crisis: NamedNumber

    # What it offers, and what that costs.
    services: Services
    prices: tuple[Price, ...] = ()
    insurance_note: Annotated[str, Field(min_length=1, max_length=300)] = (
        "Ask your insurer before your first visit what your plan pays for."
    )

    # Whom to ask about data, and whom to tell of a hole in the site.
    privacy_contact: Line
    security_contact: EmailOrLink | None = None

    # How the site looks.
    logo: Annotated[str, AfterValidator(_drawing)] | None = None
    accent_colour: AccentColour | None = None

    @property
    def in_country(self) -> Country:
        return COUNTRIES[self.country]

    @property
    def emergency_number(self) -> str:
        return self.in_country.emergency_number

    @property
    def emergency_department(self) -> str:
        return self.in_country.emergency_department

    @property
    def emergency_href(self) -> str:
        return phone_href(self.emergency_number)

    @property
    def phone_href(self) -> str:
        return phone_href(self.phone)

    @property
    def booking_host(self) -> str:
        """The site that the booking link leads to, such as book.clinic.example; else ""."""
        return urlsplit(self.booking_link or "").hostname or ""

    @property
    def security_uri(self) -> str:
        """Where to report a hole in the site, as security.txt needs it (RFC 9116: a URI)."""
        contact = self.security_contact or self.email
        return contact if contact.startswith("https://") else f"mailto:{quote(contact, safe='@+')}"

    @property
    def reply_time(self) -> str:
        days = self.reply_working_days
        return "1 working day" if days == 1 else f"{days} working days"

    @property
    def hours(self) -> str:
        """The opening hours as one line; with several sites each is named."""
        lines = ["; ".join(str(hours) for hours in site.hours) for site in self.sites]
        if len(self.sites) == 1:
            return lines[0]
        return ". ".join(
            f"{site.name}: {line}" for site, line in zip(self.sites, lines, strict=True)
        )

    def closed_days(self, today: datetime.date) -> tuple[ClosedDays, ...]:
        """Return the holidays that readers are told of today, the clinic's own day."""
        return closed_days(self.holidays, today)

    @cached_property
    def fields(self) -> dict[str, str]:
        """What an article may write as {clinic.NAME}: of its file, its country, and the settings
        that say how long enquiries are kept."""
        country = self.in_country
        return {
            "name": self.name,
            "phone": self.phone,
            "text_relay": self.text_relay,
            "email": self.email,
            "hours": self.hours,
            "reply_time": self.reply_time,
            "insurance_note": self.insurance_note,
            "privacy_contact": self.privacy_contact,
            "country": country.name,
            "emergency_number": country.emergency_number,
            "emergency_department": country.emergency_department,
            "family_doctor": country.family_doctor,
            "physiotherapist": country.physiotherapist,
            "privacy_law": country.privacy_law,
            "privacy_regulator": country.privacy_regulator,
            "keep_closed_days": _days(settings.KEEP_CLOSED_DAYS),
            "keep_at_most_days": _days(settings.KEEP_AT_MOST_DAYS),
            "advice_name": self.urgent_advice.name,
            "advice_number": self.urgent_advice.phone,
            "crisis_name": self.crisis.name,
            "crisis_number": self.crisis.phone,
        }

    def fill(self, text: str) -> str:
        """Return text with every {clinic.NAME} replaced by its value; unknown names stay."""
        return CLINIC_FIELD.sub(lambda found: self.fields.get(found[1], found[0]), text)


CLINIC_FIELD = re.compile(r"\{clinic\.([a-z_]+)\}")
# The privacy contact may be a name or a number instead, which is no link.
EMAIL_FIELDS = frozenset({"email", "privacy_contact"})
PHONE_FIELDS = frozenset({"phone", "emergency_number", "advice_number", "crisis_number"})


def read_clinic() -> Clinic:
    """Read clinic.yaml; raise ContentError with every fault in it."""
    file = content_file("clinic.yaml")
    return read_yaml(file.read(), Clinic, file.shown_as)


@built_from_content
def get_clinic() -> Clinic:
    return read_clinic()
