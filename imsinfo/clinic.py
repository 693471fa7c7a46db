"""What belongs to one clinic and is needed by articles and enquiries alike: content/clinic.yaml."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from imsinfo.content import built_from_content, content_file
from imsinfo.strict_yaml import Strict, read_yaml


@dataclass(frozen=True)
class Country:
    """The words and the number that a country uses for emergencies."""

    name: str
    emergency_number: str
    emergency_department: str


# National emergency numbers as published by each country's own services.
COUNTRIES = {
    "AU": Country("Australia", "000", "emergency department"),
    "CA": Country("Canada", "911", "emergency department"),
    "GB": Country("the United Kingdom", "999", "A&E department"),
    "IE": Country("Ireland", "112", "emergency department"),
    "NZ": Country("New Zealand", "111", "emergency department"),
    "US": Country("the United States", "911", "emergency room"),
}


def _known_time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("write a time zone such as America/Vancouver") from error
    return name


def _with_digits(phone: str) -> str:
    if not re.search(r"\d{3}", phone):
        raise ValueError("write a phone number with its digits, in quotes")
    return phone


Line = Annotated[str, Field(min_length=1, max_length=200)]
Phone = Annotated[str, Field(max_length=40), AfterValidator(_with_digits)]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Hours(Strict):
    days: Line
    opens: Clock
    closes: Clock

    def __str__(self) -> str:
        return f"{self.days}, {self.opens} to {self.closes}"


class Site(Strict):
    name: Line
    address: Annotated[tuple[Line, ...], Field(min_length=1)]
    hours: Annotated[tuple[Hours, ...], Field(min_length=1)]


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


class Clinic(Strict):
    """One clinic, as its editor describes it in clinic.yaml."""

    example: bool = False
    name: Line
    country: Literal["AU", "CA", "GB", "IE", "NZ", "US"]
    time_zone: Annotated[Line, AfterValidator(_known_time_zone)]
    phone: Phone
    text_relay: Line = ""
    email: Line
    reply_working_days: Annotated[int, Field(ge=1, le=20)]
    replies_by: Line
    services: Services
    urgent_advice: NamedNumber
    crisis: NamedNumber
    privacy_contact: Line
    sites: Annotated[tuple[Site, ...], Field(min_length=1)]

    @property
    def emergency_number(self) -> str:
        return COUNTRIES[self.country].emergency_number

    @property
    def emergency_department(self) -> str:
        return COUNTRIES[self.country].emergency_department

    @property
    def emergency_href(self) -> str:
        return phone_href(self.emergency_number)

    @property
    def phone_href(self) -> str:
        return phone_href(self.phone)

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

    @cached_property
    def fields(self) -> dict[str, str]:
        """What an article may write as {clinic.NAME}."""
        return {
            "name": self.name,
            "phone": self.phone,
            "text_relay": self.text_relay,
            "email": self.email,
            "hours": self.hours,
            "reply_time": self.reply_time,
            "emergency_number": self.emergency_number,
            "emergency_department": self.emergency_department,
            "advice_name": self.urgent_advice.name,
            "advice_number": self.urgent_advice.phone,
            "crisis_name": self.crisis.name,
            "crisis_number": self.crisis.phone,
        }

    def fill(self, text: str) -> str:
        """Return text with every {clinic.NAME} replaced by its value; unknown names stay."""
        return CLINIC_FIELD.sub(lambda found: self.fields.get(found[1], found[0]), text)


CLINIC_FIELD = re.compile(r"\{clinic\.([a-z_]+)\}")
PHONE_FIELDS = frozenset({"phone", "emergency_number", "advice_number", "crisis_number"})


def phone_href(phone: str) -> str:
    """Return the tel: address of a number written for people: digits and a leading + only."""
    return "tel:" + re.sub(r"(?!^\+)\D", "", phone.strip())


def read_clinic() -> Clinic:
    """Read clinic.yaml; raise ContentError with every fault in it."""
    file = content_file("clinic.yaml")
    return read_yaml(file.read(), Clinic, file.shown_as)


@built_from_content
def get_clinic() -> Clinic:
    return read_clinic()
