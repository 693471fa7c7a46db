import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, connection
from django.utils import timezone

from imsinfo import throttle
from imsinfo.enquiries.mail_queue import Outcome, send_due
from imsinfo.enquiries.management.commands import send_mail_queue
from imsinfo.enquiries.models import OutgoingMail
from imsinfo.enquiries.outbox import LEASE, LEAST_TRIES, mails_owed, try_again
from tests.enquiries.mail_server import MailServer, serving

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).parent.parent.parent
COMMAND = (sys.executable, "manage.py", "send_mail_queue")
PATIENT, STAFF = "zora@example.org", "reception@clinic.test"
# Starts the loop, tells its number, and waits to be killed.
PARENT = """
import subprocess, sys
print(subprocess.Popen(sys.argv[1:]).pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def mail_server(settings):
    with serving(MailServer()) as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS, settings.STAFF_EMAILS = False, [STAFF]
        yield server


@pytest.fixture
def environment(clean_environment, mail_server, settings, tmp_path):
    """The environment of a sender of its own, on the database and keys of the test."""
    return clean_environment(
        DATABASE_URL=database_url(),
        FIELD_KEYS=settings.FIELD_KEYS[0],
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=str(mail_server.port),
        EMAIL_SECURITY="none",
        STAFF_EMAILS=STAFF,
    )


def database_url():
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{quote(name)}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


@pytest.fixture
def started(environment):
    """Return a function that starts a process; it and its children are killed after the test."""
    processes = []

    def start(*command, **pipes):
        pipes |= {"text": True, "start_new_session": True}
        process = subprocess.Popen(command, cwd=ROOT, env=environment, **pipes)
        processes.append(process)
        return process

    yield start
    for process in processes:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.fixture
def owed(make_enquiry):
    """Store enquiries with all that they make due at once."""

    def make(count=1, **changes):
        for _ in range(count):
            given = {"caution": "yes", "wants_receipt": True, "email": PATIENT}
            OutgoingMail.objects.bulk_create(mails_owed(make_enquiry(**given | changes)))

    return make


def wait_until(condition, seconds=40):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come to that in time"
        time.sleep(0.05)


def nothing_waits():
    return not OutgoingMail.objects.waiting().exists()


def runs(pid):
    """Whether a process runs; one that has ended and is asked for by nobody does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.fixture
def said(capsys):
    """Return a function that runs the command in this process and returns what it says."""
    mask = os.umask(0o022)

    def run(*options):
        call_command("send_mail_queue", *options)
        return capsys.readouterr().out

    yield run
    os.umask(mask)


def test_it_sends_what_is_due_and_says_so(said, mail_server, owed):
    owed()
    owed(caution="no", wants_receipt=False)
    assert said() == "2 sent, 0 put back for a later try, 0 given up.\n"
    assert said() == "0 sent, 0 put back for a later try, 0 given up.\n"


def test_it_says_what_was_put_back_and_given_up(said, mail_server, owed):
    owed(received_at=timezone.now() - timedelta(days=4))
    OutgoingMail.objects.update(tries=LEAST_TRIES)
    owed(caution="no")
    mail_server.fault, mail_server.fails_for = "after its text, for good", (STAFF, PATIENT)
    assert said() == "0 sent, 1 put back for a later try, 2 given up.\n"


def test_again_sends_what_was_given_up(said, mail_server, owed):
    owed()
    now = timezone.now()
    OutgoingMail.objects.update(given_up_at=now, tries=20)
    assert said("--again").splitlines() == [
        "2 due again.",
        "2 sent, 0 put back for a later try, 0 given up.",
    ]
    assert try_again(now) == 0


def test_what_it_writes_is_for_its_owner_alone(said, owed, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    owed()
    said()
    places = [tmp_path / "mail", *(tmp_path / "mail").iterdir()]
    assert {path.stat().st_mode & 0o077 for path in places} == {0}


@pytest.fixture
def rounds(monkeypatch):
    """Let the loop go round so often, without a pause, and then find its parent gone."""

    def set_to(count):
        pauses, parent = [], os.getppid()
        monkeypatch.delenv(send_mail_queue.SERVER, raising=False)
        monkeypatch.setattr(send_mail_queue.time, "sleep", pauses.append)
        monkeypatch.setattr(os, "getppid", lambda: parent if len(pauses) < count else 1)

    return set_to


def test_the_loop_goes_on_although_the_database_is_away(rounds, monkeypatch, owed, mail_server):
    owed()
    rounds(3)
    tries = []

    def fail_once(*args):
        tries.append(args)
        if len(tries) == 1:
            raise OperationalError("the database is away")
        return send_due(*args)

    monkeypatch.setattr(send_mail_queue, "send_due", fail_once)
    send_mail_queue.loop()
    assert (len(tries), nothing_waits()) == (3, True)


def test_the_loop_deletes_limits_that_have_ended(rounds, monkeypatch):
    limit = throttle.Limit("enquiries", "192.0.2.1", 1, 600)
    throttle.count([limit], time.time() - 700)
    rounds(1)
    monkeypatch.setattr(send_mail_queue, "CLEANING", 0)
    send_mail_queue.loop()
    assert throttle.delete_ended(time.time()) == 0


def test_the_loop_starts_no_further_mail_once_its_parent_has_ended(
    rounds, monkeypatch, owed, mail_server
):
    owed()
    rounds(1)
    send = mail_server.handle_DATA

    async def parent_ends(*args):
        monkeypatch.setattr(os, "getppid", lambda: 1)
        return await send(*args)

    mail_server.handle_DATA = parent_ends
    send_mail_queue.loop()
    assert len(mail_server.taken_in) == 1


@pytest.mark.thorough
def test_the_loop_ends_when_the_process_that_started_it_is_killed(started, owed, mail_server):
    parent = started(
        *(sys.executable, "-c", PARENT, *COMMAND, "--loop"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    loop = int(parent.stdout.readline())
    owed()
    wait_until(nothing_waits)
    assert runs(loop)
    parent.kill()
    wait_until(lambda: not runs(loop))


@pytest.mark.thorough
def test_two_loops_at_once_send_each_mail_once(started, owed, mail_server):
    loops = []
    for _ in range(2):
        loops.append(started(*COMMAND, "--loop", stderr=subprocess.DEVNULL))
        owed()
        wait_until(nothing_waits)
        # The other one shall show that it runs before both are let loose.
        loops[-1].send_signal(signal.SIGSTOP)
    # A mail of each must be on its way at the same time, else neither goes on.
    mail_server.wait_for_tries(2)
    owed(8)
    for loop in loops:
        loop.send_signal(signal.SIGCONT)
    wait_until(nothing_waits)
    sent = [mail.id for mail in mail_server.taken_in]
    owed_ids = OutgoingMail.objects.values_list("message", flat=True)
    assert sorted(sent) == sorted({f"<{message}@127.0.0.1>" for message in owed_ids})


def test_a_mail_whose_sender_is_killed_is_sent_by_another_after_its_lease(
    started, owed, mail_server
):
    owed(wants_receipt=False)
    mail_server.fault, mail_server.fails_for = "hangs after its text", (STAFF,)
    sender = started(*COMMAND)
    wait_until(lambda: mail_server.tried)
    sender.send_signal(signal.SIGKILL)
    sender.wait()
    mail_server.fault, [mail] = "", OutgoingMail.objects.waiting()
    assert send_due(lambda: mail.leased_until - timedelta(seconds=1)) == Outcome()
    assert send_due(lambda: mail.leased_until) == Outcome(sent=1)
    assert len({each.id for each in mail_server.tried}) == 1
    assert mail.leased_until <= timezone.now() + LEASE


def test_a_loop_that_is_told_to_end_finishes_the_mail_in_hand(started, owed, mail_server):
    send = mail_server.handle_DATA

    async def loop_is_told(*args):
        loop.send_signal(signal.SIGTERM)
        return await send(*args)

    mail_server.handle_DATA = loop_is_told
    loop = started(*COMMAND, "--loop", stderr=subprocess.DEVNULL)
    owed()
    assert loop.wait(timeout=40) == 0
    assert (len(mail_server.taken_in), OutgoingMail.objects.waiting().count()) == (1, 1)


def test_a_loop_that_rests_ends_at_once_when_it_is_told_to(rounds, monkeypatch):
    rounds(2)
    slept_on = []

    def told_in_the_pause(seconds):
        os.kill(os.getpid(), signal.SIGTERM)
        slept_on.append(seconds)

    monkeypatch.setattr(send_mail_queue.time, "sleep", told_in_the_pause)
    send_mail_queue.loop()
    assert slept_on == []


@pytest.fixture
def keyboard():
    """A process that was started in the background ignores the keyboard, and so would its own."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_loop_is_ended_by_a_keyboard_without_a_trace(keyboard, started, owed, mail_server):
    loop = started(*COMMAND, "--loop", stderr=subprocess.PIPE)
    owed()
    wait_until(nothing_waits)
    loop.send_signal(signal.SIGINT)
    assert (loop.wait(timeout=20), "Traceback" in loop.stderr.read()) == (0, False)


def test_nothing_is_sent_under_keys_that_open_no_address(owed, mail_server, settings):
    owed()
    settings.FIELD_KEYS = (Fernet.generate_key().decode(),)
    with pytest.raises(CommandError, match="the newest enquiry cannot be read with FIELD_KEYS"):
        call_command("send_mail_queue")
    assert not nothing_waits()
