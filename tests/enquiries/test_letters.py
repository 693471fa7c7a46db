import email
import email.policy
import re
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from imsinfo.clinic import get_clinic
from imsinfo.enquiries.encryption import UNREADABLE, EncryptedTextField
from imsinfo.enquiries.letters import UnreadableAddressError, written_letter
from imsinfo.enquiries.models import Enquiry
from imsinfo.enquiries.outbox import Letter
from imsinfo.staff.models import Absence
from imsinfo.working_days import next_working_day, reply_day

pytestmark = [pytest.mark.db, pytest.mark.django_db]
MONDAY = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
MESSAGE = UUID("0311f5dc-4509-4170-93e7-74363a8deb54")
ADDRESS = "zmarker@example.org"
HEADERS = {
    *("content-type", "mime-version", "content-transfer-encoding", "subject", "from", "to"),
    *("date", "message-id", "auto-submitted"),
}
TYPED = ("name", "link", "their_first_name", "phone", "email", "message", "help_needed")


@pytest.fixture(autouse=True)
def own_address(settings):
    settings.SITE_URL = "https://ims.clinic.test"


def enquiry(**changes):
    given = {"reference": "K7M-4QX-9TWC", "pk": 7, "caution": "no", "received_at": MONDAY}
    return Enquiry(**given | changes)


def letter(*enquiries, kind="staff"):
    return Letter(MESSAGE, kind, enquiries or (enquiry(email=ADDRESS),), 1, MONDAY)


def written(*enquiries, kind="staff"):
    return written_letter(letter(*enquiries, kind=kind), get_clinic(), MONDAY)


def as_sent(mail):
    return email.message_from_bytes(mail.message().as_bytes(), policy=email.policy.default)


def lines(*enquiries, kind="staff"):
    return [line for line in written(*enquiries, kind=kind).body.splitlines() if line]


@pytest.mark.parametrize(
    ("enquiries", "subject"),
    [
        ([enquiry()], "1 new enquiry"),
        ([enquiry(), enquiry()], "2 new enquiries"),
        ([enquiry(caution="yes")], "1 new enquiry, 1 for a clinician"),
        ([enquiry(doctor_first=True), enquiry()], "2 new enquiries, 1 for a clinician"),
    ],
)
def test_subject_tells_staff_how_many_there_are(enquiries, subject):
    assert written(*enquiries).subject == subject


def test_staff_read_every_reference_with_its_link_flagged_ones_first():
    flagged, other = enquiry(doctor_first=True), enquiry(reference="CCC-CCC-CCCC", pk=8)
    assert lines(flagged, other) == [
        f"2 new enquiries, 1 for a clinician at {get_clinic().name}",
        "A clinician should look at:",
        "K7M-4QX-9TWC - doctor first: look at it by the end of Tuesday 24 November",
        "https://ims.clinic.test/admin/enquiries/enquiry/7/change/",
        "Also new:",
        "CCC-CCC-CCCC",
        "https://ims.clinic.test/admin/enquiries/enquiry/8/change/",
        "All enquiries: https://ims.clinic.test/admin/enquiries/enquiry/",
        "This mail holds no enquirer's name and no answers. Sign in to read them.",
    ]


def test_staff_read_of_new_ones_alone_without_a_word_on_flags():
    assert lines(enquiry())[1:3] == ["New:", "K7M-4QX-9TWC"]


def test_staff_are_told_what_a_caution_asks_of_them():
    assert "K7M-4QX-9TWC - caution: before anything is booked" in lines(enquiry(caution="unsure"))


def test_staff_look_by_the_next_working_day_of_the_clinic():
    friday = datetime(2026, 11, 27, 18, 0, tzinfo=UTC)
    assert next_working_day(get_clinic(), friday) == date(2026, 11, 30)
    told = "K7M-4QX-9TWC - doctor first: look at it by the end of Monday 30 November"
    assert told in lines(enquiry(doctor_first=True, received_at=friday))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "K7M-4QX-9TWC - may be spam"),
        ({"caution": "yes"}, "K7M-4QX-9TWC - caution: before anything is booked (may be spam)"),
    ],
)
def test_staff_are_told_of_suspected_spam(changes, told):
    assert told in lines(enquiry(suspected_spam=True, **changes))


def test_staff_mail_goes_to_every_address_that_was_set(settings):
    settings.STAFF_EMAILS = ["a@clinic.test", "b@clinic.test"]
    assert written().recipients() == ["a@clinic.test", "b@clinic.test"]


def test_staff_mail_goes_to_the_clinic_where_nothing_was_set(settings):
    settings.STAFF_EMAILS = []
    assert written().recipients() == [get_clinic().email]


CLINICIAN, AWAY = "ada@clinic.test", "dee@clinic.test"
FLAGGED = ({}, {"doctor_first": True})


@pytest.fixture
def account(django_user_model):
    """Make an account: a clinician's, unless may says otherwise."""

    def make(name, address, may="answer_as_clinician", **changes):
        user = django_user_model.objects.create_user(name, address, **changes)
        user.user_permissions.set(Permission.objects.filter(codename=may))
        return user

    return make


def stands_in(deputy, user, first=MONDAY, last=MONDAY):
    days = {"first_day": first.date(), "last_day": last.date()}
    return Absence.objects.create(user=user, deputy=deputy, **days)


def told(flagged=True):
    """Return who a notice goes to, besides the address that is set."""
    return written(enquiry(doctor_first=flagged)).recipients()[1:]


def test_what_is_for_a_clinician_goes_to_the_clinicians_too(account):
    account("ada", CLINICIAN)
    assert (told(), told(flagged=False)) == ([CLINICIAN], [])


def test_a_clinician_by_role_is_told(account, django_user_model):
    call_command("setup_roles", verbosity=0)
    user = account("ada", CLINICIAN, may="")
    user.groups.set(Group.objects.filter(name="Clinician"))
    assert told() == [CLINICIAN]


@pytest.mark.parametrize(
    "changes",
    [
        {"may": "work_on_enquiry"},
        {"may": "", "is_superuser": True},
        {"is_active": False},
        {"address": ""},
    ],
)
def test_nobody_else_is_told(account, caplog, changes):
    account(**{"name": "ada", "address": CLINICIAN} | changes)
    assert (told(), caplog.text) == ([], "")


def test_a_superuser_who_is_a_clinician_is_told(account):
    account("ada", CLINICIAN, is_superuser=True)
    assert told() == [CLINICIAN]


def test_a_deputy_is_told_in_place_of_whoever_is_away(account):
    stands_in(account("ben", "ben@clinic.test"), account("dee", AWAY))
    assert told() == ["ben@clinic.test"]


@pytest.mark.parametrize(
    ("address", "may", "recipients"),
    [
        ("ben@clinic.test", "view_enquiry", [AWAY, "ben@clinic.test"]),
        ("ben@clinic.test", "", [AWAY]),
        ("", "answer_as_clinician", [AWAY]),
    ],
)
def test_where_no_deputy_can_answer_whoever_is_away_is_told(account, address, may, recipients):
    stands_in(account("ben", address, may=may), account("dee", AWAY))
    assert told() == recipients


def test_it_is_the_clinics_day_on_which_somebody_is_away(account):
    tuesday = MONDAY + timedelta(hours=12)
    assert tuesday.date() != MONDAY.date()
    stands_in(account("ben", "ben@clinic.test"), account("dee", AWAY))
    late = written_letter(letter(enquiry(doctor_first=True)), get_clinic(), tuesday)
    assert late.recipients()[1:] == ["ben@clinic.test"]


def test_a_flagged_notice_names_who_is_away_and_who_stands_in(account):
    ben = account("ben", "ben@clinic.test", first_name="Ben", last_name="Ode")
    stands_in(ben, account("dee", AWAY))
    account("ada", CLINICIAN)
    named = [[line for line in lines(enquiry(**each)) if "away" in line] for each in FLAGGED]
    assert named == [[], ["dee is away today; Ben Ode stands in."]]


def test_whoever_is_away_without_a_deputy_is_told_all_the_same(account):
    stands_in(account("ben", "", is_active=False), account("dee", AWAY))
    assert "dee is away today; nobody stands in." in lines(enquiry(doctor_first=True))
    assert told() == [AWAY]


def test_each_address_is_written_to_once(account, settings):
    settings.STAFF_EMAILS = ["Desk <Ada@Clinic.test>", "b@clinic.test", "B@clinic.test"]
    deputy = account("ada", CLINICIAN)
    stands_in(deputy, account("dee", AWAY))
    account("other", "ADA@clinic.test")
    recipients = written(enquiry(caution="yes")).recipients()
    assert recipients == ["Desk <Ada@Clinic.test>", "b@clinic.test"]


@pytest.mark.parametrize(
    "address",
    [
        "zmarker",
        "zmarker@clinic.test, zmarker@example.net",
        "zmarker@clinic.test\r\nBcc: zmarker@example.net",
        "Zmarker <zmarker@clinic.test>",
    ],
)
def test_an_account_without_a_good_address_holds_up_nobody(account, caplog, address):
    account("ada", CLINICIAN)
    bad = account("dee", AWAY)
    type(bad).objects.filter(pk=bad.pk).update(email=address)
    sent = written(enquiry(doctor_first=True))
    assert sent.recipients()[1:] == [CLINICIAN]
    assert "zmarker" not in (caplog.text + sent.message().as_string()).lower()
    assert f"Account {bad.pk} gets no mail" in caplog.text


@pytest.mark.parametrize("typed", ["zmarker\r\nBcc: zmarker@example.net", "a\u2028b\n\nc"])
def test_the_name_of_an_account_stays_on_its_line(account, typed):
    stands_in(account("ben", "", last_name=typed), account("dee", AWAY))
    sent = as_sent(written(enquiry(doctor_first=True)))
    one_line = f"dee is away today; {' '.join(typed.split())} stands in."
    assert ({name.lower() for name in sent}, one_line in sent.get_content()) == (HEADERS, True)


def test_a_digest_goes_to_the_addresses_that_were_set_and_to_no_clinician(account, settings):
    settings.STAFF_EMAILS = ["a@clinic.test", "b@clinic.test"]
    account("ada", CLINICIAN)
    assert written(kind="digest").recipients() == settings.STAFF_EMAILS


def test_a_digest_tells_how_much_waits_and_where_and_names_nothing(make_enquiry):
    make_enquiry(received_at=MONDAY - timedelta(days=30), reference="CCC-CCC-CCCC")
    sent = written(kind="digest")
    assert sent.subject == "Enquiries: 1 late, 1 without an owner"
    assert [line for line in sent.body.splitlines() if line] == [
        f"What waits at {get_clinic().name}, Monday 23 November 2026, 10:00",
        "Late by more than 2 working days: 1",
        "For the front desk to take: 1",
        "One enquiry may stand in several lines.",
        "The queue: https://ims.clinic.test/admin/enquiries/enquiry/",
        "This mail holds no enquirer's name and no answers. Sign in to read them.",
    ]


def test_a_digest_tells_of_a_hold_though_nothing_waits(make_enquiry):
    closed = {"state": "closed", "closed_reason": "withdrew", "closed_at": MONDAY}
    make_enquiry(on_hold=True, **closed)
    first, hold, *_ = lines(kind="digest")
    assert (first.startswith("Nothing waits at"), hold) == (True, "On hold: 1")


def test_a_digest_says_that_nothing_waits():
    sent = written(kind="digest")
    assert sent.subject == "Enquiries: nothing waiting"
    told = f"Nothing waits at {get_clinic().name}, Monday 23 November 2026, 10:00"
    assert sent.body.splitlines()[0] == told


@pytest.mark.parametrize("kind", ["staff", "receipt", "digest"])
def test_a_mail_comes_from_the_clinic_or_from_the_address_that_was_set(settings, kind):
    senders = []
    for given in ("", "Clinic <mail@clinic.test>"):
        settings.DEFAULT_FROM_EMAIL = given
        senders.append(as_sent(written(kind=kind))["From"])
    assert senders == [get_clinic().email, "Clinic <mail@clinic.test>"]


@pytest.mark.parametrize("kind", ["staff", "receipt", "digest"])
def test_a_mail_has_the_message_id_of_its_row(kind):
    sent = [as_sent(written(kind=kind))["Message-ID"] for _ in range(2)]
    assert sent == [f"<{MESSAGE}@ims.clinic.test>"] * 2


@pytest.mark.parametrize("kind", ["staff", "receipt", "digest"])
def test_a_mail_asks_for_no_holiday_reply(kind):
    assert as_sent(written(kind=kind))["Auto-Submitted"] == "auto-generated"


def test_a_receipt_tells_the_reference_and_what_happens_next():
    clinic = get_clinic()
    told = lines(kind="receipt")
    assert told[:2] == ["We have received your enquiry.", "Your reference: K7M-4QX-9TWC"]
    day = f"{reply_day(clinic, MONDAY):%A} {reply_day(clinic, MONDAY).day}"
    [promise] = [line for line in told if "will reply by the end of" in line]
    assert f"{clinic.replies_by} will reply by the end of {day} November 2026." in promise
    assert written(kind="receipt").subject == "We have received your enquiry K7M-4QX-9TWC"


def test_a_receipt_says_whom_to_call():
    clinic, body = get_clinic(), written(kind="receipt").body
    numbers = (clinic.phone, clinic.urgent_advice.phone, clinic.emergency_number)
    assert [number in body for number in numbers] == [True, True, True]


@pytest.mark.parametrize(
    "changes",
    [
        {"doctor_first": True, "doctor_first_signs": ["night-pain"]},
        {"caution": "yes", "area": "chest", "duration": "over-a-year", "impact": "most"},
        {"someone_else": True, "contact_whom": "asker", "seen": "doctor", "reply_by": "phone"},
        {"suspected_spam": True, "spam_reasons": "trap link", "wants_receipt": True},
    ],
)
def test_a_receipt_is_the_same_whatever_was_answered(changes):
    plain, other = enquiry(email=ADDRESS), enquiry(email=ADDRESS, **changes)
    assert written(plain, kind="receipt").body == written(other, kind="receipt").body


def test_a_receipt_goes_to_the_address_that_was_typed_and_to_nobody_else():
    assert written(kind="receipt").recipients() == [ADDRESS]


@pytest.mark.parametrize("kind", ["staff", "receipt", "digest"])
def test_the_head_of_a_mail_holds_these_lines_once_each(kind):
    names = [name.lower() for name in as_sent(written(kind=kind))]
    assert (set(names), len(names)) == (HEADERS, len(HEADERS))


INJECTIONS = [
    "zmarker",
    "zmarker\r\nBcc: zmarker@example.net",
    "zmarker\nSubject: zmarker",
    "zmarker\r\n\r\nzmarker",
    "zmarker\u2028Bcc: zmarker@example.net",
    "=?utf-8?q?zmarker=0D=0ABcc:_zmarker?=",
    "{{ zmarker }}{% now 'Y' %}",
]


@pytest.mark.parametrize("typed", INJECTIONS)
@pytest.mark.parametrize("kind", ["staff", "receipt"])
def test_no_word_that_was_typed_stands_anywhere_in_a_mail(kind, typed):
    marked = enquiry(**dict.fromkeys(TYPED, typed), doctor_first=True, someone_else=True)
    sent = as_sent(written(marked, kind=kind))
    assert {name.lower() for name in sent} == HEADERS
    assert "zmarker" not in (str(sent.items()) + sent.get_content()).lower()


def test_every_field_that_can_be_typed_is_tried():
    fields = Enquiry._meta.fields
    assert {each.name for each in fields if isinstance(each, EncryptedTextField)} == set(TYPED)


def test_the_words_of_the_clinic_are_not_escaped(change_clinic):
    name = get_clinic().name
    change_clinic(f"name: {name}", 'name: "Pain & Motion <Clinic>"')
    assert "Pain & Motion <Clinic>" in written(kind="receipt").body
    assert "Pain & Motion <Clinic>" in written().body


def test_a_receipt_whose_address_no_key_opens_cannot_be_written():
    with pytest.raises(UnreadableAddressError, match=r"^K7M-4QX-9TWC$"):
        written(enquiry(email=UNREADABLE), kind="receipt")


@pytest.mark.parametrize("kind", ["staff", "receipt", "digest"])
def test_a_mail_has_no_more_than_one_empty_line_in_a_row(kind):
    body = written(enquiry(doctor_first=True, email=ADDRESS), kind=kind).body
    assert re.findall(r"\n{3,}", body) == []
