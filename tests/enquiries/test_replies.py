import re

import pytest
from cryptography.fernet import Fernet
from django.contrib.auth.models import User
from django.template.loader import render_to_string

from imsinfo.articles.library import get_library
from imsinfo.enquiries.choices import Area, Duration
from imsinfo.enquiries.models import Enquiry
from imsinfo.enquiries.replies import Reply, replies_for

ONE = """replies:
  - key: one
    title: One
    subject: "{reference} for {name}"
    text: "{name}|{reference}|{clinic}|{phone}|{site}|{me}|{name}"
"""
ME = User(username="jsmith2", first_name="Jo", last_name="Smith")


def enquiry_of(**changes):
    return Enquiry(**{"reference": "K7M-4QX-9TWC", "name": "Zora Quillfeather"} | changes)


@pytest.fixture
def one(write_content, settings):
    """Return a function that fills in a single text with every place."""
    write_content("replies.yaml", ONE)
    settings.SITE_URL = "https://ims.clinic.example"

    def filled(user=ME, **changes):
        [reply] = replies_for(enquiry_of(**changes), user)
        return reply

    return filled


def test_a_reply_is_filled_in_for_its_enquiry(one):
    assert one() == Reply(
        "One",
        "Zora Quillfeather|K7M-4QX-9TWC|Example IMS Clinic|604 555 0123"
        "|https://ims.clinic.example|Jo Smith|Zora Quillfeather",
        "K7M-4QX-9TWC for Zora Quillfeather",
    )


def name_in(reply):
    return reply.text.split("|")[0]


@pytest.mark.parametrize(
    "name", ["{phone}", "{name}", "{0}", "%s %(name)s", "{me!r:>9999999}", r"\1 \g<0>", "$name"]
)
def test_a_name_is_never_filled_in_itself(one, name):
    assert name_in(one(name=name)) == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Zora\u202egnp.exe", "Zora gnp.exe"),
        ("\u2067Zora\u2069", "Zora"),
        ("Zora\r\nBcc: x@example.org", "Zora Bcc: x@example.org"),
        ("  Zora\t\x00 Q ", "Zora Q"),
        (
            "\u0646\u06cc\u200c\u0644\u0648\u0641\u0631",
            "\u0646\u06cc\u200c\u0644\u0648\u0641\u0631",
        ),
        ("", "[name]"),
    ],
)
def test_a_name_is_one_line_that_turns_nothing_around(one, name, shown):
    assert name_in(one(name=name)) == shown


def test_the_person_who_is_to_be_contacted_is_greeted(one):
    someone = {"someone_else": True, "their_first_name": "Ottoline"}
    assert name_in(one(**someone, contact_whom="person")) == "Ottoline"
    assert name_in(one(**someone, contact_whom="asker")) == "Zora Quillfeather"


def test_a_user_name_goes_to_nobody(one):
    assert one(user=User(username="jsmith2")).text.split("|")[5] == "The team"


@pytest.mark.django_db
def test_a_name_that_cannot_be_read_is_left_to_staff(one, make_enquiry, settings):
    make_enquiry()
    settings.FIELD_KEYS = (Fernet.generate_key().decode(),)
    [reply] = replies_for(Enquiry.objects.get(), ME)
    assert name_in(reply) == "[name]"


def test_a_fault_in_the_file_hides_the_replies_and_nothing_else(write_content):
    write_content("replies.yaml", "replies: [")
    assert replies_for(enquiry_of(), ME) == []


def test_no_answer_is_in_any_reply():
    told = {"area": "hip", "duration": "under-6-weeks", "impact": "most", "seen": "both"}
    typed = {"message": "Wakes me", "help_needed": "Braille", "phone": "604 555 0177"}
    enquiry = enquiry_of(**told, **typed, caution="yes", email="z@example.org", link="daughter")
    texts = "".join(reply.text + reply.subject for reply in replies_for(enquiry, ME)).casefold()
    answers = [*typed.values(), "z@example.org", "daughter", *told.values()]
    answers += [Area.HIP.label, Duration.UNDER_SIX_WEEKS.label]
    assert "quillfeather" in texts
    assert [answer for answer in answers if answer.casefold() in texts] == []


def test_every_link_of_the_shipped_replies_leads_to_a_page(settings):
    settings.SITE_URL = "https://ims.clinic.example"
    texts = "".join(reply.text for reply in replies_for(enquiry_of(), ME))
    paths = set(re.findall(r"https://ims\.clinic\.example(/\S*)", texts))
    assert {"/your-visit/", "/aftercare/"} <= paths
    pages = {path for path in paths if get_library().get(path)} | {"/enquiry/"}
    assert paths <= pages


def test_each_reply_is_closed_and_labelled_and_can_only_be_copied(one):
    html = render_to_string("enquiries/admin/replies.html", {"replies": [one(), one()]})
    assert (html.count("<details"), html.count("<textarea")) == (2, 4)
    assert " open" not in html
    assert html.count(" readonly>") == 4
    for ids, refs in (("id", "for"), ("id", "aria-describedby")):
        known = re.findall(rf' {ids}="([^"]+)"', html)
        assert set(re.findall(rf' {refs}="([^"]+)"', html)) <= set(known)
        assert len(known) == len(set(known))


def test_what_a_reply_holds_cannot_become_markup(one):
    reply = one(name="</textarea><script>alert(1)</script>")
    html = render_to_string("enquiries/admin/replies.html", {"replies": [reply]})
    assert "<script" not in html
    assert html.count("</textarea>") == 2
