import logging
import re
import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.db import OperationalError

from imsinfo.content import forget_content
from imsinfo.editions.generations import generations_folder
from imsinfo.editions.publishing import publish
from imsinfo.enquiries import mail_queue, outbox
from imsinfo.enquiries.mail_queue import Outcome, send_due
from imsinfo.enquiries.models import OutgoingMail
from imsinfo.enquiries.outbox import GIVE_UP_AFTER, LEASE, LEAST_TRIES, mails_owed, take_next
from imsinfo.operating.logs import LineFormatter
from tests.enquiries.mail_server import REFUSED, UNANSWERED, MailServer, serving
from tests.extent import some

pytestmark = pytest.mark.db
NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PATIENT, STAFF = "zmarker-email@example.org", "reception@clinic.test"
MARKER = "zmarker"
TYPED = {
    name: f"{MARKER}-{name}" for name in ("name", "link", "their_first_name", "message", "phone")
}
TYPED |= {"help_needed": f"{MARKER}-help", "email": PATIENT, "wants_receipt": True}


@pytest.fixture
def mail_server(settings, tmp_path):
    """A mail server, not yet listening, that the site is set to send through."""
    server = MailServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = 0.5
    settings.STAFF_EMAILS, settings.VAR_DIR = [STAFF], tmp_path
    return server


@pytest.fixture
def receiving(mail_server):
    with serving(mail_server):
        yield mail_server


@pytest.fixture
def owed(make_enquiry):
    """Store an enquiry in which everything that can be typed is marked, with all it makes due."""

    def make(**changes):
        enquiry = make_enquiry(**{"received_at": NOW, "caution": "yes"} | TYPED | changes)
        OutgoingMail.objects.bulk_create(mails_owed(enquiry))
        return enquiry

    return make


def send_at(moment):
    return send_due(lambda: moment)


def ids_of(kind):
    messages = OutgoingMail.objects.filter(kind=kind).values_list("message", flat=True)
    return [f"<{message}@127.0.0.1>" for message in messages]


def test_every_mail_that_is_due_is_sent_once(receiving, owed):
    enquiry = owed()
    assert send_at(NOW) == Outcome(sent=2)
    assert send_at(NOW + GIVE_UP_AFTER) == Outcome()
    assert sorted(mail.to for mail in receiving.taken_in) == [(STAFF,), (PATIENT,)]
    assert [enquiry.reference in mail.text for mail in receiving.taken_in] == [True, True]


def test_the_patients_address_stands_on_the_envelope_alone(receiving, owed):
    owed()
    send_at(NOW)
    [receipt] = [mail for mail in receiving.taken_in if mail.to == (PATIENT,)]
    assert receipt.message["To"] == "undisclosed-recipients:;"
    assert receipt.message["Bcc"] is None


def test_no_mail_holds_anything_that_was_typed(receiving, owed):
    owed(someone_else=True, contact_whom="asker")
    send_at(NOW)
    assert [MARKER.encode() in mail.raw.lower() for mail in receiving.taken_in] == [False, False]


@pytest.mark.parametrize(
    "address",
    [
        '"a, victim@example.net"@example.org',
        '"a> <victim@example.net"@example.org',
        '"a\\" victim@example.net"@example.org',
        "a+victim=example.net@example.org",
    ],
)
def test_a_receipt_goes_to_the_one_address_that_was_typed(receiving, owed, address):
    owed(email=address)
    send_at(NOW)
    [receipt] = [mail for mail in receiving.taken_in if mail.to != (STAFF,)]
    assert receipt.to == (address,)


@pytest.mark.parametrize(
    "address", ["a@example.org\r\nBcc: victim@example.net", "a@example.org, victim@example.net"]
)
def test_what_is_not_one_address_reaches_no_server(receiving, owed, address):
    owed(email=address)
    assert send_at(NOW) == Outcome(sent=1, put_back=1)
    assert [mail.to for mail in receiving.tried] == [(STAFF,)]


@pytest.mark.parametrize("fault", [*REFUSED, *UNANSWERED])
@pytest.mark.parametrize("fails_for", [STAFF, PATIENT])
def test_a_mail_that_fails_is_put_back_and_holds_up_no_other(receiving, owed, fault, fails_for):
    owed()
    receiving.fault, receiving.fails_for = fault, (fails_for,)
    assert send_at(NOW) == Outcome(sent=1, put_back=1)
    [waiting] = OutgoingMail.objects.waiting()
    assert (waiting.next_try_at, waiting.leased_until) == (NOW + MINUTE, None)
    assert [fails_for in mail.to for mail in receiving.taken_in] == [False]


@pytest.mark.parametrize("fault", [*REFUSED, *UNANSWERED])
def test_a_mail_that_failed_arrives_after_recovery(receiving, owed, fault):
    owed()
    receiving.fault, receiving.fails_for = fault, (STAFF, PATIENT)
    assert send_at(NOW) == Outcome(put_back=2)
    receiving.fault = ""
    assert send_at(NOW + MINUTE) == Outcome(sent=2)
    assert sorted(mail.to for mail in receiving.taken_in) == [(STAFF,), (PATIENT,)]
    assert MARKER.encode() not in b"".join(mail.raw for mail in receiving.taken_in).lower()


@pytest.mark.parametrize("fault", some(["after its text, for now", *UNANSWERED], 2))
def test_every_try_of_a_mail_has_the_same_message_id(receiving, owed, fault):
    owed(wants_receipt=False)
    receiving.fault, receiving.fails_for = fault, (STAFF,)
    for minutes in (0, 1, 3):
        send_at(NOW + minutes * MINUTE)
    receiving.fault = ""
    send_at(NOW + 7 * MINUTE)
    assert [mail.id for mail in receiving.tried] == ids_of("staff") * 4


def test_a_server_that_does_not_listen_loses_nothing(mail_server, owed):
    owed()
    assert send_at(NOW) == Outcome(put_back=2)
    with serving(mail_server):
        assert send_at(NOW + MINUTE) == Outcome(sent=2)
    assert sorted(mail.id for mail in mail_server.taken_in) == sorted(
        ids_of("staff") + ids_of("receipt")
    )


def test_a_server_that_never_says_a_word_loses_nothing(mail_server, owed):
    owed()
    with socket.create_server(("127.0.0.1", mail_server.port)):
        assert send_at(NOW) == Outcome(put_back=2)
    with serving(mail_server):
        assert send_at(NOW + MINUTE) == Outcome(sent=2)
    assert sorted(mail.to for mail in mail_server.taken_in) == [(STAFF,), (PATIENT,)]


@pytest.fixture
def hung_up_on(mail_server):
    """A server that greets line after line, each in time; set when somebody hangs up on it."""
    listening, hung_up = socket.create_server(("127.0.0.1", mail_server.port)), threading.Event()

    def greet():
        with listening.accept()[0] as connection:
            for _ in range(200):
                try:
                    connection.sendall(b"220-Wait\r\n")
                except OSError:
                    hung_up.set()
                    return
                time.sleep(0.05)

    thread = threading.Thread(target=greet)
    thread.start()
    yield hung_up
    thread.join()
    listening.close()


def test_a_try_ends_although_the_server_goes_on_answering(hung_up_on, owed, monkeypatch):
    monkeypatch.setattr(mail_queue, "LONGEST_TRY", timedelta(seconds=0.5))
    owed(wants_receipt=False)
    assert send_at(NOW) == Outcome(put_back=1)
    assert hung_up_on.wait(timeout=20)


def test_a_step_of_a_try_ends_long_before_the_try_and_the_try_before_its_lease(settings):
    step = timedelta(seconds=settings.EMAIL_TIMEOUT)
    assert 10 * step < outbox.LONGEST_TRY < LEASE


def test_a_mail_that_was_sent_but_not_recorded_is_sent_again_as_the_same(
    receiving, owed, monkeypatch
):
    def fail(*args):
        raise OperationalError("the database is away")

    owed(wants_receipt=False)
    with monkeypatch.context() as patch:
        patch.setattr(mail_queue, "record_sent", fail)
        with pytest.raises(OperationalError):
            send_at(NOW)
    assert send_at(NOW) == Outcome()
    assert send_at(NOW + LEASE) == Outcome(sent=1)
    assert [mail.id for mail in receiving.taken_in] == ids_of("staff") * 2


def test_a_mail_is_given_up_after_three_days_and_sent_when_asked_again(receiving, owed):
    owed(wants_receipt=False)
    OutgoingMail.objects.update(tries=LEAST_TRIES)
    receiving.fault, receiving.fails_for = "after its text, for good", (STAFF,)
    assert send_at(NOW + GIVE_UP_AFTER) == Outcome(given_up=1)
    receiving.fault = ""
    assert send_at(NOW + 2 * GIVE_UP_AFTER) == Outcome()
    outbox.try_again(NOW + 2 * GIVE_UP_AFTER)
    assert send_at(NOW + 2 * GIVE_UP_AFTER) == Outcome(sent=1)


def test_nothing_more_is_sent_once_the_sender_shall_end(receiving, owed):
    owed()
    assert send_due(lambda: NOW, iter([True, False]).__next__) == Outcome(sent=1)
    assert len(receiving.taken_in) == 1


def test_an_enquiry_erased_while_its_mail_is_in_hand_is_told_of_no_more(
    receiving, owed, monkeypatch
):
    enquiry = owed(wants_receipt=False)
    take = outbox._letter

    def erased_first(*args):
        enquiry.delete()
        return take(*args)

    monkeypatch.setattr(outbox, "_letter", erased_first)
    send_at(NOW)
    assert (receiving.tried, take_next(NOW + LEASE)) == ([], None)


@pytest.mark.parametrize("addresses", [[STAFF, " "], ["", f" {STAFF}"]])
def test_a_comma_too_many_in_the_staffs_addresses_does_no_harm(
    receiving, owed, settings, addresses
):
    settings.STAFF_EMAILS = addresses
    owed(wants_receipt=False)
    send_at(NOW)
    assert [mail.to for mail in receiving.taken_in] == [(STAFF,)]


def test_a_mail_to_nobody_is_not_taken_for_sent(receiving, owed):
    enquiry = owed()
    type(enquiry).objects.update(email="")
    assert send_at(NOW) == Outcome(sent=1, put_back=1)


def test_a_receipt_that_no_key_can_address_waits_for_the_key(receiving, owed, settings):
    owed()
    right = settings.FIELD_KEYS
    settings.FIELD_KEYS = ("w3Jq0r5m8VZk1bX7cT2nL9yP4dF6gH0sA-uQ_eRiOjM=",)
    assert send_at(NOW) == Outcome(sent=1, put_back=1)
    settings.FIELD_KEYS = right
    assert send_at(NOW + MINUTE) == Outcome(sent=1)
    assert [mail.to for mail in receiving.taken_in] == [(STAFF,), (PATIENT,)]


def test_a_broken_clinic_file_holds_a_mail_up_until_it_is_mended(receiving, owed, small_site):
    owed(wants_receipt=False)
    whole = (small_site / "clinic.yaml").read_text()
    (small_site / "clinic.yaml").write_text("name: [\n")
    forget_content()
    assert send_at(NOW) == Outcome(put_back=1)
    (small_site / "clinic.yaml").write_text(whole)
    assert send_at(NOW + MINUTE) == Outcome(sent=1)


def test_a_mail_tells_what_is_published_while_an_editor_is_at_work(receiving, owed, small_site):
    publish(generations_folder(), NOW)
    owed(wants_receipt=False)
    (small_site / "clinic.yaml").write_text("name: [\n")
    forget_content()
    assert send_at(NOW) == Outcome(sent=1)


@pytest.fixture
def log_lines(caplog):
    """Return a function that gives what the site's log holds, as its operator reads it."""
    caplog.set_level(logging.INFO)
    return lambda: [LineFormatter().format(record) for record in caplog.records]


@pytest.mark.parametrize("fault", [*REFUSED, *UNANSWERED])
def test_the_log_tells_of_a_failure_and_nothing_that_was_typed(receiving, owed, log_lines, fault):
    owed()
    receiving.fault, receiving.fails_for = fault, (PATIENT,)
    send_at(NOW)
    [id_] = ids_of("receipt")
    told = [line for line in log_lines() if "imsinfo.mail" in line]
    assert [f"The receipt mail {id_[1:37]} was not sent" in line for line in told].count(True) == 1
    assert MARKER not in "".join(told).lower()


def test_the_log_tells_of_a_mail_that_is_given_up(mail_server, owed, log_lines):
    owed(wants_receipt=False)
    OutgoingMail.objects.update(tries=LEAST_TRIES)
    send_at(NOW + GIVE_UP_AFTER)
    [id_] = ids_of("staff")
    told = rf"ERROR imsinfo\.mail\b.*: The staff mail {id_[1:37]} is given up after 3 days$"
    assert [line for line in log_lines() if re.search(told, line)] != []


@pytest.fixture
def owed_digest(db):
    return OutgoingMail.objects.create(kind="digest", owed_since=NOW, next_try_at=NOW)


@pytest.mark.parametrize("fault", [*REFUSED, *UNANSWERED])
def test_a_digest_that_failed_arrives_after_recovery_as_the_same(receiving, owed_digest, fault):
    receiving.fault, receiving.fails_for = fault, (STAFF,)
    assert send_at(NOW) == Outcome(put_back=1)
    receiving.fault = ""
    assert send_at(NOW + MINUTE) == Outcome(sent=1)
    [taken_in] = receiving.taken_in
    assert ([taken_in.id], taken_in.to) == (ids_of("digest"), (STAFF,))


def test_no_digest_holds_anything_that_was_typed(receiving, owed, owed_digest):
    enquiry = owed(someone_else=True, received_at=NOW - 9 * GIVE_UP_AFTER)
    OutgoingMail.objects.exclude(kind="digest").delete()
    send_at(NOW)
    [taken_in] = receiving.taken_in
    assert "1 late, 1 for a clinician" in taken_in.message["Subject"]
    assert MARKER.encode() not in taken_in.raw.lower()
    assert enquiry.reference not in taken_in.text


@pytest.mark.parametrize("fault", ["at its address, for now", "at its address, for good"])
def test_a_clinician_whose_address_is_refused_holds_up_nobody_else(
    receiving, owed, django_user_model, fault
):
    user = django_user_model.objects.create_user("ada", "ada@clinic.test")
    user.user_permissions.set(Permission.objects.filter(codename="answer_as_clinician"))
    receiving.fault, receiving.fails_for = fault, (user.email,)
    owed(wants_receipt=False)
    assert send_at(NOW) == Outcome(sent=1)
    assert ([mail.to for mail in receiving.taken_in], user.email in receiving.tried) == (
        [(STAFF,)],
        True,
    )


def test_a_site_without_a_mail_server_writes_its_mails_into_a_folder(owed, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    owed()
    assert send_at(NOW) == Outcome(sent=2)
    written = b"".join(path.read_bytes() for path in Path(settings.EMAIL_FILE_PATH).iterdir())
    assert (written.count(b"Message-ID"), MARKER.encode() in written.lower()) == (2, False)
