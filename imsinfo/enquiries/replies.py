"""The reply texts, filled in for one enquiry: staff copy them into the clinic's own mail."""

import re
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.models import User

from imsinfo.clinic import get_clinic
from imsinfo.enquiries.choices import Contact
from imsinfo.enquiries.encryption import Unreadable
from imsinfo.enquiries.models import Enquiry
from imsinfo.problems import ContentError
from imsinfo.reply_texts import PLACE, get_reply_texts

# Control signs, and those that turn the direction of the words around a name.
HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+")
# Where an account has no name of a person: a user name is nobody's business outside.
SOMEBODY = "The team"
NO_NAME = "[name]"


class Reply(NamedTuple):
    """One mail to copy."""

    title: str
    text: str
    subject: str


def replies_for(enquiry: Enquiry, user: User) -> list[Reply]:
    """Return the reply texts with the places filled in, and with nothing that was answered.

    None where replies.yaml is missing or at fault, which manage.py check_content tells: an enquiry
    can be read all the same.
    """
    try:
        texts = get_reply_texts()
    except ContentError:
        return []
    values = _values(enquiry, user)
    return [
        Reply(each.title, _filled(each.text, values), _filled(each.subject, values))
        for each in texts
    ]


def _values(enquiry: Enquiry, user: User) -> dict[str, str]:
    clinic = get_clinic()
    return {
        "name": _greeted(enquiry),
        "reference": enquiry.reference,
        "clinic": clinic.name,
        "phone": clinic.phone,
        "site": settings.SITE_URL,
        "me": _one_line(user.get_full_name()) or SOMEBODY,
    }


def _filled(text: str, values: dict[str, str]) -> str:
    """Fill each place once: what a name holds is never looked at again."""
    return PLACE.sub(lambda place: values[place[1]], text)


def _greeted(enquiry: Enquiry) -> str:
    """The one who is answered: the person with the pain, where that was asked for."""
    is_person = enquiry.contact_whom == Contact.PERSON
    name = enquiry.their_first_name if is_person else enquiry.name
    return NO_NAME if isinstance(name, Unreadable) else _one_line(name) or NO_NAME


def _one_line(text: str) -> str:
    return " ".join(HIDDEN.sub(" ", text).split())
